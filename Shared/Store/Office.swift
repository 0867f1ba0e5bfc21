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

/// A change that the office did not take.
public struct QuarantinedChange: Sendable {
  /// Where it belongs.
  public let dot: Dot
  /// The device that brought it.
  public let device: DeviceID
  /// Why it was not taken.
  public let ground: Refusal.Ground
  /// When it came, in milliseconds since 1970.
  public let arrived: Int64
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

  private static func invitation(
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

  /// Enrols a device with a one-time code: in one transaction the code is used up, the directory
  /// tells of the device, and its replica is bound to it.
  public func enrol(_ request: EnrolRequest) throws -> Result<DeviceID, EnrolFailure> {
    try write { db in
      let now = surroundings.wall()
      let code = Array(request.code.utf8)
      guard case .open(let device, let name, let people) = try Self.invitation(db, code, now: now)
      else { return .failure(.badCode) }
      let owner = try Self.owner(db, of: request.replica)
      if let owner, owner != device { return .failure(.foreignReplica) }
      try db.run(
        "UPDATE invite SET used = ? WHERE code_digest = ?", .integer(now),
        .blob(Digest.sha256(code).bytes))
      var entries: [DirectoryEntry] = [
        .device(Device(id: device, name: name, key: request.key, people: people))
      ]
      let villages = try context(db).villages
      let streams = request.streams.compactMap { pair in
        pair.vector[request.replica].map { (pair.village, $0) }
      }.filter { villages[$0.0] != nil && $0.1.count <= Self.adoptionLimit }
      let isKnown = try db.first(
        "SELECT 1 FROM stream WHERE replica = ? LIMIT 1", .bits(request.replica.number)
      ) { _ in true }
      if owner == nil && isKnown == true { return .failure(.foreignReplica) }
      try db.run(
        "DELETE FROM device_village WHERE device = ?", .integer(Int64(device.number)))
      if !streams.isEmpty {
        entries.append(
          .adopted(device, request.replica, streams.map(\.1), villages: streams.map(\.0)))
        try Self.bind(db, request.replica, to: device)
      }
      try db.run(
        "UPDATE device SET heard = ? WHERE number = ?", .integer(now),
        .integer(Int64(device.number)))
      try extendDirectory(db, with: entries)
      return .success(device)
    }
  }

  /// The most changes of one village that a laptop may bring from before it joined.
  static let adoptionLimit: UInt64 = 10_000_000

  /// Why a laptop could not be enrolled.
  public enum EnrolFailure: Error, Sendable {
    /// The code is unknown, used or expired.
    case badCode
    /// The replica writes for another device.
    case foreignReplica
  }

  /// The device that a replica writes for.
  static func owner(_ db: Database, of replica: ReplicaID) throws -> DeviceID? {
    try db.first("SELECT device FROM replica WHERE id = ?", .bits(replica.number)) {
      DeviceID(UInt32(truncatingIfNeeded: $0.bits(0)))
    }
  }

  static func bind(_ db: Database, _ replica: ReplicaID, to device: DeviceID) throws {
    try db.run(
      "INSERT OR IGNORE INTO replica (id, device) VALUES (?, ?)", .bits(replica.number),
      .integer(Int64(device.number)))
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
    try read { db in
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

  /// Keeps the changes of a frame aside, untaken.
  public func quarantine(
    _ frame: Frame, of device: DeviceID, ground: Refusal.Ground
  ) throws {
    try write { db in
      for (index, content) in frame.contents.enumerated() {
        let hash = Digest.sha256(content)
        try db.run(
          """
          INSERT OR IGNORE INTO quarantine
            (village, replica, counter, hash, device, ground, arrived, content)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          """, .bits(frame.stream.village.number), .bits(frame.stream.replica.number),
          .bits(frame.first + UInt64(index)), .blob(hash.bytes),
          .integer(Int64(device.number)), .integer(Int64(ground.rawValue)),
          .integer(surroundings.wall()), .blob(content))
      }
    }
  }

  /// What was not taken and is not held by now, in order of arrival.
  public func quarantined() throws -> [QuarantinedChange] {
    try read { db in
      try db.all(
        """
        SELECT q.village, q.replica, q.counter, q.device, q.ground, q.arrived
        FROM quarantine q LEFT JOIN stream s USING (village, replica)
        WHERE q.counter > coalesce(s.count, 0) OR q.ground IN (6, 7)
        ORDER BY q.arrived, q.village, q.replica, q.counter
        """
      ) { row -> QuarantinedChange? in
        guard let village = VillageCode(number: row.bits(0)),
          let ground = Refusal.Ground(rawValue: UInt8(truncatingIfNeeded: row.bits(4)))
        else { return nil }
        return QuarantinedChange(
          dot: Dot(replica: ReplicaID(row.bits(1)), village: village, counter: row.bits(2)),
          device: DeviceID(UInt32(truncatingIfNeeded: row.bits(3))), ground: ground,
          arrived: row.integer(5))
      }.compactMap { $0 }
    }
  }

  /// Takes a frame in for the office, which checks every change of it.
  public func ingest(_ frame: Frame, from device: DeviceID) throws -> IngestOutcome {
    try ingest(frame, admission: OfficeAdmission(device: device), device: device)
  }

  /// Mints a new incarnation, as the office does at every start.
  public func mint() throws {
    try write { db in
      var random = InjectedRandom(surroundings: surroundings)
      try Meta.set(db, .replica, .bits(random.next()))
    }
  }
}
