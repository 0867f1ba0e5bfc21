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

/// An office that went back further than its newest backup, fed by laptops that dropped history.
extension `Dropped history` {
  /// A laptop with work in two villages that is in a first backup by half, and in a second one as a
  /// whole; what is in the second it has dropped, and it went on.
  private func dropped() throws -> (laptop: TestLaptop, records: [RecordID]) {
    let laptop = try laptop(1)
    var records = try work(laptop)
    try laptop.sync(office)
    try backUp("first.db")
    records += try work(laptop)
    try laptop.edit(records[3], by: wayan, [At.name: .text("antara")])
    try laptop.sync(office)
    try laptop.sync(office)
    try backUp("second.db")
    try laptop.sync(office)
    for village in [At.renon, At.sanur] { #expect(try laptop.store.truncate(village) != .nothing) }
    try laptop.edit(records[3], by: wayan, [At.name: .text("sesudah")])
    try laptop.edit(records[14], by: wayan, [At.name: .text("juga")])
    return (laptop, records)
  }

  @Test(arguments: [false, true])
  func `An office that lost its newest backup gets what it had from a laptop's base`(
    hasSynced: Bool
  ) throws {
    let (laptop, records) = try dropped()
    if hasSynced { try laptop.sync(office) }
    let restored = try putBack("first.db")
    let kept = try journaled(restored.store)
    let summary = try laptop.sync(restored)
    #expect(summary.isAllSent)
    #expect(try laptop.store.unsentCount() == 0)
    try laptop.sync(restored)
    try expectAgreement([restored.store, laptop.store])
    #expect(try journaled(restored.store) > kept)
    #expect(
      try laptop.reading(records[3]).state.siblings(at: At.name).map(\.answer) == [.text("sesudah")]
    )
    // Nothing is offered again, and a sync is one round trip.
    #expect(try laptop.store.syncMaterial(budget: SyncSession.budget).offered.isEmpty)
    #expect(try laptop.sync(restored).rounds == 1)

    // Whoever begins now begins with what the office was given.
    let newcomer = try TestLaptop(seed: 9, office: restored, for: [wayan])
    try newcomer.sync(restored)
    try laptop.sync(restored)
    try expectAgreement([restored.store, laptop.store, newcomer.store])
    try newcomer.edit(records[5], by: wayan, [At.name: .text("baru lagi")])
    #expect(try newcomer.sync(restored).isAllSent)
    try laptop.sync(restored)
    try expectAgreement([restored.store, laptop.store, newcomer.store])

    // The next backup has all of it, and history goes again.
    _ = try restored.store.backUp(to: folder.path("third.db"))
    try laptop.sync(restored)
    #expect(try laptop.store.truncate(At.renon) != .differs)
    let late = try TestLaptop(seed: 11, office: restored, for: [made])
    try late.sync(restored)
    try laptop.sync(restored)
    try newcomer.sync(restored)
    try expectAgreement([restored.store, laptop.store, newcomer.store, late.store])
    let again = try putBack("third.db", as: "again.db")
    for laptop in [laptop, newcomer, late, laptop, newcomer] { try laptop.sync(again) }
    try expectAgreement([again.store, laptop.store, newcomer.store, late.store])
  }

