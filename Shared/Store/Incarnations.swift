import Causality
import GRDB
import Wire

/// The replicas that a store writes, and wrote, as.
///
/// A replica's id is an incarnation: it belongs to one history. When a store may have a twin (it was
/// copied, restored, or a peer knows more of it than it does itself), it mints another. Nothing is
/// renumbered: what was written before is a finished prefix, and goes on being sent.
enum Incarnations {
  /// Mints a new incarnation.
  @discardableResult
  static func mint(_ db: Database, surroundings: Surroundings) throws -> ReplicaID {
    var random = InjectedRandom(surroundings: surroundings)
    let replica = ReplicaID(random.next())
    try Meta.set(db, .replica, .bits(replica.number))
    try note(db, replica, now: surroundings.wall())
    return replica
  }

  static func note(_ db: Database, _ replica: ReplicaID, now: Int64) throws {
    try db.run(
      "INSERT OR IGNORE INTO incarnation (replica, since) VALUES (?, ?)", .bits(replica.number),
      .integer(now))
  }

  /// Notes that more of what the store wrote as any replica until now may come back than it holds: that
  /// it lost some is known.
  static func expectBack(_ db: Database) throws {
    try db.run("UPDATE incarnation SET expected = 1 WHERE expected = 0")
  }

  /// Whether the store wrote as a replica, and should hold all that it wrote so.
  static func shouldBeWhole(_ db: Database, _ replica: ReplicaID) throws -> Bool {
    try db.first(
      "SELECT 1 FROM incarnation WHERE replica = ? AND expected = 0", .bits(replica.number)
    ) { _ in true } ?? false
  }

  /// The replica that the store writes as.
  static func current(_ db: Database) throws -> ReplicaID {
    ReplicaID(UInt64(bitPattern: try Meta.integer(db, .replica) ?? 0))
  }

  /// Every replica that the store writes, or wrote, as.
  static func all(_ db: Database) throws -> Set<ReplicaID> {
    Set(try db.all("SELECT replica FROM incarnation") { ReplicaID($0.bits(0)) })
  }

  /// Whether the store writes, or wrote, as a replica.
  static func isOwn(_ db: Database, _ replica: ReplicaID) throws -> Bool {
    try db.first("SELECT 1 FROM incarnation WHERE replica = ?", .bits(replica.number)) { _ in true }
      ?? false
  }
}
