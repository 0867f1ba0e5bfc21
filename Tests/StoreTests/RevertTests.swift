import Bytes
import Causality
import Model
import Reading
import Rules
import Sync
import TestSupport
import Testing
import Wire
import Worlds

@testable import Store

/// Changes that others hold and the office refuses: it holds them too, and puts back what was there.
@Suite struct `Reverting`: OfTwoLaptops {
  let laptops: TwoLaptops

  init() throws { laptops = try TwoLaptops(try TwoSurveyors()) }

  /// A record of B's with everything that both know of it.
  private func known(_ answers: [Path: Answer]) throws -> RecordID {
    let record = try b.add(made, in: At.renon, answers)
    try b.sync(office)
    try a.sync(office)
    _ = try a.show(record, to: wayan)
    return record
  }

  /// Brings what A wrote to B by a stick, and from there to the office, which has turned A away.
  private func relay(expecting changes: Int) throws {
    try stick.write(a.store)
    #expect(try stick.read(b.store).received == changes)
    try office.revoke(a.device)
    let summary = try b.sync(office)
    #expect(summary.isAllSent && summary.refusals.isEmpty)
    try b.sync(office)
    #expect(try office.store.quarantined().isEmpty)
    for village in [At.renon, At.sanur] {
      #expect(try office.store.vector(of: village) == b.store.vector(of: village))
    }
    #expect(try office.store.verify().isClean && b.store.verify().isClean)
  }

  private func answers(_ record: RecordID, _ path: Path) throws -> [Answer] {
    let here = try b.reading(record).state
    let there = try #require(try office.store.peek(record, form: 1)).state
    #expect(here.siblings(at: path) == there.siblings(at: path))
    return here.siblings(at: path).map(\.answer)
  }

