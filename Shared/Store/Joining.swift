import Causality
import GRDB
import Model
import Synchronization
import Wire

/// A laptop's entry into a survey.
extension Store {
  /// What the laptop brings: its own streams, from the time when it was its own office.
  public func ownStreams() throws -> (replica: ReplicaID, streams: [VillageVector]) {
    try read { db in
      let replica = ReplicaID(UInt64(bitPattern: try Meta.integer(db, .replica) ?? 0))
      let streams = try Streams.villages(db).compactMap { village -> VillageVector? in
        guard let entry = try Streams.vector(db, village)[replica] else { return nil }
        return VillageVector(village: village, vector: VersionVector([entry]))
      }
      return (replica, streams)
    }
  }

  /// Says what the laptop brings, and keeps everyone from adding to it while the office is asked.
  ///
  /// The office takes over exactly what it was told of; a record saved meanwhile under the old replica
  /// would be nobody's. The mark is gone when the laptop has joined, when ``abandonJoining()`` is
  /// called, or after two minutes.
  public func beginJoining() throws -> (replica: ReplicaID, streams: [VillageVector]) {
    try write { db in
      try Meta.set(db, .joining, .integer(surroundings.wall()))
    }
    return try ownStreams()
  }

  /// Lets work go on after joining came to nothing.
  public func abandonJoining() throws {
    try write { db in try Meta.remove(db, .joining) }
  }

  /// Fails while another process is joining a survey with this store.
  static func checkJoining(_ db: Database, now: Int64, path: String?) throws {
    guard let since = try Meta.integer(db, .joining), now - since < 120_000, now >= since else {
      return
    }
    throw StoreError.busy(path: path ?? ":memory:")
  }

  /// Makes this store a laptop of a survey.
  ///
  /// The directory becomes the office's, and a new replica is minted: what was written before stays
  /// what it is, a finished prefix of the old streams, and goes to the office with the first sync.
  public func join(
    _ reply: EnrolReply, address: String, key: [UInt8], person: PersonID?
  ) throws {
    let entries = try Self.entries(reply.directory)
    try write { db in
      var random = InjectedRandom(surroundings: surroundings)
      try Meta.remove(db, .joining)
      try db.run("DELETE FROM directory")
      cache.withLock { $0 = StoreCache() }
      try Meta.set(db, .role, .text(StoreRole.laptop.rawValue))
      try Meta.set(db, .device, .integer(Int64(reply.device.number)))
      try Meta.set(db, .replica, .bits(random.next()))
      try Meta.set(db, .epoch, .integer(0))
      try Meta.set(db, .key, .blob(key))
      try Meta.set(db, .address, .text(address))
      try Acknowledged.forget(db)
      try Trust.hear(db, time: reply.time, surroundings: surroundings)
      try extendDirectory(db, with: entries)
      if let person {
        try Meta.set(db, .person, .text(person.description))
      } else {
        try Meta.remove(db, .person)
      }
    }
  }

  /// The laptop's private key.
  public func signingKey() throws -> [UInt8]? {
    try read { db in try Meta.bytes(db, .key) }
  }
}
