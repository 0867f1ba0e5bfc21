import Bytes
import GRDB
import GRDBSQLite
import Glibc

/// One value that is bound to a statement or read from a row.
enum SQLValue: Hashable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  static func bits(_ number: UInt64) -> SQLValue { .integer(Int64(bitPattern: number)) }

  static func optional(_ text: String?) -> SQLValue { text.map { .text($0) } ?? .null }

  static func optional(_ number: Int64?) -> SQLValue { number.map { .integer($0) } ?? .null }
}

/// A cached statement of GRDB's, bound and stepped by hand.
///
/// GRDB keeps the connections, transactions and statement cache; binding and reading through its
/// own values costs twice the time of the insert itself, so the store talks to SQLite directly.
struct RawStatement {
  private let statement: Statement
  private let handle: OpaquePointer

  init(_ db: Database, _ sql: String) throws {
    statement = try db.cachedStatement(sql: sql)
    handle = statement.sqliteStatement
  }

  func bind(_ value: SQLValue, at index: Int32) {
    switch value {
    case .null: sqlite3_bind_null(handle, index)
    case .integer(let number): sqlite3_bind_int64(handle, index, number)
    case .real(let number): sqlite3_bind_double(handle, index, number)
    case .text(let text): bind(text, at: index)
    case .blob(let bytes): bind(bytes, at: index)
    }
  }

  /// Binds a value; text is gathered, to be bound when the statement is run.
  func bind(_ value: SQLValue, at index: Int32, gathering values: inout RunValues) {
    if case .text(let text) = value {
      values.text(text, at: index)
    } else {
      bind(value, at: index)
    }
  }

  func bind(_ number: Int64, at index: Int32) {
    sqlite3_bind_int64(handle, index, number)
  }

  func bind(_ text: String, at index: Int32) {
    var copy = text
    copy.withUTF8 { utf8 in
      utf8.withMemoryRebound(to: CChar.self) { characters in
        _ = sqlite3_bind_text(
          handle, index, characters.baseAddress, Int32(characters.count), Self.transient)
      }
    }
  }

  func bind(_ bytes: [UInt8], at index: Int32) {
    bytes.withUnsafeBytes { buffer in
      if let start = buffer.baseAddress, !buffer.isEmpty {
        _ = sqlite3_bind_blob(handle, index, start, Int32(buffer.count), Self.transient)
      } else {
        _ = sqlite3_bind_zeroblob(handle, index, 0)
      }
    }
  }

  /// Binds text and blobs where they lie, runs once, and forgets them.
  ///
  /// What is bound otherwise SQLite copies into memory of its own, value by value.
  func run(with values: RunValues) throws {
    try values.memory.bytes.withUnsafeBytes { memory in
      // NB: what was bound must be forgotten before the memory goes.
      defer { reset() }
      for span in values.spans {
        guard let start = memory.baseAddress.map({ $0 + span.start }) else {
          preconditionFailure("BUG: a span of no memory")
        }
        if span.isText {
          let characters = start.assumingMemoryBound(to: CChar.self)
          sqlite3_bind_text(handle, span.index, characters, Int32(span.count), nil)
        } else {
          sqlite3_bind_blob(handle, span.index, start, Int32(span.count), nil)
        }
      }
      _ = try step()
    }
  }

