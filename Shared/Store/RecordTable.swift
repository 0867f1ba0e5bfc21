import Bytes
import Causality
import Forms
import GRDB
import Model
import Reading
import Rules
import Synchronization

/// One copy of a record, as a row of its form's table.
struct StoredCopy {
  let record: RecordID
  let village: VillageCode
  let state: RecordState
  /// The row, if it is there already.
  let key: Int64?
  /// Whether it was read and there was no other copy of the record.
  var isOnly = false
}

/// The table of a form: one row per copy of a record, its packed state beside the current answers
/// as plain typed columns, rows of repeats in tables of their own.
///
/// The columns cache what the rules make of the state, so that `select * from ikm` just works; the
/// state is what the program itself reads. Both are derived from the journal and can be made again.
///
/// It is a class because every change that is written takes it from the context, and what it says
/// never changes.
final class RecordTable: Sendable {
  let number: UInt32
  let form: Form?
  private let columns: [RecordColumn]
  private let columnsOfField: FieldTable<[Int]>
  private let children: [ChildTable]
  /// The columns whose answers no two records should share.
  let unique: UniqueColumns
  private let insert: String
  private let update: String
  /// The queries for one copy, for all copies of a record, and for which of them is shown.
  private let oneCopy: String
  private let allCopies: String
  private let shownCopies: String
  /// The query for what is cached of a copy, to be compared.
  private let cached: String
  /// How the view for people is made.
  private let viewing: String
  /// The state that was read last.
  private let lastState = Mutex<KnownState?>(nil)

  static let systemColumns = [
    "_id", "_village", "_home", "_shown", "_life", "_conflicts", "_derived", "_created",
    "_creator", "_changed", "_editor", "_saved", "_state",
  ]

  /// What a row says of its state beside the answers.
  private static let cachedColumns = ["_home", "_life", "_conflicts", "_derived"]

  init(number: UInt32, form: Form?) {
    self.number = number
    self.form = form
    columns = form.map { RecordColumn.columns(of: $0, inside: nil) } ?? []
    var byField = FieldTable<[Int]>()
    for (index, column) in columns.enumerated() {
      byField[column.field] = (byField[column.field] ?? []) + [index]
    }
    columnsOfField = byField
    children = (form?.repeats ?? []).map { ChildTable(number: number, form: form, of: $0) }
    unique = UniqueColumns(table: "record_\(number)", form: form)
    let names = Self.systemColumns + columns.map(\.quoted)
    let marks = names.indices.map { "?\($0 + 1)" }
    insert = """
      INSERT INTO record_\(number) (\(names.joined(separator: ", ")))
      VALUES (\(marks.joined(separator: ", ")))
      """
    // What is not known any more (who created a record whose first answers are all replaced) stays.
    let kept: Set = ["_created", "_creator"]
    // NB: what a row is of never changes, and an index of what is set is written to.
    let fixed: Set = ["_id", "_village"]
    let sets = zip(names, marks).filter { !fixed.contains($0.0) }.map { name, mark in
      kept.contains(name) ? "\(name) = coalesce(\(name), \(mark))" : "\(name) = \(mark)"
    }
    update = """
      UPDATE record_\(number) SET \(sets.joined(separator: ", ")) WHERE _key = ?\(names.count + 1)
      """
    // NB: made once, as all that is asked for every change.
    oneCopy = "SELECT _key, _state FROM record_\(number) WHERE _id = ? AND _village = ?"
    allCopies = """
      SELECT _key, _village, _state FROM record_\(number) WHERE _id = ? ORDER BY _village
      """
    shownCopies = "SELECT _key, _shown FROM record_\(number) WHERE _id = ?"
    let compared = (Self.cachedColumns + columns.map(\.quoted)).joined(separator: ", ")
    cached = "SELECT \(compared) FROM record_\(number) WHERE _id = ? AND _village = ?"
    let shown = columns.map { ", \($0.quoted)" }.joined()
    viewing = """
      CREATE VIEW \(quotedForSQL(form?.name ?? "")) AS SELECT _id AS id, \(Self.codeSQL) AS desa\
      \(shown) FROM record_\(number) WHERE _shown = 1 AND _life <> 1
      """
  }

