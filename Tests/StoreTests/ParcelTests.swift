import Causality
import Model
import Office
import Store
import Sync
import Testing
import Wire
import Worlds

/// What a laptop hands in from day to day, told by what the office acknowledged to it.
@Suite struct `News in parcels` {
  private let office: TestOffice
  private let one: TestLaptop
  private let two: TestLaptop
  private let made: PersonID
  private let wayan: PersonID
  private let record: RecordID

  init() throws {
    office = try TestOffice()
    made = try office.person("made", .surveyor, nil)
    wayan = try office.person("wayan", .surveyor, nil)
    one = try TestLaptop(seed: 1, office: office, for: [made])
    two = try TestLaptop(seed: 2, office: office, for: [wayan])
    record = try one.add(made, in: At.renon, [At.name: .text("A")])
    try one.sync(office)
    try two.sync(office)
    try one.sync(office)
  }

  private func agree(_ laptop: TestLaptop) throws -> Bool {
    try laptop.store.vectors() == office.store.vectors()
  }

  @Test func `What is new goes in a parcel, and no vector beside it`() throws {
    try one.edit(record, by: made, [At.name: .text("B")])
    try one.add(made, in: At.sanur, [At.name: .text("C")])
    let request = try one.store.firstRequest()
    #expect(request.parcel != nil && request.frames.isEmpty && request.villages.isEmpty)
    let frames = try #require(try office.store.open(request.parcel, of: one.device))
    #expect(try frames == one.store.syncMaterial(budget: 1 << 20).frames)
    let summary = try one.sync(office)
    #expect(summary.sent == 2 && summary.rounds == 1)
    #expect(try agree(one))
    try two.sync(office)
    #expect(try agree(two))
    #expect(try office.store.verify().isClean)
  }

  @Test func `A first sync, and one that tells all, are of frames`() throws {
    let three = try TestLaptop(seed: 3, office: office, for: [made])
    try three.add(made, in: At.renon, [At.name: .text("D")])
    let request = try three.store.firstRequest()
    #expect(request.isComplete && request.parcel == nil && request.frames.count == 1)
  }

  @Test func `After a lost reply the same parcel is brought again, in one round`() throws {
    try one.edit(record, by: made, [At.name: .text("B")])
    try one.add(made, in: At.sanur, [At.name: .text("C")])
    _ = try one.send(try one.store.firstRequest(), to: office)
    #expect(try one.store.firstRequest().parcel != nil)
    let summary = try one.sync(office)
    #expect(summary.rounds == 1 && summary.isAllSent)
    #expect(try agree(one))
  }

  @Test func `After a lost reply with news of others the laptop tells all`() throws {
    try two.edit(record, by: wayan, [At.wave: .text("2026-1")])
    try two.sync(office)
    try one.edit(record, by: made, [At.name: .text("B")])
    _ = try one.send(try one.store.firstRequest(), to: office)
    try one.edit(record, by: made, [At.name: .text("C")])
    let request = try one.store.firstRequest()
    #expect(request.parcel != nil)
    #expect(try office.store.open(request.parcel, of: one.device) == nil)
    let before = try office.store.vectors()
    #expect(try one.send(request, to: office).status == .tellAll)
    #expect(try office.store.vectors() == before)
    let summary = try one.sync(office)
    #expect(summary.rounds == 2 && summary.isAllSent)
    #expect(try agree(one))
  }

  @Test func `Another branch in a parcel is issued again, and a late parcel adds nothing`() throws {
    let copy = TestLaptop(
      store: try one.store.copy(to: nil), clock: one.clock, key: one.key, device: one.device)
    try one.edit(record, by: made, [At.name: .text("B")])
    let request = try one.store.firstRequest()
    try one.sync(office)
    // What a copy wrote that nobody noticed has the same dots.
    try copy.edit(record, by: made, [At.name: .text("C")])
    let other = try copy.store.firstRequest()
    #expect(other.parcel != nil)
    #expect(try copy.send(other, to: office).branches.count == 1)
    #expect(try copy.sync(office).isAllSent)
    // What was taken is taken once, whoever brings it how often.
    let after = try office.store.vectors()
    _ = try one.send(request, to: office)
    #expect(try office.store.vectors() == after)
    #expect(try office.store.verify().isClean)
  }

