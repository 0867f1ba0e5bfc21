import Bytes
import Causality
import Model
import Reading
import Sync
import TestSupport
import Testing
import Wire
import Worlds

@testable import Store

/// Offices that went back, and laptops whose streams went two ways: a store was copied, both copies wrote,
/// and what one of them wrote is known by a base alone.
extension `Dropped history` {
  @Test func `A branch that ends before the cut of an office that was fed is issued again`() throws
  {
    let laptop = try laptop(1)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    try laptop.sync(office)
    try backUp("first.db")
    let twin = try laptop.twin()
    for text in ["satu", "dua", "tiga"] {
      try laptop.edit(record, by: wayan, [At.wave: .text(Text(text))])
    }
    try laptop.sync(office)
    try backUp("second.db")
    try laptop.sync(office)
    #expect(try laptop.store.truncate(At.renon) != .nothing)
    try twin.edit(record, by: made, [At.outcome: .text("lain")])
    let restored = try putBack("first.db")
    #expect(try laptop.sync(restored).isAllSent)
    // It has the dot of a change that the office knows by the base alone.
    #expect(try twin.sync(restored).isAllSent)
    for one in [laptop, twin] { try one.sync(restored) }
    #expect(try restored.store.quarantined().isEmpty)
    try expectAgreement([restored.store, laptop.store, twin.store])
    let state = try laptop.reading(record).state
    #expect(state.siblings(at: At.outcome).map(\.answer) == [.text("lain")])
    #expect(state.siblings(at: At.wave).map(\.answer) == [.text("tiga")])
    #expect(try restored.store.verify().problems == [])
  }

  /// A copy's branch begins at a change of the base, or where that ends, and goes beyond it.
  @Test(arguments: [false, true])
  func `A branch that goes beyond the cut of an office that was fed is issued again`(
    partsBefore: Bool
  ) throws {
    let laptop = try laptop(1)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    try backUp("first.db")
    var twin: TestLaptop?
    func copy() throws { twin = try laptop.twin() }
    if partsBefore { try copy() }
    for text in ["satu", "dua"] {
      try laptop.edit(record, by: wayan, [At.wave: .text(Text(text))])
    }
    if !partsBefore { try copy() }
    let other = try #require(twin)
    try laptop.sync(office)
    try backUp("second.db")
    try laptop.sync(office)
    #expect(try laptop.store.truncate(At.renon) != .nothing)
    try laptop.edit(record, by: wayan, [At.name: .text("B")])
    for text in ["x", "y", "lain"] {
      try other.edit(record, by: made, [At.outcome: .text(Text(text))])
    }
    let restored = try putBack("first.db")
    #expect(try laptop.sync(restored).isAllSent)
    #expect(try other.sync(restored).isAllSent)
    for one in [other, laptop, other] { try one.sync(restored) }
    try expectAgreement([restored.store, laptop.store, other.store])
    // What both wrote is no branch, where the hash at the cut says so.
    let aside = try other.store.read { db in
      try db.first("SELECT count(*) FROM branch") { $0.integer(0) }
    }
    #expect(aside == (partsBefore ? 4 : 3))
    #expect(try other.store.unsentCount() == 0)
    #expect(try restored.store.quarantined().isEmpty)
    let state = try other.reading(record).state
    #expect(state.siblings(at: At.outcome).map(\.answer) == [.text("lain")])
    #expect(state.siblings(at: At.wave).map(\.answer) == [.text("dua")])
    #expect(state.siblings(at: At.name).map(\.answer) == [.text("B")])
    for store in [restored.store, laptop.store, other.store] {
      #expect(try store.verify().problems == [])
    }
  }

  @Test func `Of a stream that a file brings whole what goes beyond a cut is the branch`() throws {
    let laptop = try laptop(1)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    try backUp("first.db")
    try laptop.edit(record, by: wayan, [At.wave: .text("satu")])
    let twin = try laptop.twin()
    try laptop.sync(office)
    try backUp("second.db")
    try laptop.sync(office)
    #expect(try laptop.store.truncate(At.renon) != .nothing)
    try laptop.edit(record, by: wayan, [At.name: .text("B")])
    try twin.edit(record, by: made, [At.outcome: .text("lain")])
    var file: [UInt8] = []
    _ = try twin.store.writeBundle(BundleRequest(isWhole: true), to: { file += $0 })
    let restored = try putBack("first.db")
    #expect(try laptop.sync(restored).isAllSent)
    _ = try restored.store.readBundle(source(of: file))
    // What both wrote is no branch, for the hash at the cut says so.
    let counters = try restored.store.read { db in
      try db.all("SELECT counter FROM branch") { $0.bits(0) }
    }
    #expect(counters == [3])
  }

