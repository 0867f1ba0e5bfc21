import Bytes
import Causality
import GRDB
import Model
import Wire

/// An office's return from a backup.
///
/// Whatever the office lost, the laptops have: changes, which they bring under the seal of its former
/// self, and the directory, which it signed. So a restored office says at once that it is another
/// database (a new epoch), writes as another replica, and extends the directory only when it has
/// heard a laptop: what it would say might stand in the directory already, with other words.
extension Store {
  /// Makes the office's store what it is after a restore.
  public func beginAgain() throws {
    try write { db in
      var random = InjectedRandom(surroundings: surroundings)
      try Meta.set(db, .epoch, .bits(random.next()))
      try Meta.set(db, .restored, .integer(surroundings.wall()))
      try Incarnations.mint(db, surroundings: surroundings)
    }
  }

  /// Lets the office extend the directory: a laptop was heard, or somebody decided not to wait.
  public func noteHeard() throws {
    guard try read({ db in try Meta.integer(db, .restored) }) != nil else { return }
    try write { db in try Meta.remove(db, .restored) }
  }

  /// Since when a restored office waits to hear a laptop, in milliseconds since 1970.
  public func waitsSince() throws -> Int64? {
    try read { db in try Meta.integer(db, .restored) }
  }

  static func requireHeard(_ db: Database) throws {
    if try Meta.integer(db, .restored) != nil { throw StoreError.unheard }
  }

  /// What an office does about how much a laptop says it holds.
  public enum Memory: Sendable {
    /// The office has everything of its own that the laptop has.
    case whole
    /// The laptop has more of the directory.
    case lacksDirectory
    /// The laptop's directory is another one from some version on.
    case otherDirectory
  }

  /// Compares the end of a laptop's directory with the office's.
  public func memory(directory version: UInt64, tag: UInt64) throws -> Memory {
    try read { db in
      let head = try DirectoryHead(db)
      if version > head.version { return .lacksDirectory }
      return try DirectoryHead.hash(db, at: version)?.tag == tag ? .whole : .otherDirectory
    }
  }

  /// Gives the database a new epoch if a laptop holds more of the office's own streams than it does:
  /// then it was restored, and nobody said so.
  ///
  /// - Returns: whether it did.
  public func renewIfBehind(_ held: [VillageVector]) throws -> Bool {
    let isBehind = try read { db in
      for pair in held {
        for entry in pair.vector.entries {
          guard try Incarnations.isOwn(db, entry.replica) else { continue }
          let dot = Dot(replica: entry.replica, village: pair.village, counter: entry.count)
          if try Streams.hash(db, dot)?.tag != entry.head { return true }
        }
      }
      return false
    }
    if isBehind { try beginAgain() }
    return isBehind
  }

  /// Takes back the part of the directory that this office lost.
  ///
  /// - Returns: whether it goes on from what the office has, under the office's own signature.
  public func takeBack(_ returned: DirectoryReturn) throws -> Bool {
    let entries = try Self.entries(returned.entries)
    return try write { db in
      guard let survey = try context(db).directory.survey, survey.id == returned.survey,
        !survey.key.isEmpty
      else { return false }
      guard try goesOn(db, returned, key: survey.key) else { return false }
      let news = entries.dropFirst(Int(clamping: try DirectoryHead(db).version))
      if !news.isEmpty {
        try extendDirectory(db, with: Array(news), signature: returned.signature)
      }
      try Meta.remove(db, .restored)
      return true
    }
  }

  /// Whether a directory goes on from the one that is held, under the office's own signature.
  func goesOn(_ db: Database, _ returned: DirectoryReturn, key: [UInt8]) throws -> Bool {
    let head = try DirectoryHead(db)
    var hash = ChainHash.start
    var isOurs = head.version == 0
    for (index, entry) in returned.entries.enumerated() {
      let version = UInt64(index) + 1
      hash = DirectoryChain.hash(of: entry, version: version, after: hash)
      if version == head.version { isOurs = hash == head.hash }
    }
    return isOurs && DirectoryChain.isSigned(hash, by: key, returned.signature)
  }

  /// The office's signature over the end of its directory.
  public func directorySignature() throws -> [UInt8] {
    try read { db in try DirectoryHead(db).signature ?? [] }
  }
}
