import Causality
import GRDB
import GRDBSQLite
import Model
import Synchronization
import Wire

/// Who a store is and what it belongs to, as every door needs to know.
struct Footing: Sendable {
  let context: StoreContext
  /// The replica as which the store writes.
  let replica: ReplicaID
  /// The laptop.
  let device: DeviceID
  /// What kind of replica the store is; `nil` where the file does not say.
  let role: StoreRole?
  /// The last place in the order of applying that a change of a branch put aside has.
  let asideUpTo: Int64?

  init(_ store: Store, _ db: Database) throws {
    context = try store.context(db)
    // NB: one question for all, because every transaction that writes asks them.
    let known = try db.first(
      """
      SELECT (SELECT value FROM meta WHERE key = 'replica'),
        (SELECT value FROM meta WHERE key = 'device'), (SELECT value FROM meta WHERE key = 'role'),
        (SELECT max(seq) FROM branch)
      """
    ) { row in
      (
        replica: row.bits(0), device: UInt32(truncatingIfNeeded: row.bits(1)),
        role: StoreRole(rawValue: row.text(2)), aside: row.isNull(3) ? nil : row.integer(3)
      )
    }
    replica = ReplicaID(known?.replica ?? 0)
    device = DeviceID(known?.device ?? 0)
    role = known?.role
    asideUpTo = known?.aside ?? nil
  }
}

/// What a save goes on from: all that it must know of the store before it writes.
///
/// To ask the file for it costs as much as the writing, and the answers are nearly always those with
/// which the save before ended. So the process keeps them beside the *data version* that SQLite had
/// right after that save's commit. SQLite raises it with every commit of the same connection and, when
/// the next transaction begins, if anybody else has committed meanwhile. What is kept is used only
/// while it is the same, inside a transaction that nobody else can write in: whatever was written
/// since, by this process or another, makes the next save ask again. It is never mended.
struct Bearings: Sendable {
  let footing: Footing
  /// The time by the office, as it was last heard.
  let trust: Trust
  /// The newest stamp of any stream when the file was asked: own ones that came later are in `own`.
  let newest: Stamp
  /// The newest stamp of the replica's own streams.
  var own: Stamp
  /// How many changes the replica has written; `nil` while nobody has asked.
  var written: UInt64?
  /// The own streams that were written to, as they are now.
  var streams: [VillageCode: OpenStream] = [:]
  /// The day of the last look for views that nobody needs; `nil` while nobody has asked.
  var pruned: Int64?

  /// How many streams are kept; a person writes in few villages at a time.
  static let streamLimit = 64

  init(_ store: Store, _ db: Database) throws {
    footing = try Footing(store, db)
    trust = try Trust(db)
    (newest, own) = try Streams.newestStamps(db, own: footing.replica)
  }

  /// The clock of who goes on from here.
  func clock(wall milliseconds: Int64) -> HybridClock {
    var clock = HybridClock()
    clock.notice(newest, wall: milliseconds)
    return own > clock.last ? HybridClock(last: own) : clock
  }
}

/// What the process keeps between two saves.
struct KeptBearings: Sendable {
  let bearings: Bearings
  /// SQLite's data version right after the commit.
  let version: UInt32
}

extension Database {
  /// SQLite's count of the changes to the file that this connection made or has noticed.
  ///
  /// Others' are noticed when a transaction begins, so within one it says whether anything has been
  /// committed since it was asked last. `nil` if the file does not tell.
  var dataVersion: UInt32? {
    var version: UInt32 = 0
    let code = sqlite3_file_control(
      sqliteConnection, "main", SQLITE_FCNTL_DATA_VERSION, &version)
    return code == SQLITE_OK ? version : nil
  }
}

extension Store {
  /// Runs a transaction that writes, durable when it returns, and that goes on from where the one
  /// before it ended.
  ///
  /// - Parameter body: gets what is known, brings it up to date with what it writes, and says whether
  ///   it could do so for all.
  func writeOn<Value>(
    _ body: (Database, inout Bearings) throws -> (Value, isUpToDate: Bool)
  ) throws -> Value {
    do {
      return try translating {
        try database.writeWithoutTransaction { db in
          var known: Bearings?
          let value = try db.transact(.immediate) {
            var bearings = try takeBearings(db) ?? Bearings(self, db)
            let (value, isUpToDate) = try body(db, &bearings)
            if isUpToDate { known = bearings }
            return value
          }
          // NB: nobody else uses the connection before this returns, so this is the version of the
          // commit; what others commit after it is noticed when the next transaction begins.
          if let known, let version = db.dataVersion {
            bearings.withLock { $0 = KeptBearings(bearings: known, version: version) }
          }
          return value
        }
      }
    } catch {
      forgetRolledBack()
      throw error
    }
  }

  /// Takes what is kept, if it is so still: a transaction that fails leaves nothing behind.
  private func takeBearings(_ db: Database) throws -> Bearings? {
    let kept = bearings.withLock { kept in
      defer { kept = nil }
      return kept
    }
    guard let kept, kept.version == db.dataVersion else { return nil }
    return kept.bearings
  }
}
