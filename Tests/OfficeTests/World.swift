import Bytes
import Causality
import Crypto
import Forms
import Model
import Office
import Reading
import Store
import Sync
import Synchronization
import Testing
import Wire

/// A clock and chance that a test turns by hand.
final class TestSurroundings: Sendable {
  private let state: Mutex<(now: Int64, random: UInt64)>

  init(seed: UInt64, now: Int64 = 1_790_000_000_000) {
    state = Mutex((now, seed))
  }

  var surroundings: Surroundings {
    Surroundings(
      wall: { self.state.withLock { $0.now } },
      uptime: { self.state.withLock { $0.now } },
      boot: { "boot" },
      random: {
        self.state.withLock { state in
          state.random &+= 0x9E37_79B9_7F4A_7C15
          var z = state.random
          z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
          z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
          return z ^ (z >> 31)
        }
      })
  }

  func pass(_ milliseconds: Int64) {
    state.withLock { $0.now += milliseconds }
  }
}

/// An office and laptops in memory, joined by bytes.
final class World {
  let office: Store
  let desk: SyncDesk
  let enrolment: EnrolmentDesk
  let time: TestSurroundings

  init(seed: UInt64 = 1) throws {
    time = TestSurroundings(seed: seed)
    office = try Store.create(at: nil, role: .office, surroundings: time.surroundings)
    try office.extendDirectory(
      Preset.denpasar.founding(
        id: 7, name: "IKM Denpasar", key: try office.officeKey()))
    desk = SyncDesk(store: office)
    enrolment = EnrolmentDesk(store: office)
  }

  func person(_ id: String, _ role: Role, _ villages: [VillageCode]?) throws -> PersonID {
    let person = try #require(PersonID(id))
    try office.extendDirectory([
      .person(
        Person(
          id: person, name: id, role: role,
          scope: villages.map { .villages($0.sorted()) } ?? .all))
    ])
    return person
  }

  /// A one-time code for a new device, or again for one that is known.
  func invite(_ name: String, for people: [PersonID], again: DeviceID? = nil) throws -> String {
    let code = InviteCode.make(random: time.surroundings.random())
    _ = try office.invite(
      again, name: name, people: people, code: Array(code.utf8),
      expires: time.surroundings.wall() + InviteCode.lifetime)
    return code
  }

  func revoke(_ laptop: Laptop) throws {
    let device = try laptop.store.standing().device
    let known = try #require(try office.standing().directory.device(device))
    try office.extendDirectory([
      .device(
        Device(
          id: known.id, name: known.name, key: known.key, people: known.people, isRevoked: true))
    ])
  }

  func laptop(_ name: String, for people: [PersonID]) throws -> Laptop {
    let code = try invite(name, for: people)
    let store = try Store.create(at: nil, role: .standalone, surroundings: time.surroundings)
    let laptop = Laptop(store: store, world: self)
    try laptop.join(code: code, person: people.count == 1 ? people[0] : nil)
    return laptop
  }
}

/// One laptop of a world.
final class Laptop {
  let store: Store
  let world: World
  var key = Curve25519.Signing.PrivateKey()

  init(store: Store, world: World) {
    self.store = store
    self.world = world
  }

  func join(code: String, person: PersonID?) throws {
    let (replica, streams) = try store.ownStreams()
    let preset = try store.standing().survey?.preset ?? ""
    let request = EnrolRequest(
      code: code, key: Array(key.publicKey.rawRepresentation), preset: preset, replica: replica,
      streams: streams, birthmark: try store.birthmark())
    let reply = try EnrolReply(try world.enrolment.answer(request.bytes))
    try store.join(
      reply, address: "memory", key: Array(key.rawRepresentation), person: person)
  }

  /// The request of a laptop that was turned away to be let in again, with a key of its own.
  func comingBack(code: String, key: Curve25519.Signing.PrivateKey) throws -> EnrolRequest {
    let standing = try store.standing()
    return EnrolRequest(
      code: code, key: Array(key.publicKey.rawRepresentation),
      preset: standing.survey?.preset ?? "", survey: standing.survey?.id ?? 0,
      device: standing.device, replica: standing.replica, streams: [])
  }

  /// Lets the laptop in again.
  func comeBack(code: String, person: PersonID) throws {
    let fresh = Curve25519.Signing.PrivateKey()
    let request = try comingBack(code: code, key: fresh)
    let reply = try EnrolReply(try world.enrolment.answer(request.bytes))
    try store.join(
      reply, address: "memory", key: Array(fresh.rawRepresentation), person: person)
    key = fresh
  }

  @discardableResult
  func sync() throws -> SyncSummary {
    var session = SyncSession()
    var step = session.start()
    while true {
      switch step {
      case .gather(let budget, let refused, let handsIn):
        step = session.gathered(
          try store.syncMaterial(budget: budget, without: refused, handsIn: handsIn))
      case .send(let request):
        let bytes = request.bytes
        let signature = Array(try key.signature(for: SyncDesk.signed(bytes)))
        step = session.received(
          try SyncReply(
            try world.desk.answer(
              bytes, signature: signature, of: request.device)))
      case .absorb(let reply, let isNewOffice):
        step = session.absorbed(try store.absorb(reply, isNewOffice: isNewOffice))
      case .handBack:
        if let returned = try store.directoryReturn() { try world.desk.takeBack(returned.bytes) }
        step = session.handedBack(isTaken: true)
      case .finished(let summary): return summary
      }
    }
  }

  /// Adds a record of the preset's form.
  func add(_ person: PersonID, in village: VillageCode, _ answers: [String: Answer]) throws
    -> RecordID
  {
    world.time.pass(1000)
    return try store.save(
      Edit(
        form: 1, village: village, record: nil, person: person, wishes: try wishes(answers))
    ).record
  }

  /// Edits a record from what the person is shown now.
  @discardableResult
  func edit(
    _ record: RecordID, by person: PersonID, act: Act = .edit, _ answers: [String: Answer]
  ) throws -> Saved {
    world.time.pass(1000)
    let shown = try #require(try store.show([(record, 1)], to: person).first)
    return try store.save(
      Edit(
        form: 1, village: shown.village, record: record, person: person, act: act,
        view: shown.state, wishes: try wishes(answers)))
  }

  func reading(_ record: RecordID) throws -> RecordReading {
    let shown = try #require(try store.show([(record, 1)], to: nil).first)
    let standing = try store.standing()
    return RecordReading(
      record: record, state: shown.state, copy: shown.village, form: standing.forms[1],
      directory: standing.directory)
  }

  func answer(_ record: RecordID, _ name: String) throws -> Answer? {
    let form = try #require(try store.standing().forms[1])
    return try reading(record).answer(to: try #require(form.question(named: name)))
  }

  private func wishes(_ answers: [String: Answer]) throws -> [Wish] {
    let form = try #require(try store.standing().forms[1])
    return try answers.sorted { $0.key < $1.key }.map { name, answer in
      if let question = form.question(named: name), let register = form.register(of: question) {
        return Wish(register.path(), answer)
      }
      let item = try #require(form.item(named: name))
      return Wish(Path(field: item.id), answer)
    }
  }
}

func village(_ code: String) throws -> VillageCode {
  try #require(VillageCode(code))
}
