import Bytes
import Causality
import Forms
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

    let forgetful = TestLaptop(copying: laptop, store: old)
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
    let twin = try first.twin()
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
  @Test(arguments: [("0.10", "0.1"), ("-0", "0"), ("-0.000", "+0"), ("12.50", "12.5000")])
  func `cr-sqlite's floats: the same number is the same bytes on every replica`(
    given: (first: String, second: String)
  ) throws {
    let one = try laptop(1)
    let two = try laptop(2)
    let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
    try one.sync(office)
    try two.sync(office)
    try one.edit(record, by: wayan, [At.value: try typed(given.first)])
    try two.edit(record, by: made, [At.value: try typed(given.second)])
    try one.sync(office)
    try two.sync(office)
    try one.sync(office)
    let states = try [office.store, one.store, two.store].map {
      try #require(try $0.peek(record, form: 1)).state.bytes
    }
    #expect(Set(states).count == 1)
    #expect(try one.reading(record).conflictCount == 0, "equal answers are no conflict")
  }

  /// What is typed is read back after a round through the office to the last digit, up to the longest
  /// numbers that are taken; a longer one is refused where it is typed, and never rounded.
  @Test func `cr-sqlite's floats: a number comes back to the last digit, or is refused`() throws {
    let one = try laptop(1)
    let two = try laptop(2)
    let exact = [
      "-0": "0", "0.1": "0.1", "12345678901.234567": "12345678901.234567",
      "-8.65000000000000": "-8.65", "0.000000000000001": "0.000000000000001",
      "-0.000000000000001": "-0.000000000000001", "999999999999999999": "999999999999999999",
      "-999999999999999999": "-999999999999999999", "999.999999999999999": "999.999999999999999",
      "900719925474099.301": "900719925474099.301", "0.3000000000000000": "0.3",
    ]
    var records: [RecordID: String] = [:]
    for text in exact.keys.sorted() {
      records[try one.add(wayan, in: At.renon, [At.value: try typed(text)])] = exact[text]
    }
    try one.sync(office)
    try two.sync(office)
    // What comes back is typed again and taken for the same: nothing is written, and nothing sent.
    for (record, text) in records {
      let saved = try two.edit(record, by: made, [At.value: try typed(text)])
      #expect(saved.change == nil, "\(text)")
    }
    for store in [office.store, one.store, two.store] {
      for (record, text) in records {
        let answers = try #require(try store.peek(record, form: 1)).state.siblings(at: At.value)
        guard answers.count == 1, case .number(let number) = answers[0].answer else {
          Issue.record("\(text) is \(answers.map(\.answer))")
          continue
        }
        #expect(number.description == text)
      }
    }
    let tooLong = [
      "0.30000000000000004", "1000000000000000000", "-1000000000000000000", "0.0000000000000001",
      "1234567890123456789", "1234.0123456789012345",
    ]
    for text in tooLong { #expect(throws: AnswerError.outOfRange, "\(text)") { try typed(text) } }
    for text in ["NaN", "inf", "0,1", "1.2.3"] {
      #expect(throws: AnswerError.notANumber, "\(text)") { try typed(text) }
    }
  }

  /// A decimal as a person types it.
  private func typed(_ text: String) throws -> Answer {
    let form = try #require(try office.store.standing().forms[1])
    let question = try #require(form.question(named: "nilai"))
    return try Typed.parse(text, as: question, form: form, zoneOffsetMinutes: 480)
  }

  /// A column that may be null and was never written is told from one that was cleared; and where a
  /// table gains a column, no replica makes changes of it: Corrosion's took each null of the new
  /// column for news, and sent them all to each other.
  @Test func `Corrosion's nullable column: a new question is news to nobody`() throws {
    let laptops = try [laptop(1), laptop(2), laptop(3)]
    let one = laptops[0]
    let two = laptops[1]
    let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
    try one.edit(record, by: wayan, [At.outcome: .text("x")])
    for (number, village) in TinySurvey.villages.enumerated() {
      for serial in 0..<8 {
        let name = Answer.text(Text("usaha \(number) \(serial)"))
        try laptops[serial % 3].add(wayan, in: village, [At.name: name])
      }
    }
    for laptop in laptops + laptops { try laptop.sync(office) }
    try two.edit(record, by: made, [At.outcome: .cleared])
    for laptop in [two] + laptops { try laptop.sync(office) }
    let stores = [office.store] + laptops.map(\.store)
    let vectors = try office.store.vectors()

    let sheets = TinySurvey.sheets(version: 2, more: ["text,nanti,nanti,60,ask,,,"])
    try office.store.extendDirectory([
      .form(id: 1, survey: sheets.survey, choices: sheets.choices, settings: sheets.settings)
    ])
    for laptop in laptops {
      let summary = try laptop.sync(office)
      #expect(summary.sent == 0 && summary.received == 0 && summary.refusals.isEmpty)
      #expect(try laptop.store.standing().forms[1]?.version == "2")
      #expect(try laptop.store.unsentCount() == 0)
      // The form is known now, and of the records there is nothing to say.
      let next = try laptop.weigh { office }
      #expect(next.summary.sent == 0 && next.summary.received == 0 && next.summary.rounds == 1)
      #expect(next.bytes < 256, "\(next.bytes) bytes")
    }
    for store in stores {
      #expect(try store.vectors() == vectors)
      #expect(try store.verify().isClean)
      let rows = try store.read { db in
        try db.all("SELECT count(*), count(nanti) FROM record_1") {
          [$0.integer(0), $0.integer(1)]
        }
      }
      #expect(rows == [[41, 0]])
      let state = try #require(try store.peek(record, form: 1)).state
      #expect(state.siblings(at: At.outcome).map(\.answer) == [.cleared])
      #expect(state.siblings(at: At.wave).isEmpty)
      #expect(state.siblings(at: Path(field: TinySurvey.Field.later)).isEmpty)
    }
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
