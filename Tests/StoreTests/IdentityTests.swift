import Causality
import Crypto
import Model
import Office
import Sync
import Testing
import Wire
import Worlds

@testable import Store

/// Whose changes are whose: names, copies of a store, and whose word counts.
@Suite struct `Who wrote what` {
  let office: TestOffice
  let one: TestLaptop
  let wayan: PersonID

  init() throws {
    office = try TestOffice()
    wayan = try office.person("wayan", .surveyor, [At.renon])
    one = try TestLaptop(seed: 1, office: office, for: [wayan])
  }

  private func frames(of store: Store) throws -> [Frame] {
    try store.frames(
      missingAt: [VillageVector(village: At.renon, vector: VersionVector())], budget: .max
    ).frames
  }

  @Test func `A name with another hash than the change that is held waits`() throws {
    func content(_ text: String) -> ChangeContent {
      .forged(
        by: wayan, on: DeviceID(1), directory: 1,
        [PlacedAnswer(path: At.name, answer: .text(text))])
    }
    var held = Forger(At.renon)
    var other = Forger(At.renon)
    let store = try TestLaptop(seed: 5).store
    #expect(try store.ingest(held.frame([content("A")])).applied == 1)
    _ = other.frame([content("B")])
    var third = Forger(At.renon, replica: ReplicaID(0x0c))
    let over = ChangeContent.forged(
      by: wayan, on: DeviceID(1), directory: 1, record: held.record, cites: [other.last],
      [PlacedAnswer(path: At.name, replaces: [other.last], answer: .text("C"))])
    let outcome = try store.ingest(third.frame([over]))
    #expect(outcome.applied == 0 && outcome.waiting == 1)
    let state = try #require(try store.peek(held.record, form: 1)).state
    #expect(state.siblings(at: At.name).map(\.answer) == [.text("A")])
  }

  @Test func `A store that is handed its own later changes goes on as another replica`() throws {
    try one.add(wayan, in: At.renon, [At.name: .text("A")])
    let older = try one.store.copy(to: nil)
    try one.add(wayan, in: At.renon, [At.name: .text("B")])
    let replica = try older.standing().replica
    for frame in try frames(of: one.store) { _ = try older.ingest(try office.sealed(frame)) }
    #expect(try older.vectors() == one.store.vectors())
    #expect(try older.standing().replica != replica)
  }

  @Test func `A store that is told of more of itself than it has goes on as another replica`()
    throws
  {
    try one.add(wayan, in: At.renon, [At.name: .text("A")])
    let older = try one.store.copy(to: nil)
    try one.add(wayan, in: At.renon, [At.name: .text("B")])
    let replica = try older.standing().replica
    var reply = SyncReply(
      epoch: try office.store.standing().epoch, time: 0, status: .complete)
    reply.acknowledged = try one.store.vectors()
    _ = try older.absorb(reply, isNewOffice: false)
    #expect(try older.standing().replica != replica)
  }

  @Test func `As many changes at the office are not the ones that are held here`() throws {
    try one.add(wayan, in: At.renon, [At.name: .text("A")])
    try one.sync(office)
    let twin = TestLaptop(
      store: try one.store.copy(to: nil), clock: one.clock, key: one.key, device: one.device)
    try one.add(wayan, in: At.renon, [At.name: .text("B")])
    try one.sync(office)
    let record = try twin.add(wayan, in: At.renon, [At.name: .text("C")])
    // A reply to the one comes to the other: of their stream the office has two changes, and so has it.
    var reply = SyncReply(
      epoch: try office.store.standing().epoch, time: 0, status: .complete)
    reply.acknowledged = try office.store.vectors()
    #expect(try twin.store.absorb(reply, isNewOffice: false).unsent == 2)
    #expect(try twin.store.unsentRecords().contains(record))
    #expect(try twin.store.syncMaterial(budget: 1 << 20).frames.map(\.lastCounter) == [2])
    #expect(try twin.sync(office).isAllSent)
    #expect(try office.store.peek(record, form: 1) != nil)
  }

  @Test func `What a lost office acknowledged is unsent to its successor`() throws {
    try one.add(wayan, in: At.renon, [At.name: .text("A")])
    try one.sync(office)
    #expect(try one.store.unsentCount() == 0)
    let reply = SyncReply(
      epoch: try office.store.standing().epoch &+ 1, time: 0, status: .tellAll)
    #expect(try one.store.absorb(reply, isNewOffice: true).unsent == 1)
  }

