import Bytes
import Causality
import Forms
import GRDB
import Model
import Synchronization
import Wire

/// A laptop's entry into a survey, and its return after it was turned away.
///
/// The office may have let a laptop in whose answer never arrived: the network broke off, or the
/// power did. So the laptop keeps the key that it asks with before it asks, and asks again with the
/// same one; the office knows by it that the code was used by nobody else. And nobody has to wait
/// meanwhile: what is saved between the question and the answer is noticed in the transaction that
/// joins, and the office is asked again.
extension Store {
  /// What the laptop brings: its own streams, from the time when it was its own office.
  public func ownStreams() throws -> (replica: ReplicaID, streams: [VillageVector]) {
    try read { db in try Self.ownStreams(db) }
  }

  /// What the store was made with, and what every copy of it has.
  public func birthmark() throws -> Birthmark? {
    try read { db in Birthmark(try Meta.bytes(db, .birthmark) ?? []) }
  }

  private static func ownStreams(
    _ db: Database
  ) throws -> (replica: ReplicaID, streams: [VillageVector]) {
    let replica = ReplicaID(UInt64(bitPattern: try Meta.integer(db, .replica) ?? 0))
    let streams = try Streams.villages(db).compactMap { village -> VillageVector? in
      // NB: a copy, or an older state that was put back, goes on as another replica; all are its own.
      let own = try Streams.vector(db, village).entries.filter {
        try Incarnations.isOwn(db, $0.replica)
      }
      return own.isEmpty ? nil : VillageVector(village: village, vector: VersionVector(own))
    }
    return (replica, streams)
  }

  /// The key with which the laptop asks to be let in with a code: the one it asked with before, or
  /// a fresh one, kept before anybody hears of it.
  ///
  /// NB: a key belongs to one code. A copy of the store that was taken before the office gave out a
  /// new code must not hold the key that will be joined with.
  public func joiningKey(for code: String, orKeep fresh: [UInt8]) throws -> [UInt8] {
    let digest = Digest.sha256(Array(code.utf8)).bytes
    return try write { db in
      if let kept = try Meta.bytes(db, .joining), kept.starts(with: digest) {
        return Array(kept.dropFirst(digest.count))
      }
      try Meta.set(db, .joining, .blob(digest + fresh))
      return fresh
    }
  }

  /// Forgets the key that was asked with: the office has said no, so it never let anybody in by it.
  public func abandonJoining() throws {
    try write { db in try Meta.remove(db, .joining) }
  }

  /// Makes this store a laptop of a survey, or lets it in again.
  ///
  /// The directory becomes the office's, and a new replica is minted: what was written before stays
  /// what it is, a finished prefix of the old streams, and goes to the office with the next sync.
  /// What a laptop that comes back had acknowledged by the same database of the office still counts.
  ///
  /// - Parameter told: the streams that the office was told of, if it takes them over.
  /// - Returns: `false` if more was saved since the office was told: ask it again.
  /// - Throws: ``StoreError/notTakenOver(streams:of:)`` if the office left out some of what it was told
  ///   of. Nothing is changed then, and the key is kept, so that the same code can be asked with again.
  @discardableResult
  public func join(
    _ reply: EnrolReply, address: String, key: [UInt8], person: PersonID?,
    told: [VillageVector]? = nil
  ) throws -> Bool {
    let entries = try Self.entries(reply.directory)
    return try write { db in
      let wasLaptop = try Meta.text(db, .role) == StoreRole.laptop.rawValue
      // Another process may have joined with the same answer meanwhile.
      if wasLaptop, try Meta.bytes(db, .key) == key { return true }
      if !wasLaptop, let told {
        if try Self.ownStreams(db).streams != told { return false }
        try Self.requireTakenOver(told, by: entries)
      }
      if !wasLaptop { try FormerPerson.keep(db) }
      try Meta.remove(db, .joining)
      try Meta.remove(db, .turnedAway)
      try db.run("DELETE FROM directory")
      cache.withLock { $0 = StoreCache() }
      try Meta.set(db, .role, .text(StoreRole.laptop.rawValue))
      try Meta.set(db, .device, .integer(Int64(reply.device.number)))
      try Incarnations.mint(db, surroundings: surroundings)
      try Meta.set(db, .key, .blob(key))
      try Meta.set(db, .address, .text(address))
      if try !wasLaptop || Meta.integer(db, .epoch) != Int64(bitPattern: reply.epoch) {
        try Meta.set(db, .epoch, .integer(0))
        try Acknowledged.forget(db)
        try db.run("DELETE FROM offered")
        try Watermarks.forget(db)
      }
      try Trust.hear(db, time: reply.time, surroundings: surroundings)
      try extendDirectory(db, with: entries, signature: reply.directorySignature)
      if let person {
        try Meta.set(db, .person, .text(person.description))
        try FormerPerson.become(person, db, directory: try context(db).directory)
      } else {
        try Meta.remove(db, .person)
      }
      return true
    }
  }

  /// Fails if an office's directory says nothing of a stream that it was told of: who joined then could
  /// never hand that in, and not join again to ask for it.
  ///
  /// NB: a replica that the directory has of another device was left out because it is that one's.
  private static func requireTakenOver(
    _ told: [VillageVector], by entries: [DirectoryEntry]
  ) throws {
    var office = StoreCache()
    for entry in entries { try office.take(entry) }
    let streams = told.filter { office.villages[$0.village] != nil }.flatMap { pair in
      pair.vector.entries.map { StreamID(village: pair.village, replica: $0.replica) }
    }
    let missing = streams.count { office.directory.adoptions(of: $0.replica).isEmpty }
    if missing > 0 { throw StoreError.notTakenOver(streams: missing, of: streams.count) }
  }

  /// The laptop's private key.
  public func signingKey() throws -> [UInt8]? {
    try read { db in try Meta.bytes(db, .key) }
  }

  /// Notes that the office turned this laptop away; the first time counts until it is let in again.
  public func noteTurnedAway() throws {
    try write { db in
      guard try Meta.integer(db, .turnedAway) == nil else { return }
      try Meta.set(db, .turnedAway, .integer(surroundings.wall()))
    }
  }
}
