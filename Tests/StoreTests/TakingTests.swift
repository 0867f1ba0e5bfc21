import Bytes
import Causality
import Model
import Sync
import Testing
import Wire
import Worlds

@testable import Store

/// What a supervisor may let in of what the office did not take, and what nobody may.
@Suite struct `Deciding about what was not taken` {
  let office: TestOffice
  let laptop: TestLaptop
  let other: TestLaptop
  let wayan: PersonID
  let made: PersonID
  let ketut: PersonID

  init() throws {
    office = try TestOffice()
    wayan = try office.person("wayan", .surveyor, [At.renon])
    made = try office.person("made", .surveyor, [At.renon])
    ketut = try office.person("ketut", .supervisor, nil)
    laptop = try TestLaptop(seed: 1, office: office, for: [wayan])
    other = try TestLaptop(seed: 2, office: office, for: [made])
  }

  private func only() throws -> QuarantinedRun {
    let runs = try office.store.quarantinedRuns()
    try #require(runs.count == 1, "\(runs)")
    return runs[0]
  }

  private func version() throws -> UInt64 { try office.store.standing().directory.version }

  @Test func `What a revoked laptop brought is taken, and the laptop goes on behind it`() throws {
    let first = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    try office.revoke(laptop.device)
    let second = try laptop.add(wayan, in: At.renon, [At.name: .text("Tenun")])
    #expect(throws: Problem.revokedDevice) { try laptop.sync(office) }
    let run = try only()
    #expect(run.ground == .revoked && run.contents.count == 2 && run.first == 1)
    #expect(try office.store.obstacle(to: run) == nil)
    #expect(try office.store.take(run, by: ketut, because: "hers") == 2)
    for record in [first, second] {
      #expect(try office.store.peek(record, form: 1)?.village == At.renon)
    }
    #expect(try office.store.quarantined().isEmpty && office.store.quarantinedRuns().isEmpty)
    let decided = try #require(try office.store.quarantinedRuns(all: true).first)
    #expect(decided.name == run.name)
    #expect(
      decided.decision?.kind == .taken && decided.decision?.person == ketut
        && decided.decision?.reason == "hers")
    #expect(try office.store.verify().isClean)
    #expect(
      try office.store.vector(of: At.renon) == laptop.store.vector(of: At.renon),
      "the chain is the laptop's own")
    #expect(throws: TakingObstacle.held) {
      try office.store.take(run, by: ketut, because: nil)
    }
    try other.sync(office)
    #expect(try other.store.peek(first, form: 1) != nil)
  }

  @Test func `A right that was missing is made up for`() throws {
    var forger = Forger(At.sanur)
    let content = ChangeContent.forged(
      by: made, on: other.device, directory: try version(),
      [PlacedAnswer(path: At.name, answer: .text("Perak"))])
    let reply = try other.push([forger.frame([content])], to: office)
    #expect(reply.refusals.map(\.ground) == [.village])
    #expect(try office.store.take(try only(), by: ketut, because: nil) == 1)
    #expect(try office.store.peek(forger.record, form: 1)?.village == At.sanur)
    // The next one of the stream is judged as any other.
    let next = try other.push([forger.frame([content])], to: office)
    #expect(next.refusals.map(\.ground) == [.village])
  }

  @Test func `What is dropped stays, is not asked about, and can still be taken`() throws {
    try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    try office.revoke(laptop.device)
    #expect(throws: Problem.revokedDevice) { try laptop.sync(office) }
    let run = try only()
    try office.store.drop(run, by: ketut, because: "a thief's")
    #expect(try office.store.quarantined().isEmpty && office.store.quarantinedRuns().isEmpty)
    #expect(throws: Problem.revokedDevice) { try laptop.sync(office) }
    #expect(try office.store.quarantined().isEmpty, "it is not asked about again")
    let dropped = try #require(try office.store.quarantinedRuns(all: true).first)
    #expect(dropped.decision?.kind == .dropped && dropped.decision?.reason == "a thief's")
    #expect(dropped.contents == run.contents)
    #expect(try office.store.take(dropped, by: ketut, because: nil) == 1)
  }

  @Test func `What comes before must be taken first`() throws {
    try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    let frames = try laptop.store.syncMaterial(budget: 1 << 20).frames
    let first = try #require(frames.first)
    let content = try #require(first.contents.first)
    let alone = Frame(
      stream: first.stream, first: 2, previous: 1, last: first.last, secret: nil,
      contents: [content])
    try office.store.quarantine(alone, of: laptop.device, ground: .revoked)
    #expect(throws: TakingObstacle.gap(held: 0)) {
      try office.store.take(try only(), by: ketut, because: nil)
    }
  }

  /// Of a laptop that was copied, or put back to an older disk, one has handed in what it wrote, and the other
  /// is turned away: with all of its branch, or when the office has issued the beginning of that again.
  @Test(arguments: [false, true])
  func `What parts from its stream is issued again on a supervisor's word`(
    isBegun: Bool
  ) throws {
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    try laptop.sync(office)
    let twin = try laptop.twin()
    try laptop.edit(record, by: wayan, [At.wave: .text("satu")])
    try laptop.sync(office)
    try twin.edit(record, by: wayan, [At.outcome: .text("lain")])
    let request = try twin.store.firstRequest()
    try twin.edit(record, by: wayan, [At.name: .text("Batik Jaya")])
    if isBegun {
      var reply = try twin.send(request, to: office)
      #expect(reply.branches.count == 1)
      reply.frames = []
      _ = try twin.store.absorb(reply, isNewOffice: false)
    }
    try office.revoke(laptop.device)
    #expect(throws: Problem.revokedDevice) { try twin.sync(office) }
    let run = try #require(try office.store.quarantinedRuns().last)
    #expect(run.first == (isBegun ? 3 : 2))
    let ends = try twin.store.read { db in
      try db.first("SELECT hash FROM branch ORDER BY counter DESC") { $0.bytes(0) }
    }
    let last =
      try ends
      ?? twin.store.read { db in
        try Streams.hash(db, run.stream.dot(3))?.bytes
      }
    #expect(try office.store.changes(of: run).last?.hash?.bytes == last, "as it was written")
    #expect(try office.store.obstacle(to: run) == nil)
    #expect(try office.store.take(run, by: ketut, because: "hers") == (isBegun ? 1 : 2))
    let state = try #require(try office.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.name).map(\.answer) == [.text("Batik Jaya")])
    #expect(state.siblings(at: At.wave).map(\.answer) == [.text("satu")])
    #expect(state.siblings(at: At.outcome).map(\.answer) == [.text("lain")])
    let stream = StreamID(village: At.renon, replica: try laptop.store.standing().replica)
    #expect(
      try office.store.vector(of: At.renon).count(of: stream.replica) == 2, "under dots of its own")
    #expect(try office.store.verify().isClean)
    #expect(throws: TakingObstacle.held) {
      try office.store.take(run, by: ketut, because: nil)
    }
  }

  /// A reply that comes late speaks of more than the store has since it was put back; and no other will come.
  @Test func `What was written beside a past that was acknowledged is brought all the same`()
    throws
  {
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    try laptop.sync(office)
    let twin = try laptop.twin()
    for text: Text in ["satu", "dua"] {
      try laptop.edit(record, by: wayan, [At.wave: .text(text)])
    }
    let late = try laptop.send(try laptop.store.firstRequest(), to: office)
    try twin.edit(record, by: wayan, [At.outcome: .text("lain")])
    _ = try twin.store.absorb(late, isNewOffice: false)
    #expect(try twin.store.unsentCount() > 0)
    try office.revoke(laptop.device)
    #expect(throws: Problem.revokedDevice) { try twin.sync(office) }
    let run = try #require(try office.store.quarantinedRuns().last)
    #expect(try office.store.take(run, by: ketut, because: "hers") == 1)
    let state = try #require(try office.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.outcome).map(\.answer) == [.text("lain")])
  }

  /// Neither frame but the first says what it goes on from.
  @Test func `Two branches that were turned away are not mixed`() throws {
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    try laptop.sync(office)
    let twin = try laptop.twin()
    for text: Text in ["satu", "dua"] {
      try laptop.edit(record, by: wayan, [At.wave: .text(text)])
      try twin.edit(record, by: wayan, [At.outcome: .text(text)])
    }
    try office.revoke(laptop.device)
    for one in [laptop, twin] {
      let frames = try one.store.syncMaterial(budget: 1 << 20).frames
      let pieces = try frames.flatMap { try one.store.pieces(of: $0) }.map(\.bare)
      #expect(pieces.count == 2)
      try office.store.takeAside(pieces, of: laptop.device)
    }
    let runs = try office.store.quarantinedRuns()
    #expect(runs.map(\.contents.count) == [2, 2])
    for run in runs { #expect(try office.store.take(run, by: ketut, because: nil) == 2) }
    let state = try #require(try office.store.peek(record, form: 1)).state
    for path in [At.wave, At.outcome] {
      #expect(state.siblings(at: path).map(\.answer) == [.text("dua")])
    }
  }

  @Test func `What goes on from what was put away can be taken after that`() throws {
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    try laptop.sync(office)
    let twin = try laptop.twin()
    try laptop.edit(record, by: wayan, [At.wave: .text("satu")])
    try laptop.sync(office)
    try office.revoke(laptop.device)
    try twin.edit(record, by: wayan, [At.outcome: .text("lain")])
    #expect(throws: Problem.revokedDevice) { try twin.sync(office) }
    let first = try only()
    try office.store.drop(first, by: ketut, because: "whose?")
    try twin.edit(record, by: wayan, [At.name: .text("Batik Jaya")])
    #expect(throws: Problem.revokedDevice) { try twin.sync(office) }
    let second = try only()
    #expect(second.first == 3)
    #expect(throws: TakingObstacle.behind) {
      try office.store.take(second, by: ketut, because: nil)
    }
    for run in [first, second] {
      #expect(try office.store.take(run, by: ketut, because: "hers") == 1)
    }
  }

  /// A stick brought its first change to another, who hands it in after the laptop was turned away.
  @Test func `What is held by another road is no part of what is asked about`() throws {
    let stick = Stick()
    try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    try stick.write(laptop.store)
    try stick.read(other.store)
    for name: Text in ["B", "C"] { try laptop.add(wayan, in: At.renon, [At.name: .text(name)]) }
    try office.revoke(laptop.device)
    #expect(throws: Problem.revokedDevice) { try laptop.sync(office) }
    #expect(try only().contents.count == 3)
    try other.sync(office)
    let run = try only()
    #expect(run.first == 2 && run.contents.count == 2)
    // Commands look among all for what people read on the list.
    let all = try office.store.quarantinedRuns(all: true)
    #expect(all.map(\.contents.count) == [1, 2])
    let named = try #require(all.first { $0.name == run.name })
    #expect(named.contents == run.contents)
    #expect(try office.store.take(named, by: ketut, because: "hers") == 2)
    #expect(try office.store.quarantinedRuns().isEmpty && office.store.verify().isClean)
  }

  /// Whoever has a stolen laptop can bring anything in its name.
  @Test func `What goes on from nothing known parts no run of what does`() throws {
    for name: Text in ["A", "B", "C"] {
      try laptop.add(wayan, in: At.renon, [At.name: .text(name)])
    }
    try office.revoke(laptop.device)
    let frame = try #require(try laptop.store.syncMaterial(budget: 1 << 20).frames.first)
    let forged = Frame(
      stream: frame.stream, first: 2, previous: 1, last: .start, secret: nil,
      contents: [[1, 2, 3]])
    try office.store.quarantine(forged, of: laptop.device, ground: .revoked)
    office.clock.jump(1000)
    #expect(throws: Problem.revokedDevice) { try laptop.sync(office) }
    let runs = try office.store.quarantinedRuns()
    #expect(runs.map(\.contents) == [frame.contents, forged.contents])
    #expect(try office.store.take(runs[0], by: ketut, because: "hers") == 3)
  }

  @Test func `The branch of a copied store that may not be is not issued again`() throws {
    var honest = Forger(At.renon)
    var copied = Forger(At.renon)
    func content(_ name: String, act: Act) throws -> ChangeContent {
      .forged(
        by: made, on: other.device, directory: try version(), act: act,
        [PlacedAnswer(path: At.name, answer: .text(Text(name)))])
    }
    let frame = honest.frame([try content("A", act: .edit)])
    #expect(try other.push([frame], to: office).refusals.isEmpty)
    let reply = try other.push([copied.frame([try content("B", act: .office)])], to: office)
    #expect(reply.refusals.map(\.ground) == [.role] && reply.branches.isEmpty)
    let run = try only()
    #expect(throws: TakingObstacle.officesOwn) {
      try office.store.take(run, by: ketut, because: nil)
    }
    #expect(try office.store.quarantined().count == 1, "it stays on the list")
  }

  @Test func `What goes on with another laptop's stream is taken by nobody`() throws {
    try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    try laptop.sync(office)
    let replica = try laptop.store.standing().replica
    let forged = Frame(
      stream: StreamID(village: At.renon, replica: replica), first: 2, previous: 1,
      last: .start, secret: nil, contents: [[1, 2, 3]])
    try office.store.quarantine(forged, of: other.device, ground: .foreignDevice)
    #expect(throws: TakingObstacle.foreignStream) {
      try office.store.take(try only(), by: ketut, because: nil)
    }
  }

  @Test(arguments: [
    (Act.office, false, Refusal.Ground.role, TakingObstacle.officesOwn),
    (Act.edit, true, .foreignDevice, .foreignDevice),
  ])
  func `What was forged is taken by nobody`(
    _ act: Act, _ isForeign: Bool, _ ground: Refusal.Ground, _ obstacle: TakingObstacle
  ) throws {
    var forger = Forger(At.renon)
    let content = ChangeContent.forged(
      by: made, on: isForeign ? laptop.device : other.device, directory: try version(), act: act,
      [PlacedAnswer(path: At.name, answer: .text("palsu"))])
    #expect(
      try other.push([forger.frame([content])], to: office).refusals.map(\.ground) == [ground])
    let run = try only()
    #expect(throws: obstacle) { try office.store.take(run, by: ketut, because: nil) }
    #expect(try office.store.quarantined().count == 1)
    #expect(try office.store.verify().isClean)
  }

  @Test func `A record of another village is not drawn in by its letters`() throws {
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    try laptop.sync(office)
    var forger = Forger(At.sanur)
    let start = ChangeContent.forged(
      by: made, on: other.device, directory: try version(),
      [PlacedAnswer(path: At.name, answer: .text("Perak"))])
    let edit = ChangeContent(
      form: 1, record: record, author: start.author,
      body: .answers([PlacedAnswer(path: At.name, answer: .text("palsu"))]))
    _ = try other.push([forger.frame([start, edit])], to: office)
    #expect(try office.store.take(try only(), by: ketut, because: nil) == 1, "the first alone")
    #expect(throws: TakingObstacle.elsewhere) {
      try office.store.take(try only(), by: ketut, because: nil)
    }
    #expect(try office.store.peek(record, form: 1)?.village == At.renon)
  }

  @Test func `What cannot be read is taken by nobody`() throws {
    var forger = Forger(At.renon)
    _ = try other.push([forger.frame(bytes: [[9, 9, 9]])], to: office)
    #expect(throws: TakingObstacle.malformed) {
      try office.store.take(try only(), by: ketut, because: nil)
    }
    #expect(try office.store.changes(of: try only()).map { $0.content == nil } == [true])
  }
}
