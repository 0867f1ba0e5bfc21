import Bytes
import Causality
import GRDB
import Model
import Reading
import Rules
import Wire
import Worlds

@testable import Store

/// What must be so once everything has come everywhere.
extension SimulatedWorld {
  var stores: [(name: String, store: Store, scope: Set<VillageCode>)] {
    [("office", office.store, Set(TinySurvey.villages))]
      + laptops.map { ($0.name, $0.store, $0.scope) }
  }

  /// At any time: each replica shows each record that it holds once.
  func checkShown() throws {
    for (name, store, _) in stores {
      let wrong = try store.read { db in
        try db.first("SELECT _id FROM record_1 GROUP BY _id HAVING total(_shown) <> 1") {
          $0.text(0)
        }
      }
      if let wrong { throw fail("\(name) shows \(wrong.prefix(5)) in several villages, or none") }
    }
  }

  func directory(of store: Store) throws -> Directory {
    try context(of: store).directory
  }

  func context(of store: Store) throws -> StoreContext {
    try store.read { db in try store.context(db) }
  }

  /// The chain of a frame's stream as it is before the frame's first change.
  func chain(before frame: Frame, at store: Store) throws -> Chain? {
    try store.read { db in
      guard let row = try Streams.row(db, frame.stream) else { return nil }
      // NB: what a branch has is not what the stream has, and begins with a secret of its own.
      if let secret = frame.secret, secret != row.secret { return nil }
      let count = frame.first - 1
      if count == 0 { return Chain(stream: frame.stream, secret: row.secret) }
      let dot = Dot(replica: frame.stream.replica, village: frame.stream.village, counter: count)
      guard let head = try Streams.hash(db, dot), head.tag == frame.previous else { return nil }
      return Chain(stream: frame.stream, secret: row.secret, count: count, head: head)
    }
  }

  func checkAtRest() throws {
    try checkShown()
    for (name, store, scope) in stores {
      if try store.waitingCount() != 0 { throw fail("\(name)'s inbox is not empty") }
      let report = try store.verify()
      if let problem = report.problems.first { throw fail("\(name): \(problem)") }
      for village in scope.sorted() {
        guard try store.vector(of: village) == office.store.vector(of: village) else {
          throw fail("\(name) and the office hold different changes of \(village)")
        }
      }
    }
    // NB: only what was forged, or came of who was turned away, is kept aside for a supervisor.
    if tally["revoked laptops"] == nil, tally["attacks"] == nil,
      let run = try office.store.quarantinedRuns().first
    {
      throw fail("the office keeps \(run.name) aside")
    }
    try compareCopies()
    for record in oracle.records { try check(record) }
    let copies = try copies(of: office.store)
    noteRest(
      copies.keys.sorted { ($0.record, $0.village) < ($1.record, $1.village) }.compactMap {
        copies[$0]?.bytes
      })
  }

  private func compareCopies() throws {
    let truth = try copies(of: office.store)
    for laptop in laptops {
      let mine = try copies(of: laptop.store).filter { laptop.scope.contains($0.key.village) }
      let theirs = truth.filter { laptop.scope.contains($0.key.village) }
      for key in Set(mine.keys).union(theirs.keys)
      where mine[key]?.bytes != theirs[key]?.bytes {
        throw fail("\(laptop.name)'s copy of \(key.record) in \(key.village) is another")
      }
    }
  }

  private func copies(of store: Store) throws -> [Store.CopyKey: RecordState] {
    try store.read { db in
      let derived = try store.derive(db, form: nil)
      let table = try store.context(db).table(1)
      var copies: [Store.CopyKey: RecordState] = [:]
      for record in Set(derived.keys.map(\.record)) {
        for copy in try table.copies(db, record) {
          copies[Store.CopyKey(record: record, village: copy.village)] = copy.state
        }
      }
      guard copies == derived.mapValues(\.state) else {
        throw self.fail("stored states are not what the journal comes to")
      }
      return copies
    }
  }

  /// Checks one record at every replica that holds its home.
  private func check(_ record: RecordID) throws {
    var standing: [Path: Set<Int>] = [:]
    for path in (oracle.places[record] ?? [:]).keys {
      let some = oracle.standing(record, path)
      if !some.isEmpty { standing[path] = some }
    }
    guard let home = oracle.home(record, standing).0 else {
      throw fail("\(record) lives nowhere")
    }
    for (name, store, scope) in stores where scope.contains(home) {
      do {
        try check(record, in: home, standing, at: store)
      } catch let failure as SimulationFailure {
        throw fail("\(name): \(failure)")
      }
    }
  }

