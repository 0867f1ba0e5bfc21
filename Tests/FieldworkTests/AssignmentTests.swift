import Bytes
import Causality
import Fieldwork
import Forms
import Model
import Reading
import Store
import Testing

@Suite struct AssignmentTests {
  private let form = Preset.denpasar.form

  private func planner(_ view: RecordReading? = nil, act: Act = .edit) -> AnswerPlanner {
    AnswerPlanner(form: form, view: view, zoneMinutes: 480, act: act) { 0x1234_5678_9ABC_DEF0 }
  }

  private func problem(
    _ typed: String, _ view: RecordReading? = nil
  ) throws -> AssignmentError.Problem {
    let error = try #require(throws: AssignmentError.self) {
      try planner(view).wishes([try Assignment(typed)])
    }
    return error.problem
  }

  @Test(arguments: [
    ("nama_usaha=Batik Sari", "nama_usaha", Assignment.Operation.set),
    ("pemasaran+=hotel", "pemasaran", .add), ("pemasaran-=hotel", "pemasaran", .remove),
    ("banjar=", "banjar", .clear), ("produk[K7M3]-", "produk[K7M3]", .removeRow),
    ("produk[K7M3]+", "produk[K7M3]", .restoreRow),
    ("omzet[2024].nilai=-", "omzet[2024].nilai", .set), ("alamat=a=b[c].d", "alamat", .set),
  ])
  func `Assignments are read as they are typed`(
    typed: String, target: String, operation: Assignment.Operation
  ) throws {
    let assignment = try Assignment(typed)
    #expect(assignment.target == target)
    #expect(assignment.operation == operation)
  }

  @Test(arguments: [
    "nama_usaha", "=x", "produk[K7M3", "produk[K7M3]", "produk[K7M3].=x", "", "pro]duk[K7M3=x",
    "][",
  ])
  func `What is no assignment is said to be none`(typed: String) throws {
    #expect(throws: AssignmentError(name: typed, problem: .malformed)) { try Assignment(typed) }
  }

  @Test func `Many elements take no longer than their number`() throws {
    let many = (0..<12_000).map { String($0, radix: 36) }
    let (all, half) = (many.joined(separator: ";"), many.prefix(6000).joined(separator: ";"))
    var elements: [Text] = []
    let time = try ContinuousClock().measure {
      let wishes = try planner().wishes([
        try Assignment("alias=\(all)"), try Assignment("alias=\(half)"),
      ])
      let question = try #require(form.question(named: "alias"))
      elements = Proposal(form: form, view: nil, wishes: wishes).elements(of: question, row: nil)
    }
    #expect(elements.map(\.string) == Array(many.prefix(6000)) && time < .seconds(10))
  }

  @Test func `Answers are typed by question, group and member`() throws {
    let wishes = try planner().wishes([
      try Assignment("nama_usaha= Batik Sari "), try Assignment("lokasi=-8.65 115.24 8"),
      try Assignment("akurasi_m=5"), try Assignment("pemasaran=bazar,hotel"),
      try Assignment("leaflet=5"),
    ])

    #expect(wishes.map(\.answer).first == .text("Batik Sari"))
    let location = try #require(wishes.first { $0.path.field == FieldID(36) }).answer
    #expect(location.member(0) == .number(try #require(Decimal("-8.65"))))
    #expect(location.member(2) == .whole(5))
    #expect(
      wishes.filter { $0.answer == .present }.map(\.path.element.string) == ["bazar", "hotel"])
    #expect(wishes.last?.answer == .whole(5))
  }

  @Test func `Rows are new, found by letters or named by key`() throws {
    let world = try World()
    let record = try world.wayan.add(
      "Batik Sari", in: world.renon, "produk[new].nama=Kain", "produk[new].satuan=lembar",
      "produk[new2].nama=Selendang", "kapasitas[2024].produksi=10 lembar")
    let reading = try world.wayan.reading(record)
    let repeated = try #require(form.repeat(named: "produk"))
    let rows = reading.rows(of: repeated)
    #expect(rows.count == 2)
    #expect(rows.allSatisfy { $0.string.utf8.count == 8 })
    let years = try #require(form.repeat(named: "kapasitas"))
    #expect(reading.rows(of: years).map(\.string) == ["2024"])

    let first = String(rows[0].string.prefix(4)).lowercased()
    try world.wayan.edit(record, "produk[\(first)].nama=Endek", "produk[\(rows[1])]-")
    let after = try world.wayan.reading(record)
    #expect(after.rows(of: repeated) == [rows[0]])
    let name = try #require(form.question(named: "produk/nama"))
    #expect(after.answer(to: name, row: rows[0]) == .text("Endek"))

    try world.wayan.edit(record, "produk[\(rows[1])]+")
    #expect(try world.wayan.reading(record).rows(of: repeated).count == 2)
    #expect(
      try problem("produk[ZZZZ].nama=x", after) == .noSuchRow(rows: [rows[0].string]))
  }

  @Test func `A keyed row that was removed comes back with a new answer`() throws {
    let world = try World()
    let record = try world.wayan.add(
      "Batik Sari", in: world.renon, "kapasitas[2024].produksi=10 lembar")
    try world.wayan.edit(record, "kapasitas[2024]-")
    let years = try #require(form.repeat(named: "kapasitas"))
    #expect(try world.wayan.reading(record).rows(of: years).isEmpty)

    try world.wayan.edit(record, "kapasitas[02024].produksi=12 lembar")

    #expect(try world.wayan.reading(record).rows(of: years).map(\.string) == ["2024"])
  }

  @Test func `Private answers are not typed where others can read them`() throws {
    #expect(try problem("nik=5171014101800000") == .privateValue)
    #expect(try problem("omzet[2024].nilai=5") == .privateValue)
    #expect(try problem("telepon-=+62000000001") == .privateValue)
    #expect(try problem("nik=-") == .notAsked)
    let asked = try Assignment("nik=-")
    #expect(asked.isToAsk)
    #expect(try planner().questions(of: asked).map(\.name) == ["nik"])
    let wishes = try planner().wishes([asked.answered("5171014101800000")])
    #expect(wishes.map(\.answer) == [.text("5171014101800000")])
  }

  @Test func `Counts are counted on, not set`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon, "leaflet=5")
    #expect(try problem("leaflet=6", try world.wayan.reading(record)) == .useIncrement)

    try world.wayan.edit(record, "leaflet+=3", "leaflet+=2", "leaflet-=1")

    #expect(try world.wayan.answer(record, "leaflet") == "9")
  }

  @Test func `Of a group that was shown masked no member is set alone`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon, "tk=3 4")
    let reading = try world.wayan.reading(record)
    // NB: what no form knows is masked, so this is a view in which everything is.
    let masked = RecordReading(
      record: record, state: reading.state, masked: Masked(of: reading.state, form: nil),
      copy: world.renon, form: form, directory: try world.wayan.place().standing.directory)
    #expect(try problem("tk_l=5", masked) == .maskedGroup(group: "tk"))
    #expect(try planner(masked).wishes([try Assignment("tk=5 6")]).count == 1)
    #expect(try planner(reading).wishes([try Assignment("tk_l=5")]).count == 1)
  }

  @Test func `What cannot be meant is a fact with what could be`() throws {
    #expect(try problem("nama_usha=x") == .unknownName(suggestions: ["nama_usaha"]))
    #expect(try problem("produk[new].nam=x") == .unknownName(suggestions: ["produk[…].nama"]))
    #expect(try problem("prduk[new].nama=x") == .unknownName(suggestions: ["produk"]))
    #expect(try problem("nilai=5") == .needsRow(repeatName: "omzet"))
    #expect(try problem("nama_usaha[1].x=5") == .noRepeat)
    #expect(try problem("omzet[new].nilai=-") == .notAsked)
    #expect(try problem("kapasitas[new].produksi=1") == .needsKey(question: "tahun"))
    #expect(try problem("kapasitas[x].produksi=1") == .badKey(question: "tahun", .notWhole))
    #expect(try problem("kapasitas[2024].tahun=2025") == .keyIsFixed)
    #expect(try problem("desa=Renon") == .useMove)
    #expect(try problem("bagian_usaha=x") == .notAnswerable)
    #expect(try problem("tahun_mulai=abc") == .answer(.notWhole))
    #expect(try problem("nama_usaha+=x") == .notSeveral)
    #expect(try problem("pemasaran=pasar") == .answer(.unknownChoice(list: "pemasaran")))
    #expect(
      try problem("lokasi=1 2 3 gps 2026-01-01 x")
        == .answer(.tooManyMembers(found: 6, expected: 5)))
  }
}
