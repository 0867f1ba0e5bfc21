import Bytes
import Causality
import Crypto
import Forms
import Model
import Office
import Reading
import Rules
import Store
import Sync
import TestSupport
import Wire
import Worlds

/// What a world found wrong.
struct SimulationFailure: Error, CustomStringConvertible {
  let description: String
}

/// Laptops, people and an office, all drawn from one seed and run one step at a time.
///
/// Everything but chance, clocks and the carrying of bytes is the product's own: stores, sessions,
/// desks. Beside them runs the ``Oracle``, to which every answer is told as it is given.
final class SimulatedWorld {
  let seed: UInt64
  let swarm: Swarm
  var random: SplitMix64
  var oracle = Oracle()
  let office: SimulatedOffice
  var laptops: [SimulatedLaptop] = []
  /// How often something befell this world.
  var tally: [String: Int] = [:]
  /// What stores that held the same of a village had, and which of them it was.
  var heldBytes: [Holding: (name: String, copies: [HeldCopy])] = [:]
  /// The copies of records that were looked into.
  var checkedCopies: Set<HeldCopy> = []
  /// The changes that streams ended with.
  var heads: [Dot: UInt64] = [:]
  /// The replicas as which more than one store may write.
  var copied: Set<ReplicaID> = []
  /// What the office said that it has, since its database was put back.
  var told: [VillageCode: VersionVector] = [:]
  /// How often each promise was looked at.
  var held: [Invariant: Int] = [:]
  /// The office's backups, the newest first.
  var backups: [Store] = []
  /// The office's former database, which goes on beside the present one.
  var former: Store?
  /// Files that are carried about, the oldest first.
  var sticks: [[UInt8]] = []
  /// As whom what was ever written on one of them was written.
  var onSticks: Set<ReplicaID> = []
  let villages: [VillageCode]
  private(set) var trace = Trace()
  /// The steps that are left out: how a failing world is told shorter.
  private let skipped: Set<Int>
  var homes: [PersonID: [VillageCode]] = [:]
  var assignments = Assignments()
  var formVersion = 1
  /// The stores that were founded for this world.
  private var founded: [Foundry.Founded] = []
  static let supervisor = PersonID("ketut")

  init(seed: UInt64, skipping skipped: Set<Int> = []) throws {
    self.seed = seed
    self.skipped = skipped
    random = SplitMix64(seed: seed)
    swarm = Swarm(&random)
    villages = Array(TinySurvey.villages.prefix(swarm.villages))
    office = try SimulatedOffice(clock: TurnedClock(seed: random.next()))
    founded.append(office.founded)
    try addPeople()
    try addLaptops()
  }

  deinit {
    for one in founded { one.giveBack() }
  }

  // MARK: Who is there

  private func addPeople() throws {
    let names = ["wayan", "made", "nyoman", "putu", "kadek"]
    var entries: [DirectoryEntry] = []
    for word in names {
      guard let person = PersonID(word) else { continue }
      var scope = swarm.isOneTeam ? villages : random.some(of: villages)
      if scope.isEmpty { scope = [random.pick(villages)] }
      homes[person] = scope
      entries.append(self.entry(person, .surveyor, scope))
    }
    if let supervisor = Self.supervisor {
      homes[supervisor] = villages
      entries.append(
        .person(Person(id: supervisor, name: "Ketut", role: .supervisor, scope: .all)))
    }
    try office.store.extendDirectory(entries)
    try noteAssignments()
  }

  func entry(_ person: PersonID, _ role: Role, _ scope: [VillageCode]) -> DirectoryEntry {
    .person(
      Person(id: person, name: person.description, role: role, scope: .villages(scope.sorted())))
  }

  private func addLaptops() throws {
    for index in 0..<swarm.laptops {
      let laptop = try addLaptop(for: index == 0 ? Self.supervisor : nil)
      if !random.chance(swarm.standalonePercent) { try join(laptop) }
    }
  }

