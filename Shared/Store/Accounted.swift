import Causality
import GRDB
import Model
import Wire

/// What a laptop holds of a stream and its office says that it has, without going on from it.
///
/// An office that knows of changes by a base alone cannot acknowledge them: it has no hash that would say
/// whether they are a beginning of the stream that it holds, or a branch that was issued again. It says that
/// their answers are here. Where the village is the laptop's own the base follows and settles which it is;
/// where it is somebody else's by now nothing follows, and without this the laptop would go on calling them
/// unsent, and never let the village go.
///
/// That the answers are here is not yet to say that they are in a backup: the office may just have carried
/// them, and no vector of a watermark tells of that. So watermarks are counted from then on.
enum Accounted {
  /// The least number of watermarks that are told before one of them is certain to be of a backup that was
  /// begun later.
  ///
  /// The first may be of an older one, and the second of one that was under way; of one office only one is
  /// under way at a time (``BackupTurn``).
  private static let certain: Int64 = 3

  /// Notes how far the office accounts for a stream, if what is here is what it speaks of.
  static func note(_ db: Database, _ taken: BranchTaken, epoch: UInt64) throws {
    guard try Streams.hash(db, taken.last)?.tag == taken.tag else { return }
    try db.run(
      """
      INSERT INTO accounted (village, replica, count, head, epoch) VALUES (?1, ?2, ?3, ?4, ?5)
      ON CONFLICT DO UPDATE SET count = ?3, head = ?4, epoch = ?5, watermarks = 0
      WHERE epoch <> ?5 OR count < ?3
      """, .bits(taken.last.village.number), .bits(taken.last.replica.number),
      .bits(taken.last.counter), .bits(taken.tag), .bits(epoch))
  }

  /// Notes that the office told of a later watermark.
  static func noteWatermark(_ db: Database) throws {
    try db.run("UPDATE accounted SET watermarks = watermarks + 1")
  }

  /// How far the present office accounts for what is held of a village's streams.
  ///
  /// - Parameter isBackedUp: whether only what is certain to be in a checked backup counts.
  static func entries(
    _ db: Database, of village: VillageCode, isBackedUp: Bool = false
  ) throws -> [VersionVector.Entry] {
    let noted = try db.all(
      """
      SELECT replica, count, head FROM accounted
      WHERE village = ? AND epoch = (SELECT value FROM meta WHERE key = 'epoch') AND watermarks >= ?
      ORDER BY replica
      """, .bits(village.number), .integer(isBackedUp ? certain : 0)
    ) { VersionVector.Entry(replica: ReplicaID($0.bits(0)), count: $0.bits(1), head: $0.bits(2)) }
    // NB: what was put aside since, or dropped for a base, is not what the office spoke of.
    return try noted.filter { entry in
      let end = StreamID(village: village, replica: entry.replica).dot(entry.count)
      return try Streams.hash(db, end)?.tag == entry.head
    }
  }
}
