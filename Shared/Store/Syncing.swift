import Bytes
import Causality
import GRDB
import Model
import Sync
import Synchronization
import Wire

/// The laptop's store as a session of ``SyncSession`` needs it. No transaction spans a round trip.
extension Store {
  /// What this laptop has to say, with at most `budget` bytes of changes that the office lacks.
  ///
  /// - Parameters:
  ///   - refused: streams of which nothing is sent now.
  ///   - handsIn: whether what waits here is handed in.
  public func syncMaterial(
    budget: Int, without refused: Set<StreamID> = [], handsIn: Bool = true
  ) throws -> SyncMaterial {
    try read { db in
      // NB: one snapshot, so that no other process can make the parts disagree.
      let standing = try standing(db)
      let held = try Streams.vectors(db)
      let peer = try held.map {
        VillageVector(village: $0.village, vector: try Self.kept(db, $0))
      }
      // NB: at most half for branches, or those that wait at the office would keep the rest for ever.
      let context = try context(db)
      // NB: where an office holds nothing of a stream it may lack what the rest goes on from.
      let based = try Sealer(db, context: context, isForAnyone: true)
      let branches = try Branches.frames(
        db, epoch: standing.epoch, budget: budget / 2, without: refused, seals: based)
      let outgoing = try Self.frames(
        db, missingAt: peer, budget: budget - min(branches.size, budget),
        most: max(1, Self.frameTarget - branches.frames.count), without: refused,
        seals: try Sealer(db, context: context), fromBase: based)
      let sent = (branches.frames + outgoing.frames).reduce(0) { $0 + $1.size }
      let hasTurn = handsIn && sent < budget
      let waiting =
        try hasTurn
        ? Inbox.waiting(
          db, scope: standing.scope, budget: budget - sent, without: refused,
          surroundings: surroundings)
        : []
      let head = try DirectoryHead(db)
      let offered = try Self.offers(db, budget: budget / 2)
      let acknowledged = try Acknowledged.all(db)
      // NB: branches are told apart by their hashes, what waits is not held, and an office that is new here
      // acknowledged nothing.
      // After one that did not open frames go until the office has answered them.
      let canParcel =
        try branches.frames.isEmpty && waiting.isEmpty && standing.epoch != 0
        && Meta.integer(db, .unopened) == nil
      let parcel =
        canParcel ? try Self.parcel(db, of: outgoing.frames, acknowledged: acknowledged) : nil
      return SyncMaterial(
        survey: standing.survey?.id ?? 0, device: standing.device, epoch: standing.epoch,
        directory: head.version, directoryTag: head.hash.tag, held: held,
        acknowledged: acknowledged, frames: branches.frames + outgoing.frames, waiting: waiting,
        isHandedIn: hasTurn,
        parcel: parcel,
        isCut: branches.isCut || outgoing.isCut || !offered.isEmpty,
        unsent: try Self.unsentCount(db), watermark: try Watermarks.id(db) ?? 0,
        snapshots: try Self.snapshotProgress(db), offered: offered)
    }
  }

