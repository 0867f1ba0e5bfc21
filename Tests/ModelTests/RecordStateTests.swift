import Causality
import Model
import Testing

/// One record, told as stories of two surveyors and the office.
struct RecordStateTests {
  static let nama = Path(field: FieldID(16))
  static let pemilik = Path(field: FieldID(17))

  static func name(_ replica: UInt64, _ counter: UInt64, tag: UInt64 = 1) -> Name {
    let dot = Dot(replica: ReplicaID(replica), village: Villages.sanur, counter: counter)
    return Name(dot: dot, tag: tag)
  }

  static func author(_ person: String) -> Authorship {
    Authorship(
      person: .named(person), device: DeviceID(1), stamp: Stamp(milliseconds: 1_790_000_000_000))
  }

  static let wayan = author("wayan")
  static let made = author("made")
  static let w1 = name(1, 1)
  static let w2 = name(1, 2)
  static let m1 = name(2, 1)
  static let m2 = name(2, 2)

  static func put(_ path: Path, _ text: String, replacing: Name...) -> PlacedAnswer {
    PlacedAnswer(path: path, replaces: replacing, answer: .text(text))
  }

  /// A record that Wayan created.
  static let created: RecordState = {
    var state = RecordState()
    state.apply(w1, by: wayan, [put(nama, "Tahu Sanur"), put(pemilik, "Bu Rai")])
    return state
  }()

  static func merged(_ left: RecordState, _ right: RecordState) -> RecordState {
    var merged = left
    merged.merge(right)
    return merged
  }

  static func texts(_ state: RecordState, at path: Path = nama) -> [Answer] {
    state.siblings(at: path).map(\.answer)
  }

  @Test func `Nothing is known of a record at first`() {
    let state = RecordState()

    #expect(state.isEmpty)
    #expect(state.siblings(at: Self.nama).isEmpty)
    #expect(!state.accounts(for: Self.w1))
    #expect(state.author(of: Self.w1) == nil)
    #expect(Self.created.includes(state) && !state.includes(Self.created))
  }

  @Test func `What is known already takes away what it names, should that come after it`() {
    let answer = Self.put(Self.nama, "Tahu Jaya", replacing: Self.w2)
    // The office had issued Made's answer again when nobody had Wayan's second one.
    var late = Self.created
    late.apply(Self.m1, by: Self.made, [Self.put(Self.nama, "Tahu Jaya")])
    late.apply(Self.w2, by: Self.wayan, [Self.put(Self.nama, "Tahu Bali", replacing: Self.w1)])
    #expect(late.siblings(at: Self.nama).count == 2)
    late.apply(Self.m1, by: Self.made, [answer])
    var early = Self.created
    early.apply(Self.w2, by: Self.wayan, [Self.put(Self.nama, "Tahu Bali", replacing: Self.w1)])
    early.apply(Self.m1, by: Self.made, [answer])

    #expect(late == early)
    #expect(Self.texts(late) == [.text("Tahu Jaya")])
    #expect(late.author(of: Self.w2) == nil && late.accounts(for: Self.w2))
    // Whatever of the two a copy has heard, merging comes to the same.
    #expect(Self.merged(early, late) == early && Self.merged(late, early) == early)
  }

  @Test func `What was read and then changed is written as it is now`() throws {
    let answer = Self.put(Self.nama, "Tahu Jaya", replacing: Self.w1)
    var fresh = Self.created
    fresh.apply(Self.m1, by: Self.made, [answer])
    var applied = try RecordState(Self.created.bytes)
    #expect(applied.bytes == Self.created.bytes && applied == Self.created)
    applied.apply(Self.m1, by: Self.made, [answer])
    var merged = try RecordState(Self.created.bytes)
    merged.merge(fresh)
    #expect(applied.bytes == fresh.bytes && merged.bytes == fresh.bytes)
    #expect(Set([applied, merged, fresh]).count == 1)
    // What is accounted for already only takes away what it names.
    var beside = Self.created
    beside.apply(Self.m1, by: Self.made, [Self.put(Self.nama, "Tahu Jaya")])
    beside = try RecordState(beside.bytes)
    beside.apply(Self.m1, by: Self.made, [answer])
    #expect(beside.bytes == fresh.bytes)
  }

