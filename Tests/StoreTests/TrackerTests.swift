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

/// Faults that others found in their engines, each played here.
@Suite struct `What others lost` {
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

  /// github.com/basho/riak_kv/issues/679: an actor that lost its state counts again from a number
  /// that it used already, and the new write is taken for an old one and read-repaired away.
  @Test func `riak_kv 679: a writer that forgot what it wrote does not use a dot again`() throws {
    let laptop = try laptop(1)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("lama")])
    try laptop.sync(office)
    let old = try laptop.store.copy(to: nil)
    try laptop.edit(record, by: wayan, [At.name: .text("baru")])
    try laptop.sync(office)

    let forgetful = try TestLaptop(copying: laptop, store: old)
    let shown = try forgetful.show(record, to: wayan)
    try forgetful.edit(shown, by: wayan, [At.outcome: .text("sesudah")])
    #expect(try forgetful.sync(office).isAllSent)
    try laptop.sync(office)
    for store in [office.store, laptop.store, forgetful.store] {
      let state = try #require(try store.peek(record, form: 1)).state
      #expect(state.siblings(at: At.name).map(\.answer) == [.text("baru")])
      #expect(state.siblings(at: At.outcome).map(\.answer) == [.text("sesudah")])
      #expect(try store.verify().isClean)
    }
  }

  /// A disk image that is used on two machines: both write under one dot.
  @Test func `Two copies of one disk: both branches stand, and the second goes on`() throws {
    let first = try laptop(1)
    let record = try first.add(wayan, in: At.renon, [At.name: .text("A")])
    try first.sync(office)
    let twin = try TestLaptop(copying: first, store: try first.store.copy(to: nil))
    try first.edit(record, by: wayan, [At.outcome: .text("satu")])
    try first.edit(record, by: wayan, [At.wave: .text("w")])
    try first.sync(office)
    for text in ["B", "C", "D"] { try twin.edit(record, by: made, [At.name: .text(Text(text))]) }
    let replica = try twin.store.standing().replica
    #expect(try twin.sync(office).isAllSent)
    #expect(try twin.store.standing().replica != replica)
    // What is written now stands on the branch that was put aside.
    try twin.edit(record, by: made, [At.name: .text("E")])
    try twin.sync(office)
    try first.sync(office)
    for store in [office.store, first.store, twin.store] {
      let state = try #require(try store.peek(record, form: 1)).state
      #expect(state.siblings(at: At.name).map(\.answer) == [.text("E")])
      #expect(state.siblings(at: At.outcome).map(\.answer) == [.text("satu")])
      #expect(state.siblings(at: At.wave).map(\.answer) == [.text("w")])
      #expect(try store.verify().isClean)
    }
    #expect(try twin.store.vectors() == office.store.vectors())
  }

  /// github.com/syncthing/syncthing/issues/3876: a folder that is removed and added again begins its
  /// version numbers at one, so that older files of others overwrite newer ones.
  @Test func `syncthing 3876: a laptop that begins anew is a writer of its own`() throws {
    let first = try laptop(1)
    let record = try first.add(wayan, in: At.renon, [At.name: .text("A")])
    try first.sync(office)
    let other = try laptop(2)
    try other.sync(office)
    try other.edit(record, by: made, [At.name: .text("B")])

    let again = try laptop(3)
    #expect(try again.store.standing().replica != first.store.standing().replica)
    try again.sync(office)
    try again.edit(record, by: wayan, [At.name: .text("C")])
    try again.sync(office)
    try other.sync(office)
    let sides = try #require(try office.store.peek(record, form: 1)).state.siblings(at: At.name)
    #expect(Set(sides.map(\.answer)) == [.text("B"), .text("C")])
  }

  /// CSPro's clocks are merged when a case is taken in, without an event of the one who
  /// merged; the next edit of either side then looks as if it had seen both.
  @Test func `CSPro: to have taken something in is not to have seen it`() throws {
    let one = try laptop(1)
    let two = try laptop(2)
    let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
    try one.sync(office)
    try two.sync(office)
    let seen = try two.show(record, to: made)
    try one.edit(record, by: wayan, [At.name: .text("B")])
    try one.sync(office)
    // The store of the second laptop holds B now; its person was shown A.
    try two.sync(office)
    try two.edit(seen, by: made, [At.name: .text("C")])
    try two.sync(office)
    let sides = try #require(try office.store.peek(record, form: 1)).state.siblings(at: At.name)
    #expect(Set(sides.map(\.answer)) == [.text("B"), .text("C")])
  }

  /// Engines that keep floats as text or compare them by value disagree about -0, or about the last
  /// digit; a decimal here is one value in one form of bytes, whoever wrote it.
  @Test func `cr-sqlite's floats: the same number is the same bytes on every replica`() throws {
    let one = try laptop(1)
    let two = try laptop(2)
    let turnover = Path(field: TinySurvey.Field.turnover)
    let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
    try one.sync(office)
    try two.sync(office)
    let tenth = try #require(Decimal("0.10"))
    let same = try #require(Decimal("0.1"))
    try one.edit(record, by: wayan, [turnover: .number(tenth)])
    try two.edit(record, by: made, [turnover: .number(same)])
    try one.sync(office)
    try two.sync(office)
    try one.sync(office)
    let states = try [office.store, one.store, two.store].map {
      try #require(try $0.peek(record, form: 1)).state.bytes
    }
    #expect(Set(states).count == 1)
    #expect(try one.reading(record).conflictCount == 0, "equal answers are no conflict")
  }

  /// A column that may be null and was never written is told from one that was cleared: Corrosion's
  /// replicas took the one for the other when a table gained a column.
  @Test func `Corrosion's nullable column: cleared is an answer, never asked is none`() throws {
    let one = try laptop(1)
    let two = try laptop(2)
    let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
    try one.edit(record, by: wayan, [At.outcome: .text("x")])
    try one.sync(office)
    try two.sync(office)
    try two.edit(record, by: made, [At.outcome: .cleared])
    try two.sync(office)
    try one.sync(office)
    let state = try #require(try one.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.outcome).map(\.answer) == [.cleared])
    #expect(state.siblings(at: At.wave).isEmpty)
  }

  /// Ditto's devices are evicted after a time, and what they bring later is lost; here there is no
  /// time after which an absent laptop loses anything.
  @Test func `Ditto's late device: who was away for years hands everything in`() throws {
    let late = try laptop(1)
    let record = try late.add(wayan, in: At.renon, [At.name: .text("A")])
    try late.sync(office)
    try late.edit(record, by: wayan, [At.outcome: .text("dulu")])
    let other = try laptop(2)
    other.clock.pass(5 * 365 * 86_400_000)
    try other.sync(office)
    try other.edit(record, by: made, [At.name: .text("B")])
    try other.sync(office)
    late.clock.pass(5 * 365 * 86_400_000)
    #expect(try late.sync(office).isAllSent)
    let state = try #require(try office.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.outcome).map(\.answer) == [.text("dulu")])
    #expect(state.siblings(at: At.name).map(\.answer) == [.text("B")])
  }

  /// github.com/getodk/central: an update that was made offline arrives before the one that it was
  /// made after, and is applied to the wrong base or dropped.
  @Test func `ODK's offline chains: what comes before what it was made after waits`() throws {
    let one = try laptop(1)
    let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
    try one.edit(record, by: wayan, [At.name: .text("B")])
    try one.edit(record, by: wayan, [At.name: .text("C")])
    let frames = try one.store.syncMaterial(budget: 1 << 20).frames
    let whole = try #require(frames.first)
    let pieces = try one.store.pieces(of: whole)
    for piece in pieces.reversed() { _ = try one.push([piece], to: office) }
    let state = try #require(try office.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.name).map(\.answer) == [.text("C")])
    #expect(try office.store.waitingCount() == 0)
  }
}

extension TestLaptop {
  /// The same laptop with another disk.
  convenience init(copying other: TestLaptop, store: Store) throws {
    self.init(store: store, clock: other.clock, key: other.key, device: other.device)
  }
}

extension Store {
  /// A frame of this store's, cut into frames of one change each.
  func pieces(of frame: Frame) throws -> [Frame] {
    let before = Dot(
      replica: frame.stream.replica, village: frame.stream.village, counter: frame.first - 1)
    let (row, head) = try read { db in
      (
        try Streams.row(db, frame.stream),
        frame.first == 1 ? ChainHash.start : try Streams.hash(db, before)
      )
    }
    guard let secret = row?.secret, let head else { return [frame] }
    var chain = Chain(stream: frame.stream, secret: secret, count: frame.first - 1, head: head)
    return frame.contents.map { content in
      let previous = chain.head.tag
      let first = chain.count + 1
      _ = chain.append(content)
      return Frame(
        stream: frame.stream, first: first, previous: first == 1 ? 0 : previous, last: chain.head,
        secret: first == 1 ? secret : nil, contents: [content])
    }
  }
}