  @Test func `A branch of others is handed to the next office under the seal that it came with`()
    throws
  {
    let laptop = try laptop(1)
    let reader = try self.laptop(2)
    _ = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    try laptop.sync(office)
    try backUp("first.db")
    let twin = try laptop.twin()
    let lost = try laptop.add(wayan, in: At.renon, [At.name: .text("hilang")])
    _ = try laptop.add(wayan, in: At.renon, [At.name: .text("juga")])
    try laptop.sync(office)
    try reader.sync(office)
    _ = try twin.add(wayan, in: At.renon, [At.name: .text("kembar")])
    // The copy comes first, twice; the second time nobody but the reader has the laptop's records.
    for name in ["second.db", "third.db"] {
      let restored = try putBack("first.db", as: name)
      try twin.sync(restored)
      let summary = try reader.sync(restored)
      #expect(summary.isAllSent && summary.refusals.isEmpty)
      #expect(try reader.store.unsentCount() == 0)
      for one in [twin, reader] { try one.sync(restored) }
      try expectAgreement([restored.store, reader.store, twin.store])
      #expect(try restored.store.peek(lost, form: 1) != nil)
      #expect(try restored.store.quarantined().isEmpty)
    }
  }

  /// Of two copies one has dropped its branch, and the other has its own put aside; both come to an office
  /// that has neither.
  @Test(arguments: [false, true], [false, true])
  func `A branch that was put aside comes to an office beside the base of the other`(
    isCopyFirst: Bool, isSilent: Bool
  ) throws {
    let laptop = try laptop(1)
    try backUp("first.db")
    let before = try office.store.copy(to: nil)
    let twin = try laptop.twin()
    for name in ["satu", "dua", "tiga"] {
      _ = try laptop.add(wayan, in: At.renon, [At.name: .text(Text(name))])
    }
    let aside = try twin.add(wayan, in: At.renon, [At.name: .text("lain")])
    try laptop.sync(office)
    try backUp("second.db")
    try laptop.sync(office)
    #expect(try laptop.store.truncate(At.renon) != .nothing)
    #expect(try twin.sync(office).isAllSent)
    // An office that finds out by itself that it was put back has its old epoch at first.
    let restored =
      try isSilent ? TestOffice(over: before, clock: office.clock) : putBack("first.db")
    let order = isCopyFirst ? [twin, laptop, twin, laptop] : [laptop, twin, laptop, twin]
    for one in order { try one.sync(restored) }
    try expectAgreement([restored.store, laptop.store, twin.store])
    #expect(try restored.store.peek(aside, form: 1) != nil)
    for one in order {
      #expect(try one.store.unsentCount() == 0)
      #expect(try one.sync(restored).isAllSent)
    }
    #expect(try restored.store.quarantined().isEmpty)
  }

  /// What a copy wrote stands among the answers of a base, beside those of the stream, and cites what the
  /// laptop has not heard of yet.
  @Test func `A laptop is not held to what a copy of it had heard`() throws {
    let laptop = try laptop(1)
    let reader = try self.laptop(2)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    try laptop.sync(office)
    try backUp("first.db")
    let twin = try laptop.twin()
    try office.person("nyoman", .viewer, [At.renon])
    try twin.sync(office)
    try twin.edit(record, by: made, [At.outcome: .text("lain")])
    try laptop.edit(record, by: wayan, [At.wave: .text("satu")])
    // The answer is lost on the way, and with it the directory.
    _ = try laptop.send(try laptop.store.firstRequest(), to: office)
    try twin.sync(office)
    try backUp("second.db")
    for _ in 0..<2 { try reader.sync(office) }
    #expect(try !reader.store.read { db in try Cuts.isWhole(db, At.renon) })
    let restored = try putBack("first.db")
    #expect(try reader.sync(restored).isAllSent)
    try laptop.edit(record, by: wayan, [At.wave: .text("dua")])
    let summary = try laptop.sync(restored)
    #expect(summary.isAllSent && summary.refusals.isEmpty)
    let state = try #require(try restored.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.wave).map(\.answer) == [.text("dua")])
    #expect(state.siblings(at: At.outcome).map(\.answer) == [.text("lain")])
  }

