import Bytes
import Causality
import Forms
import GRDB
import Model
import Reading
import Rules

/// The table of a repeat: one row for each of its rows in each copy of a record.
struct ChildTable: Sendable {
  private let repeated: Repeat
  private let columns: [RecordColumn]
  private let name: String
  private let parent: String
  /// The view for people, and how it is made.
  let view: String
  let viewing: String
  private let insert: String

  init(number: UInt32, form: Form?, of repeated: Repeat) {
    self.repeated = repeated
    columns = form.map { RecordColumn.columns(of: $0, inside: repeated) } ?? []
    name = "record_\(number)_\(repeated.id.number)"
    parent = "record_\(number)"
    view = "\(form?.name ?? "form")_\(repeated.name)"
    let shown = columns.map { "r.\($0.quoted)" }.joined(separator: ", ")
    let key = repeated.key.map { quotedForSQL($0) } ?? "baris"
    viewing = """
      CREATE VIEW \(quotedForSQL(view)) AS SELECT r._id AS id, r._row AS \(key)\
      \(shown.isEmpty ? "" : ", ")\(shown) FROM \(name) r JOIN \(parent) p
      ON p._id = r._id AND p._village = r._village
      WHERE p._shown = 1 AND p._life <> 1 ORDER BY r._id, r._order
      """
    let names = ["_id", "_village", "_row", "_order"] + columns.map(\.quoted)
    insert = """
      INSERT INTO \(name) (\(names.joined(separator: ", ")))
      VALUES (\(names.map { _ in "?" }.joined(separator: ", ")))
      """
  }

  func prepare(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS \(name) (
          _id TEXT NOT NULL, _village INTEGER NOT NULL, _row TEXT NOT NULL,
          _order INTEGER NOT NULL, PRIMARY KEY (_id, _village, _row), \(Guard.check)
        ) WITHOUT ROWID
        """)
    try db.execute(sql: Guard.triggers(on: name))
    let present = try db.columnNames(of: name)
    for column in columns where !present.contains(column.name) {
      try db.execute(sql: "ALTER TABLE \(name) ADD COLUMN \(column.quoted) \(column.type)")
    }
    try db.execute(sql: "DROP VIEW IF EXISTS \(quotedForSQL(view))")
    try db.execute(sql: viewing)
  }

  func clear(_ db: Database) throws {
    try db.execute(sql: "DELETE FROM \(name)")
  }

  /// Forgets the rows of a village that is not held any more.
  func forget(_ db: Database, _ village: VillageCode) throws {
    try db.run("DELETE FROM \(name) WHERE _village = ?", .bits(village.number))
  }

  /// Writes the rows of a copy that are there.
  func put(_ db: Database, _ copy: StoredCopy, _ reading: RecordReading) throws {
    if copy.key != nil {
      try db.run(
        "DELETE FROM \(name) WHERE _id = ? AND _village = ?", .text(copy.record.description),
        .bits(copy.village.number))
    }
    for (order, row) in reading.rows(of: repeated).enumerated() {
      var values: [SQLValue] = [
        .text(copy.record.description), .bits(copy.village.number), .text(row.string),
        .integer(Int64(order)),
      ]
      for column in columns { values.append(value(of: column, in: row, reading)) }
      try db.run(insert, values)
    }
  }

  private func value(of column: RecordColumn, in row: Text, _ reading: RecordReading) -> SQLValue {
    let place = Row(repeated.id, row)
    switch column.source {
    case .single:
      let answer = reading.verdict(at: Path(row: place, field: column.field)).answer
      return answer.map { SQLValue($0) } ?? .null
    case .member(let index):
      let answer = reading.verdict(at: Path(row: place, field: column.field)).answer
      return answer.map { SQLValue($0.member(index)) } ?? .null
    case .elements:
      let some = reading.registers.filter {
        $0.path.row == place && $0.path.field == column.field && $0.verdict.answer == .present
      }
      return .array(some.map(\.path.element))
    }
  }
}