  /// Takes the office's reply in: the directory first, then the frames.
  public func absorb(_ reply: SyncReply, isNewOffice: Bool) throws -> Absorbed {
    let entries = try Self.entries(reply.directory)
    let (staged, wanted, hasFallenBack) = try write { db in
      var hasFallenBack = false
      if isNewOffice {
        try Acknowledged.forget(db)
        try db.run("DELETE FROM offered")
        // NB: another database may have come from an older backup.
        try Watermarks.forget(db)
      }
      try Meta.set(db, .epoch, .bits(reply.epoch))
      try Trust.hear(db, time: reply.time, surroundings: surroundings)
      try Meta.set(db, .heardAt, .integer(surroundings.wall()))
      try Meta.remove(db, .turnedAway)
      if reply.status == .tellAll {
        try Meta.set(db, .unopened, .integer(1))
      } else {
        try Meta.remove(db, .unopened)
      }
      let scope = try standing(db).scope
      for var pair in reply.acknowledged {
        // A reply that asks for everything speaks of the streams that were brought, and of no other.
        if reply.status == .tellAll, let known = try Acknowledged.vector(db, of: pair.village) {
          var vector = known
          vector.merge(pair.vector)
          pair = VillageVector(village: pair.village, vector: vector)
        }
        let before = try Acknowledged.vector(db, of: pair.village)?.entries ?? []
        // NB: of others' villages the office speaks no further than of what is held, and of what is not
        // held only while it is brought.
        let held = try scope.contains(pair.village) ? nil : Streams.vector(db, pair.village)
        let isLess = before.contains { known in
          let most = held.map { min(known.count, $0.count(of: known.replica)) } ?? known.count
          return pair.vector.count(of: known.replica) < most
        }
        hasFallenBack = hasFallenBack || isLess
        try Acknowledged.set(db, pair)
        try noteOwnPast(db, pair)
      }
      // NB: a database that was put back, and was not told so, has the epoch that it had. What it said of
      // branches and bases then may be gone with what it is found to lack.
      if hasFallenBack { try Self.forgetWord(db) }
      for branch in reply.branches {
        try Self.settle(db, branch, epoch: reply.epoch, surroundings: surroundings)
      }
      try takeNews(db, reply, entries)
      if let watermark = reply.watermark { try keepWatermark(db, watermark) }
      return (
        try stage(db, reply.snapshots), try Self.noteWanted(db, reply.wanted), hasFallenBack
      )
    }
    var outcome = IngestOutcome()
    for village in staged.complete { outcome.applied += try install(village) }
    outcome.add(try ingest(reply.frames, admission: nil, device: .standalone))
    // NB: an office that asks for everything does not stand by what it said before, and that alone is
    // known until it has answered; it may have been put back.
    let standsByIt = reply.status != .tellAll && !hasFallenBack
    if standsByIt { try forgetOthersWaiting() }
    let released = standsByIt ? try releaseLost() : []
    return Absorbed(
      received: outcome.applied, unsent: try unsentCount(), waiting: try waitingCount(),
      refusals: outcome.refusals, staged: staged.new + wanted, released: released,
      isOffering: try read { db in try !Self.offers(db, budget: 1).isEmpty },
      hasFallenBack: hasFallenBack)
  }

  /// Forgets what the office said that it has, beside what it acknowledged: then it is brought again.
  static func forgetWord(_ db: Database) throws {
    for table in ["branch", "parted"] {
      try db.run("UPDATE \(table) SET taken = \(table == "branch" ? "NULL" : "0")")
    }
    for table in ["accounted", "offered"] { try db.run("DELETE FROM \(table)") }
  }

  /// Takes in what the office says of the directory, if it is the office's own word.
  private func takeNews(
    _ db: Database, _ reply: SyncReply, _ entries: [DirectoryEntry]
  ) throws {
    if entries.isEmpty { return }
    // NB: another process may have taken the same news in, and a reply may come twice.
    var head = try DirectoryHead(db)
    guard reply.directoryStart <= head.version,
      var hash = try DirectoryHead.hash(db, at: reply.directoryStart)
    else { return }
    var version = reply.directoryStart
    var hashes: [ChainHash] = []
    for entry in reply.directory {
      version += 1
      hash = DirectoryChain.hash(of: entry, version: version, after: hash)
      hashes.append(hash)
    }
    let survey = try context(db).directory.survey
    if let key = survey?.key, !key.isEmpty {
      guard DirectoryChain.isSigned(hash, by: key, reply.directorySignature) else {
        throw StoreError.forgedDirectory
      }
    }
    let known = Int(clamping: head.version - reply.directoryStart)
    if known > 0 && (known > hashes.count || hashes[known - 1] != head.hash) {
      // NB: an older word about the same directory, come late, takes nothing back.
      if try DirectoryHead.hash(db, at: version) == hash { return }
      // The office was restored and told to begin the directory again from an earlier version.
      guard reply.directoryStart == 0, known <= hashes.count || survey?.key.isEmpty == false else {
        return
      }
      try db.run("DELETE FROM directory")
      // NB: what was written cites versions that this directory does not have, or has with other words,
      // and within a stream that version never goes back.
      try Incarnations.mint(db, surroundings: surroundings)
      cache.withLock { $0 = StoreCache() }
      head = try DirectoryHead(db)
      return try extendDirectory(db, with: entries, signature: reply.directorySignature)
    }
    try extendDirectory(
      db, with: Array(entries.dropFirst(known)), signature: reply.directorySignature)
  }

  /// The directory, to be handed back to an office that has less of it; `nil` if the office never
  /// signed it.
  public func directoryReturn() throws -> DirectoryReturn? {
    try read { db in try directoryReturn(db) }
  }

