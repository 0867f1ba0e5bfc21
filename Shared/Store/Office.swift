import Bytes
import Causality
import Forms
import GRDB
import Model
import Rules
import Wire

/// A device as the office lists it, invited ones included.
public struct DeviceStanding: Sendable {
  /// Its number.
  public let id: DeviceID
  /// Its name.
  public let name: String
  /// Whom it serves.
  public let people: [PersonID]
  /// Whether it has joined.
  public let hasJoined: Bool
  /// Whether it was turned away.
  public let isRevoked: Bool
  /// When it was last heard, in milliseconds since 1970.
  public let heard: Int64?
  /// How many of its changes were still unsent as it last said.
  public let unsent: UInt64?
}

/// A one-time code that was looked up.
public enum InviteStanding: Sendable {
  /// Nobody issued it.
  case unknown
  /// It was used.
  case used(DeviceID)
  /// It is too old.
  case expired(DeviceID)
  /// It opens the door for this device.
  case open(DeviceID, name: String, people: [PersonID])
}

/// What the office's store keeps beside what every store keeps.
extension Store {
  /// Notes a device that may join, with the digest of its one-time code; a new code replaces the
  /// device's older ones.
  ///
  /// - Returns: the device's number.
  public func invite(
    _ device: DeviceID?, name: String, people: [PersonID], code: [UInt8], expires: Int64
  ) throws -> DeviceID {
    try write { db in
      // NB: the number that looks free may be of a device that joined after the backup.
      try Self.requireHeard(db)
      let last = try db.first("SELECT max(number) FROM device") { $0.integer(0) } ?? 0
      let number = device.map { Int64($0.number) } ?? last + 1
      let words = people.map(\.description).joined(separator: ",")
      try db.run(
        """
        INSERT INTO device (number, name, people) VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET name = excluded.name, people = excluded.people
        """, .integer(number), .text(name), .text(words))
      try db.run("DELETE FROM invite WHERE device = ? AND used IS NULL", .integer(number))
      try db.run(
        "INSERT INTO invite (code_digest, device, expires) VALUES (?, ?, ?)",
        .blob(Digest.sha256(code).bytes), .integer(number), .integer(expires))
      return DeviceID(UInt32(number))
    }
  }

  /// Looks a one-time code up.
  public func invitation(for code: [UInt8]) throws -> InviteStanding {
    try read { db in try Self.invitation(db, code, now: surroundings.wall()) }
  }

  static func invitation(
    _ db: Database, _ code: [UInt8], now: Int64
  ) throws -> InviteStanding {
    let found = try db.first(
      """
      SELECT device, expires, used, name, people FROM invite JOIN device ON number = device
      WHERE code_digest = ?
      """, .blob(Digest.sha256(code).bytes)
    ) { row in
      (DeviceID(UInt32(row.bits(0))), row.integer(1), !row.isNull(2), row.text(3), row.text(4))
    }
    guard let (device, expires, isUsed, name, people) = found else { return .unknown }
    if isUsed { return .used(device) }
    if expires < now { return .expired(device) }
    return .open(
      device, name: name, people: people.split(separator: ",").compactMap { PersonID(String($0)) })
  }

  /// Whether anything of a replica is held.
  static func isKnown(_ db: Database, _ replica: ReplicaID) throws -> Bool {
    try db.first("SELECT 1 FROM stream WHERE replica = ? LIMIT 1", .bits(replica.number)) { _ in
      true
    } ?? false
  }

  /// The device that a replica writes for.
  static func owner(_ db: Database, of replica: ReplicaID) throws -> DeviceID? {
    try db.first("SELECT device FROM replica WHERE id = ?", .bits(replica.number)) {
      DeviceID(UInt32(truncatingIfNeeded: $0.bits(0)))
    }
  }

  /// Notes which device writes as a replica; what is certain corrects what was only believed.
  static func bind(
    _ db: Database, _ replica: ReplicaID, to device: DeviceID, isCertain: Bool = false
  ) throws {
    try db.run(
      """
      INSERT INTO replica (id, device) VALUES (?, ?)
      ON CONFLICT DO \(isCertain ? "UPDATE SET device = excluded.device" : "NOTHING")
      """, .bits(replica.number), .integer(Int64(device.number)))
  }