  @Test(arguments: [DeviceID(0), DeviceID(1)])
  func `A seal is of its signer or of nobody`(signer: DeviceID) throws {
    try one.add(wayan, in: At.renon, [At.name: .text("A")])
    try one.sync(office)
    let two = try TestLaptop(seed: 2, office: office, for: [wayan])
    try #require(signer == Seal.office || signer == one.device)
    for frame in try frames(of: one.store) {
      let dot = Dot(
        replica: frame.stream.replica, village: frame.stream.village, counter: frame.lastCounter)
      let forged = Frame(
        stream: frame.stream, first: frame.first, previous: frame.previous, last: frame.last,
        secret: frame.secret,
        seal: Seal(
          dot, frame.last, survey: 7, signer: signer, key: Array(two.key.rawRepresentation)),
        contents: frame.contents)
      #expect(try two.store.ingest(forged).refusals.map(\.ground) == [.seal])
      #expect(try office.store.ingest(forged, from: two.device).refusals.map(\.ground) == [.seal])
    }
    #expect(try two.store.vectors().isEmpty)
  }

  @Test func `What the office did not sign is refused while somebody else writes`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("office.db")
    let store = try Store.create(
      at: path, role: .office, surroundings: office.clock.surroundings)
    try store.extendDirectory(TinySurvey.founding(key: try store.officeKey()))
    let other = try Store.open(at: path, surroundings: office.clock.surroundings)
    let entries = try store.standing().directory.entries.map(\.bytes)
    let forged = DirectoryReturn(
      survey: 7, entries: entries + [[200]], signature: try store.directorySignature())
    let isTaken = try other.write { _ in try store.takeBack(forged) }
    #expect(!isTaken)
    try other.close()
    try store.close()
  }

  @Test func `A directory is the office's own word, at either end`() throws {
    try one.sync(office)
    let standing = try office.store.standing()
    #expect(try one.store.standing().directory.version == standing.directory.version)
    let everybody = DirectoryEntry.person(
      Person(id: wayan, name: "Semua", role: .admin, scope: .all))
    let forged = DirectoryReturn(
      survey: 7, entries: (standing.directory.entries + [everybody]).map(\.bytes),
      signature: try office.store.directorySignature())
    #expect(throws: Problem.otherDirectory) { try office.sync.takeBack(forged.bytes) }
    var reply = SyncReply(epoch: standing.epoch, time: 0, status: .complete)
    reply.directoryStart = standing.directory.version
    reply.directory = [everybody.bytes]
    reply.directorySignature = try office.store.directorySignature()
    #expect(throws: StoreError.self) {
      try one.store.absorb(reply, isNewOffice: false)
    }
    #expect(try office.store.standing().directory == standing.directory)
    #expect(try one.store.standing().directory == standing.directory)
  }

  @Test func `Who comes back finds everything as the roles of all people have it`() throws {
    let ketut = try office.person("ketut", .supervisor, nil)
    let two = try TestLaptop(seed: 2, office: office, for: [wayan, ketut])
    let rank = Path(field: TinySurvey.Field.rank)
    let record = try two.add(ketut, in: At.renon, [rank: .text("K")])
    try two.edit(record, by: wayan, [rank: .text("W")])
    #expect(try two.store.verify().isClean)
    let directory = try office.store.standing().directory
    try two.store.join(
      EnrolReply(
        device: two.device, epoch: try office.store.standing().epoch, time: 0,
        directory: directory.entries.map(\.bytes),
        directorySignature: try office.store.directorySignature()),
      address: "memory", key: Array(Curve25519.Signing.PrivateKey().rawRepresentation),
      person: wayan)
    #expect(try two.store.verify().isClean)
  }

  @Test func `What waits at the office is not acknowledged`() throws {
    let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
    try one.edit(record, by: wayan, [At.name: .text("B")])
    let whole = try #require(try frames(of: one.store).first)
    var chain = Chain(stream: whole.stream, secret: try #require(whole.secret))
    let first = chain.append(whole.contents[0])
    let second = Frame(
      stream: whole.stream, first: 2, previous: first.tag, last: whole.last, secret: nil,
      contents: [whole.contents[1]])
    let reply = try one.push([second], to: office)
    #expect(try office.store.waitingCount() == 1)
    #expect(reply.acknowledged.allSatisfy { $0.vector[whole.stream.replica] == nil })
  }

  @Test func `An office that was restored writes as another replica, at its start too`() throws {
    var seen = Set([try office.store.standing().replica])
    try office.store.beginAgain()
    #expect(seen.insert(try office.store.standing().replica).inserted)
    try office.store.mint()
    #expect(seen.insert(try office.store.standing().replica).inserted)
  }
}
