import Causality
import Model
import Sync
import Testing
import Wire
import Worlds

@testable import Store

/// What waits at a laptop of a village that is somebody else's by now, and is a branch.
@Suite struct `What waits of a village that was taken away`: OfBranchOnAStick {
  let branch: BranchOnAStick

  init() throws { branch = try BranchOnAStick() }

  private func assignElsewhere(_ office: TestOffice) throws {
    try office.store.noteHeard()
    try office.person("nyoman", .surveyor, [At.sanur])
  }

  /// With `isHere` the laptop holds the stream so far too, so the office speaks of all of it.
  @Test(arguments: [false, true], [false, true])
  func `It waits until the office has it, however far the stream went with others`(
    isLost: Bool, isHere: Bool
  ) throws {
    for text in ["a", "b"] { try first.edit(record, by: wayan, [At.wave: .text(text)]) }
    // The stream is as long at the office now as the branch, and more.
    try first.edit(record, by: wayan, [At.wave: .text("c")])
    try first.sync(office)
    #expect(try stick.read(laptop.store).waiting == 1)
    if isHere { try laptop.sync(office) }
    try assignElsewhere(office)
    let backup = try office.store.copy(to: nil)
    for _ in 0..<3 { try laptop.sync(office) }
    #expect(try laptop.store.waitingCount() == 1, "it is in no office but in its inbox")
    #expect(try office.store.waitingCount() == 1)
    var asked = office
    if isLost {
      asked = try office.putBack(to: backup)
      for _ in 0..<2 { try laptop.sync(asked) }
      #expect(try asked.store.waitingCount() == 1)
    }
    try other.sync(asked)
    try laptop.sync(asked)
    #expect(try laptop.store.waitingCount() == 0)
    let state = try #require(try asked.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.name).map(\.answer) == [.text("C")])
    #expect(try laptop.sync(asked).rounds == 1)
    let material = try laptop.store.syncMaterial(budget: SyncSession.budget)
    #expect(material.frames.isEmpty && material.waiting.isEmpty)
  }

