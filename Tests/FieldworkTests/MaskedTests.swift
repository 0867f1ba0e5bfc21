import Causality
import Fieldwork
import Forms
import Model
import Reading
import Rules
import Store
import Testing

/// Whoever saw a mask has not seen the answer, so an edit of theirs does not replace it.
@Suite struct MaskedTests {
  private let nik = "nik"

  private func edit(
    _ hand: Hand, _ record: RecordID, _ question: String, _ value: String, seen: ViewToken? = nil
  ) throws -> Outcome {
    hand.laptop.time.pass(1000)
    let assignment = try Assignment("\(question)=-").answered(value)
    return try hand.actions.edit(record, form: 1, [assignment], seen: seen)
  }

  /// A record in which Wayan has given a number.
  private func record(_ world: World) throws -> RecordID {
    let record = try world.wayan.add("Batik Sari", in: world.renon)
    _ = try edit(world.wayan, record, nik, "5171014101800000")
    try world.meet()
    return record
  }

  @Test func `What was shown as a mask is not replaced, and stays beside`() throws {
    let world = try World()
    let record = try record(world)
    _ = try world.made.show(record)

    let outcome = try edit(world.made, record, nik, "5171014101810000")

    #expect(outcome.conflicts == 1 && outcome.beside.map(\.description) == ["nik"])
    _ = try edit(world.made, record, nik, "5171014101820000")
    let reading = try world.made.reading(record)
    let form = try world.made.place().form(1)
    let path = try #require(form.question(named: nik).flatMap { form.register(of: $0) }).path()
    #expect(
      Set(reading.state.siblings(at: path).map(\.answer)) == [
        .text("5171014101800000"), .text("5171014101820000"),
      ])
    // To empty what one has not seen is no way around it.
    #expect(try edit(world.made, record, nik, "").conflicts == 1)
  }

  @Test func `What was revealed once is replaced, also from a later view that masks it`() throws {
    let world = try World()
    let record = try record(world)
    _ = try world.made.place(.revealed).show(record, form: 1)
    let masked = try world.made.show(record)

    #expect(masked.token != masked.known)
    #expect(try edit(world.made, record, nik, "5171014101810000").conflicts == 0)
    #expect(try world.made.answer(record, nik) == "5171014101810000")
  }

  @Test func `A token says whether it was revealed, whoever cites it`() throws {
    let world = try World()
    for isRevealed in [false, true] {
      let record = try record(world)
      let place = try world.made.place(isRevealed ? .revealed : .masked)
      let token = try place.show(record, form: 1).token
      let outcome = try edit(world.made, record, nik, "5171014101810000", seen: token)
      #expect(outcome.conflicts == (isRevealed ? 0 : 1))
      // The token of an outcome goes on in the same way.
      let next = try edit(world.made, record, nik, "5171014101820000", seen: outcome.token)
      #expect(next.conflicts == (isRevealed ? 0 : 1))
    }
  }

  @Test func `An edit from a masked view takes back nothing that was seen`() throws {
    let world = try World()
    let record = try record(world)
    _ = try world.made.place(.revealed).show(record, form: 1)
    let token = try world.made.show(record).token
    try world.made.edit(record, "banjar=Pande", seen: token)

    #expect(try edit(world.made, record, nik, "5171014101810000").conflicts == 0)
  }

  @Test func `One's own private answer can always be corrected`() throws {
    let world = try World()
    let record = try record(world)
    _ = try world.wayan.show(record)
    let token = try world.wayan.show(record).token
    #expect(try edit(world.wayan, record, nik, "5171014101810000", seen: token).conflicts == 0)
    #expect(try world.wayan.answer(record, nik) == "5171014101810000")
  }

  @Test func `A private column that was added by hand is refused, and empty cells say nothing`()
    throws
  {
    let world = try World()
    let record = try record(world)
    // Also from a table of whoever has seen the answer, because the table has not.
    _ = try world.made.place(.revealed).show(record, form: 1)
    var sheet = try Sheet(try world.made.csv())
    sheet.header.append(nik)
    sheet.rows[0].append("")
    #expect(try world.made.load(sheet.text).unchanged == 1)
    sheet[0, nik] = "5171014101810000"

    let error = try #require(throws: ImportError.self) { try world.made.load(sheet.text) }

    guard case .rows(let problems, of: 1) = error else { throw error }
    #expect(problems.map(\.line) == [2] && problems.map(\.column) == [nik])
    guard case .answer(let found) = problems[0].fact else { throw TestFailure.unexpected }
    #expect(found.problem == .maskedInTable)
    #expect(try world.made.answer(record, nik) == "5171014101800000")

    var whole = try Sheet(try world.made.csv(ExportRequest(form: 1, withPrivate: true)))
    whole[0, nik] = "5171014101810000"
    #expect(try world.made.load(whole.text).beside.isEmpty)
    #expect(try world.made.answer(record, nik) == "5171014101810000")
  }
}
