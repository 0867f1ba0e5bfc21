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

/// More faults that others found in their engines, each played here.
@Suite struct `What others lost, continued` {
  private let office: TestOffice
  private let wayan: PersonID
  private let made: PersonID

  init() throws {
    office = try TestOffice()
    wayan = try office.person("wayan", .surveyor, TinySurvey.villages)
    made = try office.person("made", .surveyor, TinySurvey.villages)
  }

  private func laptop(_ seed: UInt64) throws -> TestLaptop {
    try TestLaptop(seed: seed, office: office, for: [wayan, made])
  }

  private func state(_ store: Store, _ record: RecordID) throws -> RecordState {
    try #require(try store.peek(record, form: 1)).state
  }

  /// A laptop's changes that the office lacks, one frame each.
  private func pieces(of laptop: TestLaptop) throws -> [Frame] {
    try laptop.store.syncMaterial(budget: 1 << 20).frames.flatMap {
      try laptop.store.pieces(of: $0)
    }
  }

  private func push(_ pieces: [Frame], _ order: [Int], of laptop: TestLaptop) throws {
    for number in order {
      try #require(number <= pieces.count)
      #expect(try laptop.push([pieces[number - 1]], to: office).refusals.isEmpty)
    }
  }

  /// github.com/pointfreeco/sqlite-data/issues/418: a row that is deleted and inserted again under the
  /// same key before the next sync is only deleted elsewhere.
  @Test func `sqlite-data 418: what was deleted and brought back unsynced is there`() throws {
    let one = try laptop(1)
    let two = try laptop(2)
    let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
    try one.sync(office)
    try two.sync(office)
    for (isAlive, more) in [(false, [:]), (true, [At.name: Answer.text("B")])] {
      let shown = try one.show(record, to: wayan)
      let life = lifeAnswer(alive: isAlive, seeing: shown.state, row: nil).answer
      try one.edit(shown, by: wayan, [Path.life: life].merging(more) { $1 })
    }
    #expect(try one.sync(office).isAllSent)
    try two.sync(office)
    for store in [office.store, one.store, two.store] {
      let state = try state(store, record)
      #expect(lifeReading(of: state, row: nil).liveness == .alive)
      #expect(state.siblings(at: At.name).map(\.answer) == [.text("B")])
    }
  }

  /// github.com/pointfreeco/sqlite-data/issues/432: a save that the server turns away for the moment
  /// leaves the queue and is never tried again.
  @Test func `sqlite-data 432: what the office had no time for is handed in later`() throws {
    let laptop = try laptop(1)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    let unsent = try laptop.store.unsentCount()
    for isTaken in [false, true, false] {
      let request = try laptop.store.firstRequest()
      #expect(request.frames.count == 1)
      // Nothing comes back, whether or not the office took it in.
      if isTaken { _ = try laptop.send(request, to: office) }
      #expect(try laptop.store.unsentCount() == unsent)
    }
    let summary = try laptop.sync(office)
    #expect(summary.isAllSent && summary.sent == unsent)
    #expect(try state(office.store, record).siblings(at: At.name).count == 1)
    #expect(try office.store.vectors() == laptop.store.vectors())
  }

  /// github.com/pointfreeco/sqlite-data/issues/315: a child that is inserted in one batch with a parent
  /// that others changed too is dropped in silence.
  @Test func `sqlite-data 315: a conflict keeps nothing out that came with it`() throws {
    let one = try laptop(1)
    let two = try laptop(2)
    let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
    try one.sync(office)
    try two.sync(office)
    try two.edit(record, by: made, [At.name: .text("C")])
    try two.sync(office)
    let brand = Path(
      row: Row(TinySurvey.Field.products, "1"), field: TinySurvey.Field.brand)
    try one.edit(record, by: wayan, [At.name: .text("B"), brand: .text("songket")])
    let beside = try one.add(wayan, in: At.renon, [At.name: .text("beside")])
    #expect(try one.sync(office).isAllSent)
    try two.sync(office)
    for store in [office.store, one.store, two.store] {
      let state = try state(store, record)
      #expect(Set(state.siblings(at: At.name).map(\.answer)) == [.text("B"), .text("C")])
      #expect(state.siblings(at: brand).map(\.answer) == [.text("songket")])
      #expect(try store.peek(beside, form: 1) != nil)
    }
  }

