import Causality
import Forms
import GRDB
import Model
import Reading

/// The typed columns of a form whose answers no two records should share, and how shared ones are
/// found.
///
/// Nothing about them is stored: a save would have to write to the records that share, and a copy
/// that goes away to those that no longer do. Each column has an index of the copies that people see
/// instead, so what a record shares costs one step into it, and all that is shared one walk along
/// it. It has the answers and nothing else, so what two stores find is equal where what they hold is.
struct UniqueColumns: Sendable {
  private struct Column: Sendable {
    let field: FieldID
    let name: String
    /// The query for the records that have an answer: it is asked for each row of an import.
    let holders: String
    /// The index, and how it is made.
    let index: String
    let creation: String
  }

  private let table: String
  private let columns: [Column]

  init(table: String, form: Form?) {
    self.table = table
    columns = (form?.uniqueQuestions ?? []).map { question in
      let name = quotedForSQL(question.name)
      let index = "\(table)_unique_\(question.id.number)"
      return Column(
        field: question.id, name: name,
        holders: """
          SELECT _id FROM \(table) WHERE \(name) = ? AND \(Self.counts(name)) ORDER BY _id LIMIT ?
          """,
        index: index,
        creation: """
          CREATE INDEX "\(index)" ON \(table) (\(name), _id) WHERE \(Self.counts(name))
          """)
    }
  }

  /// Makes the indexes, and drops those of an edition before.
  func prepare(_ db: Database) throws {
    for name in try present(db).keys.sorted() { try db.execute(sql: "DROP INDEX \"\(name)\"") }
    for column in columns { try db.execute(sql: column.creation) }
  }

  /// Whether the indexes are there, and no others.
  func isPrepared(_ db: Database) throws -> Bool {
    let wanted = columns.map { ($0.index, $0.creation) }
    return try present(db) == Dictionary(uniqueKeysWithValues: wanted)
  }

  /// The indexes that are there, and how they were made.
  private func present(_ db: Database) throws -> [String: String] {
    let indexes = try db.all(
      "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND name GLOB ?",
      .text("\(table)_unique_*")
    ) { ($0.text(0), $0.text(1)) }
    return Dictionary(uniqueKeysWithValues: indexes)
  }

  /// Whether an answer in a row counts: there is one, in the copy that people see, of a record that
  /// is there.
  ///
  /// NB: SQLite takes the index where a query says the same in the same words.
  private static func counts(_ column: String, of row: String = "") -> String {
    "\(row)\(column) <> '' AND \(row)_shown = 1 AND \(row)_life <> 1"
  }

  /// The rows of an answer that is in several.
  private func shared(_ column: Column) -> String {
    """
    \(Self.counts(column.name)) AND \(column.name) IN (SELECT \(column.name) FROM \(table)
    WHERE \(Self.counts(column.name)) GROUP BY \(column.name) HAVING count(*) > 1)
    """
  }

  /// How many of a row's answers other records have too.
  var sharedByRow: String {
    columns.map { column in
      """
       + (_life <> 1 AND EXISTS (SELECT 1 FROM \(table) AS other
      WHERE other.\(column.name) = \(table).\(column.name) AND \(Self.counts(column.name, of: "other."))
      AND other._key <> \(table)._key))
      """
    }.joined()
  }

  /// The condition that a row has something to decide or to mend.
  var needsLook: String {
    let own = "_conflicts > 0 OR _derived > 0"
    if columns.isEmpty { return "(\(own))" }
    let shared = columns.map { " UNION ALL SELECT _key FROM \(table) WHERE \(self.shared($0))" }
    return "_key IN (SELECT _key FROM \(table) WHERE \(own)\(shared.joined()))"
  }

  /// How many answers other records have too, in rows that fulfil a condition.
  func count(_ db: Database, where condition: String, _ values: [SQLValue]) throws -> Int {
    try columns.reduce(0) { sum, column in
      sum
        + (try db.first(
          "SELECT count(*) FROM \(table) WHERE \(shared(column)) AND \(condition)", values
        ) { Int($0.integer(0)) } ?? 0)
    }
  }

  /// The records that have an answer, the first few of them.
  func holders(_ db: Database, of unique: UniqueAnswer, limit: Int) throws -> [RecordID] {
    guard let column = columns.first(where: { $0.field == unique.question.id }) else { return [] }
    return try db.all(column.holders, SQLValue(unique.answer), .integer(Int64(limit))) { row in
      guard let record = RecordID(letters: row.text(0)) else {
        throw StoreError.inconsistent(detail: "record \(row.text(0))")
      }
      return record
    }
  }
}

extension Store {
  /// The most records that are named as having an answer.
  public static let holderLimit = 6

  /// For each of some answers the records here that have it, at most ``holderLimit`` of them.
  ///
  /// Deleted records do not count, nor copies in villages where a record no longer lives.
  ///
  /// - Complexity: O(answers · log records).
  public func holders(form: UInt32, of answers: [UniqueAnswer]) throws -> [[RecordID]] {
    if answers.isEmpty { return [] }
    return try read { db in
      let unique = try context(db).table(form).unique
      return try answers.map { try unique.holders(db, of: $0, limit: Self.holderLimit) }
    }
  }
}
