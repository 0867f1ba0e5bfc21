import Bytes
import Causality
import Crypto
import Model
import Office
import Reading
import Rules
import Sync
import Testing
import Wire
import Worlds

@testable import Store

/// A store that was copied before it joined: both laptops work on, and both join.
@Suite struct `Copies of a standalone laptop that both join`: OfTwoSurveyors {
  let surveyors: TwoSurveyors
  let first: TestLaptop
  /// What both had when the copy was made.
  let common: RecordID

  init() throws {
    surveyors = try TwoSurveyors()
    first = try TestLaptop(seed: 1)
    common = try first.add(surveyors.wayan, in: At.renon, [At.name: .text("Batik Sari")])
    try first.edit(common, by: wayan, [At.outcome: .text("buka")])
  }

  /// A copy of the first laptop's disk in another machine, which notices or does not.
  private func copy(isNoticed: Bool = false, seed: UInt64 = 2) throws -> TestLaptop {
    let clock = TurnedClock(seed: seed)
    let store = try first.store.copy(to: nil, surroundings: clock.surroundings)
    if isNoticed {
      try store.write { db in _ = try Incarnations.mint(db, surroundings: clock.surroundings) }
    }
    return TestLaptop(
      store: store, clock: clock, key: Curve25519.Signing.PrivateKey(), device: .standalone)
  }

  /// Of a store that was made before stores had birthmarks.
  @Test func `A copy that cannot show whose it is joins all the same`() throws {
    try first.store.write { db in try Meta.remove(db, .birthmark) }
    let twin = try copy()
    try twin.add(wayan, in: At.sanur, [At.name: .text("C")])
    try twin.store.mint()
    try first.join(office, for: [wayan])
    try twin.join(office, for: [wayan])
    #expect(try twin.store.standing().role == .laptop)
  }