  @Test func `An answer that was replaced comes back, in its author's name`() throws {
    let record = try known([At.outcome: .text("open")])
    let before = try b.reading(record).state
    let author = try #require(
      before.siblings(at: At.outcome).first.flatMap { before.author(of: $0.origin) })
    try a.edit(record, by: wayan, [At.outcome: .text("closed")])
    try relay(expecting: 1)
    #expect(try answers(record, At.outcome) == [.text("open")])
    let after = try b.reading(record).state
    let back = try #require(
      after.siblings(at: At.outcome).first.flatMap { after.author(of: $0.origin) })
    #expect(back.person == author.person && back.stamp == author.stamp && back.act == .office)
  }

  @Test func `A question that nobody had answered is cleared, and a choice unticked`() throws {
    let record = try known([At.name: .text("batik")])
    let red = Path(field: TinySurvey.Field.colours, element: Text("red"))
    try a.edit(record, by: wayan, [At.outcome: .text("closed"), red: .present])
    try relay(expecting: 1)
    #expect(try answers(record, At.outcome) == [.cleared])
    #expect(try answers(record, red) == [.absent])
    #expect(try answers(record, At.name) == [.text("batik")])
  }

  @Test func `An increment goes and the others count as before`() throws {
    let record = try known([At.visits: .whole(3)])
    try a.edit(record, by: wayan, [At.visits: .whole(5)])
    try relay(expecting: 1)
    #expect(try answers(record, At.visits) == [.whole(3)])
  }

  @Test func `Several siblings that were replaced come back as several`() throws {
    let record = try b.add(made, in: At.renon, [At.name: .text("batik")])
    try b.sync(office)
    let ketut = try office.person("ketut", .supervisor, nil)
    let c = try TestLaptop(seed: 23, office: office, for: [ketut])
    try c.sync(office)
    _ = try c.show(record, to: ketut)
    try c.edit(record, by: ketut, [At.outcome: .text("one")])
    _ = try b.show(record, to: made)
    try b.edit(record, by: made, [At.outcome: .text("two")])
    try c.sync(office)
    try b.sync(office)
    // A speaks for a supervisor, and settles.
    let judge = try office.person("judge", .supervisor, nil)
    let d = try TestLaptop(seed: 24, office: office, for: [judge])
    try d.sync(office)
    _ = try d.show(record, to: judge)
    let before = try d.reading(record).state.siblings(at: At.outcome).map(\.answer)
    #expect(before.count == 2)
    try d.edit(record, by: judge, act: .resolution, [At.outcome: .text("three")])
    #expect(try d.reading(record).state.siblings(at: At.outcome).count == 1)
    try stick.write(d.store)
    #expect(try stick.read(b.store).received == 1)
    try office.revoke(d.device)
    #expect(try b.sync(office).isAllSent)
    try b.sync(office)
    let after = try answers(record, At.outcome)
    #expect(Set(after) == Set(before) && after.count == 2)
    #expect(try office.store.verify().isClean)
  }

  @Test func `A record that was made is deleted with all of it seen`() throws {
    let record = try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try relay(expecting: 1)
    let reading = try b.reading(record)
    #expect(lifeReading(of: reading.state, row: nil).liveness == .deleted)
    #expect(try answers(record, At.name) == [.text("batik")])
  }

  @Test func `A delete is undone`() throws {
    let record = try known([At.name: .text("batik")])
    let shown = try a.show(record, to: wayan)
    let delete = lifeAnswer(alive: false, seeing: shown.state, row: nil).answer
    try a.edit(shown, by: wayan, [.life: delete])
    try relay(expecting: 1)
    #expect(lifeReading(of: try b.reading(record).state, row: nil).liveness == .alive)
  }

  @Test func `A delete that was taken back comes again, and has seen what comes with it`() throws {
    let record = try known([At.name: .text("batik"), At.outcome: .text("open")])
    let shown = try b.show(record, to: made)
    let delete = lifeAnswer(alive: false, seeing: shown.state, row: nil).answer
    try b.edit(shown, by: made, [.life: delete])
    try b.sync(office)
    try a.sync(office)
    let seen = try a.show(record, to: wayan)
    let back = lifeAnswer(alive: true, seeing: seen.state, row: nil).answer
    try a.edit(seen, by: wayan, [.life: back, At.outcome: .text("closed"), At.visits: .whole(2)])
    try relay(expecting: 1)
    #expect(lifeReading(of: try b.reading(record).state, row: nil).liveness == .deleted)
    #expect(try answers(record, At.outcome) == [.text("open")])
    #expect(try answers(record, At.visits) == [.cleared])
  }

  @Test func `A row that was made is deleted, and the others stay`() throws {
    let row = Row(TinySurvey.Field.products, Text("a"))
    let other = Row(TinySurvey.Field.products, Text("b"))
    func brand(_ row: Row) -> Path { Path(row: row, field: TinySurvey.Field.brand) }
    let record = try known([At.name: .text("batik"), brand(row): .text("one")])
    try a.edit(record, by: wayan, [brand(row): .text("two"), brand(other): .text("three")])
    try relay(expecting: 1)
    let state = try b.reading(record).state
    #expect(lifeReading(of: state, row: row).liveness == .alive)
    #expect(lifeReading(of: state, row: other).liveness == .deleted)
    #expect(try answers(record, brand(row)) == [.text("one")])
  }

  @Test func `A move is taken back, and nothing is carried`() throws {
    let record = try known([At.name: .text("batik")])
    try a.edit(record, by: wayan, [.village: .village(At.sanur)])
    try relay(expecting: 1)
    let shown = try #require(try office.store.peek(record, form: 1))
    #expect(shown.village == At.renon)
    #expect(Home.village(of: shown.state, record: record, copy: At.renon) == At.renon)
    #expect(try office.store.vector(of: At.sanur).isEmpty)
  }

  @Test func `What somebody wrote on top of it stands, beside what is put back`() throws {
    let record = try known([At.outcome: .text("open")])
    try a.edit(record, by: wayan, [At.outcome: .text("closed")])
    try stick.write(a.store)
    try stick.read(b.store)
    _ = try b.show(record, to: made)
    try b.edit(record, by: made, [At.outcome: .text("gone")])
    try office.revoke(a.device)
    #expect(try b.sync(office).isAllSent)
    try b.sync(office)
    #expect(try Set(answers(record, At.outcome)) == [.text("open"), .text("gone")])
    #expect(try office.store.vector(of: At.renon) == b.store.vector(of: At.renon))
    #expect(try office.store.verify().isClean)
  }

  @Test func `What its own device brings is kept aside until another brings it too`() throws {
    let record = try known([At.outcome: .text("open")])
    try office.person("wayan", .viewer, [At.renon])
    let viewer = try TestLaptop(seed: 25, office: office, for: [wayan])
    try viewer.sync(office)
    try stick.write(a.store)
    var header = try stick.open().header
    header.device = viewer.device
    // A tampered laptop writes for somebody who may only read.
    let state = try b.reading(record).state
    let closed = PlacedAnswer(
      path: At.outcome, replaces: state.siblings(at: At.outcome).map(\.origin),
      answer: .text("closed"))
    let content = ChangeContent.forged(
      by: wayan, on: viewer.device, directory: try office.store.standing().directory.version,
      record: record, cites: state.siblings(at: .life).map(\.origin), [closed])
    var forger = Forger(At.renon, replica: ReplicaID(0x77))
    let plain = forger.frame([content])
    let frame = Frame(
      stream: plain.stream, first: 1, previous: 0, last: plain.last, secret: plain.secret,
      seal: viewer.seal(forger.last.dot, plain.last), contents: plain.contents)
    let reply = try viewer.push([frame], to: office)
    #expect(reply.refusals.map(\.ground) == [.role])
    #expect(try office.store.quarantined().count == 1)
    header.directory = try #require(try office.store.directoryReturn())
    try stick.forge([frame], as: header)
    #expect(try stick.read(b.store).received == 1)
    #expect(try b.sync(office).isAllSent)
    try b.sync(office)
    #expect(try answers(record, At.outcome) == [.text("open")])
    #expect(try office.store.quarantined().isEmpty)
    #expect(try office.store.vector(of: At.renon) == b.store.vector(of: At.renon))
  }
}
