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

/// Hostile laptops: each forges what the product's own store would not write.
@Suite struct `What the office does not take` {
  let office: TestOffice
  let honest: TestLaptop
  let hostile: TestLaptop
  let wayan: PersonID
  let made: PersonID
  let ketut: PersonID
  let record: RecordID
  let version: UInt64

  /// Wayan's honest laptop has handed in a record of Renon; Made's is hostile, and works there too.
  init() throws {
    office = try TestOffice()
    wayan = try office.person("wayan", .surveyor, [At.renon, At.sanur])
    made = try office.person("made", .surveyor, [At.renon])
    ketut = try office.person("ketut", .supervisor, nil)
    honest = try TestLaptop(seed: 1, office: office, for: [wayan])
    hostile = try TestLaptop(seed: 2, office: office, for: [made])
    record = try honest.add(
      wayan, in: At.renon, [At.name: .text("Batik Sari"), At.wave: .text("2026-1")])
    try honest.sync(office)
    try hostile.sync(office)
    version = try office.store.standing().directory.version
  }

  private func forged(
    by person: PersonID? = nil, on device: DeviceID? = nil, directory: UInt64? = nil,
    act: Act = .edit, record: RecordID? = nil, cites: [Name] = [], form: UInt32 = 1,
    _ answers: [PlacedAnswer]? = nil
  ) -> ChangeContent {
    .forged(
      by: person ?? made, on: device ?? hostile.device, directory: directory ?? version, act: act,
      record: record, cites: cites, form: form,
      answers ?? [PlacedAnswer(path: At.name, answer: .text("palsu"))])
  }

  private func life() throws -> [Name] {
    try #require(try hostile.store.peek(record, form: 1)).state.siblings(at: .life).map(\.origin)
  }

