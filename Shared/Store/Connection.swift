import CSQLite
import GRDB
import GRDBSQLite

/// What every connection to SQLite has, beside what GRDB gives it.
enum Connection {
  /// Whether SQLite was told not to count its memory, before anything else was asked of it.
  ///
  /// NB: for the counts, each allocation of each connection waits for one lock of the process.
  static let isLight = csqlite_count_no_memory() == SQLITE_OK

  /// Makes a new connection ready.
  static func prepare(_ db: Database) throws {
    // NB: for observers GRDB has itself told of each column that a statement reads, which is a third of
    // the time in which statements are compiled. There are no observers here; what else GRDB would
    // learn so, that the schema has changed, is never asked of it: SQLite compiles what was compiled
    // before such a change again by itself.
    sqlite3_set_authorizer(db.sqliteConnection, nil, nil)
    try db.execute(sql: "PRAGMA cell_size_check = ON")
    // A bulk import must not spill its pages into the log before it commits.
    try db.execute(sql: "PRAGMA cache_size = -16000")
    try Guard.install(db)
  }
}

extension Database {
  /// The names of a table's columns, as they are now.
  func columnNames(of table: String) throws -> Set<String> {
    Set(try all("SELECT name FROM pragma_table_xinfo(?)", .text(table)) { $0.text(0) })
  }
}

/// A name as SQL wants it.
func quotedForSQL(_ name: String) -> String {
  let inner = name.utf8.contains(UInt8(ascii: "\"")) ? name.replacing("\"", with: "\"\"") : name
  return "\"\(inner)\""
}