  @Test func `What goes on from a base cites no older directory than that ends with`() throws {
    let laptop = try laptop(1)
    let reader = try self.laptop(2)
    for one in [laptop, reader] { try one.sync(office) }
    try backUp("first.db")
    let before = try office.store.standing().directory.version
    try office.person("nyoman", .viewer, [At.renon])
    var forger = Forger(At.renon)
    func change(citing version: UInt64) -> ChangeContent {
      .forged(
        by: wayan, on: laptop.device, directory: version,
        [PlacedAnswer(path: At.name, answer: .text("A"))])
    }
    #expect(
      try laptop.push([forger.frame([change(citing: before + 1)])], to: office).refusals.isEmpty)
    try backUp("second.db")
    for _ in 0..<2 { try reader.sync(office) }
    #expect(try !reader.store.read { db in try Cuts.isWhole(db, At.renon) })
    let restored = try putBack("first.db")
    #expect(try reader.sync(restored).isAllSent)
    let reply = try laptop.push([forger.frame([change(citing: before)])], to: restored)
    #expect(reply.refusals.map(\.ground) == [.directory])
  }

  /// An office that was fed twice with the same stream knows nothing of where the first base ended.
  ///
  /// Whoever began with what it signed in between is not told that it has that.
  @Test func `Who holds a base that an office has by another is given what goes beyond it`() throws
  {
    let laptop = try laptop(1)
    let (reader, newcomer) = (try self.laptop(2), try self.laptop(3))
    try backUp("first.db")
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    try laptop.sync(office)
    try backUp("second.db")
    for _ in 0..<2 { try reader.sync(office) }
    try laptop.edit(record, by: wayan, [At.wave: .text("satu")])
    try laptop.sync(office)
    try backUp("third.db")
    try laptop.sync(office)
    #expect(try laptop.store.truncate(At.renon) != .nothing)
    let restored = try putBack("first.db")
    #expect(try reader.sync(restored).isAllSent)
    _ = try reader.add(made, in: At.renon, [At.name: .text("B")])
    try reader.sync(restored)
    _ = try restored.store.backUp(to: folder.path("fourth.db"))
    for _ in 0..<2 { try newcomer.sync(restored) }
    #expect(try laptop.sync(restored).isAllSent)
    let stream = StreamID(village: At.renon, replica: try laptop.store.standing().replica)
    #expect(
      try restored.store.read { db in try Streams.hash(db, stream.dot(1)) } == nil,
      "it is known by a base alone")
    for one in [newcomer, reader, laptop] { #expect(try one.sync(restored).isAllSent) }
    try expectAgreement([restored.store, laptop.store, reader.store, newcomer.store])
    // It goes on keeping what it was joined from, for the next office.
    let again = try putBack("first.db", as: "again.db")
    #expect(try newcomer.sync(again).isAllSent)
    try expectAgreement([again.store, newcomer.store])
    #expect(try newcomer.store.verify().problems == [])
  }

  /// The change that both branches go on from is in no journal any more, so the laptop says itself what its
  /// branch goes on from.
  @Test(arguments: [false, true], [1, 2])
  func `A branch that parts before a cut and goes beyond it is issued again`(
    isIssuedAgain: Bool, count: Int
  ) throws {
    let laptop = try laptop(1)
    try backUp("first.db")
    _ = try laptop.add(wayan, in: At.renon, [At.name: .text("awal")])
    let twin = try laptop.twin()
    for number in 0..<count {
      _ = try twin.add(wayan, in: At.renon, [At.name: .text(Text("lain \(number)"))])
    }
    for name in ["satu", "dua", "tiga"] {
      _ = try laptop.add(wayan, in: At.renon, [At.name: .text(Text(name))])
    }
    let own = try laptop.store.ownStreams().replica
    try twin.sync(office)
    try backUp("second.db")
    // Of what the office issues again the laptop gets nothing, if its line ends too soon.
    for _ in 0..<3 {
      var reply = try laptop.send(try laptop.store.firstRequest(), to: office)
      if !isIssuedAgain { reply.frames.removeAll { $0.stream.replica != own } }
      _ = try laptop.store.absorb(reply, isNewOffice: false)
    }
    #expect(try laptop.store.truncate(At.renon) != .nothing)
    let restored = try putBack("first.db")
    for one in [laptop, laptop, twin, laptop] { try one.sync(restored) }
    try expectAgreement([restored.store, laptop.store, twin.store])
    #expect(try restored.store.records(form: 1, RecordFilter()).count == 4 + count)
    for one in [laptop, twin] {
      #expect(try one.store.unsentCount() == 0)
      #expect(try one.sync(restored).isAllSent)
    }
    #expect(try restored.store.quarantined().isEmpty)
  }

  /// What the office issues again comes behind what its author wrote over it meanwhile.
  @Test func `What is issued again behind what replaces it does not stand again`() throws {
    let laptop = try laptop(1)
    let twin = try laptop.twin()
    _ = try twin.add(wayan, in: At.renon, [At.name: .text("lain")])
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("satu")])
    try twin.sync(office)
    var reply = try laptop.send(try laptop.store.firstRequest(), to: office)
    reply.frames = []
    _ = try laptop.store.absorb(reply, isNewOffice: false)
    try laptop.edit(record, by: wayan, [At.name: .text("dua")])
    try laptop.sync(office)
    try twin.sync(office)
    #expect(try laptop.reading(record).conflictCount == 0)
    try expectAgreement([office.store, laptop.store, twin.store])
    // As when a form changes.
    try laptop.store.write { db in try laptop.store.rebuild(db, form: 1) }
    #expect(try laptop.reading(record).conflictCount == 0)
    try expectAgreement([office.store, laptop.store, twin.store])
    try backUp()
    for one in [laptop, twin] {
      try one.sync(office)
      #expect(try one.store.truncate(At.renon) == .dropped(changes: 3))
    }
    try expectAgreement([office.store, laptop.store, twin.store])
  }

  /// A base of the office's stream can end with what was issued again, of which no state tells by its name.
  @Test(arguments: [false, true], [false, true])
  func `A base that goes on from what was issued again is taken`(
    isAnother: Bool, isSmallerFirst: Bool
  ) throws {
    let laptop = try laptop(1)
    let (two, three) = (try self.laptop(2), try self.laptop(3))
    let twins = try (0..<2).map { _ in
      try laptop.twin()
    }
    _ = try laptop.add(wayan, in: At.renon, [At.name: .text("satu")])
    for (number, twin) in twins.enumerated() {
      _ = try twin.add(wayan, in: At.renon, [At.name: .text(Text("lain \(number)"))])
    }
    try backUp("first.db")
    // The office writes as another replica after it was started again.
    if isAnother { try office.store.mint() }
    for one in [laptop, twins[0], twins[0]] { try one.sync(office) }
    try backUp("second.db")
    for _ in 0..<2 { try two.sync(office) }
    for _ in 0..<2 { try twins[1].sync(office) }
    let offered = try two.store.read { db in
      var budget = Int.max
      let mark = try #require(try Cuts.mark(db, of: At.renon))
      return try Cuts.pieces(db, of: mark, from: 0, budget: &budget)
    }
    try backUp("third.db")
    for _ in 0..<2 { try three.sync(office) }
    let restored = try putBack("first.db")
    for one in isSmallerFirst ? [two, three, two, three] : [three, three, two, two] {
      try one.sync(restored)
    }
    try expectAgreement([restored.store, two.store, three.store])
    // What it has no more of than the office is offered by a laptop that was told otherwise before.
    #expect(try restored.store.take(offered, from: two.device).branches.isEmpty)
    #expect(try restored.store.read { db in try Parted.isThere(db, At.renon) } == false)
    // What the office issued again bears its author's device, and is no stream of that.
    let own = try laptop.store.ownStreams().replica
    let streams = try restored.store.vector(of: At.renon).entries.map(\.replica)
    for replica in streams where replica != own {
      #expect(try restored.store.read { db in try Store.owner(db, of: replica) } == nil)
    }
    for one in twins + [laptop] { #expect(try one.sync(restored).isAllSent) }
    try expectAgreement([restored.store] + twins.map(\.store) + [laptop.store])
  }

  @Test func `A branch that the stream went on with after all is dropped with its history`() throws
  {
    let laptop = try laptop(1)
    try backUp("first.db")
    let twin = try laptop.twin()
    _ = try laptop.add(wayan, in: At.renon, [At.name: .text("satu")])
    for name in ["lain", "juga"] {
      _ = try twin.add(wayan, in: At.renon, [At.name: .text(Text(name))])
    }
    for one in [laptop, twin, twin] { try one.sync(office) }
    let restored = try putBack("first.db")
    for one in [twin, laptop, twin] { try one.sync(restored) }
    _ = try restored.store.backUp(to: folder.path("second.db"))
    for one in [twin, laptop] {
      try one.sync(restored)
      #expect(try one.store.truncate(At.renon) != .nothing)
      #expect(try one.store.unsentCount() == 0)
      #expect(try one.sync(restored).isAllSent)
      #expect(try one.store.verify().problems == [])
    }
    try expectAgreement([restored.store, laptop.store, twin.store])
  }

  /// A laptop and its copy: the laptop's base ends in a branch, and the office that was put back has the
  /// copy's change at a dot of it.
  ///
  /// - Parameters:
  ///   - before: how many changes of the base the copy does not have.
  ///   - after: how many the laptop made when it had the base, with another's between the last two.
  private func parted(
    before: Int = 2, after: Int = 0
  ) throws -> (laptop: TestLaptop, twin: TestLaptop, record: RecordID, restored: TestOffice) {
    let laptop = try laptop(1)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    try laptop.sync(office)
    try backUp("first.db")
    let twin = try laptop.twin()
    for number in 1...before {
      let text: Text = number == before ? "dua" : "satu"
      try laptop.edit(record, by: wayan, [At.wave: .text(text)])
    }
    try laptop.sync(office)
    try backUp("second.db")
    try laptop.sync(office)
    #expect(try laptop.store.truncate(At.renon) != .nothing)
    for number in 0..<after {
      if number == 1 {
        let other = try self.laptop(5)
        try other.sync(office)
        _ = try other.add(made, in: At.renon, [At.name: .text("antara")])
        try other.sync(office)
        try laptop.sync(office)
      }
      try laptop.edit(record, by: wayan, [At.name: .text(Text("sesudah \(number)"))])
    }
    try twin.edit(record, by: made, [At.outcome: .text("lain")])
    let restored = try putBack("first.db")
    try twin.sync(restored)
    return (laptop, twin, record, restored)
  }

  @Test(arguments: [1, 2], [0, 1, 2])
  func `What a base stands for of a branch is carried by the office that goes on with another`(
    before: Int, after: Int
  ) throws {
    let (laptop, twin, record, restored) = try parted(before: before, after: after)
    // A snapshot that it could not take because its stream had parted is asked for again afterwards.
    try laptop.store.write { db in
      try StagedSnapshot(db, At.renon, from: .standalone).put(-1, of: 1, mark: nil, [])
    }
    #expect(try laptop.sync(restored).isAllSent)
    #expect(try laptop.store.read { db in try Store.snapshotProgress(db) } == [])
    #expect(try laptop.store.unsentCount() == 0)
    try twin.sync(restored)
    try laptop.sync(restored)
    try expectAgreement([restored.store, laptop.store, twin.store])
    let name: Text = after == 0 ? "A" : Text("sesudah \(after - 1)")
    for one in [laptop, twin] {
      let state = try one.reading(record).state
      #expect(state.siblings(at: At.outcome).map(\.answer) == [.text("lain")])
      #expect(state.siblings(at: At.wave).map(\.answer) == [.text("dua")])
      #expect(state.siblings(at: At.name).map(\.answer) == [.text(name)])
    }
    for store in [restored.store, laptop.store, twin.store] {
      #expect(try store.verify().problems == [])
    }
    // Nothing is offered again, and a sync is one round trip.
    #expect(try laptop.store.syncMaterial(budget: SyncSession.budget).offered.isEmpty)
    #expect(try laptop.sync(restored).rounds == 1)

    // Whoever begins now, and whoever drops history, comes to the same.
    _ = try restored.store.backUp(to: folder.path("third.db"))
    try laptop.sync(restored)
    #expect(try laptop.store.truncate(At.renon) != .differs)
    let newcomer = try TestLaptop(seed: 9, office: restored, for: [wayan])
    for one in [newcomer, laptop, twin] { try one.sync(restored) }
    try expectAgreement([restored.store, laptop.store, twin.store, newcomer.store])
  }

  /// A file brought what goes on from the branch, and its author is not heard of any more.
  @Test func `What waited for the end of a branch is taken when a base tells of it`() throws {
    let (laptop, _, record, restored) = try parted(after: 1)
    let stick = Stick()
    try stick.write(laptop.store)
    try stick.read(restored.store)
    #expect(try restored.store.waitingCount() == 1)
    let offered = try laptop.store.read { db in
      var budget = Int.max
      let mark = try #require(try Cuts.mark(db, of: At.renon))
      return try Cuts.pieces(db, of: mark, from: 0, budget: &budget)
    }
    #expect(try restored.store.take(offered, from: laptop.device).branches.count == 1)
    #expect(try restored.store.waitingCount() == 0)
    let state = try #require(try restored.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.name).map(\.answer) == [.text("sesudah 0")])
    #expect(try restored.store.verify().problems == [])
  }

  @Test func `A move that a base alone knows of is carried on to where the record lives`() throws {
    let laptop = try laptop(1)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    try laptop.sync(office)
    try backUp("first.db")
    let twin = try laptop.twin()
    try laptop.edit(record, by: wayan, [.village: .village(At.sanur)])
    try laptop.sync(office)
    try backUp("second.db")
    try laptop.sync(office)
    #expect(try laptop.store.truncate(At.renon) != .nothing)
    try twin.edit(record, by: made, [At.outcome: .text("lain")])
    let restored = try putBack("first.db")
    try twin.sync(restored)
    // The base alone comes first; what came to the other village would carry it on as well.
    let offered = try laptop.store.read { db in
      var budget = Int.max
      let mark = try #require(try Cuts.mark(db, of: At.renon))
      return try Cuts.pieces(db, of: mark, from: 0, budget: &budget)
    }
    #expect(try restored.store.take(offered, from: laptop.device).branches.count == 1)
    let moved = try #require(try restored.store.peek(record, form: 1))
    #expect(moved.village == At.sanur)
    #expect(moved.state.siblings(at: At.outcome).map(\.answer) == [.text("lain")])
    #expect(try laptop.sync(restored).isAllSent)
    for one in [twin, laptop, twin] { try one.sync(restored) }
    try expectAgreement([restored.store, laptop.store, twin.store])
    for one in [laptop, twin] {
      let reading = try one.reading(record)
      #expect(reading.state.siblings(at: At.outcome).map(\.answer) == [.text("lain")])
      #expect(reading.home == At.sanur)
    }
  }

  @Test func `A village goes on being held for what its base tells of a branch`() throws {
    let (laptop, _, record, restored) = try parted()
    // It has the office's streams of the village before that is somebody else's, and they are in each backup.
    for _ in 0..<2 { #expect(try laptop.sync(restored).isAllSent) }
    for person in ["wayan", "made"] { try restored.person(person, .surveyor, [At.sanur]) }
    for number in 3...7 {
      _ = try restored.store.backUp(to: folder.path("\(number).db"))
      try laptop.sync(restored)
    }
    // Nobody can say whether one of these backups has what the office carried.
    #expect(try laptop.store.read { db in try Parted.isThere(db, At.renon) })
    let again = try putBack("first.db", as: "again.db")
    try laptop.sync(again)
    #expect(try again.store.quarantined().isEmpty)
    let state = try #require(try again.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.wave).map(\.answer) == [.text("dua")])
  }

  @Test func `What a base stands for of a branch is offered to each office that lost it`() throws {
    let (laptop, twin, record, restored) = try parted()
    try laptop.sync(restored)
    try laptop.sync(restored)
    // The carry is lost as well, and the copy is not there to tell of its own branch.
    let again = try putBack("first.db", as: "again.db")
    #expect(try laptop.sync(again).isAllSent)
    let state = try #require(try again.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.wave).map(\.answer) == [.text("dua")])
    for one in [twin, laptop, twin] { try one.sync(again) }
    try expectAgreement([again.store, laptop.store, twin.store])
    #expect(try laptop.store.unsentCount() == 0)
    for store in [again.store, laptop.store, twin.store] {
      #expect(try store.verify().problems == [])
    }
  }

  @Test func `Who brings the changes of a branch themselves settles a base that ends in it`() throws
  {
    let laptop = try laptop(1)
    let whole = try self.laptop(2)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    try laptop.sync(office)
    try backUp("first.db")
    let twin = try laptop.twin()
    try laptop.edit(record, by: wayan, [At.wave: .text("satu")])
    try laptop.sync(office)
    try whole.sync(office)
    try backUp("second.db")
    try laptop.sync(office)
    #expect(try laptop.store.truncate(At.renon) != .nothing)
    try twin.edit(record, by: made, [At.outcome: .text("lain")])
    let restored = try putBack("first.db")
    try twin.sync(restored)
    try whole.sync(restored)
    #expect(try laptop.sync(restored).isAllSent)
    for one in [whole, twin, laptop] { try one.sync(restored) }
    try expectAgreement([restored.store, laptop.store, whole.store, twin.store])
    #expect(try laptop.store.unsentCount() == 0)
  }
}
