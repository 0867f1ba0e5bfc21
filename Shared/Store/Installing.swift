import Causality
import GRDB
import Model
import Wire

/// Takes snapshots in: parts are staged as they come, and stand for nothing; when the last is there, one
/// transaction merges the states and raises the vector.
///
/// A vector says what is held, so it must not say so while a part is missing. That is why nothing of a
/// snapshot is looked at before all of it is here and comes to the digest that the office signed.
extension Store {
  /// How much of snapshots under way is here.
  static func snapshotProgress(_ db: Database) throws -> [SnapshotProgress] {
    try db.all(
      """
      SELECT village, max(watermark), max(part) FROM staged GROUP BY village ORDER BY village
      """
    ) { row in
      VillageCode(number: row.bits(0)).map {
        SnapshotProgress(
          village: $0, watermark: row.bits(1),
          parts: row.integer(2) < 0 ? nil : Int(row.integer(2)) + 1)
      }
    }.compactMap { $0 }
  }

  /// Keeps parts until the rest has come.
  ///
  /// - Returns: how many were new, and the villages of which all parts are here.
  func stage(
    _ db: Database, _ pieces: [SnapshotPiece]
  ) throws -> (new: Int, complete: [VillageCode]) {
    var new = 0
    var complete: [VillageCode] = []
    let id = try Watermarks.id(db)
    for piece in pieces where piece.watermark == id {
      let next = try db.first(
        "SELECT count(*) FROM staged WHERE village = ? AND part >= 0",
        .bits(piece.village.number)
      ) { Int($0.integer(0)) }
      guard piece.index == next else { continue }
      try db.run(
        "INSERT INTO staged (village, part, watermark, bytes) VALUES (?, ?, ?, ?)",
        .bits(piece.village.number), .integer(Int64(piece.index)), .bits(piece.watermark),
        .blob(piece.bytes))
      new += 1
      if piece.index == piece.count - 1 { complete.append(piece.village) }
    }
    return (new, complete)
  }

  /// Makes the staged snapshot of a village what its history begins with.
  ///
  /// - Returns: how many changes it stands for that were not held before.
  func install(_ village: VillageCode) throws -> Int {
    do {
      return try merge(village)
    } catch StoreError.tooManyPlaces {
      // What is here with what came could not be read back.
      try write { db in try refuseSnapshot(db, of: village) }
      return 0
    }
  }

  /// Asks for the changes of a village from now on.
  private func refuseSnapshot(_ db: Database, of village: VillageCode) throws {
    try db.run("DELETE FROM staged WHERE village = ?", .bits(village.number))
    try db.run(
      "INSERT INTO staged (village, part, watermark, bytes) VALUES (?, -1, ?, x'')",
      .bits(village.number), .bits(try Watermarks.id(db) ?? 0))
  }

  private func merge(_ village: VillageCode) throws -> Int {
    var news = Inbox.News()
    let new = try write { db in
      guard let streams = try fitting(db, village) else {
        try refuseSnapshot(db, of: village)
        return 0
      }
      var door = try Door(self, db)
      let stamp = try merge(db, village, into: &door)
      var new = 0
      for stream in streams {
        let id = StreamID(village: village, replica: stream.replica)
        if try Streams.row(db, id) == nil {
          new += Int(clamping: stream.count)
          try Streams.write(
            db,
            StreamRow(
              id: id, count: stream.count, head: stream.head, secret: stream.secret,
              stamp: stamp, context: -1, directory: 0))
        }
      }
      try Self.setBase(db, village, streams, from: "staged")
      try db.run("DELETE FROM staged WHERE village = ?", .bits(village.number))
      try Streams.raiseGeneration(db, village)
      news.add(village)
      news.add(door.touched)
      return new
    }
    var outcome = IngestOutcome()
    try wake(after: &news, admission: nil, device: .standalone, into: &outcome)
    return new + outcome.applied
  }

