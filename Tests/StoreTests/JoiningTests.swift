import Causality
import Crypto
import Model
import Office
import Reading
import Rules
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
    func enrol(_ code: String, _ key: Curve25519.Signing.PrivateKey) throws {
      _ = try office.enrolment.answer(
        EnrolRequest(
          code: code, key: Array(key.publicKey.rawRepresentation), preset: "tiny",
          replica: replica, streams: streams
        ).bytes)
    }
    _ = try office.store.invite(
      nil, name: "x", people: [wayan], code: Array("ABCDEFGH".utf8),
      expires: office.clock.surroundings.wall() + 1000)
    office.clock.pass(2000)
    #expect(throws: Problem.badCode) { try enrol("ABCDEFGH", other.key) }
    _ = try office.store.invite(
      nil, name: "y", people: [wayan], code: Array("ABCDEFGJ".utf8),
      expires: office.clock.surroundings.wall() + 1000)
    try enrol("ABCDEFGJ", other.key)
    #expect(throws: Problem.badCode) { try enrol("ABCDEFGJ", Curve25519.Signing.PrivateKey()) }
  }
}

@Suite struct `Joining while others save` {
  @Test func `What is saved before the answer came is told to the office, not lost`() throws {
    let office = try TestOffice()
    let wayan = try office.person("wayan", .surveyor, [At.renon])
    let laptop = try TestLaptop(seed: 1)
    try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    let code = "ABCDEFGH"
    _ = try office.store.invite(
      nil, name: "x", people: [wayan], code: Array(code.utf8),
      expires: office.clock.surroundings.wall() + 1000)
    func ask() throws -> (EnrolReply, [VillageVector]) {
      let (replica, streams) = try laptop.store.ownStreams()
      let request = EnrolRequest(
        code: code, key: Array(laptop.key.publicKey.rawRepresentation), preset: "tiny",
        replica: replica, streams: streams)
      return (try EnrolReply(try office.enrolment.answer(request.bytes)), streams)
    }
    func join(_ answer: (reply: EnrolReply, told: [VillageVector])) throws -> Bool {
      try laptop.store.join(
        answer.reply, address: "memory", key: Array(laptop.key.rawRepresentation), person: wayan,
        told: answer.told)
    }
    let first = try ask()
    let late = try laptop.add(wayan, in: At.renon, [At.name: .text("Tenun")])
    #expect(try !join(first))
    #expect(try laptop.store.standing().role == .standalone)
    #expect(try join(try ask()))
    #expect(try laptop.sync(office).isAllSent)
    #expect(try office.store.peek(late, form: 1) != nil)
    #expect(try office.store.verify().isClean)
  }

  @Test func `What a laptop states is taken over so many times and no more`() throws {
    let office = try TestOffice()
    let wayan = try office.person("wayan", .surveyor, [At.renon])
    let laptop = try TestLaptop(seed: 1)
    let code = "ABCDEFGH"
    _ = try office.store.invite(
      nil, name: "x", people: [wayan], code: Array(code.utf8),
      expires: office.clock.surroundings.wall() + 1000)
    var last: [UInt8] = []
    func ask() throws {
      try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
      let (replica, streams) = try laptop.store.ownStreams()
      last =
        EnrolRequest(
          code: code, key: Array(laptop.key.publicKey.rawRepresentation), preset: "tiny",
          replica: replica, streams: streams
        ).bytes
      _ = try office.enrolment.answer(last)
    }
    for _ in 0..<255 { try ask() }
    let before = try office.store.standing().directory.version
    try ask()
    let after = try office.store.standing().directory.version
    #expect(after == before + 1)
    // Who asks the same again is answered, and everyone's directory stays as it is.
    _ = try office.enrolment.answer(last)
    #expect(throws: Problem.badCode) { try ask() }
    #expect(try office.store.standing().directory.version == after)
    #expect(try office.store.standing().directory.devices.count == 1)
  }

  @Test func `The key that is asked with is kept for its code alone`() throws {
    let laptop = try TestLaptop(seed: 1)
    #expect(try laptop.store.joiningKey(for: "ABCDEFGH", orKeep: [1]) == [1])
    #expect(try laptop.store.joiningKey(for: "ABCDEFGH", orKeep: [2]) == [1])
    #expect(try laptop.store.joiningKey(for: "ABCDEFGJ", orKeep: [3]) == [3])
    try laptop.store.abandonJoining()
    #expect(try laptop.store.joiningKey(for: "ABCDEFGJ", orKeep: [4]) == [4])
  }

