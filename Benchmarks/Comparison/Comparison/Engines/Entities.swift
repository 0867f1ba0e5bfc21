/// The merge rule of ODK Entities: Central applies every update to the newest version, property by
/// property, in the order in which updates are received.
///
/// - A follow-up form that is prefilled with what the device knows sends *all* its properties, so a
///   stale answer that nobody touched is written over a newer one.
/// - An update made from an older version than the newest marks the entity: *hard*, if it brings
///   another value for a property that changed since, else *soft*. So does an update of an offline
///   run that was interrupted by someone else's. A marked entity is put before a person with all
///   its parallel updates, until the mark is dismissed.
/// - An update whose predecessor of the same offline run is missing is held for five days, then
///   applied to the newest version there is; what comes after that is applied when it comes.
/// - Entities are deleted in Central. An update of a deleted entity is refused: its submission keeps
///   a processing error, and no entity shows it.
///
/// Products are entities of a list of their own. Deletions are taken for acts of the office when the
/// laptop next syncs. Devices exchange nothing without Central.
///
/// Sources: `_updateEntity`, `_computeBaseVersion` and `_interruptedBranch` of
/// `lib/model/query/entities.js` in github.com/getodk/central-backend; *Managing Entity conflicts* in
/// github.com/getodk/docs; issues 669, 698, 805 and 808 of github.com/getodk/central.
struct Entities: Engine {
  static let canMeet = false
  static let sendsSaves = true
  private static let patience: Int64 = 5 * 24 * 60 * 60 * 1000

  /// An offline run: the updates that one device makes between two syncs.
  private struct Branch: Hashable {
    let laptop: Int
    let number: Int
  }

  private struct Submission {
    enum Act { case create, update, delete }

    let key: Key
    let act: Act
    let cells: Cells
    let branch: Branch
    let trunk: Int?
    let base: Int
  }

  private struct Version {
    let cells: Cells
    let branch: Branch
    let branchBase: Int?
  }

  private struct Entity {
    /// The versions; the first is number 1.
    var versions: [Version]
    var isDeleted = false
    var isMarked = false
    var wasForced = false

    var newest: Version { versions[versions.count - 1] }
  }

  private struct LocalEntity {
    var cells: Cells
    var version: Int
    var trunk: Int?
    var branch: Branch?
  }

  private struct Laptop {
    var entities: [Key: LocalEntity] = [:]
    var outbox: [Submission] = []
    var branches = 0
    var columns = Column.allCases.filter { $0 != .phone }
  }

  private var laptops: [Laptop]
  private var office: [Key: Entity] = [:]
  private var held: [(submission: Submission, since: Int64)] = []

  init(laptops: Int) {
    self.laptops = Array(repeating: Laptop(), count: laptops)
  }

  func screen(_ record: Int, on laptop: Int?) -> Screen {
    var lines: [Key: Cells] = [:]
    if let laptop {
      lines = laptops[laptop].entities.mapValues(\.cells)
    } else {
      lines = office.filter { !$1.isDeleted }.mapValues(\.newest.cells)
    }
    var screen = Screen()
    guard lines[Key(record: record)] != nil else { return screen }
    screen.isThere = true
    for (key, cells) in lines where key.record == record { screen.show(cells, of: key) }
    return screen
  }

  mutating func save(
    _ touches: [Touch], in record: Int, isNew: Bool, on laptop: Int, now: Int64
  ) {
    if touches.contains(.delete) {
      let keys = laptops[laptop].entities.keys.filter { $0.record == record }
      for key in keys.sorted() { delete(key, on: laptop) }
      return
    }
    let rows = Set(touches.map(\.place.row))
    submit(touches, to: Key(record: record), on: laptop)
    for row in rows.sorted() where !row.isEmpty {
      let key = Key(record: record, row: row)
      if touches.contains(.deleteRow(row)) {
        delete(key, on: laptop)
      } else {
        submit(touches, to: key, on: laptop)
      }
    }
  }

  private mutating func delete(_ key: Key, on laptop: Int) {
    laptops[laptop].entities[key] = nil
    laptops[laptop].outbox.append(
      Submission(
        key: key, act: .delete, cells: [:], branch: Branch(laptop: laptop, number: 0), trunk: nil,
        base: 0))
  }