  /// Steps to the next row; `false` after the last.
  func step() throws -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code:
      let message = String(cString: sqlite3_errmsg(sqlite3_db_handle(handle)))
      sqlite3_reset(handle)
      throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
    }
  }

  /// Makes the statement ready for another run.
  func reset() {
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
  }

  func isNull(_ column: Int32) -> Bool {
    sqlite3_column_type(handle, column) == SQLITE_NULL
  }

  func integer(_ column: Int32) -> Int64 {
    sqlite3_column_int64(handle, column)
  }

  func bits(_ column: Int32) -> UInt64 {
    UInt64(bitPattern: sqlite3_column_int64(handle, column))
  }

  func text(_ column: Int32) -> String {
    guard let start = sqlite3_column_text(handle, column) else { return "" }
    let count = Int(sqlite3_column_bytes(handle, column))
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  func bytes(_ column: Int32) -> [UInt8] {
    guard let start = sqlite3_column_blob(handle, column) else { return [] }
    let count = Int(sqlite3_column_bytes(handle, column))
    return Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// Whether a blob consists of some bytes.
  func isEqual(_ column: Int32, to bytes: [UInt8]) -> Bool {
    guard let start = sqlite3_column_blob(handle, column) else { return bytes.isEmpty }
    let count = Int(sqlite3_column_bytes(handle, column))
    return count == bytes.count
      && bytes.withUnsafeBytes { memory in
        memory.baseAddress.map { memcmp($0, start, count) == 0 } ?? true
      }
  }

  func value(_ column: Int32) -> SQLValue {
    switch sqlite3_column_type(handle, column) {
    case SQLITE_INTEGER: .integer(integer(column))
    case SQLITE_FLOAT: .real(sqlite3_column_double(handle, column))
    case SQLITE_TEXT: .text(text(column))
    case SQLITE_BLOB: .blob(bytes(column))
    default: .null
    }
  }

  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}

/// The texts and blobs of one run of a statement, gathered in one piece of memory.
struct RunValues {
  fileprivate struct Span {
    let index: Int32
    let start: Int
    let count: Int
    let isText: Bool
  }

  fileprivate private(set) var memory: ByteWriter
  fileprivate private(set) var spans: [Span] = []

  init(capacity: Int) {
    memory = ByteWriter(capacity: max(1, capacity))
    spans.reserveCapacity(32)
  }

  /// Gathers text.
  mutating func text(_ text: String, at index: Int32) {
    var copy = text
    copy.withUTF8 { utf8 in
      add(at: index, isText: true) { $0.raw(UnsafeRawBufferPointer(utf8)) }
    }
  }

  /// Gathers a blob as it is written.
  mutating func blob(at index: Int32, _ write: (inout ByteWriter) -> Void) {
    add(at: index, isText: false, write)
  }

  private mutating func add(
    at index: Int32, isText: Bool, _ write: (inout ByteWriter) -> Void
  ) {
    let start = memory.bytes.count
    write(&memory)
    spans.append(
      Span(index: index, start: start, count: memory.bytes.count - start, isText: isText))
  }
}

extension Database {
  /// When a transaction takes the file for writing.
  enum Beginning: String {
    /// Never, as long as it only reads.
    case deferred = "BEGIN DEFERRED TRANSACTION"
    /// At once.
    case immediate = "BEGIN IMMEDIATE TRANSACTION"
  }

  /// Runs a transaction.
  ///
  /// NB: GRDB's own has these statements compiled anew each time.
  func transact<Value>(_ beginning: Beginning, _ body: () throws -> Value) throws -> Value {
    try run(beginning.rawValue)
    do {
      let value = try body()
      try run("COMMIT TRANSACTION")
      return value
    } catch {
      // NB: after some errors SQLite has rolled back by itself.
      if isInsideTransaction {
        // Ignored because what went wrong first is what there is to tell.
        _ = try? run("ROLLBACK TRANSACTION")
      }
      throw error
    }
  }

  /// Runs a statement that gives no rows.
  func run(_ sql: String, _ values: SQLValue...) throws {
    try run(sql, values)
  }

  /// Runs a statement that gives no rows.
  func run(_ sql: String, _ values: [SQLValue]) throws {
    let statement = try RawStatement(self, sql)
    for (index, value) in values.enumerated() { statement.bind(value, at: Int32(index + 1)) }
    defer { statement.reset() }
    while try statement.step() {}
  }

  /// Reads every row.
  func all<Value>(
    _ sql: String, _ values: SQLValue..., as make: (RawStatement) throws -> Value
  ) throws -> [Value] {
    try all(sql, values, as: make)
  }

  /// Reads every row.
  func all<Value>(
    _ sql: String, _ values: [SQLValue], as make: (RawStatement) throws -> Value
  ) throws -> [Value] {
    let statement = try RawStatement(self, sql)
    for (index, value) in values.enumerated() { statement.bind(value, at: Int32(index + 1)) }
    defer { statement.reset() }
    var rows: [Value] = []
    while try statement.step() { rows.append(try make(statement)) }
    return rows
  }

  /// Reads the first row.
  func first<Value>(
    _ sql: String, _ values: SQLValue..., as make: (RawStatement) throws -> Value
  ) throws -> Value? {
    try first(sql, values, as: make)
  }

  /// Reads the first row.
  func first<Value>(
    _ sql: String, _ values: [SQLValue], as make: (RawStatement) throws -> Value
  ) throws -> Value? {
    let statement = try RawStatement(self, sql)
    for (index, value) in values.enumerated() { statement.bind(value, at: Int32(index + 1)) }
    defer { statement.reset() }
    return try statement.step() ? try make(statement) : nil
  }
}