  @Test func `Who saw an answer replaces it`() {
    var state = Self.created
    state.apply(Self.m1, by: Self.made, [Self.put(Self.nama, "Tahu Jaya", replacing: Self.w1)])

    #expect(Self.texts(state) == [.text("Tahu Jaya")])
    #expect(Self.texts(state, at: Self.pemilik) == [.text("Bu Rai")])
    #expect(state.accounts(for: Self.w1) && state.accounts(for: Self.m1))
  }

  @Test func `Who did not see an answer stands beside it`() {
    var wayans = Self.created
    wayans.apply(Self.w2, by: Self.wayan, [Self.put(Self.nama, "A", replacing: Self.w1)])
    var mades = Self.created
    mades.apply(Self.m1, by: Self.made, [Self.put(Self.nama, "B", replacing: Self.w1)])

    let both = Self.merged(wayans, mades)
    #expect(Self.texts(both) == [.text("A"), .text("B")])
    #expect(both == Self.merged(mades, wayans))
    #expect(both.author(of: Self.w2) == Self.wayan && both.author(of: Self.m1) == Self.made)
  }

  @Test func `An answer that was replaced in one copy does not come back from another`() {
    var mades = Self.created
    mades.apply(Self.m1, by: Self.made, [Self.put(Self.nama, "B", replacing: Self.w1)])

    #expect(Self.merged(mades, Self.created) == mades)
    #expect(Self.merged(Self.created, mades) == mades)
    #expect(mades.includes(Self.created) && !Self.created.includes(mades))
  }

  @Test func `An answer that one copy never saw is not dropped by it`() {
    var wayans = Self.created
    wayans.apply(Self.w2, by: Self.wayan, [Self.put(MiniWorld.produk, "tempe")])
    var mades = Self.created
    mades.apply(Self.m1, by: Self.made, [Self.put(Self.pemilik, "Pak Rai", replacing: Self.w1)])

    let both = Self.merged(wayans, mades)
    #expect(Self.texts(both, at: MiniWorld.produk) == [.text("tempe")])
    #expect(Self.texts(both, at: Self.pemilik) == [.text("Pak Rai")])
  }

  @Test func `A change that comes by two roads is applied once`() {
    var state = Self.created
    state.apply(Self.m1, by: Self.made, [Self.put(Self.nama, "B", replacing: Self.w1)])
    let before = state

    state.apply(Self.w1, by: Self.wayan, [Self.put(Self.nama, "Tahu Sanur")])
    state.apply(Self.m1, by: Self.made, [Self.put(Self.nama, "B", replacing: Self.w1)])

    #expect(state == before)
  }

  @Test func `A clone's change of the same dot is another change`() {
    let clone = Self.name(1, 1, tag: 2)
    var state = Self.created
    state.apply(clone, by: Self.made, [Self.put(Self.nama, "Tahu Kita")])
    #expect(Self.texts(state) == [.text("Tahu Sanur"), .text("Tahu Kita")])

    state.apply(Self.m1, by: Self.made, [Self.put(Self.nama, "B", replacing: clone)])
    #expect(Self.texts(state) == [.text("Tahu Sanur"), .text("B")])
  }

  @Test func `A replacement holds at its own place alone`() {
    var state = Self.created
    state.apply(Self.m1, by: Self.made, [Self.put(Self.nama, "B", replacing: Self.w1)])
    #expect(Self.texts(state, at: Self.pemilik) == [.text("Bu Rai")])
    #expect(state.author(of: Self.w1) == Self.wayan)
  }

