import Bytes
import Forms
import Model
import Testing

private typealias Row = SmallForm

struct FormLoadingTests {
  private func error(_ sheets: FormSheets) -> FormError? {
    do {
      _ = try Form(sheets)
      return nil
    } catch {
      return error
    }
  }

  @Test func `A form knows its questions, its registers and what they are called`() throws {
    let form = try SmallForm.form([
      Row.row("begin_group", "bagian", 16, ["relevant": "${a} != ''"]),
      Row.row("text", "a", 17, ["rule": "latest", "required": "yes", "private": "yes"]),
      Row.row("select_one warna", "b", 18),
      Row.row("note", "catatan", 19),
      Row.row("begin_group", "posisi", 20, ["rule": "best-fix"]),
      Row.row("decimal", "lat", 21, ["group": "posisi"]),
      Row.row("decimal", "lon", 22, ["group": "posisi"]),
      Row.row("decimal", "jarak", 23, ["group": "posisi"]),
      Row.row("end_group"), Row.row("end_group"),
      Row.row("select_multiple warna", "c", 24),
      Row.row("begin_repeat", "omzet", 25, ["key": "tahun"]),
      Row.row("integer", "tahun", 26), Row.row("integer", "a", 27, ["rule": "sum"]),
      Row.row("end_repeat"),
      Row.row("begin_repeat", "mesin", 28), Row.row("text", "nama", 29, ["rule": "union"]),
      Row.row("end_repeat"),
    ])

    #expect((form.id, form.name, form.version, form.title.lookup("id")) == (1, "uji", "1", "Uji"))
    #expect(form.languages == ["id", "en"] && form.defaultLanguage == "id")
    #expect(form.items.map(\.name) == ["bagian", "c", "omzet", "mesin"])
    #expect(
      form.registers.map(\.name) == ["a", "b", "posisi", "c", "a", "nama"]
        && form.registers.map(\.hasElements) == [false, false, false, true, false, true])
    #expect(
      form.registers.map(\.rule) == [.latest(then: .ask), .ask, .bestFix, .union, .sum, .union])
    #expect(form.registers.map(\.isPrivate) == [true, false, false, false, false, false])

    let lon = try #require(form.question(named: "lon"))
    let posisi = try #require(form.register(of: lon))
    #expect(posisi.field == FieldID(20) && form.register(field: FieldID(20)) == posisi)
    #expect(posisi.answer(.members([.whole(1), .whole(2)]), to: lon) == .whole(2))
    #expect(lon.rule == .bestFix && lon.group == "posisi" && lon.conditions.count == 1)

    let tahun = try #require(form.question(named: "omzet/tahun"))
    #expect(tahun.isKey && form.register(of: tahun) == nil && form.register(field: tahun.id) == nil)
    #expect(form.question(named: "a")?.id == FieldID(17))
    #expect(form.question(named: "a", seenFrom: "omzet")?.id == FieldID(27))
    #expect(form.question(named: "omzet/a")?.qualifiedName == "omzet/a")
    #expect(form.question(named: "nama")?.id == FieldID(29))
    #expect(form.item(named: "bagian")?.id == FieldID(16) && form.repeat(named: "mesin") != nil)
    let inRow = form.register(field: FieldID(27))?.path(row: "2024")
    #expect(inRow == Path(row: Model.Row(FieldID(25), "2024"), field: FieldID(27)))
    #expect(form.choice(named: "merah", in: "warna")?.label("en") == "Red")
    #expect(form.choices("tiada").isEmpty && form.rank(of: "merah", in: "warna") == 0)
  }

  @Test func `Words fall back to the form's language and then to any`() {
    let words = Words([("en", "Red"), ("id", "Merah")], default: "id")

    #expect(words.lookup("en") == "Red" && words.lookup("ban") == "Merah")
    #expect(Words([("en", "Red"), ("id", "")], default: "id").lookup("id") == "Red")
    #expect(Words.none.lookup("id") == "" && Words.none.isEmpty)
  }

  // Line 1 is the header, so the first row of a case is line 2.
  @Test(
    arguments: [
      (2, .unknownType("geopoint"), [Row.row("geopoint", "a", 16)]),
      (2, .unknownType("select_one"), [Row.row("select_one", "a", 16)]),
      (2, .unknownList("tiada"), [Row.row("select_one tiada", "a", 16)]),
      (2, .malformedName("1a"), [Row.row("text", "1a", 16)]),
      (2, .malformedName(""), [Row.row("text", "", 16)]),
      (2, .malformedID(""), [Row.row("text", "a")]),
      (2, .malformedID("15"), [Row.row("text", "a", 15)]),
      (3, .duplicateID(16, line: 2), [Row.row("text", "a", 16), Row.row("text", "b", 16)]),
      (3, .duplicateName("a"), [Row.row("text", "a", 16), Row.row("text", "a", 17)]),
      (2, .unknownRule("newest"), [Row.row("text", "a", 16, ["rule": "newest"])]),
      (2, .unfitRule("best-fix", type: "text"), [Row.row("text", "a", 16, ["rule": "best-fix"])]),
      (2, .unfitRule("max", type: "text"), [Row.row("text", "a", 16, ["rule": "max"])]),
      (
        2, .unfitRule("latest then max", type: "text"),
        [Row.row("text", "a", 16, ["rule": "latest then max"])]
      ),
      (
        2, .unfitRule("sum", type: "select_one warna"),
        [Row.row("select_one warna", "a", 16, ["rule": "sum"])]
      ),
      (
        2, .unfitRule("latest", type: "select_multiple warna"),
        [Row.row("select_multiple warna", "a", 16, ["rule": "latest"])]
      ),
      (2, .unfitRule("union", type: "integer"), [Row.row("integer", "a", 16, ["rule": "union"])]),
      (
        2, .malformedFlag(column: "bind::kulkul:private", "perhaps"),
        [Row.row("text", "a", 16, ["private": "perhaps"])]
      ),
      (
        2, .expression(column: "constraint", .unexpected("", at: 4)),
        [Row.row("text", "a", 16, ["constraint": ". > "])]
      ),
      (
        2, .expression(column: "required", .unexpected("maybe", at: 1)),
        [Row.row("text", "a", 16, ["required": "maybe"])]
      ),
      (
        2, .expression(column: "bind::kulkul:warning", .malformedPattern("(", at: 10)),
        [Row.row("text", "a", 16, ["warning": "regex(., '(')"])]
      ),
      (
        3, .unknownReference("c"),
        [Row.row("text", "a", 16), Row.row("text", "b", 17, ["relevant": "${c} = 1"])]
      ),
      (
        2, .unknownReference("a"),
        [
          Row.row("begin_group", "a", 16, ["relevant": "${a} = 1"]), Row.row("text", "b", 17),
          Row.row("end_group"),
        ]
      ),
      (
        8, .ambiguousReference("x"),
        [
          Row.row("begin_repeat", "a", 16), Row.row("text", "x", 17, ["relevant": "${x} = 1"]),
          Row.row("end_repeat"), Row.row("begin_repeat", "b", 18), Row.row("text", "x", 19),
          Row.row("end_repeat"), Row.row("text", "c", 20, ["warning": "${x} = 1"]),
        ]
      ),
      (
        3, .nestedRepeat("b"), [Row.row("begin_repeat", "a", 16), Row.row("begin_repeat", "b", 17)]
      ),
      (2, .unclosed("a"), [Row.row("begin_group", "a", 16), Row.row("text", "b", 17)]),
      (3, .strayEnd, [Row.row("begin_group", "a", 16), Row.row("end_repeat")]),
      (2, .strayEnd, [Row.row("end_group")]),
      (
        3, .unnamedMember("b", group: "a"),
        [Row.row("begin_group", "a", 16, ["rule": "ask"]), Row.row("text", "b", 17)]
      ),
      (
        3, .groupWithoutRule("a"),
        [Row.row("begin_group", "a", 16), Row.row("text", "b", 17, ["group": "a"])]
      ),
      (2, .strayMember("b", group: "a"), [Row.row("text", "b", 17, ["group": "a"])]),
      (
        3, .unfitMember("b", group: "a"),
        [
          Row.row("begin_group", "a", 16, ["rule": "ask"]),
          Row.row("select_multiple warna", "b", 17, ["group": "a"]),
        ]
      ),
      (
        3, .unfitMember("b", group: "a"),
        [Row.row("begin_group", "a", 16, ["rule": "ask"]), Row.row("begin_group", "b", 17)]
      ),
      (
        2, .emptyGroup("a"),
        [Row.row("begin_group", "a", 16, ["rule": "ask"]), Row.row("end_group")]
      ),
      (
        2, .unfitRule("best-fix", type: "group"),
        [
          Row.row("begin_group", "a", 16, ["rule": "best-fix"]),
          Row.row("decimal", "b", 17, ["group": "a"]), Row.row("end_group"),
        ]
      ),
      (
        2, .unfitKey("c"),
        [
          Row.row("begin_repeat", "a", 16, ["key": "c"]), Row.row("text", "b", 17),
          Row.row("end_repeat"),
        ]
      ),
      (
        3, .unfitKey("b"),
        [
          Row.row("begin_repeat", "a", 16, ["key": "b"]), Row.row("decimal", "b", 17),
          Row.row("end_repeat"),
        ]
      ),
      (
        2, .unknownComparison("falls"), [Row.row("integer", "a", 16, ["compare": "falls"])]
      ),
      (
        2, .unknownComparison("keeps-class()"),
        [Row.row("integer", "a", 16, ["compare": "keeps-class()"])]
      ),
      (
        2, .unknownComparison("keeps-class(20,5)"),
        [Row.row("integer", "a", 16, ["compare": "keeps-class(20,5)"])]
      ),
      (
        2, .unfitComparison("rises", type: "text"),
        [Row.row("text", "a", 16, ["compare": "rises"])]
      ),
      (
        2, .unfitComparison("keeps-class(5,20)", type: "integer"),
        [Row.row("integer", "a", 16, ["compare": "keeps-class(5,20)"])]
      ),
      (
        3, .unfitComparison("rises", type: "key"),
        [
          Row.row("begin_repeat", "a", 16, ["key": "b"]),
          Row.row("integer", "b", 17, ["compare": "rises"]), Row.row("end_repeat"),
        ]
      ),
      (
        2, .unfitComparison("keeps-class(5)", type: "repeat without a key in integers"),
        [
          Row.row("begin_repeat", "a", 16, ["key": "b"]), Row.row("text", "b", 17),
          Row.row("integer", "c", 18, ["compare": "keeps-class(5)"]), Row.row("end_repeat"),
        ]
      ),
      (
        2, .malformedFlag(column: "bind::kulkul:unique", "perhaps"),
        [Row.row("text", "a", 16, ["unique": "perhaps"])]
      ),
      (2, .unfitUnique("a"), [Row.row("decimal", "a", 16, ["unique": "yes"])]),
      (2, .unfitUnique("a"), [Row.row("text", "a", 16, ["unique": "yes", "rule": "union"])]),
      (2, .unfitUnique("a"), [Row.row("integer", "a", 16, ["unique": "yes", "rule": "sum"])]),
      (
        3, .unfitUnique("b"),
        [
          Row.row("begin_group", "a", 16, ["rule": "ask"]),
          Row.row("text", "b", 17, ["group": "a", "unique": "yes"]), Row.row("end_group"),
        ]
      ),
      (
        3, .unfitUnique("b"),
        [
          Row.row("begin_repeat", "a", 16), Row.row("text", "b", 17, ["unique": "yes"]),
          Row.row("end_repeat"),
        ]
      ),
      (0, .noQuestions, []),
    ] as [(Int, FormError.Fact, [[String]])])
  func `What makes no form is said with its line`(
    line: Int, fact: FormError.Fact, rows: [[String]]
  ) {
    let found = error(SmallForm.sheets(rows))

    #expect(
      found?.line == line && found?.fact == fact && found?.sheet == .survey, "\(found as Any)")
  }

  @Test func `The settings say which question names a record`() throws {
    let sheets = Preset.denpasar.form.sheets
    #expect(Preset.denpasar.form.nameQuestion?.name == "nama_usaha")
    for wrong in ["nama_usaha", "${nowhere}", "${nilai}", "${pemasaran}"] {
      let settings = sheets.settings.replacing("${nama_usaha}", with: wrong)
      #expect(
        throws: FormError.self, "\(wrong)"
      ) {
        try Form(FormSheets(survey: sheets.survey, choices: sheets.choices, settings: settings))
      }
    }
    let without = sheets.settings.replacing("${nama_usaha}", with: "")
    let form = try Form(
      FormSheets(survey: sheets.survey, choices: sheets.choices, settings: without))
    #expect(form.nameQuestion == nil)
  }

  @Test func `Choices and settings are checked too`() {
    let rows = [Row.row("text", "a", 16)]
    let twice = [["warna", "merah", "", ""], ["warna", "merah", "", ""]]
    func fact(_ sheets: FormSheets) -> FormError.Fact? { error(sheets)?.fact }

    #expect(fact(SmallForm.sheets(rows, choices: twice)) == .duplicateChoice("merah"))
    #expect(error(SmallForm.sheets(rows, choices: twice))?.line == 3)
    let spaced = [["warna", "merah tua", "", ""]]
    #expect(fact(SmallForm.sheets(rows, choices: spaced)) == .malformedChoice("merah tua"))
    #expect(
      fact(SmallForm.sheets(rows, settings: ["Uji", "uji", "", "id"]))
        == .malformedSetting("version"))
    #expect(
      fact(SmallForm.sheets(rows, settings: ["Uji", "a b", "1", "id"]))
        == .malformedSetting("form_id"))
    let good = SmallForm.sheets(rows)
    let bare = FormSheets(survey: "type,name\n", choices: good.choices, settings: good.settings)
    #expect(fact(bare) == .missingColumn("bind::kulkul:id"))
    let torn = FormSheets(
      survey: good.survey + "x\n", choices: good.choices, settings: good.settings)
    #expect(error(torn)?.line == 3)
  }

  @Test func `Bytes that are no text are refused before they are a form`() {
    #expect(
      throws: FormError(sheet: .choices, line: 2, fact: .table(.notUTF8(line: 2)))
    ) { try FormSheets(survey: [], choices: [97, 10, 0xff], settings: []) }
  }

  @Test func `Columns may stand in any order and be unknown`() throws {
    let form = try Form(
      FormSheets(
        survey: "x;bind::kulkul:id;label;name;type\n;16;Nama usaha;a;text\n;;;;\n",
        choices: "list_name,name\n", settings: "version,form_id,kulkul:form\n7,uji,3\n"))

    #expect(form.id == 3 && form.questions.map(\.name) == ["a"])
    #expect(form.questions[0].label("en") == "Nama usaha" && form.questions[0].rule == .ask)
  }

  @Test func `No sheet stops the loader, and every mistake in one has a line of it`() {
    let sheets = Preset.denpasar.form.sheets
    let bytes = Array(sheets.survey.utf8)
    let pieces = ["", ",", "\"", "\n", "(", "${x}", "16", "union", "begin_repeat", "end_group"]
    var seed: UInt64 = 43
    func draw(_ count: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(seed >> 33) % count
    }

    for _ in 0..<60 {
      let start = draw(bytes.count)
      let end = min(bytes.count, start + draw(200))
      let survey = bytes[..<start] + Array(pieces[draw(pieces.count)].utf8) + bytes[end...]
      let lines = survey.count { $0 == 10 } + 1
      let torn = FormSheets(
        survey: String(decoding: survey, as: UTF8.self), choices: sheets.choices,
        settings: sheets.settings)
      if let found = error(torn) { #expect((0...lines).contains(found.line)) }
    }
  }
}
