import Bytes
import Causality
import GRDB
import Model
import Wire

/// What is missing at the office, and what waits for it.
public struct MissingRun: Hashable, Sendable {
  /// Letters by which people name it; they stay the same as long as it is missing.
  public let name: String
  /// The village.
  public let village: VillageCode
  /// What is wanted.
  public let wanted: Wanted
  /// How many changes wait for it, those not counted that wait for these.
  public fileprivate(set) var waiting: Int
  /// The devices that brought what waits, ascending.
  public fileprivate(set) var bearers: [DeviceID]
  /// Since when, in milliseconds since 1970.
  public fileprivate(set) var since: Int64
  /// What was decided; `nil` while nothing is.
  public fileprivate(set) var declaration: VoidDeclaration?

  /// What is wanted.
  public enum Wanted: Hashable, Sendable {
    /// Changes of one replica, from a counter to another; the device that wrote it, if that is known,
    /// and whether some of them lie in quarantine.
    case changes(ReplicaID, ClosedRange<UInt64>, device: DeviceID?, isAside: Bool)
    /// A carry into a record.
    case carry(RecordID)
  }
}

/// A person's word that something is void.
public struct VoidDeclaration: Hashable, Sendable {
  /// When, in milliseconds since 1970.
  public let declared: Int64
  /// Who said so.
  public let person: PersonID
  /// Why, in the person's words.
  public let reason: String

  /// Makes a declaration.
  public init(declared: Int64, person: PersonID, reason: String) {
    self.declared = declared
    self.person = person
    self.reason = reason
  }
}

/// What became of that which waited for what was declared void.
public struct VoidOutcome: Sendable {
  /// Changes that the office issued again without it.
  public var issued = 0
  /// Frames that wait on, for something else, or because nothing shows what they go on from.
  public var waiting = 0
  /// What was not taken, and why.
  public var refusals: [Refusal] = []
}

/// What nobody has any more, by a person's word at the office.
///
/// A stream that lost a part on all sides would keep out what was written on top of it for ever. Of
/// such a part nothing can be said, so nothing is said: it is neither counted as held, nor as
/// answered. What waits for it is issued again by the office, under dots of its own and with its
/// origins, and leaves out what it names there. The streams stay open: if the part is found after
/// all, it comes in as if nobody had given it up, and what is held by its origin then takes away
/// what it had replaced.
enum Voids {
  /// Whether a change that is not held is void.
  static func cover(_ db: Database, _ dot: Dot) throws -> Bool {
    try db.first(
      "SELECT 1 FROM void WHERE village = ? AND replica = ? AND record = '' AND count >= ?",
      .bits(dot.village.number), .bits(dot.replica.number), .bits(dot.counter)
    ) { _ in true } ?? false
  }

  /// Whether no carry into a record is waited for any more.
  static func coverCarries(
    _ db: Database, into record: RecordID, in village: VillageCode
  ) throws -> Bool {
    try db.first(
      "SELECT 1 FROM void WHERE village = ? AND replica = 0 AND record = ?",
      .bits(village.number), .text(record.description)
    ) { _ in true } ?? false
  }

  fileprivate static func note(
    _ db: Database, _ missing: MissingRun, _ declaration: VoidDeclaration
  ) throws {
    let place = missing.place
    try db.run(
      """
      INSERT INTO void (village, replica, record, count, declared, person, reason)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET count = max(count, excluded.count),
        declared = excluded.declared, person = excluded.person, reason = excluded.reason
      """, .bits(missing.village.number), .bits(place.replica), .text(place.record),
      .bits(place.count), .integer(declaration.declared),
      .text(declaration.person.description), .text(declaration.reason))
  }

