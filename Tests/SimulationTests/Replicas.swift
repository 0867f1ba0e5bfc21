import Bytes
import Causality
import Crypto
import Model
import Office
import Store
import Sync
import Wire
import Worlds

/// What one person was shown of one record, and which answers those were by the simulator's books.
struct SeenRecord {
  let record: RecordID
  var village: VillageCode
  /// What the product showed, to be handed back to it.
  var state: RecordState
  /// The answers shown, by place.
  var answers: [Path: Set<Int>]

  var anywhere: Set<Int> { answers.values.reduce(into: []) { $0.formUnion($1) } }

  /// Takes in answers that were given, in the order in which they were.
  mutating func see(_ numbers: [Int], of oracle: Oracle) {
    for number in numbers {
      let given = oracle.given[number]
      answers[given.path] = (answers[given.path] ?? []).subtracting(given.replaced)
        .union([number])
    }
  }
}

/// A copy of a laptop's disk, and what its people had been shown by then.
struct LaptopImage {
  let store: Store
  let views: [PersonID: [RecordID: SeenRecord]]
  let oldViews: [(person: PersonID, view: SeenRecord)]
  let scope: Set<VillageCode>
}

/// A sync that is under way.
enum Flight {
  case outward(SyncSession, SyncRequest)
  case homeward(SyncSession, reply: SyncReply)
  case handingBack(SyncSession)
}

/// One laptop of a simulated world.
final class SimulatedLaptop {
  let name: String
  let column: Int
  var store: Store
  let clock: TurnedClock
  let people: [PersonID]
  var key: Curve25519.Signing.PrivateKey
  /// Whether the office turns it away.
  var isRevoked = false
  /// Whether it was let in again after it was turned away.
  var cameBack = false
  var scope: Set<VillageCode> = [] { didSet { everInScope.formUnion(scope) } }
  /// The villages that were its people's at any time since it joined.
  var everInScope: Set<VillageCode> = []
  /// What the office said that it has, since its database was put back.
  var told: [VillageCode: VersionVector] = [:]
  var hasJoined = false
  /// Whether it goes to the office that was thought lost.
  var isAtFormer = false
  /// As which it wrote before it joined.
  var firstReplica: ReplicaID?
  /// Whether an older copy of its disk was put back, and the office has not answered it since.
  var wasPutBack = false
  /// Whether the office was put back, and has not answered it since.
  var missedPutBack = false
  /// Copies of the disk, with what people had been shown by then.
  var image: LaptopImage?
  var flight: Flight?
  var oldReplies: [[UInt8]] = []
  /// What it held whenever it asked, by the digest of that in the request.
  private(set) var heldThen: [ChainHash: [VillageCode: VersionVector]] = [:]
  /// The latest view of each person, then older ones.
  var views: [PersonID: [RecordID: SeenRecord]] = [:]
  var oldViews: [(person: PersonID, view: SeenRecord)] = []

  init(
    name: String, column: Int, store: Store, clock: TurnedClock, people: [PersonID],
    key: Curve25519.Signing.PrivateKey
  ) {
    self.name = name
    self.column = column
    self.store = store
    self.clock = clock
    self.people = people
    self.key = key
  }

  /// Begins a sync: what is to be sent is fixed from here on.
  func setOut() throws {
    var session = SyncSession()
    flight = try step(&session, session.start())
  }

  /// Goes on to the next thing that has to do with the world outside.
  func step(_ session: inout SyncSession, _ first: SyncSession.Step) throws -> Flight? {
    var step = first
    while true {
      switch step {
      case .gather(let budget, let refused, let handsIn):
        var material = try store.syncMaterial(budget: budget, without: refused, handsIn: handsIn)
        // NB: every third laptop sends frames alone, which is what most faults are about.
        if column % 3 == 0 { material.parcel = nil }
        heldThen[Digest.vectors(material.held)] = Dictionary(
          uniqueKeysWithValues: material.held.map { ($0.village, $0.vector) })
        step = session.gathered(material)
      case .send(let request): return .outward(session, request)
      case .absorb(let reply, let isNewOffice):
        step = session.absorbed(try store.absorb(reply, isNewOffice: isNewOffice))
      case .handBack: return .handingBack(session)
      case .finished(let summary):
        last = summary
        return nil
      }
    }
  }

  /// What the last finished sync came to.
  private(set) var last = SyncSummary()
}

/// The office of a simulated world.
final class SimulatedOffice {
  private(set) var store: Store
  private(set) var desk: SyncDesk
  private(set) var enrolment: EnrolmentDesk
  let clock: TurnedClock
  let founded: Foundry.Founded
  var views: [RecordID: SeenRecord] = [:]

  init(clock: TurnedClock) throws {
    self.clock = clock
    founded = try Foundry.offices.get().found(clock)
    store = founded.store
    desk = SyncDesk(store: store)
    enrolment = EnrolmentDesk(store: store)
  }

  /// Goes on with another database: a backup.
  func go(on other: Store) {
    store = other
    desk = SyncDesk(store: other)
    enrolment = EnrolmentDesk(store: other)
    views = [:]
  }

  func receive(_ request: SyncRequest, from laptop: SimulatedLaptop) throws -> [UInt8] {
    let bytes = request.bytes
    let signature = Array(try laptop.key.signature(for: SyncDesk.signed(bytes)))
    return try desk.answer(bytes, signature: signature, of: request.device)
  }
}