  /// github.com/getodk/central/issues/669: updates that one client made one after the other come in out
  /// of order, while another updates the same thing: conflicts that are none, or a broken state.
  @Test func `central 669: a chain that comes in any order, between others' updates, is one chain`()
    throws
  {
    let orders = [[1, 2, 3], [3, 2, 1], [2, 3, 1], [3, 1, 2], [1, 3, 2], [2, 1, 3]]
    for (number, order) in orders.enumerated() {
      let one = try laptop(UInt64(10 + number))
      let two = try laptop(UInt64(20 + number))
      let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
      try one.sync(office)
      try two.sync(office)
      for text in ["B", "C", "D"] { try one.edit(record, by: wayan, [At.name: .text(Text(text))]) }
      try two.edit(record, by: made, [At.name: .text("X")])
      let pieces = try pieces(of: one)
      try push(pieces, [order[0]], of: one)
      try two.sync(office)
      try push(pieces, [order[1], order[2]], of: one)
      #expect(try office.store.waitingCount() == 0)
      let sides = try state(office.store, record).siblings(at: At.name)
      #expect(Set(sides.map(\.answer)) == [.text("D"), .text("X")], "\(order)")
    }
  }

  /// github.com/getodk/central/issues/698: of two updates made offline the second directly follows the
  /// first at the server, and is therefore no conflict, although somebody changed the same property
  /// after both were made.
  @Test func `central 698: a conflict is one also behind an update that is none`() throws {
    let one = try laptop(1)
    let two = try laptop(2)
    let turnover = Path(field: TinySurvey.Field.turnover)
    let record = try one.add(
      wayan, in: At.renon, [At.name: .text("A"), turnover: .number(Decimal(1))])
    try one.sync(office)
    try two.sync(office)
    try one.edit(record, by: wayan, [turnover: .number(Decimal(2))])
    try one.edit(record, by: wayan, [At.name: .text("mine")])
    try two.edit(record, by: made, [At.name: .text("theirs")])
    try two.sync(office)
    try one.sync(office)
    let reading = try one.reading(record)
    #expect(reading.verdict(at: At.name).isOpen)
    #expect(!reading.verdict(at: turnover).isOpen)
    let state = try state(office.store, record)
    #expect(Set(state.siblings(at: At.name).map(\.answer)) == [.text("mine"), .text("theirs")])
    #expect(state.siblings(at: turnover).map(\.answer) == [.number(Decimal(2))])
  }

  /// github.com/getodk/central/issues/805: of three updates made offline the third comes first and the
  /// other two after it; the second is then shown as a conflict, which it is not.
  @Test func `central 805: who comes late is in conflict with nobody for it`() throws {
    let one = try laptop(1)
    let two = try laptop(2)
    let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
    try one.sync(office)
    for text in ["B", "C", "D"] { try one.edit(record, by: wayan, [At.name: .text(Text(text))]) }
    let pieces = try pieces(of: one)
    try push(pieces, [3], of: one)
    office.clock.pass(5 * 86_400_000)
    // However long it waits, nothing is made of it before what it was made after is here.
    #expect(try state(office.store, record).siblings(at: At.name).map(\.answer) == [.text("A")])
    try push(pieces, [1, 2], of: one)
    try two.sync(office)
    #expect(try two.reading(record).conflictCount == 0)
    #expect(try state(two.store, record).siblings(at: At.name).map(\.answer) == [.text("D")])
  }

  /// github.com/getodk/central/issues/808: something is created and updated twice offline; the second
  /// update comes first and creates it, and when the creation comes last it cannot be processed.
  @Test func `central 808: an update that comes before what it updates creates nothing`() throws {
    let one = try laptop(1)
    let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
    try one.edit(record, by: wayan, [At.name: .text("B")])
    try one.edit(record, by: wayan, [At.outcome: .text("C")])
    let pieces = try pieces(of: one)
    #expect(pieces.count == 3)
    for number in [3, 2] {
      let reply = try one.push([pieces[number - 1]], to: office)
      #expect(reply.refusals.isEmpty)
      #expect(reply.acknowledged.allSatisfy { $0.vector.entries.isEmpty })
      #expect(try office.store.peek(record, form: 1) == nil)
    }
    #expect(try office.store.waitingCount() == 2)
    try push(pieces, [1], of: one)
    #expect(try office.store.waitingCount() == 0)
    #expect(try office.store.quarantined().isEmpty)
    let state = try state(office.store, record)
    #expect(state.siblings(at: At.name).map(\.answer) == [.text("B")])
    #expect(state.siblings(at: At.outcome).map(\.answer) == [.text("C")])
    #expect(try one.sync(office).isAllSent)
    #expect(try office.store.verify().isClean)
  }

