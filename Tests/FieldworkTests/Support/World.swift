import Causality
import Crypto
import Fieldwork
import Forms
import Model
import Office
import Store
import Sync
import Synchronization
import Testing
import Wire

/// A clock and chance that a test turns by hand.
final class TestSurroundings: Sendable {
  private let state: Mutex<(now: Int64, random: UInt64)>
  private let turned = Mutex<Int64>(0)

  init(seed: UInt64, now: Int64 = 1_790_000_000_000) {
    state = Mutex((now, seed))
  }

  var surroundings: Surroundings {
    Surroundings(
      wall: { self.state.withLock { $0.now } + self.turned.withLock { $0 } },
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

  /// Sets the wall clock wrong, while time goes on as it does.
  func turn(by milliseconds: Int64) {
    turned.withLock { $0 += milliseconds }
  }

  func pass(_ milliseconds: Int64) {
    state.withLock { $0.now += milliseconds }
  }
}

/// An office in memory, Wayan's laptop, and one that Made and the supervisor Ketut share.
final class World {
  let office: Store
  let desk: SyncDesk
  let enrolment: EnrolmentDesk
  let time: TestSurroundings
  let renon: VillageCode
  let sanur: VillageCode
  let serangan: VillageCode
  private var laptops: [Laptop] = []

  var wayan: Hand { Hand(laptop: laptops[0], person: "wayan") }
  var made: Hand { Hand(laptop: laptops[1], person: "made") }
  var ketut: Hand { Hand(laptop: laptops[1], person: "ketut") }

  init(seed: UInt64 = 1) throws {
    time = TestSurroundings(seed: seed)
    office = try Store.create(at: nil, role: .office, surroundings: time.surroundings)
    try office.extendDirectory(
      Preset.denpasar.founding(
        id: 7, name: "IKM Denpasar", key: try office.officeKey()))
    desk = SyncDesk(store: office)
    enrolment = EnrolmentDesk(store: office)
    renon = try #require(VillageCode("51.71.01.1005"))
    sanur = try #require(VillageCode("51.71.01.1006"))
    serangan = try #require(VillageCode("51.71.01.1001"))
    try person("wayan", .surveyor, .villages([renon]))
    try person("made", .surveyor, .villages([renon, sanur]))
    try person("ketut", .supervisor, .all)
    laptops = [
      try laptop("Laptop 1", for: ["wayan"]), try laptop("Laptop 2", for: ["made", "ketut"]),
    ]
  }

  /// Every laptop hears of everything.
  func meet() throws {
    for _ in 0..<2 { for laptop in laptops { try laptop.sync() } }
  }

  func person(_ id: String, _ role: Role, _ scope: Scope) throws {
    let person = try #require(PersonID(id))
    try office.extendDirectory([
      .person(
        Person(
          id: person, name: id.prefix(1).uppercased() + id.dropFirst(), role: role, scope: scope))
    ])
  }

  private func laptop(_ name: String, for people: [String]) throws -> Laptop {
    let people = people.compactMap { PersonID($0) }
    let code = InviteCode.make(random: time.surroundings.random())
    _ = try office.invite(
      nil, name: name, people: people, code: Array(code.utf8),
      expires: time.surroundings.wall() + InviteCode.lifetime)
    let store = try Store.create(at: nil, role: .standalone, surroundings: time.surroundings)
    let laptop = Laptop(store: store, world: self)
    try laptop.join(code: code, person: people[0])
    return laptop
  }
}

/// One laptop of a world.
final class Laptop {
  let store: Store
  let time: TestSurroundings
  private unowned let world: World
  private let key = Curve25519.Signing.PrivateKey()

  init(store: Store, world: World) {
    self.store = store
    self.world = world
    time = world.time
  }

  func join(code: String, person: PersonID?) throws {
    let (replica, streams) = try store.ownStreams()
    let request = EnrolRequest(
      code: code, key: Array(key.publicKey.rawRepresentation), preset: "denpasar",
      replica: replica, streams: streams, birthmark: try store.birthmark())
    let reply = try EnrolReply(try world.enrolment.answer(request.bytes))
    try store.join(
      reply, address: "memory", key: Array(key.rawRepresentation), person: person)
  }

  func sync() throws {
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
      case .finished: return
      }
    }
  }
}
