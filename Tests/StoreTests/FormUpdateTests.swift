import Forms
import GRDB
import Model
import Reading
import Rules
import Sync
import Testing
import Worlds

@testable import Store

@Suite struct `A new version of the form` {
  let office: TestOffice
  let laptop: TestLaptop
  let wayan: PersonID
  let made: PersonID

  init() throws {
    office = try TestOffice()
    wayan = try office.person("wayan", .surveyor, [At.renon])
    made = try office.person("made", .surveyor, [At.renon])
    laptop = try TestLaptop(seed: 1, office: office, for: [wayan, made])
  }

  private func update(_ rules: [String: String] = [:], isBroken: Bool = false) throws {
    let sheets = TinySurvey.sheets(
      version: 2, more: [isBroken ? "nonsense,x,x,60,,,," : "text,nanti,nanti,60,ask,,,"],
      rules: rules)
    try office.store.extendDirectory([
      .form(id: 1, survey: sheets.survey, choices: sheets.choices, settings: sheets.settings)
    ])
  }

  @Test func `The same form again changes no table, and a new edition does`() throws {
    func schema() throws -> Int64? {
      try office.store.read { db in try db.first("PRAGMA schema_version") { $0.integer(0) } }
    }
    let before = try schema()
    let sheets = TinySurvey.sheets()
    try office.store.extendDirectory([
      .form(id: 1, survey: sheets.survey, choices: sheets.choices, settings: sheets.settings)
    ])
    #expect(try schema() == before, "else all statements of all processes are compiled again")
    try update()
    #expect(try schema() != before)
    #expect(try office.store.read { db in try db.columnNames(of: "record_1") }.contains("nanti"))
  }

  @Test func `A text is read once, and is the form of each number for itself`() throws {
    let read = try ReadAlready.form(1, TinySurvey.sheets())
    #expect(try ReadAlready.form(1, TinySurvey.sheets()).form === read.form)
    #expect(try ReadAlready.form(2, TinySurvey.sheets()).table.name == "record_2")
    #expect(try ReadAlready.form(1, TinySurvey.sheets(version: 2)).form !== read.form)
  }

  @Test func `It adds columns and reads the old records again, and sends nothing`() throws {
    let record = try laptop.add(wayan, in: At.renon, [At.outcome: .text("buka")])
    let shown = try laptop.show(record, to: wayan)
    let other = try laptop.show(record, to: made)
    try laptop.edit(shown, by: wayan, [At.outcome: .text("tutup")])
    try laptop.edit(other, by: made, [At.outcome: .text("pindah")])
    try laptop.sync(office)
    #expect(try laptop.store.records(form: 1).first?.conflicts == 0)
    let vectors = try office.store.vectors()

    try update(["hasil": "ask"])
    let summary = try laptop.sync(office)
    #expect(summary.sent == 0 && summary.received == 0)
    #expect(try office.store.vectors() == vectors)
    for store in [office.store, laptop.store] {
      #expect(try store.records(form: 1).first?.conflicts == 1)
      #expect(try store.verify().isClean)
    }
    try laptop.edit(
      record, by: wayan, [Path(field: TinySurvey.Field.later): .text("baru")])
    var filter = RecordFilter()
    filter.columns = ["nanti", "hasil"]
    #expect(try laptop.store.records(form: 1, filter).first?.columns == ["baru", "pindah"])
    let shownByView = try laptop.store.read { db in
      try String.fetchOne(db, sql: "SELECT nanti FROM uji")
    }
    #expect(shownByView == "baru")
  }

  @Test func `It refuses nothing that was written under the old one`() throws {
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    try laptop.sync(office)
    try update(["nama": "fixed"])
    try laptop.edit(record, by: made, [At.name: .text("Batik Asih")])
    let summary = try laptop.sync(office)
    #expect(summary.refusals.isEmpty && summary.isAllSent)
    #expect(
      try office.store.peek(record, form: 1)?.state.siblings(at: At.name).map(\.answer)
        == [.text("Batik Asih")])

    try laptop.edit(record, by: wayan, [At.name: .text("Batik Asri")])
    #expect(try laptop.reading(record).verdict(at: At.name).isOpen)
    #expect(try laptop.sync(office).refusals.isEmpty)
  }

  @Test func `A list of villages that does not read changes nothing`() throws {
    let before = try office.store.standing().directory
    for sheet in ["", "code,name\n1,x\n"] {
      #expect(throws: StoreError.self) { try office.store.extendDirectory([.villages(sheet)]) }
      #expect(try office.store.standing().directory == before)
    }
  }

  @Test func `A form that does not read changes nothing`() throws {
    let before = try office.store.standing().directory
    #expect(throws: (any Error).self) { try update(isBroken: true) }
    #expect(try office.store.standing().directory == before)
    let nyoman = try office.person("nyoman", .surveyor, nil)
    #expect(try office.store.standing().directory.person(nyoman) != nil)
    try update()
    #expect(try office.store.standing().forms[1]?.version == "2")
  }
}