  /// github.com/pointfreeco/sqlite-data/issues/274 and 354: of two who edit one cell offline, who comes
  /// back first decides what each of them shows, and they show different things.
  @Test(arguments: [false, true])
  func `sqlite-data 274: whoever comes back first, all come to the same`(
    isSecondFirst: Bool
  ) throws {
    let one = try laptop(1)
    let two = try laptop(2)
    let record = try one.add(wayan, in: At.renon, [At.name: .text("foo")])
    try one.sync(office)
    try two.sync(office)
    try one.edit(record, by: wayan, [At.name: .text("fooA")])
    office.clock.pass(60_000)
    try two.edit(record, by: made, [At.name: .text("fooB")])
    for laptop in isSecondFirst ? [two, one, two] : [one, two, one] { try laptop.sync(office) }
    for store in [office.store, one.store, two.store] {
      let answers = try state(store, record).siblings(at: At.name).map(\.answer)
      #expect(Set(answers) == [.text("fooA"), .text("fooB")])
    }
    #expect(try one.reading(record).conflictCount == 1)
    #expect(try two.reading(record).conflictCount == 1)
    #expect(try state(one.store, record) == state(two.store, record))
  }

  /// github.com/syncthing/syncthing/issues/10590: what a device deleted that is gone for good comes back,
  /// in conflict, with whoever was away meanwhile and touched nothing.
  @Test func `syncthing 10590: a deletion outlives the device that made it`() throws {
    let deleter = try laptop(1)
    let away = try laptop(2)
    let record = try away.add(made, in: At.renon, [At.name: .text("A")])
    try away.sync(office)
    try deleter.sync(office)
    let shown = try deleter.show(record, to: wayan)
    let life = lifeAnswer(alive: false, seeing: shown.state, row: nil).answer
    try deleter.edit(shown, by: wayan, [Path.life: life])
    try deleter.sync(office)
    try office.revoke(deleter.device)
    for day in 1...3 {
      office.clock.pass(Int64(day) * 86_400_000)
      try away.sync(office)
    }
    let newcomer = try laptop(3)
    try newcomer.sync(office)
    for laptop in [away, newcomer] {
      #expect(lifeReading(of: try state(laptop.store, record), row: nil).liveness == .deleted)
      #expect(try laptop.reading(record).conflictCount == 0)
    }
    #expect(try office.store.quarantined().isEmpty)
  }

  /// github.com/syncthing/syncthing/pull/10207: a deletion lost against any other version and yet was
  /// newer than the version that it deleted, so of two versions and a deletion none was the first, and
  /// what replicas came to hung on the order in which they compared.
  @Test func `syncthing 10207: an edit, another and a deletion of one have no order to get wrong`()
    throws
  {
    for (number, order) in [[1, 2, 3], [2, 1, 3], [2, 3, 1], [3, 2, 1], [3, 1, 2], [1, 3, 2]]
      .enumerated()
    {
      let one = try laptop(UInt64(10 + number))
      let two = try laptop(UInt64(20 + number))
      let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
      try one.sync(office)
      try two.sync(office)
      // One laptop edits and deletes what it shows; the other edits and has seen neither.
      try one.edit(record, by: wayan, [At.name: .text("B")])
      let shown = try one.show(record, to: wayan)
      let life = lifeAnswer(alive: false, seeing: shown.state, row: nil).answer
      try one.edit(shown, by: wayan, [Path.life: life])
      try two.edit(record, by: made, [At.name: .text("C")])
      let (mine, theirs) = (try pieces(of: one), try pieces(of: two))
      for step in order {
        if step == 3 { try push(theirs, [1], of: two) } else { try push(mine, [step], of: one) }
      }
      for laptop in [one, two] { try laptop.sync(office) }
      for store in [office.store, one.store, two.store] {
        let state = try state(store, record)
        #expect(Set(state.siblings(at: At.name).map(\.answer)) == [.text("B"), .text("C")])
        #expect(lifeReading(of: state, row: nil).liveness == .contested, "\(order)")
        #expect(state == (try self.state(office.store, record)))
      }
    }
  }
}