  /// Every device, by number.
  public func devices() throws -> [DeviceStanding] {
    try read { db in
      let directory = try context(db).directory
      return try db.all(
        "SELECT number, name, people, heard, unsent FROM device ORDER BY number"
      ) { row in
        let id = DeviceID(UInt32(truncatingIfNeeded: row.bits(0)))
        let known = directory.device(id)
        let people = row.text(2).split(separator: ",").compactMap { PersonID(String($0)) }
        return DeviceStanding(
          id: id, name: row.text(1), people: known?.people ?? people, hasJoined: known != nil,
          isRevoked: known?.isRevoked ?? false, heard: row.isNull(3) ? nil : row.integer(3),
          unsent: row.isNull(4) ? nil : row.bits(4))
      }
    }
  }

  /// Gives a device another name, or other people.
  ///
  /// Its key and whether it is turned away stay as they are. What it saved before it hears of this
  /// cites an older version of the directory, and is judged by that.
  public func change(_ device: DeviceID, name: String, people: [PersonID]) throws {
    try write { db in
      try Self.requireHeard(db)
      try db.run(
        "UPDATE device SET name = ?, people = ? WHERE number = ?", .text(name),
        .text(people.map(\.description).joined(separator: ",")),
        .integer(Int64(device.number)))
      guard let known = try context(db).directory.device(device) else { return }
      let changed = Device(
        id: device, name: name, key: known.key, people: people, isRevoked: known.isRevoked)
      try extendDirectory(db, with: [.device(changed)])
    }
  }

  /// Notes that a device was heard.
  public func hear(_ device: DeviceID, unsent: UInt64) throws {
    try write { db in
      try db.run(
        "UPDATE device SET heard = ?, unsent = ? WHERE number = ?",
        .integer(surroundings.wall()), .bits(unsent), .integer(Int64(device.number)))
    }
  }

  /// What was last acknowledged to a device of each village.
  public func acknowledged(to device: DeviceID) throws -> [VillageVector] {
    try read { db in try Self.acknowledged(db, to: device) }
  }

  static func acknowledged(_ db: Database, to device: DeviceID) throws -> [VillageVector] {
    try db.all(
      "SELECT village, vector FROM device_village WHERE device = ? ORDER BY village",
      .integer(Int64(device.number))
    ) { row in
      guard let village = VillageCode(number: row.bits(0)) else {
        throw StoreError.inconsistent(detail: "village of device \(device)")
      }
      return VillageVector(village: village, vector: try Acknowledged.vector(row.bytes(1)))
    }
  }

  /// Notes what is acknowledged to a device, and that it was heard.
  ///
  /// With `isComplete` the device told of everything that it holds, so nothing else is remembered.
  public func acknowledge(
    _ villages: [VillageVector], to device: DeviceID, unsent: UInt64, isComplete: Bool
  ) throws {
    try write { db in
      if isComplete {
        try db.run(
          "DELETE FROM device_village WHERE device = ?", .integer(Int64(device.number)))
      }
      for pair in villages {
        var writer = ByteWriter()
        pair.vector.encode(to: &writer)
        try db.run(
          """
          INSERT INTO device_village (device, village, vector) VALUES (?, ?, ?)
          ON CONFLICT DO UPDATE SET vector = excluded.vector
          """, .integer(Int64(device.number)), .bits(pair.village.number), .blob(writer.bytes))
      }
      try db.run(
        "UPDATE device SET heard = ?, unsent = ? WHERE number = ?",
        .integer(surroundings.wall()), .bits(unsent), .integer(Int64(device.number)))
    }
  }

  /// Takes a frame in for the office, which checks every change of it.
  ///
  /// - Parameter isProven: whether the device showed that it brings it; else it is only said.
  public func ingest(
    _ frame: Frame, from device: DeviceID, isProven: Bool = true
  ) throws -> IngestOutcome {
    try ingest(
      frame, admission: OfficeAdmission(device: device), device: device, isProven: isProven)
  }

  /// Takes frames in for the office, one after the other; one that cannot be kept is refused, and does
  /// not stop the others.
  public func ingest(_ frames: [Frame], from device: DeviceID) throws -> IngestOutcome {
    try ingest(
      frames, admission: OfficeAdmission(device: device), device: device, goesOn: true)
  }

  /// Mints a new incarnation, as the office does at every start.
  public func mint() throws {
    try write { db in
      _ = try Incarnations.mint(db, surroundings: surroundings)
    }
  }
}