  /// Adds a laptop that works alone.
  func addLaptop(for wanted: PersonID?) throws -> SimulatedLaptop {
    let everyone = homes.keys.sorted()
    var people = random.some(of: everyone).prefix(2).map { $0 }
    if people.isEmpty { people = [random.pick(everyone)] }
    if let wanted, !people.contains(wanted) { people.append(wanted) }
    let clock = TurnedClock(seed: random.next())
    founded.append(try Foundry.laptops.get().found(clock))
    let store = founded[founded.count - 1].store
    let key = try Curve25519.Signing.PrivateKey(rawRepresentation: random.bytes(32))
    let laptop = SimulatedLaptop(
      name: "L\(laptops.count + 1)", column: laptops.count + 1, store: store, clock: clock,
      people: people, key: key)
    laptops.append(laptop)
    return laptop
  }

  func join(_ laptop: SimulatedLaptop) throws {
    guard try maySpeak() else { return }
    let code = InviteCode.make(random: random.next())
    _ = try office.store.invite(
      nil, name: laptop.name, people: laptop.people, code: Array(code.utf8),
      expires: office.store.surroundings.wall() + InviteCode.lifetime)
    let (replica, streams) = try laptop.store.ownStreams()
    let request = EnrolRequest(
      code: code, key: Array(laptop.key.publicKey.rawRepresentation), preset: "tiny",
      replica: replica, streams: streams, birthmark: try laptop.store.birthmark())
    let reply = try enrol(request)
    try laptop.store.join(
      reply, address: "memory", key: Array(laptop.key.rawRepresentation),
      person: laptop.people.first)
    laptop.firstReplica = replica
    laptop.hasJoined = true
    laptop.scope = scope(of: laptop.people, by: homes)
    note(laptop.column, "joins with \(streams.map { $0.vector.total }.reduce(0, +)) changes")
  }

  /// The office's reply to a request to join.
  func enrol(_ request: EnrolRequest) throws -> EnrolReply {
    absorb(request.bytes)
    let bytes = try office.enrolment.answer(request.bytes)
    absorb(bytes)
    return try EnrolReply(bytes)
  }

  // MARK: The run

  /// Runs the world and brings it to rest.
  func run() throws {
    for step in 0..<swarm.steps {
      begin(step)
      for clock in laptops.map(\.clock) + [office.clock] { clock.pass(Int64(random.below(40_000))) }
      if skipped.contains(step) { continue }
      let act = swarm.act(&random)
      // An act that finds nothing to act upon tells nothing; then it is tried elsewhere.
      let told = effects
      for _ in 0..<4 where effects == told { try perform(act) }
      if effects > told { tally["act \(act)", default: 0] += 1 }
      try inspect(self)
      if random.chance(10) { try checkAnyTime() }
    }
    begin(swarm.steps)
    try heal()
    try checkAtRest()
    try checkLetGo()
    for (invariant, count) in held { tally[invariant.count] = count }
  }

  /// Gives a step chance of its own, so that leaving others out does not change what it draws.
  private func begin(_ step: Int) {
    random = SplitMix64(seed: Self.mixed(seed, step))
    for (index, clock) in (laptops.map(\.clock) + [office.clock]).enumerated() {
      clock.reseed(Self.mixed(seed, step << 8 | (index + 1)))
    }
  }

  private static func mixed(_ seed: UInt64, _ number: Int) -> UInt64 {
    var outer = SplitMix64(seed: seed)
    var inner = SplitMix64(seed: outer.next() ^ UInt64(number))
    return inner.next()
  }

  func note(_ column: Int, _ text: String) {
    trace.note(column, text)
    if !isPreparing { effects += 1 }
  }

  /// How much came about of acts.
  private var effects = 0
  private var isPreparing = false

  /// Does what an act needs first, which is told and is no effect of the act.
  func prepare(_ body: () throws -> Void) rethrows {
    isPreparing = true
    defer { isPreparing = false }
    try body()
  }

  /// Whether the story has every message in it.
  var tellsMessages = false

