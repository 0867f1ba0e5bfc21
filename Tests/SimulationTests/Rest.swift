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
    try checkAnyTime()
    for (name, store, scope) in stores {
      try hold(.waiting, try store.waitingCount() == 0, "\(name)'s inbox is not empty")
      let report = try store.verify()
      try hold(
        .verified, report.isClean, report.problems.first.map { "\(name): \($0)" } ?? "")
      if store === office.store { continue }
      for village in scope.sorted() {
        try hold(
          .vectors, try store.vector(of: village) == office.store.vector(of: village),
          "\(name) and the office hold different changes of \(village)")
      }
    }
    // NB: only what was forged, or came of who was turned away, is kept aside for a supervisor.
    if tally["revoked laptops"] == nil, tally["attacks"] == nil {
      let runs = try office.store.quarantinedRuns()
      try hold(
        .quarantine, runs.isEmpty, runs.first.map { "the office keeps \($0.name) aside" } ?? "")
    }
    try compareCopies()
    for record in oracle.records { try check(record) }
    let copies = try copies(of: office.store)
    noteRest(
      copies.keys.sorted { ($0.record, $0.village) < ($1.record, $1.village) }.compactMap {
        copies[$0]?.bytes
      })
  }

  /// A laptop lets go of a village that was taken from its people, once a backup of the office has all
  /// of it and the laptop has heard of that; unless a branch or a draft keeps it.
  func checkLetGo() throws {
    func lost(_ laptop: SimulatedLaptop) throws -> [VillageCode] {
      try laptop.store.vectors().map(\.village).filter { !laptop.scope.contains($0) }
    }
    let losers = try laptops.filter { try !lost($0).isEmpty }
    if losers.isEmpty { return }
    try backUpOffice()
    for _ in 1...2 { try syncAll() }
    for laptop in losers {
      let rest = try lost(laptop).filter { try !laptop.store.isKept($0) }
      try hold(
        .letGo, rest.isEmpty, "\(laptop.name) does not let go of \(rest.first?.description ?? "")")
    }
    try checkAnyTime()
  }

  private func compareCopies() throws {
    let truth = try copies(of: office.store)
    for laptop in laptops {
      let mine = try copies(of: laptop.store).filter { laptop.scope.contains($0.key.village) }
      let theirs = truth.filter { laptop.scope.contains($0.key.village) }
      for key in Set(mine.keys).union(theirs.keys) {
        try hold(
          .bytes, mine[key]?.bytes == theirs[key]?.bytes,
          "\(laptop.name)'s copy of \(key.record) in \(key.village) is another")
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
      try self.hold(
        .verified, copies == derived.mapValues(\.state),
        "stored states are not what the journal comes to")
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
    let home = oracle.home(record, standing).0
    try hold(.home, home != nil, "\(record) lives nowhere")
    guard let home else { return }
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
    let shown = try store.peek(record, form: 1)
    try hold(.kept, shown != nil, "\(short) is not there")
    guard let shown else { return }
    try hold(
      .home, shown.village == home,
      "\(short) is shown in \(shown.village), not at home in \(home)")
    var found: [Path: Set<Int>] = [:]
    for register in shown.state.registers {
      for sibling in register.siblings {
        let number = oracle.number(of: sibling.origin, at: register.path)
        try hold(.given, number != nil, "\(short) has an answer that nobody gave")
        guard let number else { continue }
        try hold(
          .given, oracle.given[number].answer == sibling.answer,
          "#\(number) of \(short) is another answer than was given")
        found[register.path, default: []].insert(number)
      }
    }
    try checkNothingIsLost(of: record, found)
    for path in Set(found.keys).union(standing.keys).sorted() {
      let text = { (some: Set<Int>?) in (some ?? []).sorted() }
      try hold(
        .standing, found[path] == standing[path],
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
      for number in numbers {
        let given = oracle.given[number]
        try hold(
          .kept, accounted.contains(number),
          "#\(number) by \(given.person) at \(given.path.field.number) is lost")
      }
    }
  }

  private func checkVerdicts(
    _ record: RecordID, _ reading: RecordReading, _ standing: [Path: Set<Int>]
  ) throws {
    let short = record.description.prefix(5)
    try hold(
      .life, reading.life.liveness == oracle.life(standing, row: nil),
      "\(short) is \(reading.life.liveness)")
    for row in reading.rows {
      try hold(
        .life, row.life.liveness == oracle.life(standing, row: row.row),
        "row \(row.row.id) of \(short) is \(row.life.liveness)")
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
      try hold(
        .verdicts, given == outcome,
        "\(short) at \(path.field.number) reads \(given), not \(outcome)")
    }
    let conflicts = oracle.conflicts(record, standing)
    try hold(
      .conflicts, reading.conflictCount == conflicts,
      "\(short) has \(reading.conflictCount) conflicts, not \(conflicts)")
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
    let row = try store.records(form: 1, filter).first
    try hold(.columns, row != nil, "\(record) has no row")
    guard let row else { return }
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
      try hold(
        .columns, row.columns[index] == text,
        "column \(name) of \(record.description.prefix(5)) is not \(text ?? "empty")")
    }
    try hold(
      .conflicts, row.conflicts == oracle.conflicts(record, standing),
      "the conflict column of \(record.description.prefix(5)) is wrong")
  }
}

extension Store {
  /// Whether something keeps a village that is nobody's here any more: what a branch has the office has
  /// under other dots, of which nobody here knows whether a backup has them.
  fileprivate func isKept(_ village: VillageCode) throws -> Bool {
    try read { db in
      try ["branch", "parted", "draft"].contains { table in
        try db.first(
          "SELECT 1 FROM \(table) WHERE village = ? LIMIT 1", .bits(village.number)
        ) { _ in true } == true
      }
    }
  }
}
