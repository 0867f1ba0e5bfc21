import Bytes
import GRDB
import Testing

@testable import Store

/// Values that are bound where they lie reach the table as those that SQLite copies.
@Suite struct StatementTests {
  private let database: DatabaseQueue

  init() throws {
    database = try DatabaseQueue()
    try database.write { db in
      try db.execute(sql: "CREATE TABLE t (a TEXT UNIQUE, b BLOB, c TEXT, d INTEGER)")
    }
  }

  private func rows(_ db: Database) throws -> [[SQLValue]] {
    try db.all("SELECT a, b, c, d FROM t ORDER BY rowid") { row in
      (0..<4).map { row.value(Int32($0)) }
    }
  }

  @Test func `Empty text and an empty blob are not null, and what is left out is`() throws {
    try database.write { db in
      let statement = try RawStatement(db, "INSERT INTO t VALUES (?, ?, ?, ?)")
      var values = RunValues(capacity: 0)
      values.text("", at: 1)
      values.blob(at: 2) { _ in }
      try statement.run(with: values)
      #expect(try rows(db) == [[.text(""), .blob([]), .null, .null]])
    }
  }

  @Test func `A run knows nothing of the one before`() throws {
    try database.write { db in
      let statement = try RawStatement(db, "INSERT INTO t VALUES (?, ?, ?, ?)")
      let long = String(repeating: "é", count: 3000)
      var first = RunValues(capacity: 1)
      first.text(long, at: 3)
      first.blob(at: 2) { $0.raw([0, 255]) }
      statement.bind(.text("pendek"), at: 1, gathering: &first)
      statement.bind(.integer(7), at: 4, gathering: &first)
      try statement.run(with: first)
      var second = RunValues(capacity: 1)
      second.text("lain", at: 1)
      try statement.run(with: second)
      #expect(
        try rows(db) == [
          [.text("pendek"), .blob([0, 255]), .text(long), .integer(7)],
          [.text("lain"), .null, .null, .null],
        ])
    }
  }

  @Test func `A statement that failed runs again`() throws {
    try database.write { db in
      let statement = try RawStatement(db, "INSERT INTO t VALUES (?, ?, ?, ?)")
      var values = RunValues(capacity: 16)
      values.text("satu", at: 1)
      try statement.run(with: values)
      #expect(throws: DatabaseError.self) { try statement.run(with: values) }
      var other = RunValues(capacity: 16)
      other.text("dua", at: 1)
      try statement.run(with: other)
      #expect(try rows(db).map(\.[0]) == [.text("satu"), .text("dua")])
    }
  }
}