  /// The frames that wait for what is missing.
  fileprivate static func waiting(_ db: Database, for missing: MissingRun) throws -> [Inbox.Key] {
    let place = missing.place
    let isCarry = !place.record.isEmpty
    return try db.all(
      """
      SELECT replica, first, last_hash FROM inbox
      WHERE village = ? AND \(isCarry ? "awaited IS NULL AND record = ?" : "awaited = ?")
      ORDER BY arrived, replica, first
      """, .bits(missing.village.number), isCarry ? .text(place.record) : .bits(place.replica)
    ) { row in
      Inbox.Key(
        stream: StreamID(village: missing.village, replica: ReplicaID(row.bits(0))),
        first: row.bits(1), lastHash: row.bytes(2))
    }
  }

  /// What is missing of which nothing waits itself, in order of village, replica and record.
  ///
  /// What waits for a change that waits as well will come with it, and is not counted; unless that cannot
  /// come, because what it waits for is void and nothing shows what it goes on from, or all wait for
  /// each other.
  fileprivate static func missing(_ db: Database) throws -> [MissingRun] {
    try db.all(
      """
      SELECT village, coalesce(awaited, 0),
        CASE WHEN awaited IS NULL THEN coalesce(record, '') ELSE '' END AS wanted,
        max(awaited_count), sum(last - first + 1), min(arrived), group_concat(DISTINCT device)
      FROM inbox
      WHERE NOT EXISTS (
        SELECT 1 FROM inbox behind WHERE behind.village = inbox.village
          AND behind.replica = inbox.awaited AND behind.first <= inbox.awaited_count
          AND behind.last >= inbox.awaited_count
          AND NOT EXISTS (
            SELECT 1 FROM void WHERE void.village = behind.village
              AND void.replica = behind.awaited AND void.record = ''
              AND void.count >= behind.awaited_count))
        OR NOT EXISTS (SELECT 1 FROM inbox root WHERE root.awaited IS NULL OR NOT EXISTS (
          SELECT 1 FROM inbox before WHERE before.village = root.village
            AND before.replica = root.awaited AND before.first <= root.awaited_count
            AND before.last >= root.awaited_count))
      GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
      """
    ) { row -> MissingRun? in
      guard let village = VillageCode(number: row.bits(0)) else { return nil }
      let replica = ReplicaID(row.bits(1))
      let wanted: MissingRun.Wanted
      if let record = RecordID(letters: row.text(2)) {
        wanted = .carry(record)
      } else {
        let stream = StreamID(village: village, replica: replica)
        let held = try Streams.row(db, stream)?.count ?? 0
        guard row.bits(3) > held else { return nil }
        wanted = .changes(
          replica, held + 1...row.bits(3), device: try Store.owner(db, of: replica),
          isAside: try Quarantine.keeps(db, stream, held + 1...row.bits(3)))
      }
      let bearers = row.text(6).split(separator: ",").compactMap { UInt32($0) }.sorted()
      return MissingRun(
        name: name(village, row.bits(1), row.text(2)), village: village, wanted: wanted,
        waiting: Int(row.integer(4)), bearers: bearers.map { DeviceID($0) },
        since: row.integer(5))
    }.compactMap { $0 }
  }

  /// What was declared void, in order of village, replica and record.
  fileprivate static func declared(_ db: Database) throws -> [MissingRun] {
    try db.all(
      """
      SELECT village, replica, record, count, declared, person, reason FROM void
      ORDER BY village, replica, record
      """
    ) { row -> MissingRun? in
      guard let village = VillageCode(number: row.bits(0)),
        let person = PersonID(row.text(5))
      else { throw StoreError.inconsistent(detail: "void") }
      let replica = ReplicaID(row.bits(1))
      let record = RecordID(letters: row.text(2))
      let held =
        try Streams.row(db, StreamID(village: village, replica: replica))?.count ?? 0
      // NB: what was found after all is not void any more.
      if record == nil, held >= row.bits(3) { return nil }
      let wanted =
        try record.map { MissingRun.Wanted.carry($0) }
        ?? .changes(
          replica, held + 1...row.bits(3), device: try Store.owner(db, of: replica),
          isAside: false)
      return MissingRun(
        name: name(village, row.bits(1), row.text(2)), village: village, wanted: wanted,
        waiting: 0, bearers: [], since: row.integer(4),
        declaration: VoidDeclaration(
          declared: row.integer(4), person: person, reason: row.text(6)))
    }.compactMap { $0 }
  }

