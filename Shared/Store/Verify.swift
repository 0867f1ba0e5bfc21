import Causality
import Forms
import GRDB
import Model
import Reading
import Rules
import Wire

/// Something that a check of a store found wrong.
public enum VerifyProblem: Hashable, Sendable {
  /// SQLite's own check of the file found damage.
  case file(String)
  /// A counter is missing in a stream.
  case hole(Dot)
  /// A change's hash does not follow from what it covers.
  case chain(Dot)
  /// The stream's row says something else than its journal.
  case vector(StreamID)
  /// A change stands before something that it names.
  case order(Dot, missing: Name)
  /// The stored state of a record is not what its changes come to.
  case state(RecordID, VillageCode)
  /// A record's columns do not say what its state says: plain SQL wrote there.
  case columns(RecordID, VillageCode)
  /// A record is stored that no change made.
  case invented(RecordID, VillageCode)
  /// The snapshot that a village's history begins with, or one that it was joined from, is not what the
  /// office signed.
  case base(VillageCode)
  /// An answer stands nowhere and nothing replaced it.
  case lost(Name, RecordID, Path)
}

/// An answer that stands no more, because somebody who had seen it gave another.
public struct Replacement: Hashable, Sendable {
  /// The record.
  public let record: RecordID
  /// Its form.
  public let form: UInt32
  /// The place.
  public let path: Path
  /// The answer.
  public let answer: Answer
  /// The change that gave it.
  public let origin: Name
  /// Who gave it.
  public let person: PersonID
  /// The change that replaced it; `nil` if that is in a village that is not held here.
  public let replacedBy: Name?
  /// Who replaced it; `nil` if that is not held here.
  public let replacer: PersonID?
}

/// Who replaced answers, and to which question.
public struct ReplacementKind: Hashable, Sendable {
  /// Who replaced them; `nil` if that is not held here.
  public let replacer: PersonID?
  /// The form.
  public let form: UInt32
  /// The question, group or field of the record's own.
  public let field: FieldID
}

/// What a check of a store found.
public struct VerifyReport: Sendable {
  /// Changes in the journal.
  public var changes = 0
  /// Streams.
  public var streams = 0
  /// Records.
  public var records = 0
  /// Answers that are what people see.
  public var current = 0
  /// Answers that stand beside others, settled by a rule.
  public var settled = 0
  /// Answers that are one side of a conflict.
  public var inConflict = 0
  /// Answers that somebody who had seen them replaced.
  public var replaced = 0
  /// How many of these each person replaced of each question.
  public var replacements: [ReplacementKind: Int] = [:]
  /// Each of these, in the order in which they were given, if that was asked.
  public var list: [Replacement] = []
  /// Frames that wait for what they name.
  public var waiting = 0
  /// Villages with changes of a kind that this program does not know.
  public var unknown: Set<VillageCode> = []
  /// What is wrong.
  public var problems: [VerifyProblem] = []

  /// Makes an empty report.
  public init() {}

  /// Whether nothing is wrong.
  public var isClean: Bool { problems.isEmpty }
}

extension Store {
  /// Derives everything again from the journal and compares: the file, the chains, the vectors, the
  /// order, the states, the columns, and that every answer that was ever saved is accounted for.
  ///
  /// - Parameters:
  ///   - listing: whether every answer that was replaced is listed, and not only counted.
  ///   - progress: told how many changes of how many were looked at.
  public func verify(
    listing: Bool = false, progress: ((Int, Int) -> Void)? = nil
  ) throws -> VerifyReport {
    try read { db in
      var verifier = Verifier(
        store: self, db: db, context: try context(db), isListing: listing)
      try verifier.run(progress: progress)
      return verifier.report
    }
  }
}

/// One check of a store, as a row of stages over one snapshot of it.
private struct Verifier {
  let store: Store
  let db: Database
  let context: StoreContext
  let isListing: Bool
  var report = VerifyReport()
  private var states: [Store.CopyKey: RecordState] = [:]
  private var villages: [RecordID: [VillageCode]] = [:]
  private var forms: [RecordID: UInt32] = [:]
  /// What replaced each answer; of several, the first that was applied here.
  private var replacements: [Life.Seen: Replacer] = [:]
  /// Of each origin that a carry accounts for, where every such carry still had it standing: what
  /// replaced the rest can be in a village that is not held here.
  private var carried: [Name: Set<Path>] = [:]

  /// The changes that are in the journal.
  private var held = Set<Name>()

  private struct Replacer {
    let change: Name
    let person: PersonID
  }

  init(store: Store, db: Database, context: StoreContext, isListing: Bool) {
    self.store = store
    self.db = db
    self.context = context
    self.isListing = isListing
  }

  mutating func run(progress: ((Int, Int) -> Void)?) throws {
    try checkFile()
    try checkChains()
    try checkBases()
    do {
      try replay(progress: progress)
    } catch StoreError.inconsistent where !report.isClean {
      // NB: what cannot be read has been found by its hash, and nothing can be derived from it.
      return
    }
    try compareStates()
    try accountForAnswers()
    report.waiting = try db.first("SELECT count(*) FROM inbox") { Int($0.integer(0)) } ?? 0
  }

