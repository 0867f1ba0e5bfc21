import Bytes
import Causality

extension DirectoryEntry {
  /// The longest entry in bytes: a form with all its labels.
  public static let limit = 4 << 20

  /// The entry's bytes, as they are kept and sent.
  public var bytes: [UInt8] {
    var writer = ByteWriter(capacity: 256)
    switch self {
    case .survey(let survey):
      writer.byte(1)
      writer.fixed64(survey.id)
      writer.text(survey.name)
      writer.text(survey.preset)
      writer.signed(Int64(survey.zoneMinutes))
      writer.text(survey.zoneName)
      writer.blob(survey.key)
    case .villages(let sheet):
      writer.byte(2)
      writer.text(sheet)
    case .form(let id, let survey, let choices, let settings):
      writer.byte(3)
      writer.varint(UInt64(id))
      writer.text(survey)
      writer.text(choices)
      writer.text(settings)
    case .person(let person):
      writer.byte(4)
      writer.text(person.id.word)
      writer.text(person.name)
      writer.byte(person.role.rawValue)
      switch person.scope {
      case .all: writer.byte(0)
      case .villages(let villages):
        writer.byte(1)
        writer.count(villages.count)
        for village in villages { writer.varint(village.number) }
      }
    case .device(let device):
      writer.byte(5)
      writer.varint(UInt64(device.id.number))
      writer.text(device.name)
      writer.blob(device.key)
      writer.count(device.people.count)
      for person in device.people { writer.text(person.word) }
      writer.byte(device.isRevoked ? 1 : 0)
    case .adopted(let device, let replica, let counts, let villages, let birthmark):
      writer.byte(6)
      writer.varint(UInt64(device.number))
      writer.fixed64(replica.number)
      writer.raw(birthmark.bytes)
      writer.count(counts.count)
      for (entry, village) in zip(counts, villages) {
        writer.varint(village.number)
        writer.varint(entry.count)
        writer.fixed64(entry.head)
      }
    case .unknown(let bytes): return bytes
    }
    return writer.bytes
  }

  /// Reads an entry.
  public init(_ bytes: [UInt8]) throws(ByteError) {
    var reader = ByteReader(bytes)
    let start = reader.position
    let kind = try reader.byte()
    switch kind {
    case 1:
      let id = try reader.fixed64()
      let name = try reader.text(limit: 1024)
      let preset = try reader.text(limit: 1024)
      let zone = try reader.signed()
      guard (-1440...1440).contains(zone) else { throw .malformedNumber(at: start) }
      self = .survey(
        Survey(
          id: id, name: name, preset: preset, zoneMinutes: Int(zone),
          zoneName: try reader.text(limit: 64), key: try reader.blob(limit: 64)))
    case 2: self = .villages(try reader.text(limit: Self.limit))
    case 3:
      self = .form(
        id: try reader.varint32(), survey: try reader.text(limit: Self.limit),
        choices: try reader.text(limit: Self.limit), settings: try reader.text(limit: Self.limit))
    case 4: self = .person(try Self.readPerson(from: &reader))
    case 5: self = .device(try Self.readDevice(from: &reader))
    case 6: self = try Self.readAdoption(from: &reader)
    case 0: throw .unexpected(UInt64(kind), at: start)
    default:
      self = .unknown(bytes)
      return
    }
    try reader.finish()
  }

  private static func readPerson(from reader: inout ByteReader) throws(ByteError) -> Person {
    let start = reader.position
    let id = try PersonID(from: &reader)
    let name = try reader.text(limit: 1024)
    guard let role = Role(rawValue: try reader.byte()) else { throw .unexpected(0, at: start) }
    let kind = try reader.byte()
    guard kind <= 1 else { throw .unexpected(UInt64(kind), at: start) }
    var scope = Scope.all
    if kind == 1 {
      let count = try reader.count(limit: 100_000, ofAtLeast: 1)
      var villages: [VillageCode] = []
      for _ in 0..<count { villages.append(try readVillage(from: &reader)) }
      scope = .villages(villages)
    }
    return Person(id: id, name: name, role: role, scope: scope)
  }

  private static func readDevice(from reader: inout ByteReader) throws(ByteError) -> Device {
    let id = DeviceID(try reader.varint32())
    let name = try reader.text(limit: 1024)
    let key = try reader.blob(limit: 64)
    let count = try reader.count(limit: 1000, ofAtLeast: 2)
    var people: [PersonID] = []
    for _ in 0..<count { people.append(try PersonID(from: &reader)) }
    let start = reader.position
    let flag = try reader.byte()
    guard flag <= 1 else { throw .unexpected(UInt64(flag), at: start) }
    return Device(id: id, name: name, key: key, people: people, isRevoked: flag == 1)
  }

  private static func readAdoption(
    from reader: inout ByteReader
  ) throws(ByteError) -> DirectoryEntry {
    let device = DeviceID(try reader.varint32())
    let replica = ReplicaID(try reader.fixed64())
    let birthmark = ChainHash(
      try reader.fixed64(), try reader.fixed64(), try reader.fixed64(), try reader.fixed64())
    let count = try reader.count(limit: 100_000, ofAtLeast: 10)
    var entries: [VersionVector.Entry] = []
    var villages: [VillageCode] = []
    for _ in 0..<count {
      villages.append(try readVillage(from: &reader))
      let start = reader.position
      let number = try reader.varint()
      guard number > 0, number <= Dot.counterLimit else { throw .malformedNumber(at: start) }
      entries.append(
        VersionVector.Entry(replica: replica, count: number, head: try reader.fixed64()))
    }
    return .adopted(device, replica, entries, villages: villages, birthmark: birthmark)
  }

  private static func readVillage(from reader: inout ByteReader) throws(ByteError) -> VillageCode {
    let start = reader.position
    guard let village = VillageCode(number: try reader.varint()) else {
      throw .malformedNumber(at: start)
    }
    return village
  }
}
