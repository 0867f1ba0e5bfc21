import Bytes
import Causality
import Crypto
import Model
import Office
import Reading
import Sync
import TestSupport
import Testing
import Wire
import Worlds

@testable import Store

/// What an attack, a copy or a restore once left behind.
@Suite struct `After copies, restores and forgeries` {
  private let office: TestOffice
  private let wayan: PersonID
  private let made: PersonID
  private let ketut: PersonID
  private let stick = Stick()

  init() throws {
    office = try TestOffice()
    wayan = try office.person("wayan", .surveyor, [At.renon, At.sanur])
    made = try office.person("made", .surveyor, [At.renon, At.sanur])
    ketut = try office.person("ketut", .supervisor, nil)
  }

  private func laptop(_ seed: UInt64, _ people: [PersonID]) throws -> TestLaptop {
    try TestLaptop(seed: seed, office: office, for: people)
  }

  private func restored(_ store: Store) throws -> TestOffice {
    try store.beginAgain()
    return TestOffice(over: store, clock: office.clock)
  }

  @Test func `A laptop that was copied before it joined hands in all that it wrote`()
    throws
  {
    let laptop = try TestLaptop(seed: 31)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("before the copy")])
    try laptop.store.mint()  // what checkForTwin does when the file was copied or moved
    let second = try laptop.add(wayan, in: At.renon, [At.name: .text("after the copy")])
    try laptop.edit(record, by: wayan, [At.outcome: .text("open")])
    try laptop.join(office, for: [wayan])
    let summary = try laptop.sync(office)
    #expect(summary.isAllSent)
    #expect(try office.store.peek(record, form: 1) != nil)
    #expect(try office.store.peek(second, form: 1) != nil)
  }

  @Test func `A seal that nobody checked puts nothing aside in a device's name`() throws {
    let a = try laptop(21, [wayan])
    let b = try laptop(22, [made])
    try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try a.sync(office)
    try office.revoke(a.device)
    try b.sync(office)
    try b.add(made, in: At.renon, [At.name: .text("x")])
    try stick.write(b.store)
    var header = try stick.open().header
    header.device = a.device
    var forger = Forger(At.renon, replica: ReplicaID(0x1234))
    let content = ChangeContent.forged(
      by: wayan, on: a.device, directory: 6,
      [PlacedAnswer(path: At.name, answer: .text("never written by A"))])
    let plain = forger.frame([content])
    let seal = try #require(Seal(signer: a.device, signature: Array(repeating: 7, count: 64)))
    let frame = Frame(
      stream: plain.stream, first: 1, previous: 0, last: plain.last, secret: plain.secret,
      seal: seal, contents: plain.contents)
    try stick.forge([frame], as: header)
    try stick.read(office.store)
    let runs = try office.store.quarantinedRuns()
    #expect(runs.isEmpty, "a forged seal is kept under the device's name")
  }

  @Test func `What another brought first can still be taken as its own device brings it`() throws {
    let a = try laptop(21, [wayan])
    let m = try laptop(22, [made])
    try a.add(wayan, in: At.renon, [At.name: .text("first")])
    try a.sync(office)
    try a.add(wayan, in: At.renon, [At.name: .text("second")])
    let frames = try a.store.syncMaterial(budget: 1 << 20).frames.map(\.bare)
    try office.revoke(a.device)
    #expect(try m.push(frames, to: office).refusals.map(\.ground) == [.revoked])
    #expect(throws: Problem.revokedDevice) { try a.sync(office) }
    let runs = try office.store.quarantinedRuns()
    let run = try #require(runs.first { $0.device == a.device })
    #expect(try office.store.obstacle(to: run) == nil)
    #expect(Set(runs.map(\.name)).count == 2)
    #expect(try office.store.take(run, by: ketut, because: "hers") == 1)
    #expect(try office.store.quarantined().isEmpty)
  }

  @Test func `What was dropped of another bearer is asked about as its author's`() throws {
    let a = try laptop(21, [wayan])
    let m = try laptop(22, [made])
    try a.add(wayan, in: At.renon, [At.name: .text("first")])
    try a.sync(office)
    try a.add(wayan, in: At.renon, [At.name: .text("second")])
    let frames = try a.store.syncMaterial(budget: 1 << 20).frames.map(\.bare)
    _ = try m.push(frames, to: office)
    for run in try office.store.quarantinedRuns() {
      try office.store.drop(run, by: ketut, because: "M has no business with it")
    }
    try office.revoke(a.device)
    #expect(throws: Problem.revokedDevice) { try a.sync(office) }
    #expect(try office.store.quarantinedRuns().count == 1, "A's own work is asked about")
  }

  @Test func `Asking again and again makes the directory no longer`() throws {
    let code = "K7M3Q9X2"
    _ = try office.store.invite(
      nil, name: "laptop", people: [wayan], code: Array(code.utf8),
      expires: office.clock.surroundings.wall() + InviteCode.lifetime)
    let key = Curve25519.Signing.PrivateKey()
    let before = try office.store.standing().directory.version
    for count in 1...1000 {
      let entry = VersionVector.Entry(replica: ReplicaID(5), count: UInt64(count), head: 1)
      _ = try? office.enrolment.answer(
        EnrolRequest(
          code: code, key: Array(key.publicKey.rawRepresentation), preset: "tiny",
          replica: ReplicaID(5),
          streams: [VillageVector(village: At.renon, vector: VersionVector([entry]))]
        ).bytes)
    }
    let grown = try office.store.standing().directory.version - before
    #expect(grown < 300)
  }

}
