import Causality
import Crypto
import Model
import Office
import Store
import Sync
import Testing
import Wire
import Worlds

@Suite struct `Joining with what was written before` {
  let office: TestOffice
  let laptop: TestLaptop
  let wayan: PersonID

  init() throws {
    office = try TestOffice()
    wayan = try office.person("wayan", .surveyor, [At.renon])
    laptop = try TestLaptop(seed: 1)
  }

  @Test func `Records of a standalone laptop are handed in, wherever they are`() throws {
    let here = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    let there = try laptop.add(wayan, in: At.kesiman, [At.name: .text("Perak")])
    let moved = try laptop.add(wayan, in: At.renon, [At.name: .text("Kayu")])
    try laptop.edit(moved, by: wayan, [.village: .village(At.sanur)])
    try laptop.join(office, for: [wayan])
    let summary = try laptop.sync(office)
    #expect(summary.refusals.isEmpty)
    #expect(summary.isAllSent)

    for (record, village) in [(here, At.renon), (there, At.kesiman), (moved, At.sanur)] {
      #expect(try office.store.peek(record, form: 1)?.village == village)
    }
    #expect(try office.store.verify().isClean)
    let idle = try laptop.sync(office)
    #expect(idle.rounds == 1 && idle.received == 0 && idle.sent == 0)
  }

  @Test func `After joining the same records go on under the new rights`() throws {
    let here = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    let there = try laptop.add(wayan, in: At.kesiman, [At.name: .text("Perak")])
    try laptop.join(office, for: [wayan])
    try laptop.edit(here, by: wayan, [At.name: .text("Batik Asih")])
    #expect(throws: EditRefusal.village(wayan, At.kesiman)) {
      try laptop.edit(there, by: wayan, [At.name: .text("Emas")])
    }
    #expect(try laptop.sync(office).refusals.isEmpty)
    let state = try #require(try office.store.peek(here, form: 1)).state
    #expect(state.siblings(at: At.name).map(\.answer) == [.text("Batik Asih")])
  }

  @Test func `Of a village that is not its own the laptop is sent nothing`() throws {
    let there = try laptop.add(wayan, in: At.kesiman, [At.name: .text("Perak")])
    try laptop.join(office, for: [wayan])
    try laptop.sync(office)
    let made = try office.person("made", .surveyor, [At.kesiman])
    let other = try TestLaptop(seed: 2, office: office, for: [made])
    try other.sync(office)
    try other.edit(there, by: made, [At.outcome: .text("tutup")])
    try other.add(made, in: At.kesiman, [At.name: .text("Emas")])
    try other.sync(office)

    let summary = try laptop.sync(office)
    #expect(summary.received == 0 && summary.isAllSent)
    #expect(try laptop.store.records(form: 1).count == 1)
  }

  @Test func `A code is used once, and not after it expired`() throws {
    try laptop.join(office, for: [wayan])
    let other = try TestLaptop(seed: 2)
    let (replica, streams) = try other.store.ownStreams()
    func enrol(_ code: String) throws {
      _ = try office.enrolment.answer(
        EnrolRequest(
          code: code, key: Array(other.key.publicKey.rawRepresentation), preset: "tiny",
          replica: replica, streams: streams
        ).bytes)
    }
    _ = try office.store.invite(
      nil, name: "x", people: [wayan], code: Array("ABCDEFGH".utf8),
      expires: office.clock.surroundings.wall() + 1000)
    office.clock.pass(2000)
    #expect(throws: Problem.badCode) { try enrol("ABCDEFGH") }
    _ = try office.store.invite(
      nil, name: "y", people: [wayan], code: Array("ABCDEFGJ".utf8),
      expires: office.clock.surroundings.wall() + 1000)
    try enrol("ABCDEFGJ")
    #expect(throws: Problem.badCode) { try enrol("ABCDEFGJ") }
  }
}