  /// Tells something that is not part of what happened.
  func remark(_ column: Int, _ text: String) {
    trace.remark(column, text)
  }

  /// Lets a message, or a file, count in the trace's hash, so that nothing unordered reaches its bytes unseen.
  func absorb(_ message: [UInt8]) { trace.absorb(Digest.sha256(message).bytes) }

  /// What is looked at after each act, beside what always is.
  var inspect: (SimulatedWorld) throws -> Void = { _ in }

  /// Lets what the office holds in the end count in the trace's hash.
  func noteRest(_ states: [[UInt8]]) {
    for state in states { trace.absorb(state) }
    tally["answers", default: 0] += oracle.given.count
    tally["records", default: 0] += oracle.records.count
    note(0, "at rest: \(oracle.given.count) answers in \(oracle.records.count) records")
  }

  func fail(_ text: String) -> SimulationFailure {
    SimulationFailure(description: text)
  }

  private func perform(_ act: Swarm.Act) throws {
    let laptop = random.pick(laptops)
    switch act {
    case .add: try add(on: laptop, count: 1)
    case .batch: try add(on: laptop, count: 2 + random.below(3))
    case .edit: try edit(on: laptop)
    case .resolve: try resolve(on: laptop)
    case .delete: try live(on: laptop, alive: false, inRow: false)
    case .revive: try live(on: laptop, alive: true, inRow: random.chance(30))
    case .deleteRow: try live(on: laptop, alive: false, inRow: true)
    case .move: try move(on: laptop)
    case .officeEdit: try editAtOffice()
    case .sync: try sync(laptop)
    case .wholeSync:
      guard laptop.hasJoined else { return }
      for _ in 0..<12 {
        try sync(laptop)
        if laptop.flight == nil { break }
      }
    case .pass:
      for one in laptops { one.clock.pass(Int64(random.below(3_600_000))) }
      note(0, "time passes")
    case .jump:
      // Days, months, or decades: a battery that died, a year that was mistyped.
      let hours = random.pick([100, 200 * 24, 30 * 365 * 24])
      let isOffice = random.chance(20)
      let clock = isOffice ? office.clock : laptop.clock
      clock.jump(Int64(random.below(2 * hours) - hours) * 3_600_000)
      if random.yes() { clock.freeze(random.yes()) }
      if random.chance(40) { clock.restart() }
      note(isOffice ? 0 : laptop.column, "clock is put wrong by up to \(hours) hours")
    case .restart:
      laptop.clock.restart()
      laptop.flight = nil
      note(laptop.column, "restarts")
    case .join: if !laptop.hasJoined { try join(laptop) }
    case .replay: try replay(laptop)
    case .form: try changeForm()
    case .overtake: try overtake()
    case .demote: try changeRole()
    case .widen: try widenScope()
    case .image: try takeImage(of: laptop)
    case .putBack: try putBack(laptop)
    case .clone: try clone(laptop)
    case .cloneAlone: try cloneAlone()
    case .backup: try backUpOffice()
    case .restoreOffice: try putOfficeBack(isSaid: random.yes())
    case .splitOffice: try splitOffice()
    case .revoke: try revoke(laptop)
    case .comeBack:
      let revoked = laptops.filter(\.isRevoked)
      if !revoked.isEmpty { try comeBack(random.pick(revoked)) }
    case .attackOffice: try attackOffice(from: laptop)
    case .attackLaptop: try attack(laptop)
    case .bomb: try bomb(laptop)
    case .truncate: try truncate(laptop)
    case .newcomer: try welcome()
    case .narrow: try narrowScope()
    case .writeBundle: try writeBundle(laptop)
    case .readBundle: try readBundle(laptop)
    case .twin:
      // Another process of the same laptop syncs while this one's request is on its way.
      guard laptop.hasJoined else { return }
      let flight = laptop.flight
      try syncWhole(laptop)
      laptop.flight = flight
      note(laptop.column, "syncs from another window")
    }
  }
}
