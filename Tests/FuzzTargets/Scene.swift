import Causality
import Crypto
import Forms
import Model
import Office
import Reading
import Store
import Sync
import Wire
import Worlds

/// An office and two laptops over the tiny survey, as every input finds them.
///
/// The stores are made once; an input gets copies of its own, so that what one input did cannot make
/// another fail.
struct Scene: Sendable {
  let office: Store
  let laptop: Store
  let other: Store
  let laptopKey: [UInt8]
  let otherKey: [UInt8]
  let device: DeviceID
  let otherDevice: DeviceID
  let person: PersonID
  let record: RecordID
  /// What stands in the record.
  let origins: [Name]

  static let shared: Scene = {
    do {
      return try Scene()
    } catch {
      preconditionFailure("BUG: the scene cannot be set: \(error)")
    }
  }()

  private init() throws {
    let clock = TurnedClock(seed: 1000)
    office = try Store.create(at: nil, role: .office, surroundings: clock.surroundings)
    try office.extendDirectory(TinySurvey.founding(key: try office.officeKey()))
    let villages = Array(TinySurvey.villages.prefix(2))
    var people: [PersonID] = []
    for (word, role) in [("wayan", Role.surveyor), ("made", .supervisor)] {
      guard let person = PersonID(word) else { continue }
      people.append(person)
      try office.extendDirectory([
        .person(Person(id: person, name: word, role: role, scope: .villages(villages)))
      ])
    }
    person = people[0]
    (laptop, laptopKey, device) = try Self.join(office, seed: 1, for: people[0], clock)
    (other, otherKey, otherDevice) = try Self.join(office, seed: 2, for: people[1], clock)
    let answers: [Wish] = [
      Wish(Path(field: TinySurvey.Field.name), .text("Batik")),
      Wish(Path(field: TinySurvey.Field.visits), .whole(3)),
    ]
    record = try laptop.save(
      Edit(form: 1, village: villages[0], record: nil, person: person, wishes: answers)
    ).record
    origins = try laptop.peek(record, form: 1)?.state.origins.map(\.name) ?? []
    try Self.carry(laptop, to: office, key: laptopKey)
    try Self.carry(other, to: office, key: otherKey)
  }

  private static func join(
    _ office: Store, seed: UInt64, for person: PersonID, _ clock: TurnedClock
  ) throws -> (Store, [UInt8], DeviceID) {
    let surroundings = TurnedClock(seed: seed).surroundings
    let laptop = try Store.create(at: nil, role: .standalone, surroundings: surroundings)
    try laptop.extendDirectory(TinySurvey.founding())
    let key = [UInt8](repeating: UInt8(seed), count: 32)
    let code = InviteCode.make(random: seed &* 0x9E37_79B9_7F4A_7C15)
    _ = try office.invite(
      nil, name: "laptop \(seed)", people: [person], code: Array(code.utf8),
      expires: office.surroundings.wall() + InviteCode.lifetime)
    let (replica, streams) = try laptop.ownStreams()
    let request = EnrolRequest(
      code: code, key: SigningKey.publicHalf(of: key) ?? [], preset: "tiny", replica: replica,
      streams: streams, birthmark: try laptop.birthmark())
    let reply = try EnrolReply(EnrolmentDesk(store: office).answer(request.bytes))
    try laptop.join(reply, address: "memory", key: key, person: person)
    return (laptop, key, reply.device)
  }

  /// Brings what a laptop wrote to the office, and to the laptop what it lacks.
  static func carry(_ laptop: Store, to office: Store, key: [UInt8]) throws {
    for _ in 0..<4 {
      let material = try laptop.syncMaterial(budget: 1 << 20)
      let request = SyncRequest(
        survey: material.survey, device: material.device, epoch: material.epoch,
        digest: Digest.vectors(material.held), directory: material.directory,
        directoryTag: material.directoryTag, isComplete: true, villages: material.held,
        frames: material.frames, unsent: material.unsent, budget: 1 << 20)
      let reply = try send(request.bytes, to: office, from: material.device, key: key)
      _ = try laptop.absorb(SyncReply(reply), isNewOffice: false)
    }
  }

  /// Sends a request under a device's own signature.
  static func send(
    _ request: [UInt8], to office: Store, from device: DeviceID, key: [UInt8]
  ) throws -> [UInt8] {
    let key = try Curve25519.Signing.PrivateKey(rawRepresentation: key)
    let signature = Array(try key.signature(for: SyncDesk.signed(request)))
    return try SyncDesk(store: office).answer(request, signature: signature, of: device)
  }
}