  @Test func `An author is kept exactly while an answer of theirs stands`() {
    var state = Self.created
    state.apply(Self.m1, by: Self.made, [Self.put(Self.nama, "B", replacing: Self.w1)])
    #expect(state.author(of: Self.w1) == Self.wayan)

    state.apply(Self.m2, by: Self.made, [Self.put(Self.pemilik, "C", replacing: Self.w1)])
    #expect(state.author(of: Self.w1) == nil)
    #expect(state.accounts(for: Self.w1))
    #expect(Self.merged(Self.created, state) == state)
  }

  @Test func `A change without answers is accounted for and has no author`() throws {
    var state = Self.created
    state.apply(Self.m1, by: Self.made, [])

    #expect(state.accounts(for: Self.m1))
    #expect(state.author(of: Self.m1) == nil)
    #expect(try RecordState(state.bytes) == state)
    #expect(Self.merged(state, RecordState()) == state)

    var first = RecordState()
    first.apply(Self.m1, by: Self.made, [])
    first.apply(Self.w1, by: Self.wayan, [Self.put(Self.nama, "A")])
    #expect(Self.texts(first) == [.text("A")])
    #expect(first.author(of: Self.w1) == Self.wayan)
  }

  @Test func `A carry and a later one agree in either order`() {
    var late = Self.created
    late.apply(Self.w2, by: Self.wayan, [Self.put(Self.nama, "Tahu Baru", replacing: Self.w1)])
    var home = RecordState()
    home.apply(Self.m1, by: Self.made, [Self.put(MiniWorld.produk, "tahu")])

    let once = Self.merged(Self.merged(home, Self.created), late)
    #expect(once == Self.merged(Self.merged(home, late), Self.created))
    #expect(once == Self.merged(once, late))
    #expect(Self.texts(once) == [.text("Tahu Baru")])
    #expect(Self.texts(once, at: MiniWorld.produk) == [.text("tahu")])
  }

  @Test func `A late edit in the old village stands beside one in the new, unseen`() {
    var home = Self.merged(RecordState(), Self.created)
    home.apply(Self.m1, by: Self.made, [Self.put(Self.nama, "Baru", replacing: Self.w1)])
    var old = Self.created
    old.apply(Self.w2, by: Self.wayan, [Self.put(Self.nama, "Lama", replacing: Self.w1)])

    #expect(Self.texts(Self.merged(home, old)) == [.text("Lama"), .text("Baru")])
  }

  @Test func `A copy that is not the home learns where the record went, and nothing else`() {
    var home = Self.created
    home.apply(
      Self.m1, by: Self.made, [.init(path: .village, answer: .village(Villages.renon))])
    home.apply(Self.m2, by: Self.made, [Self.put(Self.nama, "Baru", replacing: Self.w1)])
    let told = home.movesOnly
    #expect(told.origins.map(\.name) == [Self.m1])
    #expect(told.registers.map(\.path) == [.village])

    for news in [told, home] {
      var copy = Self.created
      copy.merge(news, villageOnly: true)
      #expect(Self.texts(copy) == [.text("Tahu Sanur")])
      #expect(copy.siblings(at: .village).map(\.answer) == [.village(Villages.renon)])
      #expect(!copy.accounts(for: Self.m2))
      #expect(Self.merged(copy, home) == home)
    }
  }

  /// Bytes never bring one, since a move is alone in its change; but nothing would be lost by it.
  @Test func `News of a move in company leaves what came with it alone`() {
    let home = PlacedAnswer(path: .village, answer: .village(Villages.renon))
    var copy = RecordState()
    copy.apply(Self.m1, by: Self.made, [home, Self.put(Self.nama, "Tahu Jaya")])
    var news = copy
    news.apply(Self.m2, by: Self.made, [Self.put(Self.nama, "Baru", replacing: Self.m1)])

    copy.merge(news, villageOnly: true)
    #expect(Self.texts(copy) == [.text("Tahu Jaya")])
    #expect(copy.siblings(at: .village).map(\.answer) == [home.answer])
  }
}