  @Test func `A laptop in the middle of what the office knows by a base alone is brought up`()
    throws
  {
    let laptop = try laptop(1)
    let behind = try self.laptop(2)
    _ = try work(laptop)
    try laptop.sync(office)
    try behind.sync(office)
    try backUp("first.db")
    let more = try work(laptop)
    try laptop.sync(office)
    // It has more than the first backup, and less than the second.
    try behind.sync(office)
    try laptop.edit(more[3], by: wayan, [At.name: .text("antara")])
    try laptop.sync(office)
    try backUp("second.db")
    try laptop.sync(office)
    for village in [At.renon, At.sanur] { #expect(try laptop.store.truncate(village) != .nothing) }
    let own = try behind.edit(more[4], by: made, [At.wave: .text("sendiri")])
    let restored = try putBack("first.db")
    try laptop.sync(restored)
    #expect(try behind.sync(restored).isAllSent)
    try laptop.sync(restored)
    try expectAgreement([restored.store, laptop.store, behind.store])
    for one in [laptop, behind] {
      let state = try one.reading(own.record).state
      #expect(state.siblings(at: At.wave).contains { $0.answer == .text("sendiri") })
    }
  }

  @Test func `Who has the changes themselves makes the base needless`() throws {
    let laptop = try laptop(1)
    let whole = try self.laptop(2)
    _ = try work(laptop)
    try laptop.sync(office)
    try backUp("first.db")
    _ = try work(laptop)
    try laptop.sync(office)
    try whole.sync(office)
    try backUp("second.db")
    try laptop.sync(office)
    for village in [At.renon, At.sanur] { #expect(try laptop.store.truncate(village) != .nothing) }
    let restored = try putBack("first.db")
    try whole.sync(restored)
    #expect(try laptop.sync(restored).isAllSent)
    try whole.sync(restored)
    try expectAgreement([restored.store, laptop.store, whole.store])
    #expect(try restored.store.read { db in try Cuts.villages(db) } == [])
  }

  @Test func `Two bases of which neither contains the other become one`() throws {
    let other = try self.laptop(21)
    let late = try self.laptop(22)
    let (laptop, records) = try dropped()
    let restored = try putBack("first.db")
    let others = try other.add(made, in: At.renon, [At.name: .text("lain")])
    try other.sync(restored)
    _ = try restored.store.backUp(to: folder.path("early.db"))
    // It begins with what the restored office signed before it was fed.
    try late.sync(restored)
    #expect(try !Cuts.isWhole(late.store, At.renon))
    #expect(try laptop.sync(restored).isAllSent)
    for laptop in [late, other, laptop] { try laptop.sync(restored) }
    try expectAgreement([restored.store, laptop.store, other.store, late.store])
    for record in [others, records[3], records[14]] {
      #expect(try late.store.peek(record, form: 1) != nil)
    }
    // What it came to nobody has signed, so it is offered to nobody; the next backup has it.
    #expect(try late.store.read { db in try Cuts.mark(db, of: At.renon) } == nil)
    _ = try restored.store.backUp(to: folder.path("whole.db"))
    try late.sync(restored)
    #expect(try late.store.truncate(At.renon) != .differs)
    #expect(try late.store.read { db in try Cuts.mark(db, of: At.renon) } != nil)
    try expectAgreement([restored.store, laptop.store, other.store, late.store])
  }

  @Test(arguments: [false, true])
  func `What a base was joined from feeds the next office, and goes when the office signs it`(
    isSigned: Bool
  ) throws {
    let other = try self.laptop(21)
    let late = try self.laptop(22)
    let (laptop, records) = try dropped()
    let restored = try putBack("first.db")
    let others = try other.add(made, in: At.renon, [At.name: .text("lain")])
    try other.sync(restored)
    _ = try restored.store.backUp(to: folder.path("early.db"))
    try late.sync(restored)
    #expect(try laptop.sync(restored).isAllSent)
    try late.sync(restored)
    #expect(try late.store.read { db in try Cuts.marks(db, of: At.renon).count } == 2)
    #expect(try late.store.verify().isClean)
    if isSigned {
      _ = try restored.store.backUp(to: folder.path("whole.db"))
      try late.sync(restored)
      #expect(try late.store.truncate(At.renon) != .differs)
      #expect(try late.store.read { db in try Cuts.marks(db, of: At.renon).count } == 1)
      #expect(try late.store.read { db in try JoinedBases.marks(db, of: At.renon) } == [])
    }
    let mine = try late.edit(others, by: made, [At.wave: .text("nanti")])
    // Nobody else comes to the office that lost both.
    let again = try putBack("first.db", as: "again.db")
    #expect(try late.sync(again).isAllSent)
    #expect(try late.store.unsentCount() == 0)
    #expect(try late.sync(again).rounds == 1)
    try expectAgreement([again.store, late.store])
    for record in [others, records[3], records[14]] {
      #expect(try again.store.peek(record, form: 1) != nil)
    }
    #expect(try late.reading(mine.record).state.siblings(at: At.wave).count == 1)
    for laptop in [laptop, other, laptop] { #expect(try laptop.sync(again).isAllSent) }
    try late.sync(again)
    try expectAgreement([again.store, late.store, laptop.store, other.store])
  }

  /// The verdict that another replaces stands in the base, or had been replaced before that was made.
  @Test(arguments: [false, true])
  func
    `Who decides again about a record is heard by an office that knows by a base what was before`(
      isForgotten: Bool
    ) throws
  {
    let laptop = try laptop(1)
    let late = try self.laptop(2)
    try laptop.sync(office)
    try backUp("first.db")
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    let old = try laptop.show(record, to: made)
    func verdict(_ one: TestLaptop, _ person: PersonID, _ shown: ShownRecord, alive: Bool) throws {
      try one.edit(
        shown, by: person,
        [.life: lifeAnswer(alive: alive, seeing: shown.state, row: nil).answer])
    }
    try laptop.edit(record, by: wayan, [At.name: .text("B")])
    try verdict(laptop, wayan, try laptop.show(record, to: wayan), alive: false)
    try laptop.sync(office)
    func replaceElsewhere() throws {
      try late.sync(office)
      try verdict(late, made, try late.show(record, to: made), alive: true)
    }
    if isForgotten {
      try replaceElsewhere()
      try late.sync(office)
    }
    try backUp("second.db")
    for _ in 0..<2 { try late.sync(office) }
    _ = try late.store.truncate(At.renon)
    #expect(try !Cuts.isWhole(late.store, At.renon))
    if !isForgotten { try replaceElsewhere() }
    // It saw one delete, and then the other, of somebody who had seen less.
    try verdict(laptop, made, old, alive: false)
    try verdict(laptop, wayan, try laptop.show(record, to: wayan), alive: true)
    let restored = try putBack("first.db")
    for _ in 0..<2 { try late.sync(restored) }
    let summary = try laptop.sync(restored)
    #expect(summary.refusals.isEmpty && summary.isAllSent)
    for one in [late, laptop] { try one.sync(restored) }
    try expectAgreement([restored.store, laptop.store, late.store])
  }

  @Test func `Nobody settles a contested record alone by naming what only a base knows`() throws {
    let laptop = try laptop(1)
    let hostile = try self.laptop(2)
    for one in [laptop, hostile] { try one.sync(office) }
    try backUp("first.db")
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    try laptop.sync(office)
    try hostile.sync(office)
    let seen = try hostile.show(record, to: made)
    let shown = try laptop.show(record, to: wayan).state
    let verdict = lifeAnswer(alive: false, seeing: shown, row: nil)
    try laptop.edit(record, by: wayan, [.life: verdict.answer])
    try hostile.edit(seen, by: made, [At.name: .text("B"), .life: .life(.alive)])
    for one in [laptop, hostile, laptop] { try one.sync(office) }
    try backUp("second.db")
    try laptop.sync(office)
    #expect(try laptop.store.truncate(At.renon) != .nothing)
    let restored = try putBack("first.db")
    #expect(try laptop.sync(restored).isAllSent)

    let state = try #require(try restored.store.peek(record, form: 1)).state
    let lives = state.siblings(at: .life).map(\.origin)
    #expect(lives.count == 2)
    let own = lives.filter { state.author(of: $0)?.person == made }
    let others = lives.filter { !own.contains($0) }
    let names = state.siblings(at: At.name).map(\.origin)
    let creation = try #require(state.origins.first { record.isCreated(by: $0.name) }).name
    func grounds(
      replacing lives: [Name], seen: [Life.Seen] = [], _ more: [PlacedAnswer] = []
    ) throws -> [Refusal.Ground] {
      let life = PlacedAnswer(
        path: .life, replaces: (lives + [creation]).sorted(),
        answer: .life(Life(isAlive: true, seen: seen)))
      let content = ChangeContent.forged(
        by: made, on: hostile.device,
        directory: try restored.store.standing().directory.version, record: record, [life] + more)
      var forger = Forger(At.renon, replica: ReplicaID(hostile.clock.surroundings.random()))
      return try hostile.push([forger.frame([content])], to: restored).refusals.map(\.ground)
    }
    #expect(try grounds(replacing: lives) == [.naming])
    let replaced = PlacedAnswer(path: At.name, replaces: names, answer: .text("palsu"))
    #expect(try grounds(replacing: others, [replaced]) == [.naming])
    let listed = names.map { Life.Seen(path: At.name, name: $0) }
    #expect(try grounds(replacing: others, seen: listed) == [.naming])
    #expect(
      try restored.store.peek(record, form: 1)?.state.siblings(at: .life).map(\.origin) == lives)
    #expect(try grounds(replacing: own) == [])
  }

  @Test func `What the office signs before it was fed drops nothing of a base`() throws {
    let other = try self.laptop(21)
    let (laptop, _) = try dropped()
    let restored = try putBack("first.db")
    try other.add(made, in: At.renon, [At.name: .text("lain")])
    try other.sync(restored)
    _ = try restored.store.backUp(to: folder.path("early.db"))
    // The watermark comes with the first reply, before the base is at the office.
    var session = SyncSession()
    var step = session.start()
    while case let .gather(budget, refused, handsIn) = step {
      step = session.gathered(
        try laptop.store.syncMaterial(budget: budget, without: refused, handsIn: handsIn))
      guard case .send(let request) = step else { break }
      step = session.received(try laptop.send(request, to: restored))
      guard case .absorb(let reply, let isNewOffice) = step else { break }
      step = session.absorbed(try laptop.store.absorb(reply, isNewOffice: isNewOffice))
      for village in [At.renon, At.sanur] {
        #expect(try laptop.store.truncate(village) != .differs)
      }
    }
    try other.sync(restored)
    try laptop.sync(restored)
    try expectAgreement([restored.store, laptop.store, other.store])
  }

  @Test func `A watermark that has nothing of a base's stream drops nothing of it`() throws {
    let other = try self.laptop(21)
    let laptop = try laptop(1)
    try laptop.sync(office)
    try backUp("first.db")
    _ = try work(laptop)
    try laptop.sync(office)
    try backUp("second.db")
    try laptop.sync(office)
    #expect(try laptop.store.truncate(At.renon) != .nothing)
    let restored = try putBack("first.db")
    try other.add(made, in: At.renon, [At.name: .text("lain")])
    try other.sync(restored)
    try laptop.sync(restored)
    let early = try #require(try other.store.vector(of: At.renon).entries.first)
    let signed = try restored.store.read { db in
      WatermarkEntry(
        village: At.renon, vector: VersionVector([early]), digest: .start, survey: 7,
        key: try #require(try Meta.bytes(db, .key)))
    }
    let entry = try #require(signed)
    try laptop.store.write { db in
      try laptop.store.keepWatermark(db, Watermark(id: 5, villages: [entry]))
    }
    #expect(try laptop.store.truncate(At.renon) == .nothing)
  }

  /// A laptop with a base of several parts, and the office that needs it.
  private func largeBase() throws -> (laptop: TestLaptop, restored: TestOffice) {
    let laptop = try laptop(1)
    try laptop.sync(office)
    try backUp("first.db")
    for number in 0..<40 {
      let letters = (0..<9000).map { UInt8(97 + ($0 * $0 + number) % 26) }
      let long = Text(String(decoding: letters, as: UTF8.self))
      try laptop.add(wayan, in: At.renon, [At.name: .text(long)])
    }
    try laptop.sync(office)
    try backUp("second.db")
    try laptop.sync(office)
    #expect(try laptop.store.truncate(At.renon) != .nothing)
    return (laptop, try putBack("first.db"))
  }

  /// The parts of the base, as the laptop would hand them in.
  private func parts(_ laptop: TestLaptop) throws -> [SnapshotPiece] {
    try laptop.store.read { db in
      let mark = try #require(try Cuts.mark(db, of: At.renon))
      var budget = Int.max
      return try Cuts.pieces(db, of: mark, from: 0, budget: &budget)
    }
  }

  @Test func `A backup in the middle of a refill does not end it`() throws {
    let (laptop, restored) = try largeBase()
    let all = try parts(laptop)
    #expect(all.count > 1)
    func take(_ index: Int) throws -> [Int?] {
      try restored.store.take([all[index]], from: laptop.device).wanted.map(\.parts)
    }
    #expect(try take(0) == [1])
    // Parts that were lost are asked for from the beginning.
    try restored.store.write { db in
      try Store.unstage(db, At.renon, from: laptop.device)
    }
    #expect(try take(1) == [0])
    #expect(try take(0) == [1])
    _ = try restored.store.backUp(to: folder.path("between.db"))
    #expect(try take(1) == [nil])
    #expect(try restored.store.vector(of: At.renon) == laptop.store.vector(of: At.renon))
    #expect(try laptop.sync(restored).isAllSent)
    try laptop.sync(restored)
    try expectAgreement([restored.store, laptop.store])
  }

  @Test func `An office that was killed when it had all parts makes something of them`() throws {
    let (laptop, restored) = try largeBase()
    let all = try parts(laptop)
    _ = try restored.store.write { db in
      try restored.store.stage(db, all, from: laptop.device)
    }
    #expect(try restored.store.vector(of: At.renon).isEmpty)
    #expect(try laptop.sync(restored).isAllSent)
    try laptop.sync(restored)
    try expectAgreement([restored.store, laptop.store])
  }

  @Test func `A laptop that was killed when it had all parts makes something of them`() throws {
    let (laptop, _) = try largeBase()
    let newcomer = try self.laptop(3)
    let all = try parts(laptop)
    _ = try newcomer.store.write { db in try newcomer.store.stage(db, all) }
    #expect(try newcomer.store.vector(of: At.renon).isEmpty)
    try newcomer.sync(office)
    try laptop.sync(office)
    try expectAgreement([office.store, laptop.store, newcomer.store])
    #expect(try journaled(newcomer.store) == 0)
  }

  @Test func `A base that the office did not sign is not taken`() throws {
    let (laptop, _) = try dropped()
    let restored = try putBack("first.db")
    let before = try restored.store.vectors()
    try laptop.store.write { db in
      let mark = try #require(try Cuts.mark(db, of: At.renon))
      var signature = mark.signature
      signature[0] ^= 1
      let forged = WatermarkEntry(
        village: mark.village, vector: mark.vector, digest: mark.digest, signature: signature)
      try db.run(
        "UPDATE base SET mark = ? WHERE village = ? AND part = 0", .blob(forged.bytes),
        .bits(At.renon.number))
    }
    #expect(try !laptop.sync(restored).isAllSent)
    let held = try restored.store.vector(of: At.renon)
    #expect(held == before.first { $0.village == At.renon }?.vector)
    #expect(try restored.store.verify().problems == [])
    // It is not offered again before the office begins again.
    #expect(
      try laptop.store.syncMaterial(budget: 1 << 20).offered.map(\.village) == [])
  }
}

extension Cuts {
  fileprivate static func isWhole(_ store: Store, _ village: VillageCode) throws -> Bool {
    try store.read { db in try isWhole(db, village) }
  }
}