  /// Checks that a change is refused, with what comes after it in its stream, and nothing else.
  private func expectRefusal(
    _ ground: Refusal.Ground, of content: ChangeContent, in village: VillageCode = At.renon,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var forger = Forger(village)
    var other = Forger(At.renon, replica: ReplicaID(0x900d))
    let before = try office.store.vectors()
    let good = forged()
    let isFirst = village != At.renon
    let frames = [forger.frame(isFirst ? [content, good] : [good, content, good])]
    let reply = try hostile.push(frames + [other.frame([good])], to: office)

    let counter: UInt64 = isFirst ? 1 : 2
    #expect(
      reply.refusals == [Refusal(stream: frames[0].stream, counter: counter, ground: ground)],
      sourceLocation: sourceLocation)
    let held = try office.store.vector(of: village)
    #expect(
      held.count(of: ReplicaID(0x0bad)) == counter - 1, "later changes wait with it",
      sourceLocation: sourceLocation)
    for pair in reply.acknowledged where pair.village == village {
      #expect(
        pair.vector.count(of: ReplicaID(0x0bad)) < counter, sourceLocation: sourceLocation)
    }
    #expect(
      try office.store.vector(of: At.renon).count(of: ReplicaID(0x900d)) == 1,
      "other streams flow on", sourceLocation: sourceLocation)
    let quarantined = try office.store.quarantined()
    #expect(
      quarantined.map(\.dot.counter) == [counter, counter + 1], sourceLocation: sourceLocation)
    #expect(
      quarantined.allSatisfy { $0.ground == ground && $0.device == hostile.device },
      sourceLocation: sourceLocation)
    #expect(try office.store.verify().isClean, sourceLocation: sourceLocation)
    #expect(try office.store.waitingCount() == 0, sourceLocation: sourceLocation)

    // Again: still refused, nothing new.
    let again = try hostile.push([frames[0]], to: office)
    #expect(again.refusals == reply.refusals, sourceLocation: sourceLocation)
    #expect(try office.store.quarantined().count == 2, sourceLocation: sourceLocation)
    for pair in before {
      for entry in pair.vector.entries {
        #expect(
          try office.store.vector(of: pair.village)[entry.replica] == entry,
          sourceLocation: sourceLocation)
      }
    }
  }

  @Test func `A person nobody knows`() throws {
    try expectRefusal(.unknownPerson, of: forged(by: PersonID("hantu")))
  }

  @Test func `A person whom the device does not serve`() throws {
    try expectRefusal(.foreignDevice, of: forged(by: wayan))
  }

  @Test func `Another device's name`() throws {
    try expectRefusal(.foreignDevice, of: forged(by: wayan, on: honest.device))
  }

  @Test func `A laptop that never joined`() throws {
    try expectRefusal(.foreignDevice, of: forged(on: .standalone, directory: 0))
  }

  @Test func `A directory that the office does not have yet`() throws {
    try expectRefusal(.foreignDevice, of: forged(directory: version + 100))
  }

  @Test func `A surveyor's resolution`() throws {
    try expectRefusal(.role, of: forged(act: .resolution))
  }

  @Test func `An act of the office`() throws {
    try expectRefusal(.role, of: forged(act: .office))
    let carry = ChangeContent(
      form: 1, record: record, author: forged().author,
      body: .carry(
        try #require(try hostile.store.peek(record, form: 1)).state, villageOnly: false))
    var forger = Forger(At.renon, replica: ReplicaID(0xca))
    #expect(
      try hostile.push([forger.frame([carry])], to: office).refusals.map(\.ground) == [.role])
  }

  @Test func `The office's own name`() throws {
    try expectRefusal(.role, of: forged(by: .office))
  }

  @Test func `A kind of change that nobody knows, and a stolen origin`() throws {
    var strange = forged()
    strange.body = .unknown(kind: 200, bytes: [1, 2, 3])
    try expectRefusal(.role, of: strange)
    var stolen = forged()
    stolen.origin = try life()[0]
    var forger = Forger(At.renon, replica: ReplicaID(0xca))
    #expect(
      try hostile.push([forger.frame([stolen])], to: office).refusals.map(\.ground) == [.role])
  }

  @Test func `A village that the person does not work in`() throws {
    try expectRefusal(.village, of: forged(), in: At.sanur)
  }

  @Test func `Over another's answer that is fixed`() throws {
    let fixed = try #require(try hostile.store.peek(record, form: 1)).state
      .siblings(at: At.wave).map(\.origin)
    try expectRefusal(
      .naming,
      of: forged(
        record: record, cites: try life(),
        [PlacedAnswer(path: At.wave, replaces: fixed, answer: .text("palsu"))]))
    #expect(
      try office.store.peek(record, form: 1)?.state.siblings(at: At.wave).map(\.answer)
        == [.text("2026-1")])
  }

  @Test func `Over both sides of an open conflict`() throws {
    try honest.edit(record, by: wayan, [At.name: .text("Batik Asih")])
    try hostile.edit(record, by: made, [At.name: .text("Batik Sekar")])
    try hostile.sync(office)
    try honest.sync(office)
    try hostile.sync(office)
    let state = try #require(try hostile.store.peek(record, form: 1)).state
    let sides = state.siblings(at: At.name).map(\.origin)
    #expect(sides.count == 2)
    try expectRefusal(
      .naming,
      of: forged(
        record: record, cites: try life(),
        [PlacedAnswer(path: At.name, replaces: sides, answer: .text("palsu"))]))
  }

  @Test func `A form that there is not`() throws {
    try expectRefusal(.malformed, of: forged(form: 99))
  }

  @Test func `Bytes that are no change`() throws {
    var forger = Forger(At.renon)
    let good = forged().bytes(village: At.renon)
    let reply = try hostile.push([forger.frame(bytes: [good, [9, 9, 9], good])], to: office)
    #expect(reply.refusals.map(\.ground) == [.malformed])
    #expect(try office.store.vector(of: At.renon).count(of: ReplicaID(0x0bad)) == 1)
    #expect(try office.store.quarantined().map(\.dot.counter) == [2, 3])
  }

  @Test func `A second branch of a stream, and a wrong hash`() throws {
    var left = Forger(At.renon)
    var right = Forger(At.renon)
    _ = try hostile.push([left.frame([forged()])], to: office)
    let fork = right.frame([
      forged([PlacedAnswer(path: At.name, answer: .text("lain"))])
    ])
    let reply = try hostile.push([fork], to: office)
    #expect(reply.refusals.isEmpty && reply.branches.map(\.fork) == [1])
    #expect(try office.store.records(form: 1).count == 3, "the branch is issued again")
    #expect(try hostile.push([fork], to: office).branches == reply.branches)
    #expect(try office.store.records(form: 1).count == 3, "once")

    let next = left.frame([forged()])
    let wrong = Frame(
      stream: next.stream, first: next.first, previous: next.previous, last: fork.last,
      secret: nil, contents: next.contents)
    #expect(try hostile.push([wrong], to: office).refusals.map(\.ground) == [.chain])
    #expect(try hostile.push([next], to: office).refusals.isEmpty)
    #expect(try office.store.vector(of: At.renon).count(of: ReplicaID(0x0bad)) == 2)
  }

  @Test func `A stream that is refused keeps no other from being handed in`() throws {
    let laptop = try TestLaptop(seed: 9, office: office, for: [wayan])
    let long = Text(String(repeating: "x", count: 8000))
    let version = try office.store.standing().directory.version
    let content = ChangeContent.forged(
      by: made, on: laptop.device, directory: version,
      [PlacedAnswer(path: At.name, answer: .text(long))])
    var forger = Forger(At.renon)
    let frame = forger.frame(Array(repeating: content, count: 700))
    #expect(try laptop.store.ingest(try office.sealed(frame)).applied == 700)
    // The stream is its own, as far as its store knows.
    try laptop.store.write { db in
      try Incarnations.note(db, frame.stream.replica, now: 0)
    }
    let record = try laptop.add(wayan, in: At.sanur, [At.name: .text("Perak")])
    let summary = try laptop.sync(office)
    #expect(summary.refusals.first?.ground == .foreignDevice)
    #expect(try office.store.peek(record, form: 1) != nil)
    #expect(summary.unsent == 700)
  }

  @Test func `Another device's stream goes on as its owner wrote it`() throws {
    let replica = try honest.store.standing().replica
    var forger = Forger(At.renon, replica: replica)
    // What it says is its own; it stands in a stream of the office's.
    let reply = try hostile.push([forger.frame([forged(), forged()])], to: office)
    #expect(reply.refusals.isEmpty && reply.branches.map(\.fork) == [1])
    let stream = StreamID(village: At.renon, replica: replica)
    let row = try #require(try honest.store.read { try Streams.row($0, stream) })
    #expect(try office.store.read { try Streams.row($0, stream)?.head } == row.head)
    #expect(try office.store.read { try Store.owner($0, of: replica) } == honest.device)
    try honest.edit(record, by: wayan, [At.name: .text("Batik Asih")])
    let summary = try honest.sync(office)
    #expect(summary.refusals.isEmpty && summary.isAllSent)
  }

  @Test func `Answers of others under the cover of an adoption`() throws {
    // The laptop says that it brings a stream, and writes it only when it has seen the survey.
    let secret = try TestLaptop(seed: 5)
    var forger = Forger(At.renon, replica: try secret.store.standing().replica)
    let code = "ABCDEFGH"
    _ = try office.store.invite(
      nil, name: "x", people: [made], code: Array(code.utf8), expires: .max)
    let claimed = VersionVector([
      VersionVector.Entry(replica: try secret.store.standing().replica, count: 50, head: 1)
    ])
    _ = try office.enrolment.answer(
      EnrolRequest(
        code: code, key: Array(secret.key.publicKey.rawRepresentation), preset: "tiny",
        replica: try secret.store.standing().replica,
        streams: [VillageVector(village: At.renon, vector: claimed)]
      ).bytes)
    let fixed = try #require(try hostile.store.peek(record, form: 1)).state
      .siblings(at: At.wave).map(\.origin)
    let frame = forger.frame([
      forged(
        by: ketut, on: .standalone, directory: 0, act: .resolution, record: record,
        cites: try life(),
        [PlacedAnswer(path: At.wave, replaces: fixed, answer: .text("palsu"))])
    ])
    let outcome = try office.store.ingest(frame, from: DeviceID(3))
    #expect(outcome.applied == 0)
    #expect(
      try office.store.peek(record, form: 1)?.state.siblings(at: At.wave).map(\.answer)
        == [.text("2026-1")])
  }

  @Test func `What a revoked device brings is kept aside`() throws {
    try hostile.edit(record, by: made, [At.outcome: .text("tutup")])
    try office.revoke(hostile.device)
    #expect(throws: Problem.revokedDevice) { try hostile.sync(office) }
    let quarantined = try office.store.quarantined()
    #expect(quarantined.map(\.ground) == [.revoked])
    #expect(quarantined.map(\.device) == [hostile.device])
    #expect(throws: Problem.revokedDevice) { try hostile.sync(office) }
    #expect(try office.store.quarantined().count == 1)
    #expect(try office.store.peek(record, form: 1)?.state.siblings(at: At.outcome) == [])
    #expect(try hostile.store.unsentCount() == 1)
  }

  @Test func `A stranger's signature, another survey, a damaged request`() throws {
    let stranger = try TestLaptop(seed: 9)
    let request = SyncRequest(
      survey: 7, device: hostile.device, epoch: 0, digest: Digest.vectors([]), directory: 0,
      isComplete: true, villages: [], frames: [], unsent: 0, budget: 100)
    #expect(throws: Problem.unknownDevice) { try stranger.send(request, to: office) }
    var other = request
    other.survey = 8
    #expect(throws: Problem.otherSurvey) { try hostile.send(other, to: office) }
    func send(_ bytes: [UInt8]) throws {
      let signature = Array(try hostile.key.signature(for: SyncDesk.signed(bytes)))
      _ = try office.sync.answer(bytes, signature: signature, of: hostile.device)
    }
    #expect(throws: Problem.malformed) { try send(Array(request.bytes.dropLast())) }
    var newer = request.bytes
    newer[2] = 200
    #expect(throws: Problem.newerVersion) { try send(newer) }
    #expect(throws: Problem.unknownDevice) {
      try office.sync.answer(request.bytes, signature: [], of: hostile.device)
    }
    #expect(throws: Problem.unknownDevice) {
      let signature = Array(try hostile.key.signature(for: SyncDesk.signed(request.bytes)))
      return try office.sync.answer(request.bytes, signature: signature, of: honest.device)
    }
  }

  @Test func `That a row is gone unseen keeps nobody from deciding about a deleted record`() throws
  {
    let brand = Path(
      row: Row(TinySurvey.Field.products, Text("K7M3Q9X2")), field: TinySurvey.Field.brand)
    try honest.edit(record, by: wayan, [brand: .text("Sari")])
    try honest.sync(office)
    try hostile.sync(office)
    let old = try hostile.show(record, to: made)
    let row = lifeAnswer(alive: false, seeing: old.state, row: brand.row).answer
    try hostile.edit(old, by: made, [Path(row: brand.row, field: .life): row])
    try hostile.edit(
      old, by: made, [.life: lifeAnswer(alive: false, seeing: old.state, row: nil).answer])
    #expect(try hostile.reading(record).life.liveness == .deleted)
    #expect(try hostile.sync(office).isAllSent)
    try honest.sync(office)
    let shown = try honest.show(record, to: wayan)
    let back = lifeAnswer(alive: true, seeing: shown.state, row: nil).answer
    try honest.edit(shown, by: wayan, [.life: back])
    let summary = try honest.sync(office)
    #expect(summary.refusals.isEmpty && summary.isAllSent)
    #expect(try honest.reading(record).life.liveness == .alive)
  }

  @Test func `Who lost a village can hand in what was written before`() throws {
    try honest.add(wayan, in: At.sanur, [At.name: .text("Perak")])
    try office.person("wayan", .surveyor, [At.renon])
    let summary = try honest.sync(office)
    #expect(summary.refusals.isEmpty && summary.isAllSent)
    #expect(throws: EditRefusal.village(wayan, At.sanur)) {
      try honest.add(wayan, in: At.sanur, [At.name: .text("Emas")])
    }
  }
}
