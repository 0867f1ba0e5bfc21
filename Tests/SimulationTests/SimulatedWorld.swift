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
  /// The office's backups, the newest first.
  var backups: [Store] = []
  /// Files that are carried about, the oldest first.
  var sticks: [[UInt8]] = []
  let villages: [VillageCode]
  private(set) var trace = Trace()
  /// The steps that are left out: how a failing world is told shorter.
  private let skipped: Set<Int>
  var homes: [PersonID: [VillageCode]] = [:]
  var assignments = Assignments()
  private var formVersion = 1
  static let supervisor = PersonID("ketut")

  init(seed: UInt64, skipping skipped: Set<Int> = []) throws {
    self.seed = seed
    self.skipped = skipped
    random = SplitMix64(seed: seed)
    swarm = Swarm(&random)
    villages = Array(TinySurvey.villages.prefix(swarm.villages))
    office = try SimulatedOffice(clock: TurnedClock(seed: random.next()))
    try addPeople()
    try addLaptops()
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
    let store = try Store.founded(clock)
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
    let reply = try EnrolReply(try office.enrolment.answer(request.bytes))
    try laptop.store.join(
      reply, address: "memory", key: Array(laptop.key.rawRepresentation),
      person: laptop.people.first)
    laptop.firstReplica = replica
    laptop.hasJoined = true
    laptop.scope = scope(of: laptop.people, by: homes)
    note(laptop.column, "joins with \(streams.map { $0.vector.total }.reduce(0, +)) changes")
  }

  // MARK: The run

  /// Runs the world and brings it to rest.
  func run() throws {
    for step in 0..<swarm.steps {
      begin(step)
      for clock in laptops.map(\.clock) + [office.clock] { clock.pass(Int64(random.below(40_000))) }
      if skipped.contains(step) { continue }
      try act(swarm.act(&random))
      try inspect(self)
      if random.chance(10) { try checkShown() }
    }
    begin(swarm.steps)
    try heal()
    try checkAtRest()
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
  }

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

  private func act(_ act: Swarm.Act) throws {
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
    case .pass: for one in laptops { one.clock.pass(Int64(random.below(3_600_000))) }
    case .jump:
      laptop.clock.jump(Int64(random.below(200)) * 3_600_000 - 100 * 3_600_000)
      if random.yes() { laptop.clock.freeze(random.yes()) }
      if random.chance(40) { laptop.clock.restart() }
      note(laptop.column, "clock is put wrong")
    case .restart:
      laptop.clock.restart()
      laptop.flight = nil
      note(laptop.column, "restarts")
    case .join: if !laptop.hasJoined { try join(laptop) }
    case .replay: try replay(laptop)
    case .form: try changeForm()
    case .overtake: try overtake(on: laptop)
    case .demote: try changeRole()
    case .widen: try widenScope()
    case .image: try takeImage(of: laptop)
    case .putBack: try putBack(laptop)
    case .clone: try clone(laptop)
    case .cloneAlone: try cloneAlone()
    case .backup: try backUpOffice()
    case .restoreOffice: try putOfficeBack(isSaid: random.yes())
    case .revoke: try revoke(laptop)
    case .comeBack: if laptop.isRevoked { try comeBack(laptop) }
    case .attackOffice: try attackOffice(from: laptop)
    case .attackLaptop: try attack(laptop)
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

  /// Whether the office may say something new.
  ///
  /// NB: a restored office that goes on after it heard somebody who knew no more than it did loses
  /// what it said before to others; that is tested for itself, since the oracle goes by all that was
  /// said.
  func maySpeak() throws -> Bool {
    let version = try directory(of: office.store).version
    let isHeard = try office.store.waitsSince() == nil
    return try isHeard
      && laptops.allSatisfy { try !$0.hasJoined || directory(of: $0.store).version <= version }
  }

  private func changeForm() throws {
    guard formVersion < 3, try maySpeak() else { return }
    formVersion += 1
    let rules: [[String: String]] = [
      [:], ["nama": "fixed", "hasil": "ask", "wave": "ask"], ["puncak": "ask", "omzet": "latest"],
    ]
    let settings: [[FieldID: Settling]] = [
      [:],
      [
        TinySurvey.Field.name: .fixed, TinySurvey.Field.outcome: .ask, TinySurvey.Field.wave: .ask,
      ],
      [TinySurvey.Field.most: .ask, TinySurvey.Field.turnover: .latest],
    ]
    let form = TinySurvey.sheets(
      version: formVersion, more: ["text,nanti,nanti,60,ask,,,"], rules: rules[formVersion - 1])
    try office.store.extendDirectory([
      .form(id: 1, survey: form.survey, choices: form.choices, settings: form.settings)
    ])
    oracle.rules.append(
      Settling.usual.merging(settings[formVersion - 1]) { $1 }.merging([
        TinySurvey.Field.later: .ask
      ]) { $1 })
    note(0, "form version \(formVersion)")
  }

  private func changeRole() throws {
    guard try maySpeak() else { return }
    let person = random.pick(homes.keys.sorted().filter { $0 != Self.supervisor })
    let role: Role = random.yes() ? .supervisor : .surveyor
    try office.store.extendDirectory([entry(person, role, homes[person] ?? [])])
    note(0, "\(person) is now \(role)")
  }

  private func widenScope() throws {
    guard try maySpeak() else { return }
    let person = random.pick(homes.keys.sorted().filter { $0 != Self.supervisor })
    try assign(
      person, to: Set(homes[person] ?? []).union([random.pick(villages)]).sorted())
  }

  // MARK: What people write

  /// What a store knows of the rules and of a person when that person writes there.
  private func knowledge(_ store: Store, _ person: PersonID) throws -> (version: Int, role: Role) {
    if laptops.contains(where: { $0.store === store && !$0.hasJoined }) { return (0, .supervisor) }
    let directory = try directory(of: store)
    let forms = directory.entries.count { if case .form = $0 { true } else { false } }
    return (forms - 1, directory.person(person)?.role ?? .viewer)
  }

  private func add(on laptop: SimulatedLaptop, count: Int) throws {
    let person = random.pick(laptop.people)
    var edits: [Edit] = []
    for _ in 0..<count {
      // NB: the laptop may not have heard of every village that the person works in by now.
      let known = try directory(of: laptop.store).person(person)?.scope
      let mine = villages.filter { !laptop.hasJoined || known?.contains($0) ?? false }
      guard !mine.isEmpty else { return }
      let village = random.pick(mine)
      let wishes = (0..<(1 + random.below(4))).map { _ in wish(SeenRecord?.none) }
      edits.append(
        Edit(form: 1, village: village, record: nil, person: person, wishes: wishes))
    }
    let saved = try laptop.store.save(edits)
    for (edit, one) in zip(edits, saved) {
      try told(edit, one, view: nil, store: laptop.store, column: laptop.column)
    }
  }

  /// Somebody looks at a record: now, or what they looked at before.
  private func look(on laptop: SimulatedLaptop) throws -> (person: PersonID, view: SeenRecord)? {
    if random.chance(swarm.oldViewPercent), !laptop.oldViews.isEmpty {
      return random.pick(laptop.oldViews)
    }
    let person = random.pick(laptop.people)
    if random.chance(30), let kept = laptop.views[person], !kept.isEmpty {
      let record = random.pick(oracle.byAge(Array(kept.keys)))
      if let view = kept[record] { return (person, view) }
    }
    var filter = RecordFilter()
    filter.withDeleted = true
    let rows = try laptop.store.records(form: 1, filter)
    if rows.isEmpty { return nil }
    let some = oracle.byAge(rows.map(\.record)).prefix(
      random.chance(80) ? swarm.hotRecords : rows.count)
    return (person, try show(random.pick(some), on: laptop, to: person))
  }

  func show(
    _ record: RecordID, on laptop: SimulatedLaptop, to person: PersonID
  ) throws -> SeenRecord {
    let shown = try laptop.store.show([(record, 1)], to: person)[0]
    let view = try seen(shown)
    if let older = laptop.views[person]?[record] {
      laptop.oldViews.append((person, older))
      if laptop.oldViews.count > 6 { laptop.oldViews.removeFirst() }
    }
    laptop.views[person, default: [:]][record] = view
    return view
  }

  private func seen(_ shown: ShownRecord) throws -> SeenRecord {
    var answers: [Path: Set<Int>] = [:]
    for register in shown.state.registers {
      for sibling in register.siblings {
        guard let number = oracle.number(of: sibling.origin, at: register.path) else {
          throw fail("\(shown.record) shows an answer that nobody gave")
        }
        answers[register.path, default: []].insert(number)
      }
    }
    return SeenRecord(
      record: shown.record, village: shown.village, state: shown.state, answers: answers)
  }

  private func edit(on laptop: SimulatedLaptop) throws {
    guard let (person, view) = try look(on: laptop) else { return }
    let wishes = (0..<(1 + random.below(3))).map { _ in wish(view) }
    try save(wishes, .edit, person, view, on: laptop)
  }

  /// Somebody saves while a reply is on its way, and goes on from there when it has come.
  private func overtake(on laptop: SimulatedLaptop) throws {
    guard case .homeward(let session, let reply)? = laptop.flight,
      let (person, view) = try look(on: laptop)
    else { return }
    try save([wish(view)], .edit, person, view, on: laptop)
    try bringHome(session, reply, to: laptop)
    guard let view = laptop.views[person]?[view.record] else { return }
    try save((0..<2).map { _ in wish(view) }, .edit, person, view, on: laptop)
  }

  private func resolve(on laptop: SimulatedLaptop) throws {
    guard let (person, view) = try look(on: laptop) else { return }
    let (_, role) = try knowledge(laptop.store, person)
    guard role.mayResolve else { return }
    let open = view.answers.filter { $0.value.count > 1 && $0.key.field != .life }.keys.sorted()
    guard !open.isEmpty else { return }
    let path = random.pick(open)
    let sides = (view.answers[path] ?? []).sorted().map { oracle.given[$0].answer }
    try save([Wish(path, random.pick(sides))], .resolution, person, view, on: laptop)
  }

  private func live(on laptop: SimulatedLaptop, alive: Bool, inRow: Bool) throws {
    guard let (person, view) = try look(on: laptop) else { return }
    var row: Row?
    if inRow {
      let rows = Set(view.answers.keys.compactMap(\.row)).sorted()
      guard !rows.isEmpty else { return }
      row = random.pick(rows)
    }
    if alive, (view.answers[Path(row: row, field: .life)] ?? []).isEmpty { return }
    let (_, answer) = lifeAnswer(alive: alive, seeing: view.state, row: row)
    let (_, role) = try knowledge(laptop.store, person)
    let act: Act = role.mayResolve && random.yes() ? .resolution : .edit
    try save([Wish(Path(row: row, field: .life), answer)], act, person, view, on: laptop)
  }

  private func move(on laptop: SimulatedLaptop) throws {
    guard let (person, view) = try look(on: laptop) else { return }
    try save([Wish(.village, .village(random.pick(villages)))], .edit, person, view, on: laptop)
  }

  private func editAtOffice() throws {
    guard let person = Self.supervisor else { return }
    var filter = RecordFilter()
    filter.withDeleted = true
    let rows = oracle.byAge(try office.store.records(form: 1, filter).map(\.record))
    guard !rows.isEmpty else { return }
    let record = random.pick(rows.prefix(swarm.hotRecords))
    let kept = random.yes() ? office.views[record] : nil
    let view = try kept ?? seen(try office.store.show([(record, 1)], to: person)[0])
    office.views[record] = view
    let isResolution = random.yes()
    let wishes = isResolution ? [wish(view)] : (0..<(1 + random.below(2))).map { _ in wish(view) }
    let edit = Edit(
      form: 1, village: view.village, record: record, person: person,
      act: isResolution ? .resolution : .edit, view: view.state, wishes: wishes)
    if let saved = try attempt(edit, view: view, store: office.store, column: 0) {
      office.views[record] = try told(edit, saved, view: view, store: office.store, column: 0)
    }
  }

  private func save(
    _ wishes: [Wish], _ act: Act, _ person: PersonID, _ view: SeenRecord,
    on laptop: SimulatedLaptop
  ) throws {
    let edit = Edit(
      form: 1, village: view.village, record: view.record, person: person, act: act,
      view: view.state, wishes: wishes)
    guard let saved = try attempt(edit, view: view, store: laptop.store, column: laptop.column)
    else { return }
    laptop.views[person, default: [:]][view.record] = try told(
      edit, saved, view: view, store: laptop.store, column: laptop.column)
  }

  /// Saves, or finds that the person was rightly turned away.
  private func attempt(
    _ edit: Edit, view: SeenRecord, store: Store, column: Int
  ) throws -> Saved? {
    let writesLife = edit.wishes.contains { $0.path == .life }
    let isGone = oracle.life(view.answers, row: nil) == .deleted && !writesLife
    let lives = Set(edit.wishes.filter { $0.path.field == .life }.compactMap(\.path.row))
    let goneRow = Set(edit.wishes.compactMap(\.path.row)).subtracting(lives).contains {
      oracle.life(view.answers, row: $0) == .deleted
    }
    do {
      let saved = try store.save(edit)
      if isGone || goneRow { throw fail("\(edit.person) wrote in what was seen deleted") }
      return saved
    } catch EditRefusal.deleted {
      guard isGone else { throw fail("a living record was called deleted") }
      return nil
    } catch EditRefusal.deletedRow {
      guard goneRow else { throw fail("a living row was called deleted") }
      return nil
    } catch StoreError.noRecord where edit.record != nil {
      // The village that the record lives in was let go.
      if try store.peek(view.record, form: 1) != nil { throw fail("a record was called missing") }
      return nil
    } catch EditRefusal.village(let person, let village) {
      let isKnown = try directory(of: store).person(person)?.scope.contains(village) ?? false
      if isKnown { throw fail("\(person) was kept out of \(village)") }
      return nil
    }
  }

  /// Tells the oracle what was saved, and checks that it is what the writer's view allows.
  @discardableResult
  private func told(
    _ edit: Edit, _ saved: Saved, view before: SeenRecord?, store: Store, column: Int
  ) throws -> SeenRecord? {
    let (version, role) = try knowledge(store, edit.person)
    var latest: [Path: Answer] = [:]
    for wish in edit.wishes { latest[wish.path] = wish.answer }
    let expected = latest.filter { path, answer in
      edit.act != .edit
        || !oracle.isRepetition(
          answer, of: before?.answers[path] ?? [], at: path, by: edit.person, version: version)
    }
    let written = saved.change?.content.answers ?? []
    let paths = Set(written.filter { latest[$0.path] != nil }.map(\.path))
    let unwritten = Set(expected.keys).subtracting(paths)
    let said = try self.said(edit, saved, expected, unwritten, before, store: store)
    guard paths.isSubset(of: expected.keys), said.places == unwritten else {
      throw fail("\(edit.person) wrote at \(paths.count) places, not at \(expected.count)")
    }
    var view =
      before
      ?? SeenRecord(
        record: saved.record, village: saved.village, state: RecordState(), answers: [:])
    if edit.record == nil { oracle.born(saved.record, in: saved.village) }
    guard let change = saved.change else {
      view.see(said.answers, of: oracle)
      view.state = saved.view
      return view
    }
    for placed in written {
      let path = placed.path
      let seen = view.answers[path] ?? []
      let replaced = oracle.replaceable(
        at: path, in: before?.answers ?? [:], by: edit.person, role: role,
        isResolution: edit.act == .resolution, version: version)
      let named = Set(placed.replaces.compactMap { oracle.number(of: $0, at: path) })
      guard named == replaced else {
        throw fail(
          "\(edit.person) replaced \(named.sorted()) and not \(replaced.sorted()) of "
            + "\(seen.sorted()) at \(path.row?.id.string ?? "")\(path.field.number)")
      }
      let number = oracle.given.count
      let author = change.content.author
      oracle.take(
        Given(
          record: saved.record, path: path, answer: placed.answer, origin: change.origin,
          person: edit.person, role: role, isResolution: edit.act == .resolution,
          stamp: author.stamp, isSuspect: Self.isSuspect(author), seen: seen, replaced: replaced,
          seenAnywhere: view.anywhere, version: version, evidence: author.evidence,
          hasHeard: author.directory > 0 && author.device != .standalone))
      note(
        column,
        "\(edit.person) \(saved.record.description.prefix(5)) "
          + "\(path.row?.id.string ?? "")\(path.field.number)\(path.element) #\(number)"
          + (replaced.isEmpty ? "" : " over \(replaced.sorted())"))
    }
    // NB: all of one change was written in one breath, so none of it was seen by the rest of it.
    view.see(said.answers, of: oracle)
    view.see(
      written.compactMap { oracle.number(of: change.origin, at: $0.path) }, of: oracle)
    view.state = saved.view
    view.village = saved.village
    return view
  }

  /// Where an edit left out what its author had said from the same view before, and what all was said
  /// by those changes: an equal answer of theirs stands, and nothing that it would replace does.
  private func said(
    _ edit: Edit, _ saved: Saved, _ expected: [Path: Answer], _ unwritten: Set<Path>,
    _ before: SeenRecord?, store: Store
  ) throws -> (places: Set<Path>, answers: [Int]) {
    guard let before, !unwritten.isEmpty else { return ([], []) }
    let (version, role) = try knowledge(store, edit.person)
    let news = saved.view.origins.map(\.name).filter {
      !before.state.accounts(for: $0) && $0 != saved.change?.origin
    }
    let copy = try store.peek(saved.record, form: 1).flatMap {
      $0.village == saved.village ? $0.state : nil
    }
    let places = unwritten.filter { path in
      if edit.act != .resolution, oracle.settling(path, version: version) == .sum { return false }
      let replaced = oracle.replaceable(
        at: path, in: before.answers, by: edit.person, role: role,
        isResolution: edit.act == .resolution, version: version)
      let mayStand = Set(
        (copy?.siblings(at: path) ?? []).compactMap { oracle.number(of: $0.origin, at: path) })
      let seen = (before.answers[path] ?? []).map { oracle.given[$0] }
      let isDecided =
        edit.act == .resolution && !seen.isEmpty
        && seen.allSatisfy {
          $0.isResolution && $0.role >= .supervisor && $0.answer == expected[path]
        }
      return isDecided
        || replaced.isDisjoint(with: mayStand)
          && news.contains { name in
            oracle.number(of: name, at: path).map { number in
              let given = oracle.given[number]
              return given.person == edit.person && given.answer == expected[path]
                && given.isResolution == (edit.act == .resolution)
            } ?? false
          }
    }
    let answers = news.flatMap { name in
      (oracle.places[saved.record] ?? [:]).keys.compactMap { oracle.number(of: name, at: $0) }
    }
    return (Set(places), answers.sorted())
  }

  /// Whether the evidence in a change speaks against its stamp.
  private static func isSuspect(_ author: Authorship) -> Bool {
    guard let evidence = author.evidence else { return false }
    let time = author.stamp.milliseconds
    if time < evidence.trusted { return true }
    guard let elapsed = evidence.elapsed else {
      return time - evidence.trusted > 90 * 24 * 3600 * 1000
    }
    return abs(time - evidence.trusted - elapsed) > 15 * 60 * 1000
  }

  /// Something that somebody might want to write.
  private func wish(_ view: SeenRecord?) -> Wish {
    let isEqual = random.chance(swarm.equalPercent)
    func number(_ bound: Int) -> Answer {
      random.chance(7) ? .cleared : .whole(Int64(isEqual ? 20 : random.below(bound)))
    }
    func text() -> Answer {
      if random.chance(7) { return .cleared }
      return .text(isEqual ? "sama" : "t\(random.below(1000))")
    }
    func row(_ group: FieldID) -> Row {
      let rows = Set((view?.answers.keys.compactMap(\.row) ?? []).filter { $0.group == group })
      if !rows.isEmpty, random.chance(70) { return random.pick(rows.sorted()) }
      if group == TinySurvey.Field.years { return Row(group, Text("\(2020 + random.below(3))")) }
      return Row(group, Text(Letters.text(of: UInt128(random.next()), bits: 40, count: 8)))
    }
    typealias Field = TinySurvey.Field
    switch random.below(18) {
    case 0, 1: return Wish(Path(field: Field.name), text())
    case 2: return Wish(Path(field: Field.wave), text())
    case 3: return Wish(Path(field: Field.outcome), text())
    case 4: return Wish(Path(field: Field.first), text())
    case 5: return Wish(Path(field: Field.most), number(50))
    case 6: return Wish(Path(field: Field.least), number(50))
    case 7, 8: return Wish(Path(field: Field.visits), .whole(Int64(random.below(5)) - 1))
    case 9:
      let colour = Text(random.pick(TinySurvey.colours))
      return Wish(
        Path(field: Field.colours, element: colour), random.chance(60) ? .present : .absent)
    case 10: return Wish(Path(field: Field.rank), text())
    case 11: return Wish(Path(field: Field.turnover), number(40))
    case 12: return Wish(Path(field: Field.workers), number(40))
    case 13:
      let fix = Fixes.make(
        cluster: random.chance(25) ? 1 : 0, step: random.below(5), radius: random.below(4) * 5)
      return Wish(Path(field: Field.fix), random.chance(7) ? .cleared : fix)
    case 14: return Wish(Path(row: row(Field.products), field: Field.brand), text())
    case 15: return Wish(Path(row: row(Field.products), field: Field.stock), number(4))
    case 16: return Wish(Path(row: row(Field.years), field: Field.value), number(40))
    default: return Wish(Path(field: Field.seal), text())
    }
  }

  // MARK: Carrying

  /// Goes one step on with a laptop's sync, or begins one.
  private func sync(_ laptop: SimulatedLaptop) throws {
    guard laptop.hasJoined else { return }
    switch laptop.flight {
    case nil: try laptop.setOut()
    case .outward(let session, let request)?: try deliver(session, request, of: laptop)
    case .homeward(let session, let reply)?: try bringHome(session, reply, to: laptop)
    case .handingBack(let session)?: try handBack(session, of: laptop)
    }
  }

  /// Hands the directory back to an office that lost part of it.
  private func handBack(_ handing: SyncSession, of laptop: SimulatedLaptop) throws {
    var session = handing
    guard let returned = try laptop.store.directoryReturn() else {
      throw fail("\(laptop.name) has no directory to hand back")
    }
    var isTaken = true
    do {
      try office.desk.takeBack(returned.bytes)
    } catch Problem.otherDirectory {
      isTaken = false
    }
    tally["directories handed back", default: 0] += 1
    note(laptop.column, "hands the directory back" + (isTaken ? "" : " in vain"))
    laptop.flight = try laptop.step(&session, session.handedBack(isTaken: isTaken))
  }

  private func fault(_ some: [Swarm.Fault]) -> Swarm.Fault? {
    guard random.chance(swarm.faultPercent) else { return nil }
    let possible = some.filter { swarm.faults.contains($0) }
    return possible.isEmpty ? nil : random.pick(possible)
  }

  private func deliver(
    _ session: SyncSession, _ whole: SyncRequest, of laptop: SimulatedLaptop
  ) throws {
    var request = whole
    let fault = fault([.requestLost, .requestTwice, .requestCut, .requestMixed, .requestThinned])
    switch fault {
    case .requestLost?:
      laptop.flight = nil
      return note(laptop.column, "request lost")
    case .requestTwice?: _ = try? self.reply(to: request, of: laptop)
    case .requestMixed?: request.frames = try mixed(request.frames, from: laptop.store)
    case .requestThinned?:
      request.frames = random.some(of: try mixed(request.frames, from: laptop.store))
    case .requestCut?:
      let most = random.below(2)
      request.frames = Array(request.frames.prefix(most))
      if most == 0 { request.parcel = nil }
    default: break
    }
    let reply: [UInt8]
    do {
      reply = try self.reply(to: request, of: laptop)
    } catch Problem.revokedDevice {
      laptop.flight = nil
      return note(laptop.column, "is turned away")
    } catch Problem.unknownDevice {
      var session = session
      note(laptop.column, "is not known")
      laptop.flight = try laptop.step(&session, session.turnedAway())
      return
    }
    let sent = request.parcel == nil ? count(request.frames) : "a parcel"
    note(laptop.column, "sends \(sent)" + (fault.map { " (\($0))" } ?? ""))
    if fault == .requestCut && random.yes() {
      laptop.flight = nil
    } else {
      laptop.flight = .homeward(session, reply: reply)
    }
  }

  /// The office's reply, every frame of which must be of the device's villages.
  private func reply(to request: SyncRequest, of laptop: SimulatedLaptop) throws -> [UInt8] {
    let bytes = try office.receive(request, from: laptop)
    let reply = try SyncReply(bytes)
    let scope = try mayBeSent(to: laptop, knowing: request.directory)
    for frame in reply.frames where !scope.contains(frame.stream.village) {
      throw fail("\(laptop.name) was sent a change of \(frame.stream.village)")
    }
    for piece in reply.snapshots where !scope.contains(piece.village) {
      throw fail("\(laptop.name) was sent a snapshot of \(piece.village)")
    }
    for mark in reply.watermark?.villages ?? [] where !scope.contains(mark.village) {
      guard
        try mark.digest == nil
          && mark.vector.entries.allSatisfy({ try laptop.store.holds($0.replica, in: mark.village) }
          )
      else { throw fail("\(laptop.name) was told of a backup of \(mark.village)") }
    }
    for pair in reply.acknowledged where !scope.contains(pair.village) {
      let isKnown = try pair.vector.entries.allSatisfy {
        try laptop.store.holds($0.replica, in: pair.village)
      }
      if !isKnown { throw fail("\(laptop.name) was told what others wrote in \(pair.village)") }
    }
    tally["parts of snapshots", default: 0] += reply.snapshots.count
    if request.parcel != nil { tally["parcels", default: 0] += 1 }
    if request.parcel != nil, reply.status == .tellAll {
      tally["parcels answered with tell all", default: 0] += 1
    }
    // NB: of what was kept aside while a laptop was turned away the first must come again before the
    // rest; where frames come in another order, that is said of the rest, which comes again.
    let refusals = reply.refusals.filter { !laptop.cameBack || $0.ground != .gap }
    if let refusal = refusals.first {
      throw fail("\(laptop.name)'s change \(refusal.counter) was refused: \(refusal.ground)")
    }
    tally["branches issued again", default: 0] += reply.branches.count
    laptop.oldReplies.append(bytes)
    if laptop.oldReplies.count > 4 { laptop.oldReplies.removeFirst() }
    return bytes
  }

  private func bringHome(
    _ flown: SyncSession, _ bytes: [UInt8], to laptop: SimulatedLaptop
  ) throws {
    var session = flown
    var reply = try SyncReply(bytes)
    let fault = fault([.replyLost, .replyTwice, .replyCut, .replyMixed, .replyThinned])
    switch fault {
    case .replyLost?:
      laptop.flight = nil
      return note(laptop.column, "reply lost")
    case .replyTwice?: _ = try laptop.store.absorb(reply, isNewOffice: false)
    case .replyCut?:
      reply.frames = Array(reply.frames.prefix(random.below(reply.frames.count + 1)))
      _ = try laptop.store.absorb(reply, isNewOffice: false)
      laptop.flight = nil
      return note(laptop.column, "stops after \(reply.frames.count) frames")
    case .replyMixed?: reply.frames = try mixed(reply.frames, from: office.store)
    case .replyThinned?: reply.frames = random.some(of: reply.frames)
    default: break
    }
    note(laptop.column, "takes \(count(reply.frames))" + (fault.map { " (\($0))" } ?? ""))
    laptop.flight = try laptop.step(&session, session.received(reply))
  }

  private func replay(_ laptop: SimulatedLaptop) throws {
    guard laptop.hasJoined, !laptop.oldReplies.isEmpty else { return }
    let reply = try SyncReply(random.pick(laptop.oldReplies))
    _ = try laptop.store.absorb(reply, isNewOffice: false)
    note(laptop.column, "an old reply comes again")
  }

  /// Cuts frames into smaller ones, doubles some, and puts all in another order.
  private func mixed(_ frames: [Frame], from sender: Store) throws -> [Frame] {
    var pieces: [Frame] = []
    for frame in frames {
      pieces += try random.chance(60) ? cut(frame, from: sender) : [frame]
      if random.chance(20) { pieces.append(frame) }
    }
    return random.order(of: pieces)
  }

  private func cut(_ frame: Frame, from sender: Store) throws -> [Frame] {
    // NB: what others sealed leaves a laptop in one piece; nobody can seal a part of it.
    guard frame.contents.count > 1, frame.seal == nil || sender === office.store,
      var chain = try chain(before: frame, at: sender)
    else {
      return [frame]
    }
    var pieces: [Frame] = []
    var rest = frame.contents[...]
    while !rest.isEmpty {
      let part = rest.prefix(1 + random.below(3))
      rest = rest.dropFirst(part.count)
      let first = chain.count + 1
      let previous = chain.head.tag
      for content in part { _ = chain.append(content) }
      pieces.append(
        Frame(
          stream: frame.stream, first: first, previous: first == 1 ? 0 : previous,
          last: chain.head, secret: first == 1 ? frame.secret : nil,
          seal: try sender.seal(
            at: Dot(
              replica: frame.stream.replica, village: frame.stream.village, counter: chain.count),
            chain.head), contents: Array(part)))
    }
    return pieces
  }

  private func count(_ frames: [Frame]) -> String {
    "\(frames.reduce(0) { $0 + $1.contents.count }) in \(frames.count)"
  }

  // MARK: Rest

  /// Mends everything and syncs all laptops; two passes must be enough.
  private func heal() throws {
    note(0, "healing")
    for laptop in laptops { laptop.flight = nil }
    for laptop in laptops where laptop.hasJoined { try syncWhole(laptop) }
    // NB: an office that waits for laptops and has none is told not to.
    try office.store.noteHeard()
    for laptop in laptops where !laptop.hasJoined { try join(laptop) }
    for laptop in laptops where laptop.isRevoked { try comeBack(laptop) }
    for pass in 1...3 {
      for laptop in laptops {
        try syncWhole(laptop)
        let last = laptop.last
        // NB: two machines that are one device to the office are told apart in a second round, if
        // one of them has let a village go that the other still holds.
        let isTwin = laptops.count { $0.key.rawRepresentation == laptop.key.rawRepresentation } > 1
        if pass == 3, last.rounds > (isTwin ? 2 : 1) || last.received != 0 || last.sent != 0 {
          throw fail("\(laptop.name) is not at rest after two passes: \(last)")
        }
        if last.unsent != 0 { throw fail("\(laptop.name) could not send \(last.unsent) changes") }
      }
    }
  }

  func syncWhole(_ laptop: SimulatedLaptop) throws {
    try laptop.setOut()
    for _ in 0..<20 {
      if case .handingBack(let session)? = laptop.flight {
        try handBack(session, of: laptop)
        continue
      }
      guard case .outward(var session, let request)? = laptop.flight else { return }
      var reply: SyncReply
      do {
        reply = try SyncReply(try self.reply(to: request, of: laptop))
      } catch Problem.revokedDevice {
        laptop.flight = nil
        return note(laptop.column, "is turned away")
      } catch Problem.unknownDevice {
        laptop.flight = try laptop.step(&session, session.turnedAway())
        continue
      }
      if swarm.isAlwaysMixed { reply.frames = try mixed(reply.frames, from: office.store) }
      laptop.flight = try laptop.step(&session, session.received(reply))
    }
    throw fail("\(laptop.name)'s sync does not end")
  }
}
