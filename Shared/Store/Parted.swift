import Bytes
import Causality
import GRDB
import Model
import Wire

/// Streams of which a base stands for another branch than the office goes on with.
///
/// An office that was put back behind its own backup can have gone on with a copy's branch before the
/// laptop came that holds the base. Of the branch in the base nobody has the changes any more; there is
/// its last hash, under the office's signature, and what it came to in the states. So the office carries
/// those states into its own stream, for everyone, and keeps the hash, so that what was written after it
/// can be issued again. The laptop takes the office's stream from its beginning; its base still says
/// what the branch came to, and is offered again if the office loses that once more.
enum Parted {
  /// Notes where the branch ends that a base stands for.
  ///
  /// - Parameter epoch: of the office that has what the branch came to, at a laptop.
  static func keep(
    _ db: Database, _ end: Snapshot.Stream, in village: VillageCode, takenBy epoch: UInt64
  ) throws {
    try db.run(
      """
      INSERT OR REPLACE INTO parted (village, replica, count, head, secret, taken)
      VALUES (?, ?, ?, ?, ?, ?)
      """, .bits(village.number), .bits(end.replica.number), .bits(end.count),
      .blob(end.head.bytes), .blob(end.secret.bytes), .bits(epoch))
  }

  /// The last change of a branch that a base stands for, by its dot and tag.
  static func end(_ db: Database, _ dot: Dot, tag: UInt64) throws -> Branch? {
    try db.all(
      "SELECT head, secret FROM parted WHERE village = ? AND replica = ? AND count = ?",
      .bits(dot.village.number), .bits(dot.replica.number), .bits(dot.counter)
    ) { row -> Branch in
      guard let hash = ChainHash(row.bytes(0)), let secret = StreamSecret(row.bytes(1)) else {
        throw StoreError.inconsistent(detail: "parted at \(dot)")
      }
      return Branch(
        dot: dot, hash: hash, previous: hash, fork: dot.counter, secret: secret)
    }.first { $0.hash.tag == tag }
  }

  /// Whether what a branch came to is here, whoever brought it and how.
  static func isTaken(_ db: Database, _ dot: Dot, tag: UInt64) throws -> Bool {
    try end(db, dot, tag: tag) != nil || Branches.change(db, dot, tag: tag) != nil
  }

  /// Whether a village's base stands for a branch that this laptop's office is not known to have.
  static func isUntaken(_ db: Database, _ village: VillageCode) throws -> Bool {
    try db.first(
      "SELECT 1 FROM parted WHERE village = ? AND \(isUntaken) LIMIT 1", .bits(village.number)
    ) { _ in true } ?? false
  }

  /// Of how many branches that bases stand for this laptop's office is not known to have anything.
  static func untaken(_ db: Database) throws -> UInt64 {
    try db.first("SELECT count(*) FROM parted WHERE \(isUntaken)") { $0.bits(0) } ?? 0
  }

  /// That the office is not known to have a branch otherwise, nor goes on with it by now.
  private static let isUntaken = """
    taken IS NOT (SELECT value FROM meta WHERE key = 'epoch') AND NOT EXISTS (
      SELECT 1 FROM journal WHERE journal.village = parted.village
        AND journal.replica = parted.replica AND journal.counter = parted.count
        AND journal.hash = parted.head
    ) AND NOT EXISTS (
      SELECT 1 FROM cut WHERE cut.village = parted.village AND cut.replica = parted.replica
        AND cut.count = parted.count AND cut.head = parted.head)
    """

  /// Whether a base stands for what is before a counter in a branch of a stream.
  static func ends(_ db: Database, _ stream: StreamID, at counter: UInt64) throws -> Bool {
    try db.first(
      "SELECT 1 FROM parted WHERE village = ? AND replica = ? AND count = ?",
      .bits(stream.village.number), .bits(stream.replica.number), .bits(counter)
    ) { _ in true } ?? false
  }

  /// Whether a village's base stands for any such branch.
  static func isThere(_ db: Database, _ village: VillageCode) throws -> Bool {
    try db.first("SELECT 1 FROM parted WHERE village = ? LIMIT 1", .bits(village.number)) { _ in
      true
    } ?? false
  }

  /// Lets go of a stream whose base ends in a branch, at a laptop: what was written after the base is put
  /// aside, and the office's stream comes from its beginning.
  static func letGo(
    _ db: Database, _ row: StreamRow, at cut: Cuts.Cut, epoch: UInt64
  ) throws {
    let id = row.id
    if row.count > cut.count { try Branches.putAside(db, row, from: cut.count + 1) }
    try keep(
      db,
      Snapshot.Stream(
        replica: id.replica, count: cut.count, head: cut.head, secret: row.secret,
        device: cut.device),
      in: id.village, takenBy: epoch)
    for table in ["stream", "cut", "seal"] {
      try db.run(
        "DELETE FROM \(table) WHERE village = ? AND replica = ?", .bits(id.village.number),
        .bits(id.replica.number))
    }
    try Streams.raiseGeneration(db, id.village)
  }

  /// Notes that the office has what a branch came to.
  static func noteTaken(_ db: Database, _ taken: BranchTaken, epoch: UInt64) throws {
    guard let end = try end(db, taken.last, tag: taken.tag) else { return }
    try db.run(
      "UPDATE parted SET taken = ? WHERE village = ? AND replica = ? AND count = ? AND head = ?",
      .bits(epoch), .bits(end.dot.village.number), .bits(end.dot.replica.number),
      .bits(end.dot.counter), .blob(end.hash.bytes))
  }

  /// What the office says of a base's branches that it does not go on with and has otherwise.
  static func taken(_ db: Database, of mark: WatermarkEntry) throws -> [BranchTaken] {
    try mark.vector.entries.compactMap { entry in
      let stream = StreamID(village: mark.village, replica: entry.replica)
      let end = stream.dot(entry.count)
      let hash = try Streams.hash(db, end)
      guard hash?.tag != entry.head, try isTaken(db, end, tag: entry.head) else { return nil }
      return BranchTaken(fork: entry.count, last: end, tag: entry.head)
    }
  }
}

extension Store {
  /// Carries what a base's branches came to, at the office, and keeps where they end.
  ///
  /// - Parameter copies: the records that such a branch has a part in.
  func carry(
    _ copies: [Snapshot.Copy], of parted: [Snapshot.Stream], in village: VillageCode,
    _ db: Database
  ) throws -> [Door.Touch] {
    var authoring = try Authoring(self, db)
    for copy in copies {
      let state = try RecordTable.state(copy.state, of: copy.record)
      let content = ChangeContent(
        form: copy.form, record: copy.record, author: authoring.author(.office, act: .office),
        body: .carry(state, villageOnly: false))
      _ = try authoring.write(content, in: village)
    }
    try authoring.finish()
    for end in parted { try Parted.keep(db, end, in: village, takenBy: 0) }
    return try authoring.door.touched + carryOn(after: &authoring)
  }
}