  /// Finalizes a form with everything that it was prefilled with.
  private mutating func submit(_ touches: [Touch], to key: Key, on laptop: Int) {
    var local = laptops[laptop].entities[key] ?? LocalEntity(cells: [:], version: 0)
    let act: Submission.Act = local.version == 0 ? .create : .update
    let branch: Branch
    if let open = local.branch {
      branch = open
    } else {
      laptops[laptop].branches += 1
      branch = Branch(laptop: laptop, number: laptops[laptop].branches)
      if act == .update { local.trunk = local.version }
    }
    local.branch = branch
    local.cells.take(touches, of: key.row)
    let sent = local.cells.filter { laptops[laptop].columns.contains($0.key) }
    laptops[laptop].outbox.append(
      Submission(
        key: key, act: act, cells: sent, branch: branch, trunk: local.trunk, base: local.version))
    local.version += 1
    laptops[laptop].entities[key] = local
  }

  mutating func sync(_ laptop: Int, now: Int64) {
    giveUpWaiting(now)
    let outbox = laptops[laptop].outbox
    laptops[laptop].outbox = []
    for submission in outbox { receive(submission, now: now) }
    laptops[laptop].entities = office.filter { !$1.isDeleted }.mapValues {
      LocalEntity(cells: $0.newest.cells, version: $0.versions.count)
    }
  }

  mutating func newestArrives(from laptop: Int, now: Int64) {
    giveUpWaiting(now)
    if let newest = laptops[laptop].outbox.popLast() { receive(newest, now: now) }
  }

  mutating func newForm(_ laptop: Int) {
    laptops[laptop].columns = Column.allCases
  }

  func asks() -> [Ask] {
    office.keys.sorted().compactMap { key in
      guard let entity = office[key], entity.isMarked, !entity.isDeleted else { return nil }
      return Ask(record: key.record, sides: [:], isWhole: true, row: key.row)
    }
  }
}

extension Entities {
  private mutating func receive(_ submission: Submission, now: Int64, isForced: Bool = false) {
    switch submission.act {
    case .delete: office[submission.key]?.isDeleted = true
    case .create: create(submission)
    case .update:
      guard update(submission, isForced: isForced) else {
        held.append((submission, now))
        return
      }
    }
    let next = held.firstIndex {
      $0.submission.key == submission.key && $0.submission.branch == submission.branch
        && $0.submission.base == submission.base + 1
    }
    if let next, !isForced { receive(held.remove(at: next).submission, now: now) }
  }

  private mutating func create(_ submission: Submission) {
    guard let entity = office[submission.key] else {
      office[submission.key] = Entity(versions: [
        Version(cells: submission.cells, branch: submission.branch, branchBase: nil)
      ])
      return
    }
    // Its update came first and had to be taken for it.
    if entity.wasForced { append(submission, isMarked: true) }
  }

  /// Applies an update; false if it must wait for the one before it.
  private mutating func update(_ submission: Submission, isForced: Bool) -> Bool {
    guard let entity = office[submission.key] else {
      if !isForced { return false }
      office[submission.key] = Entity(
        versions: [
          Version(
            cells: submission.cells, branch: submission.branch, branchBase: submission.base)
        ], wasForced: true)
      return true
    }
    if entity.isDeleted { return true }
    var base: Int?
    if submission.base == 1 || submission.base == submission.trunk {
      base = submission.base
    } else {
      let before = entity.versions.lastIndex {
        $0.branch == submission.branch && $0.branchBase == submission.base - 1
      }
      base = before.map { $0 + 1 } ?? (isForced ? entity.versions.count : nil)
    }
    guard let base else { return false }
    let isInterrupted = entity.versions.enumerated().contains { index, version in
      index + 1 > (submission.trunk ?? 1) && version.branch != submission.branch
    }
    append(submission, isMarked: base != entity.versions.count || isInterrupted)
    return true
  }

  private mutating func append(_ submission: Submission, isMarked: Bool) {
    guard var entity = office[submission.key] else { return }
    let merged = entity.newest.cells.merging(submission.cells) { $1 }
    entity.versions.append(
      Version(cells: merged, branch: submission.branch, branchBase: submission.base))
    entity.isMarked = entity.isMarked || isMarked
    office[submission.key] = entity
  }

  /// After five days what is held is applied without what it waits for.
  private mutating func giveUpWaiting(_ now: Int64) {
    let overdue = held.filter { now - $0.since >= Self.patience }
    held.removeAll { now - $0.since >= Self.patience }
    for (submission, since) in overdue { receive(submission, now: since, isForced: true) }
  }
}
