import GRDB
import GRDBSQLite

/// Keeps plain SQL from writing what only the door may write.
///
/// The tables of the journal, the streams and the records have a check that calls a function which
/// only the store's own connections know. Whoever opens the file with another program can read it,
/// and is refused when writing: a change without a dot would be seen by nobody, and lost with the
/// next rebuild. `verify` finds what gets past it.
enum Guard {
  static let function = "kulkul_door"

  /// The constraint that a guarded table has.
  static let check = "CHECK (kulkul_door() = 1)"

  /// Makes the function known to a connection.
  static func install(_ db: Database) throws {
    let code = sqlite3_create_function_v2(
      db.sqliteConnection, function, 0,
      SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, nil,
      { context, _, _ in sqlite3_result_int(context, 1) }, nil, nil, nil)
    guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
  }

  /// The triggers that keep others from deleting and changing rows of a table: a check that names no
  /// column is asked of new rows only.
  static func triggers(on table: String) -> String {
    """
    CREATE TRIGGER IF NOT EXISTS \(table)_guard BEFORE DELETE ON \(table)
    WHEN \(function)() <> 1 BEGIN SELECT RAISE(ABORT, 'only kulkul writes here'); END;
    CREATE TRIGGER IF NOT EXISTS \(table)_guard_update BEFORE UPDATE ON \(table)
    WHEN \(function)() <> 1 BEGIN SELECT RAISE(ABORT, 'only kulkul writes here'); END
    """
  }
}