  var name: String { "record_\(number)" }

  // MARK: Making the tables

  /// Makes the tables, or adds the columns that a new version of the form brought.
  func prepare(_ db: Database) throws {
    // NB: after any change of the schema every statement of every connection is compiled again.
    if try isPrepared(db) { return }
    try db.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS \(name) (
          _key INTEGER NOT NULL PRIMARY KEY,
          _id TEXT NOT NULL, _village INTEGER NOT NULL, _home INTEGER NOT NULL,
          _shown INTEGER NOT NULL, _life INTEGER NOT NULL, _conflicts INTEGER NOT NULL,
          _derived INTEGER NOT NULL, _created INTEGER, _creator TEXT, _changed INTEGER NOT NULL,
          _editor TEXT, _saved INTEGER NOT NULL, _state BLOB NOT NULL, \(Guard.check)
        )
        """)
    try db.execute(sql: Guard.triggers(on: name))
    try db.execute(
      sql: "CREATE UNIQUE INDEX IF NOT EXISTS \(name)_copy ON \(name) (_id, _village)")
    try db.execute(
      sql: """
        CREATE INDEX IF NOT EXISTS \(name)_open ON \(name) (_key)
        WHERE _conflicts > 0 OR _derived > 0
        """)
    let present = try db.columnNames(of: name)
    for column in columns where !present.contains(column.name) {
      try db.execute(sql: "ALTER TABLE \(name) ADD COLUMN \(column.quoted) \(column.type)")
    }
    try unique.prepare(db)
    for child in children { try child.prepare(db) }
    guard let form else { return }
    try db.execute(sql: "DROP VIEW IF EXISTS \(quotedForSQL(form.name))")
    try db.execute(sql: viewing)
  }

  /// Whether the tables are as this edition of the form wants them.
  ///
  /// The views name every column and are made last, the form's own after those of its repeats; so
  /// where they are as they should be, all else is there.
  private func isPrepared(_ db: Database) throws -> Bool {
    guard let form else { return false }
    let views = try db.all("SELECT name, sql FROM sqlite_master WHERE type = 'view'") {
      ($0.text(0), $0.text(1))
    }
    let present = Dictionary(uniqueKeysWithValues: views)
    let wanted = [(form.name, viewing)] + children.map { ($0.view, $0.viewing) }
    return try wanted.allSatisfy { present[$0] == $1 } && unique.isPrepared(db)
  }

  /// A village's number as people write it.
  private static let codeSQL = """
    substr(printf('%010d', _home), 1, 2) || '.' || substr(printf('%010d', _home), 3, 2) || '.' || \
    substr(printf('%010d', _home), 5, 2) || '.' || substr(printf('%010d', _home), 7, 4)
    """

  /// Forgets all rows, to derive them again.
  func clear(_ db: Database) throws {
    try db.execute(sql: "DELETE FROM \(name)")
    for child in children { try child.clear(db) }
  }

  /// Forgets the copies of a village that is not held any more.
  ///
  /// - Returns: the records that have a copy elsewhere.
  func forget(_ db: Database, _ village: VillageCode) throws -> [RecordID] {
    let records = try db.all(
      """
      SELECT _id FROM \(name) AS gone WHERE _village = ?1
      AND EXISTS (SELECT 1 FROM \(name) WHERE _id = gone._id AND _village <> ?1) ORDER BY _id
      """, .bits(village.number)
    ) { RecordID(letters: $0.text(0)) }
    try db.run("DELETE FROM \(name) WHERE _village = ?", .bits(village.number))
    for child in children { try child.forget(db, village) }
    return records.compactMap { $0 }
  }

  // MARK: Reading

  /// One copy of a record.
  func copy(_ db: Database, _ record: RecordID, in village: VillageCode) throws -> StoredCopy? {
    try db.first(
      oneCopy, .text(record.description), .bits(village.number)
    ) { row in
      StoredCopy(
        record: record, village: village, state: try state(row, 1, of: record),
        key: row.integer(0))
    }
  }

  /// Every copy of a record, by village.
  ///
  /// - Parameter view: what a copy is likely to be.
  func copies(
    _ db: Database, _ record: RecordID, like view: RecordState? = nil
  ) throws -> [StoredCopy] {
    if let view { lastState.withLock { $0 = KnownState(state: view, bytes: view.bytes) } }
    var copies = try db.all(allCopies, .text(record.description)) { row in
      guard let village = VillageCode(number: row.bits(1)) else {
        throw StoreError.inconsistent(detail: "village of \(record)")
      }
      return StoredCopy(
        record: record, village: village, state: try state(row, 2, of: record),
        key: row.integer(0))
    }
    if copies.count == 1 { copies[0].isOnly = true }
    return copies
  }

  /// Reads a state, unless it is the one that was read last: to check a change and to take it in the
  /// same copy is wanted three or four times, and its bytes say whether it is the same.
  private func state(_ row: RawStatement, _ column: Int32, of record: RecordID) throws
    -> RecordState
  {
    let known = lastState.withLock { $0 }
    if let known, row.isEqual(column, to: known.bytes) { return known.state }
    let bytes = row.bytes(column)
    let state = try Self.state(bytes, of: record)
    lastState.withLock { $0 = KnownState(state: state, bytes: bytes) }
    return state
  }

  static func state(_ bytes: [UInt8], of record: RecordID) throws -> RecordState {
    do {
      return try RecordState(bytes)
    } catch {
      throw StoreError.inconsistent(detail: "state of \(record): \(error)")
    }
  }

  /// A state, and the bytes that it was read from.
  private struct KnownState {
    let state: RecordState
    let bytes: [UInt8]
  }

  // MARK: Writing; the door alone calls these

  /// The statement that writes a new copy.
  func insertion(_ db: Database) throws -> RawStatement { try RawStatement(db, insert) }

  /// Writes a copy and everything derived from it; a new one by a statement that was found before.
  func put(
    _ db: Database, _ copy: StoredCopy, by insertion: RawStatement? = nil, context: StoreContext,
    now: Int64
  ) throws {
    if let creation = plainCreation(of: copy) {
      return try putNew(copy, creation, by: insertion ?? self.insertion(db), now: now)
    }
    let reading = RecordReading(
      record: copy.record, state: copy.state, copy: copy.village, form: form,
      directory: context.directory)
    let statement =
      copy.key == nil ? try insertion ?? self.insertion(db) : try RawStatement(db, update)
    var values = RunValues(capacity: 2048)
    bindSystem(copy, reading, to: statement, gathering: &values, context: context, now: now)
    bindColumns(reading, to: statement, gathering: &values)
    if let key = copy.key {
      statement.bind(key, at: Int32(Self.systemColumns.count + columns.count + 1))
    }
    try statement.run(with: values)
    if !children.isEmpty { try putRows(db, copy, reading) }
  }

  /// Decides anew which copy of a record is the one that is shown.
  func refreshHomes(_ db: Database, _ record: RecordID) throws {
    let shown = try db.all(shownCopies, .text(record.description)) {
      ($0.integer(0), $0.integer(1))
    }
    if shown.count == 1 && shown[0].1 == 1 { return }
    let key = Self.shown(among: try copies(db, record))?.key
    for row in shown where row.1 != (row.0 == key ? 1 : 0) {
      try db.run(
        "UPDATE \(name) SET _shown = ? WHERE _key = ?", .integer(row.0 == key ? 1 : 0),
        .integer(row.0))
    }
  }

  /// The copy of a record that people see: the one in its home, and while the record is in transit
  /// one that says so.
  ///
  /// Where the home is, all copies are asked together: one that is no longer told of moves, in a
  /// village that the laptop does not hold any more, must not hide the one that is. A copy that is
  /// there already is not at home before it is told: until the move has been carried to it, it
  /// would show a conflict over the village that is settled, or answers of long ago.
  static func shown(among copies: [StoredCopy]) -> StoredCopy? {
    guard let first = copies.first, copies.count > 1 else { return copies.first }
    var moves = RecordState()
    for copy in copies { moves.merge(copy.state, villageOnly: true) }
    let birthplace = copies.lazy.compactMap {
      Home.birthplace(of: $0.state, record: $0.record)
    }.first
    let home = Home.village(
      of: moves, record: first.record, copy: birthplace ?? first.village)
    let atHome = copies.first { $0.village == home }
    if let atHome, atHome.state.includes(moves) { return atHome }
    // NB: what only ever heard of moves holds no answers, and is nothing to show.
    let knowing = copies.filter {
      Home.village(of: $0.state, record: $0.record, copy: $0.village) == home
        && $0.state.origins.contains { !$0.isMove }
    }
    return knowing.first { $0.state.includes(moves) } ?? atHome ?? knowing.first ?? first
  }

  private func bindSystem(
    _ copy: StoredCopy, _ reading: RecordReading, to statement: RawStatement,
    gathering values: inout RunValues, context: StoreContext, now: Int64
  ) {
    let creation = copy.state.origins.first { copy.record.isCreated(by: $0.name) }
    var newest: Authorship?
    for origin in copy.state.origins {
      guard let author = origin.author, author.person != .office else { continue }
      if author.stamp > newest?.stamp ?? Stamp(number: 0) { newest = author }
    }
    values.text(copy.record.description, at: 1)
    statement.bind(Int64(bitPattern: copy.village.number), at: 2)
    statement.bind(Int64(bitPattern: reading.home.number), at: 3)
    statement.bind(1, at: 4)
    statement.bind(Self.number(of: reading.life.liveness), at: 5)
    statement.bind(Int64(reading.conflictCount), at: 6)
    statement.bind(
      Int64(DerivedConflicts.count(in: reading, zoneMinutes: context.zoneMinutes)), at: 7)
    statement.bind(.optional(creation?.author?.stamp.milliseconds), at: 8)
    statement.bind(
      .optional(creation?.author?.person.description), at: 9, gathering: &values)
    statement.bind(newest?.stamp.milliseconds ?? 0, at: 10)
    statement.bind(.optional(newest?.person.description), at: 11, gathering: &values)
    statement.bind(now, at: 12)
    values.blob(at: 13) { copy.state.encode(to: &$0) }
  }

  /// The change that made a record, if nothing else stands in it and no rule has anything to settle.
  ///
  /// Nearly every record is written so once, in bulk when a table is imported; reading it first
  /// through its rules would say what the change says, for a third of the time of the whole save.
  private func plainCreation(of copy: StoredCopy) -> Authorship? {
    guard copy.key == nil, copy.state.origins.count == 1, let origin = copy.state.origins.first,
      copy.record.isCreated(by: origin.name), origin.name.dot.village == copy.village
    else { return nil }
    let registers = copy.state.registers
    // NB: by index, because to take a register out of the array is to copy it.
    let isPlain = registers.indices.allSatisfy { index in
      let path = registers[index].path
      return !path.isInRow && registers[index].siblings[0].answer != .cleared && !path.isVillage
        && (path.field != .life || registers[index].siblings[0].answer == .life(.alive))
    }
    return isPlain ? origin.author : nil
  }

  private func putNew(
    _ copy: StoredCopy, _ creation: Authorship, by statement: RawStatement, now: Int64
  ) throws {
    let person = creation.person.description
    let village = Int64(bitPattern: copy.village.number)
    var values = RunValues(capacity: 2048)
    values.text(copy.record.description, at: 1)
    statement.bind(village, at: 2)
    statement.bind(village, at: 3)
    statement.bind(1, at: 4)
    for index in Int32(5)...7 { statement.bind(0, at: index) }
    statement.bind(creation.stamp.milliseconds, at: 8)
    values.text(person, at: 9)
    statement.bind(creation.stamp.milliseconds, at: 10)
    values.text(person, at: 11)
    statement.bind(now, at: 12)
    values.blob(at: 13) { copy.state.encode(to: &$0) }
    let base = Int32(Self.systemColumns.count + 1)
    var columns = ColumnGatherer(table: self)
    let registers = copy.state.registers
    for index in registers.indices {
      columns.add(registers[index].siblings[0].answer, at: registers[index].path) { column, value in
        statement.bind(value, at: base + Int32(column), gathering: &values)
      }
    }
    columns.finish { column, value in
      statement.bind(value, at: base + Int32(column), gathering: &values)
    }
    try statement.run(with: values)
  }

  private func bindColumns(
    _ reading: RecordReading, to statement: RawStatement, gathering values: inout RunValues
  ) {
    let base = Int32(Self.systemColumns.count + 1)
    forEachColumn(of: reading) { index, value in
      statement.bind(value, at: base + Int32(index), gathering: &values)
    }
  }

  /// Tells the value of every typed column that has one.
  private func forEachColumn(of reading: RecordReading, _ tell: (Int, SQLValue) -> Void) {
    var gatherer = ColumnGatherer(table: self)
    let registers = reading.registers
    // NB: by index, because to take a register out of the array is to copy it.
    for index in registers.indices where !registers[index].path.isInRow {
      guard let answer = registers[index].verdict.answer else { continue }
      gatherer.add(answer, at: registers[index].path, tell)
    }
    gatherer.finish(tell)
  }

  /// Turns answers at places into values of columns; elements are gathered until all have come.
  private struct ColumnGatherer {
    let table: RecordTable
    private var elements: [Int: [Text]] = [:]

    init(table: RecordTable) {
      self.table = table
    }

    mutating func add(_ answer: Answer, at path: Path, _ tell: (Int, SQLValue) -> Void) {
      guard let indices = table.columnsOfField[path.field] else { return }
      for index in indices {
        switch table.columns[index].source {
        case .single: tell(index, SQLValue(answer))
        case .member(let member): tell(index, SQLValue(answer.member(member)))
        case .elements where answer == .present:
          elements[index, default: []].append(path.element)
        case .elements: break
        }
      }
    }

    func finish(_ tell: (Int, SQLValue) -> Void) {
      for (index, some) in elements { tell(index, .array(some)) }
    }
  }

  /// Whether a row says what the rules make of its state; `verify` asks.
  func isUpToDate(_ db: Database, _ copy: StoredCopy, context: StoreContext) throws -> Bool {
    let reading = RecordReading(
      record: copy.record, state: copy.state, copy: copy.village, form: form,
      directory: context.directory)
    var expected: [SQLValue] = [
      .bits(reading.home.number), .integer(Self.number(of: reading.life.liveness)),
      .integer(Int64(reading.conflictCount)),
      .integer(Int64(DerivedConflicts.count(in: reading, zoneMinutes: context.zoneMinutes))),
    ]
    expected += columns.map { _ in .null }
    forEachColumn(of: reading) { index, value in
      expected[Self.cachedColumns.count + index] = value
    }
    let found = try db.first(
      cached, .text(copy.record.description), .bits(copy.village.number)
    ) { row in expected.indices.map { row.value(Int32($0)) } }
    guard let found else { return false }
    return zip(found, expected).allSatisfy { $0.isStored(as: $1) }
  }

  private static func number(of liveness: Liveness) -> Int64 {
    switch liveness {
    case .alive: 0
    case .deleted: 1
    case .contested: 2
    }
  }

  private func putRows(_ db: Database, _ copy: StoredCopy, _ reading: RecordReading) throws {
    if copy.key == nil && reading.rows.isEmpty { return }
    for child in children { try child.put(db, copy, reading) }
  }
}
