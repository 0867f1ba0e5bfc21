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
///
/// An office whose file was put back by other means finds it out when somebody brings changes of its
/// own, under its own seal, that it does not hold. That it lacks some is said by laptops all the time, and
/// any of them could say so at every sync; nobody but the office could have sealed them.
extension Store {
  /// Makes the office's store what it is after a restore.
  public func beginAgain() throws {
    try write { db in try beginAgain(db) }
  }

  func beginAgain(_ db: Database) throws {
    var random = InjectedRandom(surroundings: surroundings)
    try Meta.set(db, .epoch, .bits(random.next()))
    try Meta.set(db, .restored, .integer(surroundings.wall()))
    try Incarnations.expectBack(db)
    try Incarnations.mint(db, surroundings: surroundings)
  }

  /// Lets the office extend the directory: a laptop was heard, or somebody decided not to wait.
  public func noteHeard() throws {
    guard try read({ db in try Meta.integer(db, .restored) }) != nil else { return }
    try write { db in try Meta.remove(db, .restored) }
  }

  /// Notes that a laptop was heard whose directory is the office's.
  ///
  /// One that came with less and was told of the rest by this office knows nothing that the office does
  /// not; the office goes on waiting.
  public func noteHeard(_ device: DeviceID) throws {
    guard let since = try waitsSince() else { return }
    let told = try read { db in
      try db.first("SELECT told FROM device WHERE number = ?", .integer(Int64(device.number))) {
        $0.isNull(0) ? nil : $0.integer(0)
      } ?? nil
    }
    if told != since { try noteHeard() }
  }

  /// Notes that a laptop knows less of the directory than an office that waits, and is told of it.
  public func noteTold(_ device: DeviceID) throws {
    guard let since = try waitsSince() else { return }
    try write { db in
      try db.run(
        "UPDATE device SET told = ? WHERE number = ?", .integer(since),
        .integer(Int64(device.number)))
    }
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
    /// Both have the same.
    case whole
    /// The laptop has less, all of which the office has.
    case exceedsLaptop
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
      guard try DirectoryHead.hash(db, at: version)?.tag == tag else { return .otherDirectory }
      return version == head.version ? .whole : .exceedsLaptop
    }
  }

  /// Takes back the part of the directory that this office lost.
  ///
  /// - Returns: whether it goes on from what the office has, under the office's own signature.
  public func takeBack(_ returned: DirectoryReturn) throws -> Bool {
    // NB: whoever sent it may have made it up; nobody waits while that is found out.
    guard let survey = try standing().survey, survey.id == returned.survey, !survey.key.isEmpty,
      let hashes = returned.hashes(signedBy: survey.key)
    else { return false }
    let entries = try Self.entries(returned.entries)
    return try write { db in
      let head = try DirectoryHead(db)
      guard head.isOne(of: hashes) else { return false }
      let news = entries.dropFirst(Int(clamping: head.version))
      if !news.isEmpty {
        try extendDirectory(db, with: Array(news), signature: returned.signature)
      }
      try Meta.remove(db, .restored)
      return true
    }
  }

  /// The office's signature over the end of its directory.
  public func directorySignature() throws -> [UInt8] {
    try read { db in try DirectoryHead(db).signature ?? [] }
  }
}
