import Bytes
import Causality
import Model
import TestSupport
import Testing

/// The entries of the directory have one form each, and what is not in it is refused.
struct DirectoryTests {
  static let key = [UInt8](repeating: 7, count: 32)
  static let entries: [DirectoryEntry] = [
    .survey(
      Survey(id: 1, name: "IKM", preset: "denpasar", zoneMinutes: 480, zoneName: "WITA")),
    .villages("code\n51.71.01.1003\n"),
    .form(id: 1, survey: "type", choices: "list_name", settings: "form_id"),
    .person(Person(id: .named("wayan"), name: "I Wayan", role: .surveyor, scope: .all)),
    .person(
      Person(
        id: .named("made"), name: "", role: .supervisor,
        scope: .villages([Villages.sanur, Villages.renon]))),
    .device(Device(id: DeviceID(3), name: "Laptop 3", key: key, people: [.named("wayan")])),
    .device(Device(id: DeviceID(3), name: "", key: [], people: [], isRevoked: true)),
    .adopted(
      DeviceID(3), ReplicaID(9), [.init(replica: ReplicaID(9), count: 4, head: 5)],
      villages: [Villages.sanur], birthmark: ChainHash(1, 2, 3, 4)),
    .unknown([200, 1, 2, 3]),
  ]

  @Test func `Every entry comes back from its bytes, and no cut does`() throws {
    for entry in Self.entries {
      let bytes = entry.bytes
      #expect(try DirectoryEntry(bytes) == entry)
      if case .unknown = entry { continue }
      for cut in bytes.indices {
        #expect(throws: ByteError.self) { try DirectoryEntry(Array(bytes[..<cut])) }
      }
      #expect(throws: ByteError.self) { try DirectoryEntry(bytes + [0]) }
    }
    #expect(throws: ByteError.self) { try DirectoryEntry([]) }
    #expect(throws: ByteError.self) { try DirectoryEntry([0]) }
  }

  @Test func `An entry with a wrong byte is refused, or is what it says`() {
    for entry in Self.entries {
      for index in entry.bytes.indices {
        for byte in UInt8.min...UInt8.max {
          var wrong = entry.bytes
          wrong[index] = byte
          guard let read = try? DirectoryEntry(wrong) else { continue }
          if read.bytes != wrong { Issue.record("\(byte) at \(index): \(Hex.text(wrong))") }
        }
      }
    }
  }

  @Test(arguments: [0, Dot.counterLimit + 1, .max] as [UInt64])
  func `An adoption speaks of counters that there are`(count: UInt64) {
    let entry = DirectoryEntry.adopted(
      DeviceID(3), ReplicaID(9), [.init(replica: ReplicaID(9), count: count, head: 5)],
      villages: [Villages.sanur], birthmark: .start)
    #expect(throws: ByteError.self) { try DirectoryEntry(entry.bytes) }
  }

  @Test func `What people were at every version is remembered`() throws {
    let wayan = PersonID.named("wayan")
    func entry(_ role: Role) -> DirectoryEntry {
      .person(Person(id: wayan, name: "I Wayan", role: role, scope: .all))
    }
    let directory = Directory([Self.entries[0], entry(.surveyor), entry(.supervisor)])

    #expect(directory.version == 3)
    let roles = (0...4).map { directory.person(wayan, at: $0)?.role }
    #expect(roles == [nil, nil, .surveyor, .supervisor, .supervisor])
    #expect(directory.person(wayan)?.role == .supervisor)
    let folded = try Directory(directory.entries.map { try DirectoryEntry($0.bytes) })
    #expect(folded == directory)
  }

  @Test func `A village in which somebody worked is the device's of then`() {
    let (wayan, made) = (PersonID.named("wayan"), PersonID.named("made"))
    func person(_ id: PersonID, _ villages: [VillageCode]) -> DirectoryEntry {
      .person(Person(id: id, name: "", role: .surveyor, scope: .villages(villages)))
    }
    func device(_ number: UInt32, _ people: [PersonID]) -> DirectoryEntry {
      .device(Device(id: DeviceID(number), name: "", key: Self.key, people: people))
    }
    let (one, two) = (DeviceID(1), DeviceID(2))
    // Wayan had Sanur while the laptop was his; made had Renon, but not while it was his.
    let directory = Directory([
      person(wayan, [Villages.sanur]), person(made, [Villages.renon]), device(1, [wayan]),
      person(wayan, []), person(made, []), device(1, [made]), device(2, [wayan]),
    ])
    #expect(directory.hasServed(Villages.sanur, from: one))
    #expect(!directory.hasServed(Villages.renon, from: one))
    #expect(!directory.hasServed(Villages.sanur, from: two))
    let longer = Directory(directory.entries + [person(made, [Villages.renon]), person(made, [])])
    #expect(longer.hasServed(Villages.renon, from: one))
    #expect(!longer.hasServed(Villages.renon, from: two))
  }
}