  private mutating func checkFile() throws {
    for line in try db.all("PRAGMA quick_check", as: { $0.text(0) }) where line != "ok" {
      // NB: of a page that the disk did not give SQLite only says so. Nobody knows then whether the file
      // is damaged, and a disk that fails is another matter than a file to be restored.
      if Self.unread.contains(where: { line.contains($0) }) {
        throw DatabaseError(resultCode: .SQLITE_IOERR_READ, message: line)
      }
      report.problems.append(.file(line))
    }
  }

  /// SQLite's words for a page that could not be read: 10 is an I/O error, 266 one of reading.
  private static let unread = [
    "unable to get the page. error code=10", "unable to get the page. error code=266",
    "failed to get page",
  ]

  private mutating func checkChains() throws {
    let streams = try db.all("SELECT village, replica FROM stream ORDER BY village, replica") {
      row in
      VillageCode(number: row.bits(0)).map {
        StreamID(village: $0, replica: ReplicaID(row.bits(1)))
      }
    }
    for case let id? in streams {
      guard let row = try Streams.row(db, id) else { continue }
      report.streams += 1
      let cut = try Cuts.cut(db, id)
      // NB: an office that was given a base keeps what it had of the history before.
      var chain = Chain(stream: id, secret: row.secret, count: 0, head: .start)
      func jump() {
        guard let cut, chain.count < cut.count else { return }
        chain = Chain(stream: id, secret: row.secret, count: cut.count, head: cut.head)
      }
      let statement = try RawStatement(
        db,
        """
        SELECT counter, hash, content FROM journal
        WHERE village = ? AND replica = ? ORDER BY counter
        """)
      defer { statement.reset() }
      statement.bind(.bits(id.village.number), at: 1)
      statement.bind(.bits(id.replica.number), at: 2)
      while try statement.step() {
        let counter = statement.bits(0)
        if counter > cut?.count ?? 0 { jump() }
        // NB: and where it was given a later one, what came between the two; what is missing before that
        // the base stands for.
        if let cut, counter <= cut.count, counter > chain.count + 1,
          let head = ChainHash(statement.bytes(1))
        {
          chain = Chain(stream: id, secret: row.secret, count: counter, head: head)
          continue
        }
        guard counter == chain.count + 1 else {
          report.problems.append(
            .hole(id.dot(chain.count + 1)))
          break
        }
        let hash = chain.append(statement.bytes(2))
        if hash != ChainHash(statement.bytes(1)) {
          report.problems.append(
            .chain(id.dot(counter)))
          break
        }
      }
      jump()
      if chain.count != row.count || chain.head != row.head {
        report.problems.append(.vector(id))
      }
    }
  }

  /// Compares what the office signed with its word, by hashes alone.
  private mutating func checkBases() throws {
    for village in try Cuts.villages(db) {
      for mark in try Cuts.marks(db, of: village) where try !isAsSigned(mark) {
        report.problems.append(.base(village))
      }
    }
  }

  private func isAsSigned(_ mark: WatermarkEntry) throws -> Bool {
    let isBase = try Cuts.isBase(db, mark)
    var reader = SnapshotReader(village: mark.village)
    var index = 0
    while let bytes = try Cuts.part(db, of: mark, index, isBase: isBase) {
      do {
        _ = try reader.count(bytes)
      } catch {
        return false
      }
      index += 1
    }
    return reader.digest == mark.digest
  }

  private mutating func replay(progress: ((Int, Int) -> Void)?) throws {
    let total = try db.first("SELECT count(*) FROM journal") { Int($0.integer(0)) } ?? 0
    try takeBases()
    try Journal.forEach(db) { entry, _ in
      let change = entry.change
      report.changes += 1
      if report.changes % 1000 == 0 { progress?(report.changes, total) }
      let key = Store.CopyKey(record: change.record, village: change.dot.village)
      var state = states[key] ?? RecordState()
      for name in change.content.prerequisites
      where !held.contains(name) && !state.accounts(for: name) {
        report.problems.append(.order(change.dot, missing: name))
      }
      held.insert(change.name)
      switch change.content.body {
      case .answers(let answers):
        for placed in answers {
          for name in placed.replaces {
            let seen = Life.Seen(path: placed.path, name: name)
            if replacements[seen] == nil {
              replacements[seen] = Replacer(
                change: change.name, person: change.content.author.person)
            }
          }
        }
        state.apply(change.origin, by: change.content.author, answers)
      case .carry(let cargo, let villageOnly):
        noteCarried(cargo)
        state.merge(cargo, villageOnly: villageOnly)
      // NB: only a newer version knows into which record it goes, and whether into one at all.
      case .unknown:
        report.unknown.insert(change.dot.village)
        return
      }
      if states[key] == nil { villages[change.record, default: []].append(change.dot.village) }
      forms[change.record] = change.content.form
      states[key] = state
    }
    progress?(total, total)
  }

