import Bytes
import Causality
import Model
import Reading
import Rules
import Sync
import Testing
import Wire
import Worlds

@testable import Store

@Suite struct `What a laptop can make the office believe` {
  let office: TestOffice
  let honest: TestLaptop
  let hostile: TestLaptop
  let wayan: PersonID
  let made: PersonID
  let record: RecordID

  init() throws {
    office = try TestOffice()
    wayan = try office.person("wayan", .surveyor, [At.renon, At.sanur])
    made = try office.person("made", .surveyor, [At.renon])
    honest = try TestLaptop(seed: 1, office: office, for: [wayan])
    hostile = try TestLaptop(seed: 2, office: office, for: [made])
    record = try honest.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    try honest.sync(office)
    try hostile.sync(office)
  }

  private func version() throws -> UInt64 { try office.store.standing().directory.version }

  private func forged(
    directory: UInt64? = nil, record: RecordID? = nil, _ answers: [PlacedAnswer]? = nil
  ) throws -> ChangeContent {
    .forged(
      by: made, on: hostile.device, directory: try directory ?? version(), record: record,
      answers ?? [PlacedAnswer(path: At.name, answer: .text("palsu"))])
  }

  private func grounds(_ contents: [ChangeContent], replica: UInt64) throws -> [Refusal.Ground] {
    var forger = Forger(At.renon, replica: ReplicaID(replica))
    return try hostile.push([forger.frame(contents)], to: office).refusals.map(\.ground)
  }

  private func state() throws -> RecordState {
    try #require(try office.store.peek(record, form: 1)).state
  }

  private func life(
    _ isAlive: Bool, replacing names: [Name], seen: [Life.Seen] = []
  ) -> PlacedAnswer {
    PlacedAnswer(
      path: .life, replaces: names, answer: .life(Life(isAlive: isAlive, seen: seen)))
  }