  /// The streams of a staged snapshot, if all of it reads, comes to the digest that the office signed,
  /// and goes with what is here.
  private func fitting(_ db: Database, _ village: VillageCode) throws -> [Snapshot.Stream]? {
    let context = try context(db)
    guard let mark = try Watermarks.entry(db, of: village), let digest = mark.digest else {
      return nil
    }
    var reader = SnapshotReader(village: village)
    var streams: [Snapshot.Stream] = []
    do {
      try Self.forEachStaged(db, village) { bytes in
        let part = try reader.next(bytes)
        if part.index == 0 { streams = part.streams }
        for copy in part.copies {
          guard context.forms[copy.form] != nil else { throw WireError.damaged }
          _ = try RecordTable.state(copy.state, of: copy.record)
        }
      }
    } catch is WireError {
      return nil
    } catch StoreError.inconsistent {
      return nil
    }
    guard reader.digest == digest, VersionVector(streams.map(\.entry)) == mark.vector else {
      return nil
    }
    // NB: a reply that comes late may bring an older snapshot than the base that is here by now.
    let counts = VersionVector(streams.map(\.entry))
    let cuts = try db.all(
      "SELECT replica, count FROM cut WHERE village = ?", .bits(village.number)
    ) { (ReplicaID($0.bits(0)), $0.bits(1)) }
    guard cuts.allSatisfy({ counts.count(of: $0.0) >= $0.1 }) else { return nil }
    for stream in streams {
      let id = StreamID(village: village, replica: stream.replica)
      guard let row = try Streams.row(db, id) else { continue }
      let end = Dot(replica: stream.replica, village: village, counter: stream.count)
      guard row.count >= stream.count, try Streams.hash(db, end) == stream.head else { return nil }
    }
    return streams
  }

  /// Merges the staged states, and says what the newest stamp among their answers is.
  private func merge(
    _ db: Database, _ village: VillageCode, into door: inout Door
  ) throws -> Stamp {
    var reader = SnapshotReader(village: village)
    var newest = Stamp(number: 0)
    try Self.forEachStaged(db, village) { bytes in
      for copy in try reader.next(bytes).copies {
        let state = try RecordTable.state(copy.state, of: copy.record)
        for origin in state.origins {
          if let stamp = origin.author?.stamp { newest = max(newest, stamp) }
        }
        try door.merge(copy, in: village)
      }
    }
    return newest
  }

  private static func forEachStaged(
    _ db: Database, _ village: VillageCode, _ body: ([UInt8]) throws -> Void
  ) throws {
    // NB: parts are read one by one, for the statement must not stay open while tables change.
    var part = 0
    while let bytes = try db.first(
      "SELECT bytes FROM staged WHERE village = ? AND part = ?", .bits(village.number),
      .integer(Int64(part)), as: { $0.bytes(0) })
    {
      try body(bytes)
      part += 1
    }
  }

  /// Makes a snapshot the base of a village, and drops what it stands for from the journal.
  ///
  /// - Parameter table: where its parts are.
  static func setBase(
    _ db: Database, _ village: VillageCode, _ streams: [Snapshot.Stream], from table: String
  ) throws {
    try db.run("DELETE FROM base WHERE village = ?", .bits(village.number))
    try db.run("DELETE FROM cut WHERE village = ?", .bits(village.number))
    try db.run(
      """
      INSERT INTO base (village, part, bytes) SELECT village, part, bytes FROM \(table)
      WHERE village = ?
      """, .bits(village.number))
    for stream in streams {
      try db.run(
        "INSERT INTO cut (village, replica, count, head, device) VALUES (?, ?, ?, ?, ?)",
        .bits(village.number), .bits(stream.replica.number), .bits(stream.count),
        .blob(stream.head.bytes), .integer(Int64(stream.device.number)))
      try Cuts.drop(
        db, StreamID(village: village, replica: stream.replica), upTo: stream.count)
    }
  }
}
