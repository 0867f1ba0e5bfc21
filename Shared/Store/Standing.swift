import Bytes
import Causality
import Forms
import GRDB
import Model
import Wire

/// Who a store is, and what it belongs to.
public struct Standing: Sendable {
  /// What kind of replica.
  public let role: StoreRole
  /// The replica that it writes as.
  public let replica: ReplicaID
  /// The device; ``DeviceID/standalone`` before it joins.
  public let device: DeviceID
  /// The directory.
  public let directory: Directory
  /// The forms, by number.
  public let forms: [UInt32: Form]
  /// The villages.
  public let villages: VillageList
  /// The epoch of the office's database that was last heard; of the office its own.
  public let epoch: UInt64
  /// The address of the office.
  public let address: String?
  /// The person who works here, as set by `as`.
  public let person: PersonID?
  /// When the office was last heard, in milliseconds since 1970.
  public let heardAt: Int64?
  /// When the office first said that it has turned this laptop away; `nil` while it has not.
  public let turnedAwayAt: Int64?
  /// Who worked here before the laptop joined under another word.
  public let former: FormerPerson?

  /// The survey.
  public var survey: Survey? { directory.survey }

  /// The villages that are held here.
  public var scope: [VillageCode] {
    let all = villages.villages.map(\.code)
    return role == .laptop ? directory.villages(of: device, among: all) : all.sorted()
  }

  /// The form of a name, or the only one there is.
  public func form(named name: String? = nil) -> Form? {
    guard let name else { return forms.count == 1 ? forms.first?.value : nil }
    return forms.values.first { $0.name == name }
  }
}

extension Store {
  /// Who this store is.
  public func standing() throws -> Standing {
    try read { db in try standing(db) }
  }

  func standing(_ db: Database) throws -> Standing {
    let context = try context(db)
    return Standing(
      role: try Meta.text(db, .role).flatMap(StoreRole.init(rawValue:)) ?? .standalone,
      replica: ReplicaID(UInt64(bitPattern: try Meta.integer(db, .replica) ?? 0)),
      device: DeviceID(UInt32(truncatingIfNeeded: try Meta.integer(db, .device) ?? 0)),
      directory: context.directory, forms: context.forms, villages: context.villages,
      epoch: UInt64(bitPattern: try Meta.integer(db, .epoch) ?? 0),
      address: try Meta.text(db, .address),
      person: try Meta.text(db, .person).flatMap { PersonID($0) },
      heardAt: try Meta.integer(db, .heardAt),
      turnedAwayAt: try Meta.integer(db, .turnedAway), former: try FormerPerson(db))
  }

  /// Sets who works here.
  public func setPerson(_ person: PersonID) throws {
    try write { db in
      try Meta.set(db, .person, .text(person.description))
      try FormerPerson.become(person, db, directory: try context(db).directory)
    }
  }

  /// Whether somebody here has said of a village's name that it is meant, and not a longer one.
  public func isConfirmed(_ village: VillageCode) throws -> Bool {
    try read { db in try Self.confirmed(db).contains(village.description) }
  }

  /// Remembers that a village's name is meant here, so that it is asked once.
  public func confirm(_ village: VillageCode) throws {
    try write { db in
      let codes = try Set(Self.confirmed(db)).union([village.description]).sorted()
      try Meta.set(db, .confirmed, .text(codes.joined(separator: ",")))
    }
  }

  private static func confirmed(_ db: Database) throws -> [String] {
    try Meta.text(db, .confirmed)?.split(separator: ",").map(String.init) ?? []
  }

  /// Takes entries of the directory in: the office's own, or news from it.
  public func extendDirectory(_ entries: [DirectoryEntry]) throws {
    if entries.isEmpty { return }
    try write { db in
      try Self.requireHeard(db)
      try extendDirectory(db, with: entries)
    }
  }

  /// Takes entries in that are made of the directory as it is, in one transaction with looking at it.
  ///
  /// - Returns: what was taken in.
  @discardableResult
  public func extendDirectory(
    making entries: (Directory) throws -> [DirectoryEntry]
  ) throws -> [DirectoryEntry] {
    try write { db in
      try Self.requireHeard(db)
      let entries = try entries(try context(db).directory)
      try extendDirectory(db, with: entries)
      return entries
    }
  }

  /// What is held of a village.
  public func vector(of village: VillageCode) throws -> VersionVector {
    try read { db in try Streams.vector(db, village) }
  }

  /// What is held of every village of which anything is.
  public func vectors() throws -> [VillageVector] {
    try read { db in try Streams.vectors(db) }
  }

  /// What the office said it holds.
  public func acknowledged() throws -> [VillageVector] {
    try read { db in try Acknowledged.all(db) }
  }
}

/// What the office said it holds of each village.
enum Acknowledged {
  static func all(_ db: Database) throws -> [VillageVector] {
    try db.all("SELECT village, vector FROM acknowledged ORDER BY village") { row in
      guard let village = VillageCode(number: row.bits(0)) else {
        throw StoreError.inconsistent(detail: "acknowledged village")
      }
      return VillageVector(village: village, vector: try vector(row.bytes(1)))
    }
  }

  static func vector(_ db: Database, of village: VillageCode) throws -> VersionVector? {
    try db.first("SELECT vector FROM acknowledged WHERE village = ?", .bits(village.number)) {
      try vector($0.bytes(0))
    }
  }

  static func vector(_ bytes: [UInt8]) throws -> VersionVector {
    do {
      var reader = ByteReader(bytes)
      return try VersionVector(from: &reader)
    } catch {
      throw StoreError.inconsistent(detail: "acknowledged vector: \(error)")
    }
  }

  static func set(_ db: Database, _ pair: VillageVector) throws {
    var writer = ByteWriter()
    pair.vector.encode(to: &writer)
    try db.run(
      """
      INSERT INTO acknowledged (village, vector) VALUES (?, ?)
      ON CONFLICT DO UPDATE SET vector = excluded.vector
      """, .bits(pair.village.number), .blob(writer.bytes))
  }

  static func forget(_ db: Database) throws {
    try db.run("DELETE FROM acknowledged")
  }
}
