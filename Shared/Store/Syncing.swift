import Bytes
import Causality
import GRDB
import Model
import Sync
import Wire

/// The laptop's store as a session of ``SyncSession`` needs it. No transaction spans a round trip.
extension Store {
  /// What this laptop has to say, with at most `budget` bytes of changes that the office lacks.
  ///
  /// - Parameter refused: streams of which nothing is sent now.
  public func syncMaterial(
    budget: Int, without refused: Set<StreamID> = []
  ) throws -> SyncMaterial {
    try read { db in
      // NB: one snapshot, so that no other process can make the parts disagree.
      let standing = try standing(db)
      let held = try Streams.vectors(db)
      let peer = try held.map {
        VillageVector(village: $0.village, vector: try Self.agreed(db, $0))
      }
      let outgoing = try Self.frames(db, missingAt: peer, budget: budget, without: refused)
      return SyncMaterial(
        survey: standing.survey?.id ?? 0, device: standing.device, epoch: standing.epoch,
        directory: standing.directory.version, held: held,
        acknowledged: try Acknowledged.all(db), frames: outgoing.frames, isCut: outgoing.isCut,
        unsent: try Self.unsentCount(db))
    }
  }

  /// Takes the office's reply in: the directory first, then each frame in its own transaction.
  public func absorb(_ reply: SyncReply, isNewOffice: Bool) throws -> Absorbed {
    let entries = try Self.entries(reply.directory)
    try write { db in
      if isNewOffice { try Acknowledged.forget(db) }
      try Meta.set(db, .epoch, .bits(reply.epoch))
      try Trust.hear(db, time: reply.time, surroundings: surroundings)
      try Meta.set(db, .heardAt, .integer(surroundings.wall()))
      try Meta.remove(db, .turnedAway)
      for var pair in reply.acknowledged {
        // A reply that asks for everything speaks of the streams that were brought, and of no other.
        if reply.status == .tellAll, let known = try Acknowledged.vector(db, of: pair.village) {
          var vector = known
          vector.merge(pair.vector)
          pair = VillageVector(village: pair.village, vector: vector)
        }
        try Acknowledged.set(db, pair)
      }
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

  /// How many changes that are held here the office has not acknowledged.
  public func unsentCount() throws -> UInt64 {
    try read { db in try Self.unsentCount(db) }
  }

  private static func unsentCount(_ db: Database) throws -> UInt64 {
    var unsent: UInt64 = 0
    for held in try Streams.vectors(db) {
      let there = try agreed(db, held)
      for entry in held.vector.entries { unsent += entry.count - there.count(of: entry.replica) }
    }
    return unsent
  }

  /// The records that hold changes which the office has not acknowledged.
  public func unsentRecords() throws -> Set<RecordID> {
    try read { db in
      var records = Set<RecordID>()
      for village in try Streams.villages(db) {
        let held = VillageVector(village: village, vector: try Streams.vector(db, village))
        let there = try Self.agreed(db, held)
        for entry in held.vector.entries where entry.count > there.count(of: entry.replica) {
          let some = try db.all(
            """
            SELECT DISTINCT record FROM journal
            WHERE village = ? AND replica = ? AND counter > ?
            """, .bits(village.number), .bits(entry.replica.number),
            .bits(there.count(of: entry.replica))
          ) { RecordID(letters: $0.text(0)) }
          records.formUnion(some.compactMap { $0 })
        }
      }
      return records
    }
  }

  /// What of a village's vector the office is known to hold as it is here.
  ///
  /// A count alone says nothing: after this store was copied the office may hold as many changes of
  /// the stream, but others. So the hash that was acknowledged must be the one that stands here at
  /// that counter; where it is not, nothing of the stream counts as handed in, it is offered again,
  /// and the office says what became of it.
  private static func agreed(_ db: Database, _ held: VillageVector) throws -> VersionVector {
    guard let there = try Acknowledged.vector(db, of: held.village) else { return VersionVector() }
    var agreed: [VersionVector.Entry] = []
    for entry in held.vector.entries {
      guard let told = there[entry.replica] else { continue }
      if told.count > entry.count {
        agreed.append(entry)
        continue
      }
      let dot = Dot(replica: entry.replica, village: held.village, counter: told.count)
      let tag = told.count == entry.count ? entry.head : try Streams.hash(db, dot)?.tag
      if tag == told.head { agreed.append(told) }
    }
    return VersionVector(agreed)
  }
}