  @Test func `A parcel is no way to find out what a device was not told`() throws {
    let ketut = try office.person("ketut", .surveyor, [At.sanur])
    let three = try TestLaptop(seed: 3, office: office, for: [ketut])
    let mine = try three.add(ketut, in: At.sanur, [At.name: .text("E")])
    try three.sync(office)

    let ground = KnowingGround()
    ground.acknowledged = try office.store.acknowledged(to: three.device)
    #expect(ground.acknowledged.map(\.village) == [At.sanur])
    let theirs = try #require(try frame(of: office, in: At.renon))
    let own = try #require(try frame(of: three, in: At.sanur))
    for frame in [theirs, own] { ground.know(frame) }
    // An edit that names a change, as who has its hash may write it: told by the hash, or by the dot.
    for (record, made) in [(mine, own), (record, theirs)] {
      let name = Name(
        dot: Dot(replica: made.stream.replica, village: made.stream.village, counter: 1),
        tag: made.last.tag)
      let edit = ChangeContent(
        form: 1, record: record,
        author: Authorship(
          person: ketut, device: three.device, stamp: Stamp(milliseconds: 1_790_000_000_000)),
        cites: [name],
        body: .answers([
          PlacedAnswer(path: At.name, replaces: [name], answer: .text("X"))
        ]))
      let content = edit.bytes(village: At.sanur)
      var chain = Chain(
        stream: own.stream, secret: try #require(own.secret), count: 1, head: own.last)
      _ = chain.append(content)
      let frame = Frame(
        stream: own.stream, first: 2, previous: own.last.tag, last: chain.head, secret: nil,
        contents: [content])
      let parcel = try #require(Parcel([frame], on: ground))
      #expect(parcel.open(on: ground) == [frame])
      let opened = try office.store.open(parcel, of: three.device)
      #expect(opened == (record == mine ? [frame] : nil))
    }
  }

  /// What a laptop, or the office, holds of the one stream of a village.
  private func frame(of laptop: TestLaptop, in village: VillageCode) throws -> Frame? {
    try frame(of: laptop.store, in: village)
  }

  private func frame(of office: TestOffice, in village: VillageCode) throws -> Frame? {
    try frame(of: office.store, in: village)
  }

  private func frame(of store: Store, in village: VillageCode) throws -> Frame? {
    try store.frames(
      missingAt: [VillageVector(village: village, vector: VersionVector())], budget: 1 << 20
    ).frames.first
  }

  /// Knows more than was acknowledged.
  private final class KnowingGround: ParcelGround {
    var acknowledged: [VillageVector] = []
    private var hashes: [Dot: ChainHash] = [:]
    private var secrets: [StreamID: StreamSecret] = [:]

    func know(_ frame: Frame) {
      let stream = frame.stream
      secrets[stream] = frame.secret
      hashes[Dot(replica: stream.replica, village: stream.village, counter: 1)] = frame.last
    }

    func hash(of dot: Dot) -> ChainHash? { hashes[dot] }
    func secret(of stream: StreamID) -> StreamSecret? { secrets[stream] }
  }

  @Test func `What a revoked device brings in a parcel is kept aside`() throws {
    try one.edit(record, by: made, [At.name: .text("B")])
    #expect(try one.store.firstRequest().parcel != nil)
    try office.revoke(one.device)
    #expect(throws: Problem.revokedDevice) { try one.sync(office) }
    #expect(try office.store.quarantined().map(\.device) == [one.device])
  }

  @Test func `What a revoked device brings is kept aside though its parcel does not open`() throws {
    try loseAReply()
    try office.revoke(one.device)
    #expect(throws: Problem.revokedDevice) { try one.sync(office) }
    // The other change came in with the request whose reply was lost.
    #expect(try office.store.quarantined().map(\.device) == [one.device])
  }

  @Test func `After a parcel that did not open the next session begins with frames`() throws {
    try loseAReply()
    let reply = try one.send(try one.store.firstRequest(), to: office)
    #expect(reply.status == .tellAll)
    // The line breaks off there.
    _ = try one.store.absorb(reply, isNewOffice: false)
    let request = try one.store.firstRequest()
    #expect(request.parcel == nil && !request.frames.isEmpty)
    #expect(try one.sync(office).isAllSent)
    try one.edit(record, by: made, [At.name: .text("D")])
    #expect(try one.store.firstRequest().parcel != nil)
  }

  /// The first laptop's parcels are told by what the office has acknowledged to it since, unheard.
  private func loseAReply() throws {
    try two.edit(record, by: wayan, [At.wave: .text("2026-1")])
    try two.sync(office)
    try one.edit(record, by: made, [At.name: .text("B")])
    _ = try one.send(try one.store.firstRequest(), to: office)
    try one.edit(record, by: made, [At.name: .text("C")])
    #expect(try office.store.open(try one.store.firstRequest().parcel, of: one.device) == nil)
  }
}