  @Test func `It cannot settle alone whether a contested record is there`() throws {
    let seen = try hostile.show(record, to: made)
    let shown = try honest.show(record, to: wayan).state
    let verdict = lifeAnswer(alive: false, seeing: shown, row: nil)
    try honest.edit(record, by: wayan, [.life: verdict.answer])
    try hostile.edit(seen, by: made, [At.name: .text("Batik Asih"), .life: .life(.alive)])
    try honest.sync(office)
    try hostile.sync(office)
    let lives = try state().siblings(at: .life)
    let names = try state().siblings(at: At.name)
    #expect(lives.count == 2)
    let own = try lives.filter { try state().author(of: $0.origin)?.person == made }.map(\.origin)
    let others = lives.map(\.origin).filter { !own.contains($0) }

    let all = life(true, replacing: lives.map(\.origin))
    #expect(try grounds([forged(record: record, [all])], replica: 1) == [.naming])
    // The delete alone: but the change itself tells of an answer that the deleter had not seen.
    let replaced = PlacedAnswer(
      path: At.name, replaces: names.map(\.origin), answer: .text("palsu"))
    #expect(
      try grounds([forged(record: record, [life(true, replacing: others), replaced])], replica: 2)
        == [.naming])
    let listed = names.map { Life.Seen(path: At.name, name: $0.origin) }
    #expect(
      try grounds(
        [forged(record: record, [life(true, replacing: others, seen: listed)])], replica: 3)
        == [.naming])
    #expect(try state().siblings(at: .life) == lives)
    #expect(try grounds([forged(record: record, [life(true, replacing: own)])], replica: 4) == [])
  }

  @Test func `What everyone agrees is deleted may be brought back`() throws {
    let shown = try honest.show(record, to: wayan).state
    let verdict = lifeAnswer(alive: false, seeing: shown, row: nil)
    try honest.edit(record, by: wayan, [.life: verdict.answer])
    try honest.sync(office)
    try hostile.sync(office)
    let view = try hostile.show(record, to: made).state
    try hostile.edit(
      record, by: made, [.life: lifeAnswer(alive: true, seeing: view, row: nil).answer])
    #expect(try hostile.sync(office).isAllSent)
  }

  @Test func `What is deleted, and a row of it besides, may be brought back`() throws {
    let (row, other) = (Row(TinySurvey.Field.products, "A"), Row(TinySurvey.Field.products, "B"))
    let brand = Path(row: row, field: TinySurvey.Field.brand)
    try honest.edit(record, by: wayan, [brand: .text("Asih")])
    try honest.sync(office)
    try hostile.sync(office)
    let late = try hostile.show(record, to: made)
    let shown = try honest.show(record, to: wayan)
    for gone in [nil, row] {
      let verdict = lifeAnswer(alive: false, seeing: shown.state, row: gone)
      try honest.edit(shown, by: wayan, [Path(row: gone, field: .life): verdict.answer])
    }
    try honest.sync(office)
    try hostile.sync(office)
    let view = try hostile.show(record, to: made)
    #expect(lifeReading(of: view.state, row: nil).liveness == .deleted)
    let verdict = lifeAnswer(alive: true, seeing: view.state, row: nil)
    try hostile.edit(view, by: made, [.life: verdict.answer])
    // That another row is there, which the deleter had not seen, does speak against the delete.
    let deletes = view.state.siblings(at: .life).map(\.origin)
    try hostile.edit(
      late, by: made, [Path(row: other, field: TinySurvey.Field.brand): .text("Sari")])
    #expect(try hostile.sync(office).isAllSent)
    let path = Path(row: other, field: .life)
    let listed = try state().siblings(at: path).map { Life.Seen(path: path, name: $0.origin) }
    #expect(listed.count == 1)
    #expect(
      try grounds(
        [forged(record: record, [life(true, replacing: deletes, seen: listed)])], replica: 1)
        == [.naming])
  }

  @Test func `It cannot go back to rights that are gone`() throws {
    let before = try version()
    try office.person("ketut", .supervisor, nil)
    let (early, late) = (try forged(directory: before), try forged())
    #expect(try grounds([early, late, late], replica: 1) == [])
    #expect(try grounds([late, early], replica: 2) == [.directory])
    #expect(try office.store.vector(of: At.renon).count(of: ReplicaID(2)) == 1)
    // Also not in a frame of its own.
    var forger = Forger(At.renon, replica: ReplicaID(3))
    #expect(try hostile.push([forger.frame([late])], to: office).refusals.isEmpty)
    let next = forger.frame([early])
    #expect(try hostile.push([next], to: office).refusals.map(\.ground) == [.directory])
    // Nor to a directory that does not know the laptop yet.
    let directory = try office.store.standing().directory
    let joined = try #require(
      (1...before).first { directory.device(hostile.device, at: $0) != nil })
    #expect(try grounds([forged(directory: joined - 1)], replica: 4) == [.foreignDevice])
  }

  @Test func `A village that the survey does not have is not remembered`() throws {
    let strange = try #require(VillageCode("11.11.11.1111"))
    let vector = VersionVector([VersionVector.Entry(replica: ReplicaID(1), count: 9, head: 1)])
    let listed = [VillageVector(village: strange, vector: vector)]
    var request = SyncRequest(
      survey: 7, device: hostile.device, epoch: try office.store.standing().epoch,
      digest: Digest.vectors(listed), directory: 0, isComplete: true, villages: listed,
      frames: [], unsent: 0, budget: 1 << 20)
    for isComplete in [true, false] {
      request.isComplete = isComplete
      request.villages =
        isComplete ? listed : try hostile.store.vectors() + listed
      request.villages.sort { $0.village < $1.village }
      request.digest = Digest.vectors(
        isComplete ? listed : try office.store.acknowledged(to: hostile.device) + listed)
      let reply = try hostile.send(request, to: office)
      #expect(reply.status == .complete)
      #expect(!reply.acknowledged.contains { $0.village == strange })
      let remembered = try office.store.acknowledged(to: hostile.device)
      #expect(!remembered.contains { $0.village == strange })
    }
  }

  @Test func `A reply is no longer than the office wants, whatever is asked for`() throws {
    let text = String(repeating: "x", count: Answer.textLimit)
    let answers = (0..<55).map { number -> (Path, Answer) in
      let row = Row(TinySurvey.Field.products, Text("\(number)"))
      return (Path(row: row, field: TinySurvey.Field.brand), .text(text))
    }
    for _ in 0..<4 {
      try honest.add(wayan, in: At.renon, Dictionary(uniqueKeysWithValues: answers))
    }
    #expect(try honest.sync(office).isAllSent)
    let reply = try hostile.send(
      SyncRequest(
        survey: 7, device: hostile.device, epoch: 0, digest: Digest.vectors([]), directory: 0,
        isComplete: true, villages: [], frames: [], unsent: 0, budget: 64 << 20), to: office)
    #expect(reply.status == .more)
    let sizes = reply.frames.flatMap { $0.contents.map(\.count) }
    #expect(sizes.dropLast().reduce(0, +) < 8 << 20)
  }

  // MARK: Counts

  @Test(arguments: [true, false])
  func `Nobody is told of more than the office holds, whatever they claim`(
    isComplete: Bool
  ) throws {
    let mine = try hostile.store.standing().replica
    let others = try honest.store.standing().replica
    let held = try office.store.vectors()
    let claims = [mine, others, ReplicaID(0x99)].sorted().map {
      VersionVector.Entry(replica: $0, count: Dot.counterLimit, head: 7)
    }
    let claimed = [VillageVector(village: At.renon, vector: VersionVector(claims))]
    // And the office's word for snapshots that stand for all that, which it never gave.
    let forged = try [At.renon, At.sanur].map { village in
      let mark = WatermarkEntry(
        village: village, vector: VersionVector(claims), digest: ChainHash(1, 2, 3, 4),
        signature: [UInt8](repeating: 1, count: 64))
      return try #require(
        SnapshotPiece(mark, index: 0, count: Snapshot.countLimit, bytes: Snapshot.packed([1])))
    }
    var request = SyncRequest(
      survey: 7, device: hostile.device, epoch: try office.store.standing().epoch,
      digest: Digest.vectors(claimed), directory: try version(), isComplete: isComplete,
      villages: claimed, frames: [], unsent: .max, budget: 64 << 20, offered: forged)
    request.directoryTag = try hostile.store.syncMaterial(budget: 1).directoryTag
    for _ in 0..<2 {
      let reply = try hostile.send(request, to: office)
      for pair in try reply.acknowledged + office.store.acknowledged(to: hostile.device) {
        let there = try office.store.vector(of: pair.village)
        #expect(pair.vector.entries.allSatisfy { there[$0.replica] == $0 }, "\(pair)")
      }
      #expect(reply.status != .tellAll)
      #expect(reply.wanted.allSatisfy { $0.parts == nil })
      #expect(try office.store.vectors() == held)
      request.isComplete.toggle()
    }
    let staged = try office.store.read { db in
      try db.first("SELECT count(*) FROM staged") { $0.integer(0) }
    }
    #expect(staged == 0)
    // An honest program on that laptop goes on from what it holds.
    try honest.add(wayan, in: At.renon, [At.name: .text("B")])
    try honest.sync(office)
    try hostile.add(made, in: At.renon, [At.name: .text("C")])
    #expect(try hostile.sync(office).isAllSent)
    try honest.sync(office)
    for laptop in [honest, hostile] {
      #expect(try laptop.store.vector(of: At.renon) == office.store.vector(of: At.renon))
      #expect(try laptop.store.verify().isClean)
    }
    #expect(try office.store.verify().isClean)
  }

  /// Frames under the office's seal that begin near the end of counting or far behind what is held, of a
  /// stream, with and without what they go on from.
  private func ahead(of replica: ReplicaID, in village: VillageCode) throws -> [Frame] {
    let content = try forged().bytes(village: village)
    return try [1000, Dot.counterLimit - 1, Dot.counterLimit].flatMap { first -> [Frame] in
      let count = first == Dot.counterLimit ? 1 : 2
      let stream = StreamID(village: village, replica: replica)
      let secret = try #require(StreamSecret([UInt8](repeating: 3, count: StreamSecret.length)))
      let before = ChainHash(5, 6, 7, first)
      var chain = Chain(stream: stream, secret: secret, count: first - 1, head: before)
      for _ in 0..<count { _ = chain.append(content) }
      let bare = Frame(
        stream: stream, first: first, previous: before.tag, last: chain.head, secret: nil,
        contents: [[UInt8]](repeating: content, count: count))
      let sealed = try office.sealed(bare)
      let based = Frame(
        stream: stream, first: first, previous: before.tag, last: chain.head, secret: nil,
        base: Frame.Base(hash: before, secret: secret), seal: sealed.seal,
        contents: bare.contents)
      return [sealed, based]
    }
  }

  @Test func `What an office that lies hands out far ahead waits, and is in nobody's way`() throws {
    let own = try honest.store.standing().replica
    let there = try hostile.store.standing().replica
    let epoch = try office.store.standing().epoch
    var reply = SyncReply(epoch: epoch, time: 1_790_000_000_000, status: .complete)
    for village in [At.renon, At.kesiman] {
      for replica in [own, there, ReplicaID(0x99)] {
        reply.frames += try ahead(of: replica, in: village)
      }
    }
    let claims = [own, there, ReplicaID(0x99)].sorted().map {
      VersionVector.Entry(replica: $0, count: Dot.counterLimit, head: 7)
    }
    reply.acknowledged = [VillageVector(village: At.renon, vector: VersionVector(claims))]
    try honest.edit(record, by: wayan, [At.name: .text("B")])
    let held = try honest.store.vectors()
    // Of two frames that begin and end alike one waits.
    let waiting = reply.frames.count / 2
    for _ in 0..<2 {
      let absorbed = try honest.store.absorb(SyncReply(reply.bytes), isNewOffice: false)
      #expect(absorbed.received == 0 && absorbed.waiting == waiting)
      #expect(try honest.store.vectors() == held)
      #expect(try honest.store.standing().replica != own, "what is told of it may be another's")
    }
    // The honest office takes what is new, whatever was said to be there.
    try honest.add(wayan, in: At.renon, [At.name: .text("C")])
    try honest.sync(office)
    try hostile.sync(office)
    #expect(try honest.store.vectors() == office.store.vectors())
    #expect(
      try hostile.store.vector(of: At.renon) == office.store.vector(of: At.renon))
    // What waits stays, at the office too, and costs a sync its bytes alone.
    let (summary, bytes) = try honest.weigh { office }
    #expect(summary.rounds == 1 && summary.isAllSent && summary.waiting == waiting)
    #expect(bytes < reply.bytes.count)
    #expect(try office.store.waitingCount() == waiting)
    for store in [honest.store, hostile.store, office.store] {
      #expect(try store.verify().isClean)
    }
  }

  // MARK: Quarantine

  @Test func `A frame whose hashes do not fit is kept aside, once`() throws {
    var forger = Forger(At.renon)
    let frame = forger.frame([try forged()])
    let wrong = Frame(
      stream: frame.stream, first: 1, previous: 0, last: ChainHash(1, 2, 3, 4),
      secret: frame.secret, contents: frame.contents)
    for _ in 0..<2 {
      #expect(try hostile.push([wrong], to: office).refusals.map(\.ground) == [.chain])
      #expect(try office.store.quarantined().map(\.ground) == [.chain])
    }
    // Whatever it is refused for: one change, one row.
    try office.revoke(hostile.device)
    #expect(throws: Problem.revokedDevice) { try hostile.push([frame], to: office) }
    #expect(try office.store.quarantined().map(\.ground) == [.revoked])
  }

  @Test func `What came damaged once and whole later is kept aside no more`() throws {
    var forger = Forger(At.renon)
    let frame = forger.frame([try forged()])
    let wrong = Frame(
      stream: frame.stream, first: 1, previous: 0, last: ChainHash(1, 2, 3, 4),
      secret: frame.secret, contents: frame.contents)
    _ = try hostile.push([wrong], to: office)
    #expect(try hostile.push([frame], to: office).refusals.isEmpty)
    #expect(try office.store.quarantined().isEmpty)
  }

  @Test func `Of each device so much is kept aside and no more`() throws {
    let bytes = Quarantine.byteLimit - 10
    try office.store.write { db in
      try db.run(
        """
        INSERT INTO quarantine (village, replica, counter, hash, device, ground, arrived, content)
        VALUES (?, 1, 1, x'00', ?, 3, 0, zeroblob(?))
        """, .bits(At.renon.number), .integer(Int64(hostile.device.number)), .integer(bytes))
    }
    func kept() throws -> Int? {
      try office.store.read { db in
        try db.first("SELECT count(*) FROM quarantine") { Int($0.integer(0)) }
      }
    }
    var content = try forged()
    content.author.act = .resolution
    #expect(try grounds([content], replica: 1) == [.role])
    #expect(try kept() == 1)
    var forger = Forger(At.renon, replica: ReplicaID(2))
    content.author.device = honest.device
    _ = try honest.push([forger.frame([content])], to: office)
    #expect(try kept() == 2, "others have room of their own")
  }

  @Test func `What one device is refused holds up no other's stream`() throws {
    let replica = try honest.store.standing().replica
    let head = try #require(try office.store.vector(of: At.renon)[replica])
    let next = Frame(
      stream: StreamID(village: At.renon, replica: replica), first: head.count + 1,
      previous: head.head, last: ChainHash(1, 2, 3, 4), secret: nil,
      contents: [try forged().bytes(village: At.renon)])
    #expect(try hostile.push([next], to: office).refusals.map(\.ground) == [.chain])
    for name in ["B", "C"] { try honest.edit(record, by: wayan, [At.name: .text(name)]) }
    let early = try honest.store.frames(
      missingAt: [
        VillageVector(
          village: At.renon,
          vector: VersionVector([
            VersionVector.Entry(replica: replica, count: head.count + 1, head: 0)
          ]))
      ], budget: .max
    ).frames
    #expect(try honest.push(early, to: office).refusals.isEmpty, "it waits for the one before")
    #expect(try honest.sync(office).isAllSent)
  }

  // MARK: Clocks

  @Test func `Who leaves evidence out is suspect`() {
    let stamp = Stamp(milliseconds: 1_790_000_000_000)
    func isSuspect(_ device: DeviceID, _ directory: UInt64) -> Bool {
      Authorship(person: made, device: device, stamp: stamp, directory: directory).isSuspect
    }
    #expect(isSuspect(hostile.device, 5))
    #expect(!isSuspect(hostile.device, 0), "it had no office")
    #expect(!isSuspect(.standalone, 5), "it is the office")
  }

  @Test(arguments: [.min, -1, (1 << 48) + 1, .max] as [Int64])
  func `A time that no change can state is not believed`(_ time: Int64) throws {
    let reply = SyncReply(epoch: 1, time: time, status: .complete)
    #expect(throws: WireError.self) { try SyncReply(reply.bytes) }
    #expect(throws: WireError.self) {
      try EnrolReply(
        EnrolReply(device: hostile.device, epoch: 1, time: time, directory: []).bytes)
    }
    _ = try honest.store.absorb(reply, isNewOffice: false)
    let saved = try honest.edit(record, by: wayan, [At.name: .text("B")])
    let bytes = try #require(saved.change).content.bytes(village: At.renon)
    #expect(try ChangeContent(bytes, village: At.renon) == saved.change?.content)
  }

  // MARK: Limits

  @Test func `A record that could not be read back is not saved`() throws {
    func path(_ number: Int) -> Path { Path(field: At.name.field, element: Text("\(number)")) }
    var big = try #require(try honest.store.peek(record, form: 1)).state
    let author = try #require(big.author(of: big.siblings(at: .life)[0].origin))
    let name = Name(
      dot: Dot(replica: ReplicaID(1), village: At.renon, counter: 1), tag: 1)
    let free = RecordState.placeLimit - big.registers.count
    big.apply(
      name, by: author,
      (0..<free).map { PlacedAnswer(path: path(1_000_000 + $0), answer: .cleared) })
    #expect(big.registers.count == RecordState.placeLimit)
    try Door.requireReadable(big)
    try honest.store.write { db in
      let table = try honest.store.context(db).table(1).name
      try db.run("UPDATE \(table) SET _state = ?", .blob(big.bytes))
    }
    let before = try honest.store.vectors()
    do {
      _ = try honest.store.save(
        Edit(
          form: 1, village: At.renon, record: record, person: wayan, view: big,
          wishes: [Wish(At.outcome, .text("buka"))]))
      Issue.record("it was saved")
    } catch StoreError.tooManyPlaces(let places, let limit) {
      #expect(places == limit + 1 && limit == RecordState.placeLimit)
    }
    #expect(try honest.store.vectors() == before)
  }

  @Test func `A change that mentions more names than can be read is not saved`() throws {
    let names = (0...ChangeContent.nameLimit).map {
      Name(
        dot: Dot(replica: ReplicaID(1), village: At.renon, counter: UInt64($0) + 1), tag: 1)
    }
    try honest.store.write { db in
      var authoring = try Authoring(honest.store, db)
      let content = ChangeContent(
        form: 1, record: record, author: authoring.author(wayan, act: .edit), cites: names,
        body: .answers([]))
      #expect(throws: StoreError.self) { try authoring.write(content, in: At.renon) }
    }
  }

  @Test func `A frame ends before counters do`() throws {
    func frame(_ first: UInt64, _ count: Int) -> Frame {
      Frame(
        stream: StreamID(village: At.renon, replica: ReplicaID(1)), first: first, previous: 1,
        last: ChainHash(1, 2, 3, 4), secret: nil,
        contents: [[UInt8]](repeating: [1], count: count))
    }
    let last = Dot.counterLimit
    #expect(try Frame(frame(last - 1, 2).bytes).lastCounter == last)
    for (first, count) in [(last, 2), (last - 1, 3), (last + 1, 1), (UInt64.max, 1)] {
      #expect(throws: WireError.self) { try Frame(frame(first, count).bytes) }
    }
  }

  @Test func `Where streams take turns, a message ends after so many frames`() throws {
    try hostile.sync(office)
    for number in 0..<3 {
      try honest.edit(record, by: wayan, [At.name: .text("\(number)")])
      try honest.sync(office)
      try hostile.sync(office)
      try hostile.edit(record, by: made, [At.name: .text("\(number)!")])
      try hostile.sync(office)
    }
    let peer = [VillageVector(village: At.renon, vector: VersionVector())]
    for most in [1, 2, 4] {
      let outgoing = try office.store.read { db in
        try Store.frames(
          db, missingAt: peer, budget: .max, most: most,
          seals: try Sealer(db, context: try office.store.context(db)))
      }
      #expect(outgoing.isCut && (most...most + 1).contains(outgoing.frames.count))
    }
  }
}