  /// Syncs until nothing is left to say, and checks that all hold the same and nothing is lost.
  private func settle(
    _ laptops: [TestLaptop], answers: [Text], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for _ in 0..<2 {
      for laptop in laptops {
        let summary = try laptop.sync(office)
        #expect(summary.refusals.isEmpty, sourceLocation: sourceLocation)
      }
    }
    for laptop in laptops {
      let idle = try laptop.sync(office)
      #expect(
        idle.rounds == 1 && idle.received == 0 && idle.isAllSent, sourceLocation: sourceLocation)
      for village in [At.renon, At.sanur] {
        #expect(
          try laptop.store.vector(of: village) == office.store.vector(of: village),
          sourceLocation: sourceLocation)
      }
      #expect(
        try states(laptop.store) == states(office.store), sourceLocation: sourceLocation)
    }
    #expect(try office.store.quarantined().isEmpty, sourceLocation: sourceLocation)
    for store in laptops.map(\.store) + [office.store] {
      #expect(try store.verify().isClean, sourceLocation: sourceLocation)
      #expect(try store.waitingCount() == 0, sourceLocation: sourceLocation)
    }
    let standing = try self.standing(office.store)
    for answer in answers {
      #expect(standing.contains(.text(answer)), "\(answer)", sourceLocation: sourceLocation)
    }
  }

  private func states(_ store: Store) throws -> [String: [UInt8]] {
    try store.read { db in
      let rows = try db.all(
        "SELECT _id, _village, _state FROM record_1 WHERE _village IN (?, ?)",
        .bits(At.renon.number), .bits(At.sanur.number)
      ) { row in
        ("\(row.text(0)) \(row.bits(1))", row.bytes(2))
      }
      return Dictionary(uniqueKeysWithValues: rows)
    }
  }

  private func standing(_ store: Store) throws -> Set<Answer> {
    try store.read { db in
      let table = try store.context(db).table(1)
      var all = Set<Answer>()
      let copies = try db.all("SELECT _id, _village FROM record_1") { row in
        (RecordID(letters: row.text(0)), VillageCode(number: row.bits(1)))
      }
      for case let (record?, village?) in copies {
        let state = try table.copy(db, record, in: village)?.state
        for register in state?.registers ?? [] { all.formUnion(register.siblings.map(\.answer)) }
      }
      return all
    }
  }

  private func delete(_ record: RecordID, on laptop: TestLaptop, by person: PersonID) throws {
    let shown = try laptop.show(record, to: person)
    let (_, answer) = lifeAnswer(alive: false, seeing: shown.state, row: nil)
    try laptop.edit(shown, by: person, [.life: answer])
  }

  private func replica(_ laptop: TestLaptop) throws -> ReplicaID {
    try laptop.store.standing().replica
  }

  @Test(arguments: [false, true], [0, 1, 3])
  func `What both wrote after the copy comes in, whoever wrote more`(
    isNoticed: Bool, count: Int
  ) throws {
    let second = try copy(isNoticed: isNoticed)
    try first.edit(common, by: wayan, [At.name: .text("A")])
    try first.add(wayan, in: At.sanur, [At.name: .text("A baru")])
    var answers: [Text] = ["A", "A baru"]
    for number in 0..<count {
      let name = Text("B\(number)")
      if number == 0 {
        try second.edit(common, by: made, [At.name: .text(name)])
      } else {
        try second.add(made, in: At.renon, [At.name: .text(name)])
      }
      answers.append(name)
    }
    let shared = try replica(first)
    #expect(try (replica(second) == shared) == !isNoticed)
    try first.join(office, for: [wayan])
    try first.sync(office)
    try second.join(office, for: [made])
    #expect(try second.device != first.device && replica(second) != shared)
    try settle([first, second], answers: answers)
    if count > 0 {
      let reading = try first.reading(common)
      #expect(reading.state.siblings(at: At.name).count == 2, "neither had seen the other's")
    }
  }

  @Test(arguments: [false, true])
  func `The second may sync before the first, and join before it synced`(isSecondFirst: Bool)
    throws
  {
    let second = try copy()
    try first.edit(common, by: wayan, [At.name: .text("A")])
    try second.edit(common, by: made, [At.name: .text("B")])
    try first.join(office, for: [wayan])
    try second.join(office, for: [made])
    let order = isSecondFirst ? [second, first] : [first, second]
    for laptop in order { #expect(try laptop.sync(office).isAllSent) }
    try settle(order, answers: ["A", "B"])
  }

  @Test func `The same number of changes is no proof of the same changes`() throws {
    let second = try copy()
    try first.add(wayan, in: At.renon, [At.name: .text("A")])
    try second.add(made, in: At.renon, [At.name: .text("B")])
    let shared = try replica(first)
    let counts = try [first, second].map { try $0.store.vector(of: At.renon).count(of: shared) }
    #expect(counts[0] == counts[1])
    try first.join(office, for: [wayan])
    try second.join(office, for: [made])
    try settle([first, second], answers: ["A", "B"])
    #expect(try office.store.records(form: 1).count == 3)
  }

  @Test func `A village in which nothing was written before the copy`() throws {
    let second = try copy()
    try first.add(wayan, in: At.sanur, [At.name: .text("A")])
    try second.add(made, in: At.sanur, [At.name: .text("B")])
    try first.join(office, for: [wayan])
    try first.sync(office)
    try second.join(office, for: [made])
    try settle([first, second], answers: ["A", "B"])
  }

  @Test func `A copy that only one goes on with is a prefix, be it of the first or the second`()
    throws
  {
    let second = try copy()
    let third = try copy(seed: 3)
    try second.edit(common, by: made, [At.name: .text("B")])
    try second.add(made, in: At.renon, [At.name: .text("B baru")])
    try first.join(office, for: [wayan])
    try first.sync(office)
    let shared = try #require(
      try office.store.vector(of: At.renon).entries.first { $0.count == 2 }?.replica)
    try second.join(office, for: [made])
    try second.sync(office)
    #expect(
      try office.store.vector(of: At.renon).count(of: shared) == 4, "the stream goes on with it")
    try third.join(office, for: [wayan])
    try settle([first, second, third], answers: ["B", "B baru"])
    let state = try first.reading(common).state
    #expect(state.siblings(at: At.name).map(\.answer) == [.text("B")], "what was seen is replaced")
  }

  @Test func `Three copies each bring what they wrote`() throws {
    let others = try [copy(seed: 2), copy(isNoticed: true, seed: 3), copy(seed: 4)]
    for (index, laptop) in ([first] + others).enumerated() {
      try laptop.edit(common, by: wayan, [At.name: .text(Text("nama \(index)"))])
      try laptop.add(wayan, in: At.sanur, [At.name: .text(Text("baru \(index)"))])
    }
    for laptop in [first] + others { try laptop.join(office, for: [wayan]) }
    let answers = (0..<4).flatMap { [Text("nama \($0)"), Text("baru \($0)")] }
    try settle([first] + others, answers: answers)
  }

  @Test func `After joining each edits, moves and deletes what the other wrote`() throws {
    let second = try copy()
    let mine = try first.add(wayan, in: At.renon, [At.name: .text("A")])
    let yours = try second.add(made, in: At.renon, [At.name: .text("B")])
    let gone = try second.add(made, in: At.renon, [At.name: .text("C")])
    try first.join(office, for: [wayan])
    try second.join(office, for: [made])
    // Before the second one's branch is issued again it goes on with it.
    try second.edit(yours, by: made, [At.outcome: .text("tutup")])
    try settle([first, second], answers: ["A", "B", "C", "tutup"])
    try first.edit(yours, by: wayan, [At.name: .text("B2")])
    try delete(gone, on: first, by: wayan)
    try second.edit(mine, by: made, [.village: .village(At.sanur)])
    try second.edit(yours, by: made, [At.name: .text("B3")])
    try settle([first, second], answers: ["A", "B2", "B3"])
    #expect(try first.store.peek(mine, form: 1)?.village == At.sanur)
    #expect(
      try first.reading(yours).state.siblings(at: At.name).map(\.answer).count == 2)
    #expect(try second.store.records(form: 1).allSatisfy { $0.record != gone })
  }

  @Test func `Each moved the common record, and carried it as its own office`() throws {
    let second = try copy()
    try first.edit(common, by: wayan, [.village: .village(At.sanur)])
    try first.edit(common, by: wayan, [At.name: .text("A")])
    try second.edit(common, by: made, [At.name: .text("B")])
    try second.edit(common, by: made, [.village: .village(At.kesiman)])
    try second.edit(common, by: made, [At.wave: .text("2026-2")])
    try first.join(office, for: [wayan])
    try second.join(office, for: [made])
    try settle([first, second], answers: ["A", "B", "2026-2"])
    #expect(try first.reading(common).homeVerdict.isOpen, "two moves that did not see each other")
  }

  @Test func `One deleted what the other wrote in`() throws {
    let second = try copy()
    try delete(common, on: first, by: wayan)
    try second.edit(common, by: made, [At.name: .text("B")])
    try first.join(office, for: [wayan])
    try second.join(office, for: [made])
    try settle([first, second], answers: ["B"])
    #expect(try first.reading(common).life.liveness == .contested)
  }

  @Test func `A copy that notices later wrote as two replicas, and brings both`() throws {
    let second = try copy()
    try first.edit(common, by: wayan, [At.name: .text("A")])
    try second.edit(common, by: made, [At.name: .text("B")])
    try second.store.write { db in
      _ = try Incarnations.mint(db, surroundings: second.clock.surroundings)
    }
    let late = try second.add(made, in: At.renon, [At.name: .text("C")])
    try second.edit(common, by: made, [At.outcome: .text("tutup")])
    try first.join(office, for: [wayan])
    try first.sync(office)
    try second.join(office, for: [made])
    try settle([first, second], answers: ["A", "B", "C", "tutup"])
    try first.edit(late, by: wayan, [At.name: .text("C2")])
    try settle([first, second], answers: ["C2"])
  }

  @Test func `Nobody has seen what was written on the other laptop under their word`() throws {
    let root = try #require(PersonID("root"))
    try first.store.setPerson(root)
    let second = try copy()
    let mine = try first.add(root, in: At.renon, [At.name: .text("A")])
    let yours = try second.add(root, in: At.renon, [At.name: .text("B")])
    try first.join(office, for: [wayan])
    try second.join(office, for: [made])
    try settle([first, second], answers: ["A", "B"])
    func view(_ record: RecordID, on laptop: TestLaptop, _ person: PersonID) throws -> RecordState?
    {
      try laptop.store.latestView(of: record, form: 1, for: person)?.state
    }
    for (laptop, person, own, other) in [(first, wayan, mine, yours), (second, made, yours, mine)] {
      let seen = try #require(try view(own, on: laptop, person))
      #expect(seen.origins.map(\.name).allSatisfy { own.isCreated(by: $0) })
      #expect(try view(other, on: laptop, person) == nil)
      var filter = RecordFilter()
      filter.person = person
      filter.former = try laptop.store.standing().former
      #expect(try laptop.store.records(form: 1, filter).contains { $0.record == own })
    }
  }

  @Test func `An office that lost all of it hears it from either`() throws {
    let second = try copy()
    try first.edit(common, by: wayan, [At.name: .text("A")])
    try second.edit(common, by: made, [At.name: .text("B")])
    let backup = try office.store.copy(to: nil)
    try first.join(office, for: [wayan])
    try second.join(office, for: [made])
    try settle([first, second], answers: ["A", "B"])

    let store = try backup.copy(to: nil, surroundings: office.clock.surroundings)
    let again = try office.putBack(to: store)
    try again.sync.takeBack(try #require(try second.store.directoryReturn()).bytes)
    // The first laptop is gone; the second has what it wrote.
    for _ in 0..<2 { #expect(try second.sync(again).refusals.isEmpty) }
    #expect(try second.sync(again).isAllSent)
    #expect(try standing(again.store).isSuperset(of: [.text("A"), .text("B")]))
    #expect(try again.store.verify().isClean)
    #expect(try states(second.store) == states(again.store))
  }
}

/// Devices that say that they are a copy of a laptop which joined, and what they may do by it.
@Suite struct `Who says that they are a copy` {
  let office: TestOffice
  let honest: TestLaptop
  let wayan: PersonID
  let made: PersonID
  let record: RecordID
  let stream: StreamID

  /// Wayan's laptop has handed in what was written on it before it joined; Made's was given it.
  init() throws {
    office = try TestOffice()
    wayan = try office.person("wayan", .surveyor, [At.renon])
    made = try office.person("made", .surveyor, [At.renon])
    honest = try TestLaptop(seed: 1)
    record = try honest.add(
      wayan, in: At.renon, [At.name: .text("Batik Sari"), At.wave: .text("2026-1")])
    stream = StreamID(village: At.renon, replica: try honest.store.standing().replica)
    try honest.join(office, for: [wayan])
    try honest.sync(office)
  }

  /// A frame that goes on with a stream as whoever holds it can, in the name of its own office.
  private func goingOn(_ answer: Text, at counter: UInt64 = 2) throws -> Frame {
    let state = try #require(try office.store.peek(record, form: 1)).state
    let content = ChangeContent.forged(
      by: made, on: .standalone, directory: 0, act: .resolution, record: record,
      cites: state.siblings(at: .life).map(\.origin),
      [
        PlacedAnswer(
          path: At.wave, replaces: state.siblings(at: At.wave).map(\.origin),
          answer: .text(answer))
      ])
    let row = try #require(try office.store.read { db in try Streams.row(db, stream) })
    var chain = Chain(stream: stream, secret: row.secret, count: counter - 1, head: row.head)
    _ = chain.append(content.bytes(village: At.renon))
    return Frame(
      stream: stream, first: counter, previous: row.head.tag, last: chain.head, secret: nil,
      contents: [content.bytes(village: At.renon)])
  }

  /// Joins as a device that states how much of the honest laptop's stream it brings.
  private func join(
    _ laptop: TestLaptop, as replica: ReplicaID, count: UInt64, birthmark: Birthmark?
  ) throws -> DeviceID {
    let code = InviteCode.make(random: laptop.clock.surroundings.random())
    _ = try office.store.invite(
      nil, name: "second", people: [made], code: Array(code.utf8), expires: .max)
    let claimed = VersionVector([
      VersionVector.Entry(replica: stream.replica, count: count, head: 1)
    ])
    return try EnrolReply(
      try office.enrolment.answer(
        EnrolRequest(
          code: code, key: Array(laptop.key.publicKey.rawRepresentation), preset: "tiny",
          replica: replica, streams: [VillageVector(village: At.renon, vector: claimed)],
          birthmark: birthmark
        ).bytes)
    ).device
  }

  private func expectUntouched() throws {
    let state = try #require(try office.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.wave).map(\.answer) == [.text("2026-1")])
    #expect(try office.store.vector(of: At.renon).count(of: stream.replica) == 1)
    #expect(try office.store.verify().isClean)
    #expect(try honest.sync(office).isAllSent)
  }

  @Test func `Who was handed a stream, and has no birthmark, does not join as its replica`()
    throws
  {
    let hostile = try TestLaptop(seed: 2)
    let own = try hostile.store.birthmark()
    #expect(own != nil)
    for birthmark in [own, nil] {
      #expect(throws: Problem.foreignReplica) {
        try join(hostile, as: stream.replica, count: 50, birthmark: birthmark)
      }
    }
    try expectUntouched()
  }

  @Test func `Who joins as another replica adopts nothing of it, and what comes is kept aside`()
    throws
  {
    let hostile = try TestLaptop(seed: 2)
    let replica = try hostile.store.standing().replica
    let device = try join(
      hostile, as: replica, count: 50, birthmark: try hostile.store.birthmark())
    let adoptions = try office.store.standing().directory.adoptions(of: stream)
    #expect(adoptions.allSatisfy { $0.device != device } && adoptions.count == 1)
    let outcome = try office.store.ingest(try goingOn("palsu"), from: device)
    #expect(outcome.applied == 0 && outcome.refusals.map(\.ground) == [.foreignDevice])
    #expect(try office.store.quarantined().map(\.device) == [device])
    try expectUntouched()
  }

  @Test func `The digest of a birthmark, which everyone has, opens nothing`() throws {
    let digest = try #require(try honest.store.birthmark()).digest
    let known = try office.store.standing().directory.adoptions(of: stream).map(\.birthmark)
    #expect(known == [digest], "the directory has the digest, and nobody the birthmark")
    let hostile = try TestLaptop(seed: 2)
    let guess = Birthmark(Array(digest.bytes.prefix(Birthmark.length)))
    #expect(throws: Problem.foreignReplica) {
      try join(hostile, as: stream.replica, count: 50, birthmark: guess)
    }
  }

  @Test func `A copy brings nothing that does not go on from what it was copied with`() throws {
    let copy = try TestLaptop(seed: 2)
    let birthmark = try honest.store.birthmark()
    let device = try join(copy, as: stream.replica, count: 50, birthmark: birthmark)
    let honestly = try goingOn("lain")
    let astray = Frame(
      stream: stream, first: 2, previous: honestly.previous ^ 1, last: honestly.last, secret: nil,
      contents: honestly.contents)
    let wrong = Frame(
      stream: stream, first: 2, previous: honestly.previous, last: Digest.sha256([1]),
      secret: nil, contents: honestly.contents)
    #expect(try office.store.ingest(astray, from: device).applied == 0)
    let outcome = try office.store.ingest(wrong, from: device)
    #expect(outcome.applied == 0 && outcome.refusals.map(\.ground) == [.chain])
    try expectUntouched()
  }

  @Test func `Under the cover of a copy nobody reaches what was written after joining`() throws {
    try honest.edit(record, by: wayan, [At.wave: .text("2026-2")])
    try honest.sync(office)
    let copy = try TestLaptop(seed: 2)
    let device = try join(
      copy, as: stream.replica, count: 50, birthmark: try honest.store.birthmark())
    let outcome = try office.store.ingest(try goingOn("palsu"), from: device)
    #expect(outcome.applied == 0 && outcome.refusals.map(\.ground) == [.naming])
    let state = try #require(try office.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.wave).contains { $0.answer == .text("2026-2") })
  }
}