  func directoryReturn(_ db: Database) throws -> DirectoryReturn? {
    guard let survey = try context(db).directory.survey, !survey.key.isEmpty,
      let signed = try db.first(
        """
        SELECT version, signature FROM directory WHERE signature IS NOT NULL
        ORDER BY version DESC LIMIT 1
        """, as: { ($0.integer(0), $0.bytes(1)) })
    else { return nil }
    let entries = try db.all(
      "SELECT entry FROM directory WHERE version <= ? ORDER BY version", .integer(signed.0)
    ) { $0.bytes(0) }
    return DirectoryReturn(survey: survey.id, entries: entries, signature: signed.1)
  }

  /// Goes on as another replica if the office holds more of this one than it does itself.
  ///
  /// Then this store was restored from an older copy, or a copy of it has synced. Whatever it would
  /// write next has a dot that is taken.
  private func noteOwnPast(_ db: Database, _ told: VillageVector) throws {
    let replica = try Incarnations.current(db)
    guard let there = told.vector[replica] else { return }
    let here = try Streams.vector(db, told.village)[replica]
    let isAhead = there.count > here?.count ?? 0
    if isAhead { try Incarnations.mint(db, surroundings: surroundings) }
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
    let epoch = UInt64(bitPattern: try Meta.integer(db, .epoch) ?? 0)
    var unsent = try Branches.untaken(db, epoch: epoch) + Parted.untaken(db)
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
      let epoch = UInt64(bitPattern: try Meta.integer(db, .epoch) ?? 0)
      let aside = try db.all(
        "SELECT DISTINCT record FROM branch WHERE taken IS NOT ? AND \(Branches.isAside)",
        .bits(epoch)
      ) { RecordID(letters: $0.text(0)) }
      records.formUnion(aside.compactMap { $0 })
      return records
    }
  }

  /// What of a village's vector the office is known to hold as it is here.
  ///
  /// A count alone says nothing: after this store was copied the office may hold as many changes of
  /// the stream, but others. So the hash that was acknowledged must be the one that stands here at
  /// that counter; where it is not, nothing of the stream counts as handed in, it is offered again,
  /// and the office says what became of it. What a base stands for cannot be offered again, and need
  /// not be as long as the office's backup has it.
  static func agreed(_ db: Database, _ held: VillageVector) throws -> VersionVector {
    let there = try Acknowledged.vector(db, of: held.village) ?? VersionVector()
    let mark = try Watermarks.entry(db, of: held.village)?.vector ?? VersionVector()
    var agreed = try dropped(db, held, upTo: mark)
    for entry in held.vector.entries {
      guard let told = there[entry.replica] else { continue }
      if told.count > entry.count {
        // NB: of what this store wrote itself no more can be there than here, unless it was put back; then it may
        // have saved beside its own past since. An office that turns it away will not say so.
        if try !Incarnations.isOwn(db, entry.replica) { agreed.append(entry) }
        continue
      }
      let dot = Dot(replica: entry.replica, village: held.village, counter: told.count)
      let tag = told.count == entry.count ? entry.head : try Streams.hash(db, dot)?.tag
      if tag == told.head { agreed.append(told) }
    }
    var vector = VersionVector(agreed)
    for entry in try Accounted.entries(db, of: held.village) { vector.raise(entry) }
    return vector
  }

  /// What is not offered to the office: what it is known to hold, and what a base stands for.
  ///
  /// An office that lacks some of that keeps in its inbox what comes after it.
  static func kept(_ db: Database, _ held: VillageVector) throws -> VersionVector {
    var kept = try agreed(db, held)
    for entry in try dropped(db, held, upTo: nil) { kept.raise(entry) }
    return kept
  }

  /// The ends of a village's streams in its base.
  ///
  /// - Parameter mark: if there is one, of those streams alone that it has as far.
  static func dropped(
    _ db: Database, _ held: VillageVector, upTo mark: VersionVector?
  ) throws -> [VersionVector.Entry] {
    if try Cuts.isWhole(db, held.village) { return [] }
    return try held.vector.entries.compactMap { entry in
      let stream = StreamID(village: held.village, replica: entry.replica)
      guard let cut = try Cuts.cut(db, stream) else { return nil }
      if let mark {
        guard let there = mark[entry.replica], there.count >= cut.count,
          there.count > cut.count || there.head == cut.head.tag
        else { return nil }
      }
      return VersionVector.Entry(replica: entry.replica, count: cut.count, head: cut.head.tag)
    }
  }
}
