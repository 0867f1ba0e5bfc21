import GRDB
import Model
import Synchronization
import Worlds

@testable import Store

/// Where the stores of simulated worlds come from.
///
/// To found a store takes longer than most worlds do, so one is founded and the others are copies of
/// it. The connection of a store whose world has ended is used again, for SQLite has read its schema
/// by then and compiled the statements: each of its tables is emptied, and gets the rows that the
/// template has. One whose schema was changed meanwhile, as a new form does, is let go.
final class Foundry: Sendable {
  static let laptops = Result {
    try Foundry(.standalone) { _ in TinySurvey.founding() }
  }

  static let offices = Result {
    try Foundry(.office) { TinySurvey.founding(key: try $0.officeKey()) }
  }

  /// A store that was just founded, with nothing in it, and what it takes to use its connection again.
  struct Founded {
    let store: Store
    fileprivate let schema: Int64?
    fileprivate let foundry: Foundry

    /// Gives the connection back; nobody uses the store any more.
    func giveBack() {
      guard (try? Foundry.schema(of: store)) == schema else { return }
      foundry.idle.withLock { $0.append(self) }
    }
  }

  private struct Table {
    let name: String
    let rows: [[SQLValue]]
  }

  private let template: Store
  private let tables: [Table]
  private let idle = Mutex<[Founded]>([])

  private init(
    _ role: StoreRole, founding: (Store) throws -> [DirectoryEntry]
  ) throws {
    let clock = TurnedClock(seed: role == .office ? 2 : 1)
    let store = try Store.create(at: nil, role: role, surroundings: clock.surroundings)
    try store.extendDirectory(try founding(store))
    template = store
    tables = try store.read { db in
      let names = try db.all(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
      ) { $0.text(0) }
      return try names.map { name in
        let width = try db.columnNames(of: name).count
        let rows = try db.all("SELECT * FROM \(name)") { row in
          (0..<width).map { row.value(Int32($0)) }
        }
        return Table(name: name, rows: rows)
      }
    }
  }

  /// A store that is a replica of its own.
  func found(_ clock: TurnedClock) throws -> Founded {
    let store: Store
    if let kept = idle.withLock({ $0.popLast() }) {
      store = Store(path: nil, surroundings: clock.surroundings, database: kept.store.database)
      try store.write { db in try refill(db) }
    } else {
      store = try template.copy(to: nil, surroundings: clock.surroundings)
    }
    try store.becomeAnother()
    return Founded(store: store, schema: try Self.schema(of: store), foundry: self)
  }

  private func refill(_ db: Database) throws {
    for table in tables { try db.run("DELETE FROM \(table.name)") }
    for table in tables {
      for row in table.rows {
        let marks = row.map { _ in "?" }.joined(separator: ", ")
        try db.run("INSERT INTO \(table.name) VALUES (\(marks))", row)
      }
    }
  }

  private static func schema(of store: Store) throws -> Int64? {
    try store.read { db in try db.first("PRAGMA schema_version") { $0.integer(0) } }
  }
}
