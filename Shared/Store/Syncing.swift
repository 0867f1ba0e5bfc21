import Bytes
import Causality
import GRDB
import Model
import Sync
import Wire

/// The laptop's store as a session of ``SyncSession`` needs it. No transaction spans a round trip.
extension Store {
  /// What this laptop has to say, with at most `budget` bytes of changes that the office lacks.
  public func syncMaterial(budget: Int) throws -> SyncMaterial {
    let standing = try standing()
    let held = try vectors()
    let acknowledged = try acknowledged()
    let known = Dictionary(uniqueKeysWithValues: acknowledged.map { ($0.village, $0.vector) })
    let peer = held.map {
      VillageVector(village: $0.village, vector: known[$0.village] ?? VersionVector())
    }
    let (frames, isCut) = try frames(missingAt: peer, budget: budget)
    return SyncMaterial(
      survey: standing.survey?.id ?? 0, device: standing.device, epoch: standing.epoch,
      directory: standing.directory.version, held: held, acknowledged: acknowledged,
      frames: frames, isCut: isCut, unsent: try unsentCount())
  }

  /// Takes the office's reply in: the directory first, then each frame in its own transaction.
  public func absorb(_ reply: SyncReply, isNewOffice: Bool) throws -> Absorbed {
    let entries = try Self.entries(reply.directory)
    try write { db in
      if isNewOffice { try Acknowledged.forget(db) }
      try Meta.set(db, .epoch, .bits(reply.epoch))
      try Trust.hear(db, time: reply.time, surroundings: surroundings)
      try Meta.set(db, .heardAt, .integer(surroundings.wall()))
      for pair in reply.acknowledged { try Acknowledged.set(db, pair) }
      // NB: another process may have taken the same news in, and a reply may come twice.
      let version = try context(db).directory.version
      if reply.directoryStart <= version {
        let known = Int(clamping: version - reply.directoryStart)
        try extendDirectory(db, with: Array(entries.dropFirst(known)))
      }
    }
    var outcome = IngestOutcome()
    for frame in reply.frames { outcome.add(try ingest(frame)) }
    return Absorbed(
      received: outcome.applied, unsent: try unsentCount(), waiting: try waitingCount(),
      refusals: outcome.refusals)
  }

  static func entries(_ news: [[UInt8]]) throws -> [DirectoryEntry] {
    do {
      return try news.map { try DirectoryEntry($0) }
    } catch let error as ByteError {
      throw WireError.malformed(error)
    }
  }

  /// How many changes made here the office has not acknowledged.
  public func unsentCount() throws -> UInt64 {
    try read { db in
      let known = Dictionary(
        uniqueKeysWithValues: try Acknowledged.all(db).map { ($0.village, $0.vector) })
      var unsent: UInt64 = 0
      for village in try Streams.villages(db) {
        for entry in try Streams.vector(db, village).entries {
          let there = known[village]?.count(of: entry.replica) ?? 0
          if entry.count > there { unsent += entry.count - there }
        }
      }
      return unsent
    }
  }

  /// The records that hold changes which the office has not acknowledged.
  public func unsentRecords() throws -> Set<RecordID> {
    try read { db in
      let known = Dictionary(
        uniqueKeysWithValues: try Acknowledged.all(db).map { ($0.village, $0.vector) })
      var records = Set<RecordID>()
      for village in try Streams.villages(db) {
        for entry in try Streams.vector(db, village).entries {
          let there = known[village]?.count(of: entry.replica) ?? 0
          guard entry.count > there else { continue }
          let some = try db.all(
            """
            SELECT DISTINCT record FROM journal
            WHERE village = ? AND replica = ? AND counter > ?
            """, .bits(village.number), .bits(entry.replica.number), .bits(there)
          ) { RecordID(letters: $0.text(0)) }
          records.formUnion(some.compactMap { $0 })
        }
      }
      return records
    }
  }
}