  @Test func `It waits no more when it was issued again, though the stream is shorter`() throws {
    try first.edit(record, by: wayan, [At.wave: .text("a")])
    try first.sync(office)
    #expect(try stick.read(laptop.store).waiting == 1)
    try assignElsewhere(office)
    try other.sync(office)
    for _ in 0..<2 { #expect(try laptop.sync(office).isAllSent) }
    #expect(try laptop.store.waitingCount() == 0)
    let state = try #require(try office.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.name).map(\.answer) == [.text("C")])
    #expect(try laptop.sync(office).rounds == 1)
  }

  /// The laptop could not bring it; but whoever can is to do so when what was void is found.
  @Test func `Nobody is told of a branch that was issued again without what it names`() throws {
    try first.edit(record, by: wayan, [At.wave: .text("a")])
    try first.sync(office)
    let branch = try #require(try stick.open().frames.first)
    func told() throws -> [UInt64] {
      let end = VersionVector.Entry(
        replica: branch.stream.replica, count: branch.lastCounter, head: branch.last.tag)
      return try office.store.delivery(
        DeliveryRequest(
          device: laptop.device, held: [At.renon: VersionVector([end])], asked: [],
          isComplete: false, directory: 0, budget: 0)
      ).branches.map(\.fork)
    }
    _ = try laptop.push([branch], to: office)
    let missing = try #require(try office.store.missing().first)
    let declared = try office.store.declareVoid(missing, by: made, because: "laptop hilang")
    #expect(declared.issued == 2)
    #expect(try told().isEmpty)
    try other.sync(office)
    #expect(try told().isEmpty)
    _ = try laptop.push([branch], to: office)
    #expect(try told() == [2])
  }

  /// What the office says of a stream that is not held here ends when that is brought no more.
  @Test func `To bring of a stream that is not held is no sign that the office lost something`()
    throws
  {
    // The laptop's own branch elsewhere, which the office has issued again.
    let own = try laptop.add(nyoman, in: At.sanur, [At.name: .text("S")])
    let copy = try laptop.twin()
    try copy.sync(office)
    try laptop.edit(own, by: nyoman, [At.wave: .text("s")])
    try copy.edit(own, by: nyoman, [At.wave: .text("other")])
    try copy.sync(office)
    for _ in 0..<2 { try laptop.sync(office) }
    let epoch = try laptop.store.standing().epoch
    #expect(try laptop.store.read { db in try !Branches.isEmpty(db) })
    let third = try TestLaptop(seed: 4, office: office, for: [made])
    try other.sync(office)
    try third.sync(office)
    try third.edit(record, by: made, [At.name: .text("D")])
    let one = Stick()
    try one.write(third.store)
    try third.sync(office)
    // It names what the laptop has not heard of, and begins a stream that it has not heard of either.
    #expect(try one.read(laptop.store).waiting == 1)
    try assignElsewhere(office)
    for _ in 0..<4 {
      let reply = try laptop.send(try laptop.store.firstRequest(), to: office)
      #expect(try !laptop.store.absorb(reply, isNewOffice: false).hasFallenBack)
      #expect(try laptop.store.read { db in try Branches.untaken(db, epoch: epoch) } == 0)
    }
    #expect(try laptop.store.waitingCount() == 0)
    #expect(try laptop.sync(office).rounds == 1)
  }

  /// By that word the laptop lets the village go, and what it saved may stand beside what is longer here.
  @Test func `Of a village that was taken away the office tells of no more than was listed`() throws
  {
    for text in ["a", "b"] { try first.edit(record, by: wayan, [At.wave: .text(text)]) }
    try first.sync(office)
    try assignElsewhere(office)
    let stream = StreamID(village: At.renon, replica: try first.store.standing().replica)
    let (count, tag) = try office.store.read { db in
      (try Streams.row(db, stream)?.count, try Streams.hash(db, stream.dot(1))?.tag)
    }
    #expect(count == 3)
    func told(head: UInt64) throws -> (listed: VersionVector, VersionVector?) {
      let listed = VersionVector([
        VersionVector.Entry(replica: stream.replica, count: 1, head: head)
      ])
      let delivery = try office.store.delivery(
        DeliveryRequest(
          device: laptop.device, held: [At.renon: listed], asked: [At.renon], isComplete: true,
          directory: 0, budget: 1 << 20))
      #expect(delivery.frames.isEmpty && delivery.branches.isEmpty)
      return (listed, delivery.acknowledged.first { $0.village == At.renon }?.vector)
    }
    let end = try #require(tag)
    let same = try told(head: end)
    #expect(same.1 == same.listed)
    #expect(try told(head: end ^ 1).1?.count(of: stream.replica) == 0)
  }

  @Test func `What is brought is there when each change of it is, and all that came of its stream`()
    throws
  {
    for text in ["a", "b"] { try first.edit(record, by: wayan, [At.wave: .text(text)]) }
    try first.sync(office)
    try assignElsewhere(office)
    func told(_ frames: [Frame]) throws -> [BranchTaken] {
      try office.store.delivery(
        DeliveryRequest(
          device: laptop.device, held: [:], asked: [], isComplete: false, directory: 0, budget: 0,
          brought: frames)
      ).branches
    }
    let branch = try #require(try stick.open().frames.first)
    #expect(branch.contents.count == 2)
    let whole = try first.store.frames(
      missingAt: [VillageVector(village: At.renon, vector: VersionVector())], budget: .max
    ).frames.filter { $0.stream == branch.stream }
    let native = try whole.flatMap { try first.store.pieces(of: $0) }
    #expect(try told(native).map(\.last.counter) == [1, 2, 3])
    #expect(try told(native).map(\.fork) == [2, 3, 4])
    #expect(try told(native + [branch]).isEmpty)
    // Of the branch the office has the last change alone, as when the rest was void.
    let hashes = try #require(
      try office.store.read { db in try Road.hashes(of: branch, db: db) })
    try office.store.write { db in
      try Branches.keep(
        db,
        Branch(
          dot: branch.lastDot, hash: hashes[1], previous: hashes[0], fork: branch.lastCounter,
          secret: try #require(branch.base).secret),
        record: record, content: branch.contents[1], now: 0)
    }
    #expect(try told([branch]).isEmpty)
    try office.store.write { db in try db.run("DELETE FROM branch") }
    try other.sync(office)
    _ = try laptop.push([branch], to: office)
    #expect(try told([branch]).map(\.fork) == [branch.lastCounter + 1])
  }
}
