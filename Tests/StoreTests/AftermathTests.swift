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
