import Causality
import GRDB
import Wire

/// What is held of one stream.
struct StreamRow: Sendable {
  let id: StreamID
  var count: UInt64
  var head: ChainHash
  let secret: StreamSecret
  var stamp: Stamp
  /// The generation of the village's vector that the last own change stated; -1 for none.
  var context: Int64
  /// The newest version of the directory that its changes cite.
  var directory: UInt64
  /// Whether the stream's row was read, or written.
  var isStored = false
}

/// Reads and writes the streams of a store: its version vectors.
enum Streams {
  static func row(_ db: Database, _ id: StreamID) throws -> StreamRow? {
    try db.first(
      """
      SELECT count, head, secret, stamp, context, directory FROM stream
      WHERE village = ? AND replica = ?
      """, .bits(id.village.number), .bits(id.replica.number)
    ) { row in
      guard let head = ChainHash(row.bytes(1)), let secret = StreamSecret(row.bytes(2)) else {
        throw StoreError.inconsistent(detail: "stream \(id.replica)@\(id.village)")
      }
      return StreamRow(
        id: id, count: row.bits(0), head: head, secret: secret, stamp: Stamp(number: row.bits(3)),
        context: row.integer(4), directory: row.bits(5), isStored: true)
    }
  }

  static func write(_ db: Database, _ row: StreamRow) throws {
    if row.isStored, try update(db, row) { return }
    try db.run(
      """
      INSERT INTO stream (village, replica, count, head, secret, stamp, context, directory)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET
        count = excluded.count, head = excluded.head, stamp = excluded.stamp,
        context = excluded.context, directory = excluded.directory
      """, .bits(row.id.village.number), .bits(row.id.replica.number), .bits(row.count),
      .blob(row.head.bytes), .blob(row.secret.bytes), .bits(row.stamp.number),
      .integer(row.context), .bits(row.directory))
  }

  /// Writes what changes of a stream's row.
  ///
  /// - Returns: whether there is such a row.
  private static func update(_ db: Database, _ row: StreamRow) throws -> Bool {
    try db.run(
      """
      UPDATE stream SET count = ?, head = ?, stamp = ?, context = ?, directory = ?
      WHERE village = ? AND replica = ?
      """, .bits(row.count), .blob(row.head.bytes), .bits(row.stamp.number),
      .integer(row.context), .bits(row.directory), .bits(row.id.village.number),
      .bits(row.id.replica.number))
    return db.changesCount == 1
  }

  /// What is held of a village.
  static func vector(_ db: Database, _ village: VillageCode) throws -> VersionVector {
    VersionVector(
      try db.all(
        "SELECT replica, count, head FROM stream WHERE village = ? ORDER BY replica",
        .bits(village.number)
      ) { row in
        VersionVector.Entry(
          replica: ReplicaID(row.bits(0)), count: row.bits(1),
          head: ChainHash(row.bytes(2))?.tag ?? 0)
      })
  }

  /// The villages of which anything is held.
  static func villages(_ db: Database) throws -> [VillageCode] {
    try db.all("SELECT DISTINCT village FROM stream") { VillageCode(number: $0.bits(0)) }
      .compactMap { $0 }.sorted()
  }

  /// What is held of every village of which anything is.
  static func vectors(_ db: Database) throws -> [VillageVector] {
    try villages(db).map { VillageVector(village: $0, vector: try vector(db, $0)) }
  }

  /// The newest stamp of any stream, and the newest of a replica's own.
  static func newestStamps(
    _ db: Database, own replica: ReplicaID
  ) throws -> (any: Stamp, own: Stamp) {
    // NB: an own stamp may be of a clock so wrong that its bits are those of a negative number.
    try db.first(
      """
      SELECT max(stamp),
        coalesce(max(stamp) FILTER (WHERE replica = ?1 AND stamp < 0),
          max(stamp) FILTER (WHERE replica = ?1))
      FROM stream
      """, .bits(replica.number)
    ) { (Stamp(number: $0.bits(0)), Stamp(number: $0.bits(1))) }
      ?? (Stamp(number: 0), Stamp(number: 0))
  }

  /// How often others raised the village's vector.
  static func generation(_ db: Database, _ village: VillageCode) throws -> Int64 {
    try db.first("SELECT generation FROM village WHERE code = ?", .bits(village.number)) {
      $0.integer(0)
    } ?? 0
  }

  static func raiseGeneration(_ db: Database, _ village: VillageCode) throws {
    try db.run(
      """
      INSERT INTO village (code, generation) VALUES (?, 1)
      ON CONFLICT DO UPDATE SET generation = generation + 1
      """, .bits(village.number))
  }

  /// The hash of a change that is in the journal, or the last that a base stands for; of those before
  /// it nothing is known.
  static func hash(_ db: Database, _ dot: Dot) throws -> ChainHash? {
    let hash =
      try db.first(
        "SELECT hash FROM journal WHERE village = ? AND replica = ? AND counter = ?",
        .bits(dot.village.number), .bits(dot.replica.number), .bits(dot.counter)
      ) { ChainHash($0.bytes(0)) } ?? nil
    if let hash { return hash }
    let stream = StreamID(village: dot.village, replica: dot.replica)
    guard let cut = try Cuts.cut(db, stream), cut.count == dot.counter else { return nil }
    return cut.head
  }

  /// Whether the change of a name is held by its own road.
  static func holds(_ db: Database, _ name: Name) throws -> Bool {
    try hash(db, name.dot)?.tag == name.tag
  }
}
