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