  /// Begins with what stands for the changes that are not in the journal.
  private mutating func takeBases() throws {
    for village in try Cuts.villages(db) {
      try Cuts.forEach(db, village) { copy, state in
        states[Store.CopyKey(record: copy.record, village: village)] = state
        villages[copy.record, default: []].append(village)
        forms[copy.record] = copy.form
        noteCarried(state)
      }
    }
  }

  private mutating func noteCarried(_ cargo: RecordState) {
    var standing: [Name: Set<Path>] = [:]
    for register in cargo.registers {
      for sibling in register.siblings {
        standing[sibling.origin, default: []].insert(register.path)
      }
    }
    for origin in cargo.origins {
      let here = standing[origin.name] ?? []
      carried[origin.name] = carried[origin.name]?.intersection(here) ?? here
    }
  }

  private mutating func compareStates() throws {
    for form in context.forms.keys.sorted() {
      let table = context.table(form)
      let stored = try db.all("SELECT _id, _village, _state FROM \(table.name)") { row in
        (RecordID(letters: row.text(0)), VillageCode(number: row.bits(1)), row.bytes(2))
      }
      for case let (record?, village?, bytes) in stored {
        let key = Store.CopyKey(record: record, village: village)
        guard let state = states[key] else {
          report.problems.append(.invented(record, village))
          continue
        }
        guard state.bytes == bytes else {
          report.problems.append(.state(record, village))
          continue
        }
        let copy = StoredCopy(record: record, village: village, state: state, key: 0)
        if try !table.isUpToDate(db, copy, context: context) {
          report.problems.append(.columns(record, village))
        }
      }
      let present = Set(
        stored.compactMap { record, village, _ in
          record.flatMap { record in
            village.map { Store.CopyKey(record: record, village: $0) }
          }
        })
      for key in states.keys where forms[key.record] == form && !present.contains(key) {
        report.problems.append(.state(key.record, key.village))
      }
    }
    report.records = villages.count
  }

  /// Every answer of every change is current, or beside others, or in a conflict, or was replaced.
  private mutating func accountForAnswers() throws {
    for village in try Cuts.villages(db) {
      try Cuts.forEach(db, village) { copy, state in
        let readings = readings(of: copy.record)
        for register in state.registers {
          for sibling in register.siblings where !held.contains(sibling.origin) {
            count(register.path, sibling, of: state, copy, in: readings)
          }
        }
      }
    }
    var standing: [RecordID: [RecordReading]] = [:]
    try Journal.forEach(db) { entry, _ in
      let change = entry.change
      let record = change.record
      if standing[record] == nil {
        standing = [record: readings(of: record)]
      }
      for placed in change.content.answers {
        count(
          Given(
            record: record, form: change.content.form, path: placed.path, answer: placed.answer,
            origin: change.origin, person: change.content.author.person),
          in: standing[record] ?? [])
      }
    }
  }

  /// An answer that somebody gave.
  private struct Given {
    let record: RecordID
    let form: UInt32
    let path: Path
    let answer: Answer
    let origin: Name
    let person: PersonID
  }

  private mutating func count(
    _ path: Path, _ sibling: Sibling, of state: RecordState, _ copy: Snapshot.Copy,
    in readings: [RecordReading]
  ) {
    guard let author = state.author(of: sibling.origin) else { return }
    count(
      Given(
        record: copy.record, form: copy.form, path: path, answer: sibling.answer,
        origin: sibling.origin, person: author.person),
      in: readings)
  }

  private func readings(of record: RecordID) -> [RecordReading] {
    (villages[record] ?? []).compactMap { village in
      states[Store.CopyKey(record: record, village: village)].map {
        RecordReading(
          record: record, state: $0, copy: village, form: context.forms[forms[record] ?? 0],
          directory: context.directory)
      }
    }
  }

  private mutating func count(_ given: Given, in readings: [RecordReading]) {
    for reading in readings {
      guard
        reading.state.siblings(at: given.path).contains(where: { $0.origin == given.origin })
      else { continue }
      switch reading.verdict(at: given.path) {
      case .open: report.inConflict += 1
      case .settled(let settlement) where settlement.winner.map { $0 != given.origin } ?? false:
        report.settled += 1
      case .settled, .unanswered: report.current += 1
      }
      return
    }
    let isReplacedElsewhere = carried[given.origin].map { !$0.contains(given.path) } ?? false
    let replacer = replacements[Life.Seen(path: given.path, name: given.origin)]
    guard isReplacedElsewhere || replacer != nil else {
      report.problems.append(.lost(given.origin, given.record, given.path))
      return
    }
    report.replaced += 1
    let kind = ReplacementKind(
      replacer: replacer?.person, form: given.form, field: given.path.field)
    report.replacements[kind, default: 0] += 1
    guard isListing else { return }
    report.list.append(
      Replacement(
        record: given.record, form: given.form, path: given.path, answer: given.answer,
        origin: given.origin, person: given.person, replacedBy: replacer?.change,
        replacer: replacer?.person))
  }
}