  private static func name(_ village: VillageCode, _ replica: UInt64, _ record: String) -> String {
    var named = ByteWriter()
    named.fixed64(village.number)
    named.fixed64(replica)
    named.raw(Array(record.utf8))
    return Letters.text(of: UInt128(Digest.sha256(named.bytes).tag), bits: 64, count: 5)
  }
}

extension MissingRun {
  /// Where it stands in the table.
  fileprivate var place: (replica: UInt64, record: String, count: UInt64) {
    switch wanted {
    case .changes(let replica, let counters, _, _): (replica.number, "", counters.upperBound)
    case .carry(let record): (0, record.description, 0)
    }
  }
}

extension Store {
  /// What is missing at the office, in order of village; with `all` also what was declared void.
  public func missing(all: Bool = false) throws -> [MissingRun] {
    try read { db in
      let missing = try Voids.missing(db)
      guard all else { return missing }
      let named = Set(missing.map(\.name))
      return try missing + Voids.declared(db).filter { !named.contains($0.name) }
    }
  }

  /// Declares what is missing void, and goes on without it: at once with what waits, and later with
  /// whatever comes.
  ///
  /// Each frame goes in a transaction of its own, so a process that ends between two leaves nothing
  /// half done, and to declare it again goes on.
  public func declareVoid(
    _ missing: MissingRun, by person: PersonID, because reason: String
  ) throws -> VoidOutcome {
    let keys = try write { db in
      try Voids.note(
        db, missing,
        VoidDeclaration(declared: surroundings.wall(), person: person, reason: reason))
      return try Voids.waiting(db, for: missing)
    }
    let admission = OfficeAdmission(device: .standalone)
    var news = Inbox.News()
    var total = IngestOutcome()
    for key in keys {
      guard let retried = try retryOrPutAway(key, admission: admission) else { continue }
      news.add(retried.news)
      total.add(retried.outcome)
    }
    try wake(after: &news, admission: admission, device: .standalone, into: &total)
    var outcome = VoidOutcome()
    outcome.issued = total.applied
    outcome.refusals = total.refusals
    outcome.waiting = try read { db in try Voids.waiting(db, for: missing).count }
    return outcome
  }
}

extension ChangeContent {
  /// Leaves names out of what the change replaces and cites.
  mutating func leaveOut(_ void: Set<Name>) {
    cites.removeAll(where: void.contains)
    guard case .answers(let answers) = body else { return }
    body = .answers(
      answers.map { placed in
        PlacedAnswer(
          path: placed.path, replaces: placed.replaces.filter { !void.contains($0) },
          answer: placed.answer)
      })
  }
}

extension Authoring {
  /// Says that a record, and the rows that a change touches, are there, if what said so is void:
  /// nobody could go on with them otherwise.
  mutating func giveLives(to change: Change) throws {
    let (village, form) = (change.dot.village, change.content.form)
    let table = door.context.table(form)
    guard let state = try table.copy(door.db, change.record, in: village)?.state else { return }
    let rows = Set(change.content.answers.compactMap(\.path.row))
    let lives = ([nil] + rows.sorted().map { Optional($0) })
      .map { Path(row: $0, field: .life) }
      .filter { state.siblings(at: $0).isEmpty }
    if lives.isEmpty { return }
    _ = try write(
      ChangeContent(
        form: form, record: change.record, author: author(.office, act: .office),
        cites: [change.origin],
        body: .answers(lives.map { PlacedAnswer(path: $0, answer: .life(.alive)) })),
      in: village)
  }
}