  private func check(
    _ record: RecordID, in home: VillageCode, _ standing: [Path: Set<Int>], at store: Store
  ) throws {
    let short = record.description.prefix(5)
    guard let shown = try store.peek(record, form: 1) else { throw fail("\(short) is not there") }
    guard shown.village == home else {
      throw fail("\(short) is shown in \(shown.village), not at home in \(home)")
    }
    var found: [Path: Set<Int>] = [:]
    for register in shown.state.registers {
      for sibling in register.siblings {
        guard let number = oracle.number(of: sibling.origin, at: register.path) else {
          throw fail("\(short) has an answer that nobody gave")
        }
        guard oracle.given[number].answer == sibling.answer else {
          throw fail("#\(number) of \(short) is another answer than was given")
        }
        found[register.path, default: []].insert(number)
      }
    }
    try checkNothingIsLost(of: record, found)
    for path in Set(found.keys).union(standing.keys).sorted()
    where found[path] != standing[path] {
      let text = { (some: Set<Int>?) in (some ?? []).sorted() }
      throw fail(
        "\(short) at \(path.row?.id.string ?? "")\(path.field.number)\(path.element): "
          + "\(text(found[path])) stand, not \(text(standing[path]))")
    }
    let context = try context(of: store)
    let reading = RecordReading(
      record: record, state: shown.state, copy: home, form: context.forms[1],
      directory: context.directory)
    try checkVerdicts(record, reading, standing)
    try checkColumns(record, standing, at: store)
  }

  /// Every answer stands, or was replaced by one whose author had seen it, and so on up to a
  /// standing one: this uses nothing but what people were shown.
  private func checkNothingIsLost(of record: RecordID, _ found: [Path: Set<Int>]) throws {
    var accounted = found.values.reduce(into: Set<Int>()) { $0.formUnion($1) }
    var open = Array(accounted)
    while let number = open.popLast() {
      for older in oracle.given[number].seen where accounted.insert(older).inserted {
        open.append(older)
      }
    }
    for numbers in (oracle.places[record] ?? [:]).values {
      for number in numbers where !accounted.contains(number) {
        let given = oracle.given[number]
        throw fail("#\(number) by \(given.person) at \(given.path.field.number) is lost")
      }
    }
  }

  private func checkVerdicts(
    _ record: RecordID, _ reading: RecordReading, _ standing: [Path: Set<Int>]
  ) throws {
    let short = record.description.prefix(5)
    guard reading.life.liveness == oracle.life(standing, row: nil) else {
      throw fail("\(short) is \(reading.life.liveness)")
    }
    for row in reading.rows where row.life.liveness != oracle.life(standing, row: row.row) {
      throw fail("row \(row.row.id) of \(short) is \(row.life.liveness)")
    }
    for (path, some) in standing where !path.field.isSystem {
      let verdict = reading.verdict(at: path)
      let settling = oracle.settling(path, version: oracle.rules.count - 1)
      let outcome = oracle.outcome(some, settling)
      let given: Outcome =
        switch verdict {
        case .unanswered: .nothing
        case .settled(let settlement): .answer(settlement.answer)
        case .open(let provisional, _): .open(provisional)
        }
      guard given == outcome else {
        throw fail("\(short) at \(path.field.number) reads \(given), not \(outcome)")
      }
    }
    let conflicts = oracle.conflicts(record, standing)
    guard reading.conflictCount == conflicts else {
      throw fail("\(short) has \(reading.conflictCount) conflicts, not \(conflicts)")
    }
  }

  private func checkColumns(
    _ record: RecordID, _ standing: [Path: Set<Int>], at store: Store
  ) throws {
    let fields: [(String, FieldID)] = [
      ("nama", TinySurvey.Field.name), ("wave", TinySurvey.Field.wave),
      ("hasil", TinySurvey.Field.outcome), ("puncak", TinySurvey.Field.most),
      ("kunjungan", TinySurvey.Field.visits), ("omzet", TinySurvey.Field.turnover),
    ]
    var filter = RecordFilter()
    filter.withDeleted = true
    filter.records = [record]
    filter.columns = fields.map(\.0)
    guard let row = try store.records(form: 1, filter).first else {
      throw fail("\(record) has no row")
    }
    for (index, (name, field)) in fields.enumerated() {
      let path = Path(field: field)
      let settling = oracle.settling(path, version: oracle.rules.count - 1)
      let wanted: Answer? =
        switch oracle.outcome(standing[path] ?? [], settling) {
        case .nothing: nil
        case .answer(let answer), .open(let answer): answer
        }
      let text: String? =
        switch wanted {
        case .text(let text)?: text.string
        case .number(let number)?: number.description
        default: nil
        }
      guard row.columns[index] == text else {
        throw fail("column \(name) of \(record.description.prefix(5)) is not \(text ?? "empty")")
      }
    }
    guard row.conflicts == oracle.conflicts(record, standing) else {
      throw fail("the conflict column of \(record.description.prefix(5)) is wrong")
    }
  }
}