  @Test func `Work from before joining under another word is that person's, here alone`() throws {
    let office = try TestOffice()
    let wayan = try office.person("wayan", .surveyor, [At.renon])
    let root = try #require(PersonID("root"))
    let laptop = try TestLaptop(seed: 1)
    try laptop.store.setPerson(root)
    let mine = try laptop.add(root, in: At.renon, [At.name: .text("Batik Sari")])
    try laptop.join(office, for: [wayan])
    try laptop.sync(office)
    // Another laptop's records of the same word are somebody else's.
    let made = try office.person("made", .surveyor, [At.renon])
    let other = try TestLaptop(seed: 2)
    try other.store.setPerson(root)
    try other.add(root, in: At.renon, [At.name: .text("Perak")])
    try other.join(office, for: [made])
    try other.sync(office)
    try laptop.sync(office)

    let standing = try laptop.store.standing()
    #expect(standing.former?.word == root && standing.former?.person == wayan)
    #expect(standing.isBy(wayan, root) && !standing.isBy(made, root))
    var filter = RecordFilter()
    filter.person = wayan
    filter.former = standing.former
    #expect(try laptop.store.records(form: 1, filter).map(\.record) == [mine])
    #expect(try laptop.store.records(form: 1).count == 2)
  }

  @Test func `What was begun and shown under the old word goes on under the new one`() throws {
    let office = try TestOffice()
    let wayan = try office.person("wayan", .surveyor, [At.renon])
    let root = try #require(PersonID("root"))
    let laptop = try TestLaptop(seed: 1)
    try laptop.store.setPerson(root)
    let created = try laptop.add(root, in: At.renon, [At.name: .text("Batik Sari")])
    let shown = try laptop.add(root, in: At.renon, [At.name: .text("Perak")])
    let token = try laptop.show(shown, to: root).token
    var draft = Draft(person: root, form: 1, village: At.renon, record: shown, token: token)
    draft.wishes = [Wish(At.name, .text("Perak Dua"))]
    try laptop.store.keep(&draft)
    try laptop.join(office, for: [wayan])

    #expect(try laptop.store.drafts(of: wayan).map(\.key) == [draft.key])
    #expect(try laptop.store.drafts(of: root).isEmpty)
    for record in [created, shown] {
      let view = try #require(try laptop.store.latestView(of: record, form: 1, for: wayan))
      let saved = try laptop.store.save(
        Edit(
          form: 1, village: At.renon, record: record, person: wayan, view: view.state,
          wishes: [Wish(At.name, .text("Tenun"))]))
      #expect(saved.unseen.isEmpty)
      #expect(try !laptop.reading(record).verdict(at: At.name).isOpen)
    }
  }

  /// The survey can have somebody of the old word later, on the same laptop.
  @Test func `What another writes under the old word afterwards is not that person's`() throws {
    let office = try TestOffice()
    let wayan = try office.person("wayan", .surveyor, [At.renon])
    let word = try #require(PersonID("root"))
    let laptop = try TestLaptop(seed: 1)
    try laptop.store.setPerson(word)
    let mine = try laptop.add(word, in: At.renon, [At.name: .text("Batik Sari")])
    try laptop.join(office, for: [wayan])
    #expect(try laptop.store.latestView(of: mine, form: 1, for: wayan) != nil)
    let root = try office.person("root", .surveyor, [At.renon])
    let device = try #require(try office.store.standing().directory.device(laptop.device))
    try office.store.extendDirectory([
      .device(
        Device(
          id: device.id, name: device.name, key: device.key, people: [wayan, root],
          isRevoked: false))
    ])
    try laptop.sync(office)
    let replica = try laptop.store.standing().replica
    let theirs = try laptop.add(root, in: At.renon, [At.name: .text("Perak")])
    #expect(try laptop.store.standing().replica == replica)
    var filter = RecordFilter()
    filter.person = wayan
    filter.former = try laptop.store.standing().former
    #expect(try laptop.store.records(form: 1, filter).map(\.record) == [mine])
    #expect(try laptop.store.latestView(of: mine, form: 1, for: wayan) != nil)
    #expect(try laptop.store.latestView(of: theirs, form: 1, for: wayan) == nil)
  }

  @Test(arguments: ["wayan", "root"])
  func `One's own records are seen after joining, also from before the disk changed`(
    word: String
  ) throws {
    let office = try TestOffice()
    let wayan = try office.person("wayan", .surveyor, [At.renon])
    let former = try #require(PersonID(word))
    let laptop = try TestLaptop(seed: 1)
    try laptop.store.setPerson(former)
    var records: [RecordID] = []
    for name: Answer in [.text("Batik Sari"), .text("Perak"), .text("Tenun")] {
      records.append(try laptop.add(former, in: At.renon, [At.name: name]))
      if records.count < 3 { try laptop.store.mint() }
    }
    try laptop.join(office, for: [wayan])
    for record in records {
      #expect(try laptop.store.latestView(of: record, form: 1, for: wayan) != nil)
    }
    var filter = RecordFilter()
    filter.person = wayan
    filter.former = try laptop.store.standing().former
    #expect(try Set(laptop.store.records(form: 1, filter).map(\.record)) == Set(records))
  }

  @Test func `A word that the survey has somebody for stays that person's`() throws {
    let office = try TestOffice()
    let wayan = try office.person("wayan", .surveyor, [At.renon])
    let made = try office.person("made", .surveyor, [At.renon])
    let laptop = try TestLaptop(seed: 1)
    try laptop.store.setPerson(made)
    try laptop.add(made, in: At.renon, [At.name: .text("Batik Sari")])
    try laptop.join(office, for: [wayan])
    #expect(try laptop.store.standing().former == nil)
  }
}
