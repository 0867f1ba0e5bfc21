import Bytes
import Forms
import Model
import Testing

struct TypedTests {
  private let form: Form

  init() throws {
    form = try SmallForm.form(
      [
        SmallForm.row("text", "teks", 16), SmallForm.row("integer", "bulat", 17),
        SmallForm.row("decimal", "desimal", 18), SmallForm.row("date", "hari", 19),
        SmallForm.row("dateTime", "waktu", 20), SmallForm.row("select_one saluran", "satu", 21),
        SmallForm.row("select_multiple saluran", "banyak", 22),
        SmallForm.row("text", "telepon", 23, ["rule": "union"]),
        SmallForm.row("begin_group", "lokasi", 24, ["rule": "best-fix"]),
        SmallForm.row("decimal", "lat", 25, ["group": "lokasi"]),
        SmallForm.row("decimal", "lon", 26, ["group": "lokasi"]),
        SmallForm.row("decimal", "akurasi", 27, ["group": "lokasi"]),
        SmallForm.row("dateTime", "kapan", 28, ["group": "lokasi"]),
        SmallForm.row("end_group"), SmallForm.row("note", "pesan", 29),
      ],
      choices: [
        ["saluran", "bazar", "Bazar", "Bazaar"], ["saluran", "hotel", "Hotel (PHRI)", "Hotels"],
        ["saluran", "medsos", "Media sosial", "Social media"], ["saluran", "x1", "Lain", "Other"],
        ["saluran", "x2", "Lain", "Others"],
      ])
  }

  private func question(_ name: String) throws -> Question {
    try #require(form.question(named: name))
  }

  private func parse(_ text: String, _ name: String) throws -> Answer {
    try Typed.parse(text, as: question(name), form: form, zoneOffsetMinutes: 480)
  }

  @Test(
    arguments: [
      ("teks", "  Sari Rasa \n", .text("Sari Rasa")), ("teks", " \t", .cleared),
      ("teks", "\u{a0}Sari\u{a0}Rasa \u{3000}\u{feff}", .text("Sari\u{a0}Rasa")),
      ("teks", " \u{a0}\u{200b} ", .cleared), ("bulat", "\u{a0}12", .whole(12)),
      ("teks", "a\r\nb\tc", .text("a\nb\tc")), ("teks", "e\u{301}", .text("e\u{301}")),
      ("bulat", "12", .whole(12)), ("bulat", "-007", .whole(-7)), ("bulat", "+5", .whole(5)),
      ("bulat", "1000000000000000", .whole(1_000_000_000_000_000)),
      ("desimal", "-8.650", .number(Decimal(unscaled: -865, scale: 2) ?? .zero)),
      ("desimal", "115", .whole(115)), ("hari", "2026-11-22", .date(20_779)),
      ("waktu", "2026-11-22 10:00", .instant(1_795_312_800_000)),
      ("waktu", "2026-11-22T02:00:00Z", .instant(1_795_312_800_000)),
      ("satu", "bazar", .text("bazar")), ("satu", "BAZAR", .text("bazar")),
      ("satu", "hotel (phri)", .text("hotel")), ("satu", "Social media", .text("medsos")),
      ("banyak", "hotel", .text("hotel")),
    ] as [(String, String, Answer)])
  func `What people type is read`(name: String, text: String, expected: Answer) throws {
    #expect(try parse(text, name) == expected)
  }

  @Test(
    arguments: [
      ("bulat", "1.000", .notWhole), ("bulat", "1,5", .notWhole), ("bulat", "dua", .notWhole),
      ("bulat", "-", .notWhole), ("bulat", "1000000000000001", .outOfRange),
      ("bulat", "99999999999999999999", .outOfRange),
      ("bulat", "-9223372036854775808", .outOfRange), ("desimal", "8,65", .notANumber),
      ("desimal", "1e5", .notANumber), ("desimal", "1.2.3", .notANumber),
      ("desimal", "1234567890123456789", .outOfRange), ("hari", "22-11-2026", .notADate),
      ("hari", "2026-02-30", .noSuchDay), ("waktu", "2026-11-22", .notATime),
      ("satu", "pasar", .unknownChoice(list: "saluran")), ("pesan", "x", .notAnswerable),
      ("teks", "a\u{1b}[2J", .controlCharacter(27)), ("teks", "a\rb", .controlCharacter(13)),
      ("teks", "a\u{85}b", .controlCharacter(133)), ("teks", "a\0b", .controlCharacter(0)),
      ("telepon", String(repeating: "1", count: 8193), .tooLong(bytes: 8193, limit: 8192)),
      ("teks", String(repeating: "1", count: 65_537), .tooLong(bytes: 65_537, limit: 65_536)),
    ] as [(String, String, AnswerError)])
  func `What is no answer is refused`(name: String, text: String, expected: AnswerError) {
    #expect(throws: expected) { try parse(text, name) }
  }

  @Test func `A label that two choices share is none of them`() throws {
    #expect(throws: AnswerError.ambiguousChoice(Array(form.choices("saluran")[3...]))) {
      try parse("lain", "satu")
    }
    #expect(try parse("Others", "satu") == .text("x2"))
  }

  @Test func `A group is read in the order of its members`() throws {
    let lokasi = try #require(form.register(field: FieldID(24)))
    func read(_ text: String) throws -> Answer {
      try Typed.parse(text, as: lokasi, form: form, zoneOffsetMinutes: 480)
    }
    let fix = try read("-8.65 115.24 8")

    #expect(fix.member(0) == .number(try #require(Decimal("-8.65"))) && fix.member(2) == .whole(8))
    #expect(try read("-8.65, 115.24, 8") == fix)
    #expect(try read("-8.65;115.24; 8") == fix)
    #expect(try read("- - 8") == .group([.cleared, .cleared, .whole(8)]))
    #expect(try read(";;8;") == .group([.cleared, .cleared, .whole(8)]))
    #expect(try read("-8.65;115.24;8;2026-11-22 10:00").member(3) == .instant(1_795_312_800_000))
    #expect(try read(" ") == .cleared)
    #expect(throws: AnswerError.tooManyMembers(found: 5, expected: 4)) { try read("1 2 3 4 5") }
    #expect(throws: AnswerError.member(2, .notANumber)) { try read("-8.65 timur") }
    let shown = Typed.display(
      fix, of: lokasi, form: form, language: "id", zoneOffsetMinutes: 480)
    #expect(shown == "-8.65 115.24 8")
    #expect(try read(shown) == fix)
    let timed = try read(";;8;2026-11-22 10:00")
    let text = Typed.display(
      timed, of: lokasi, form: form, language: "id", zoneOffsetMinutes: 480)
    #expect(text == "; ; 8; 2026-11-22 10:00")
    #expect(try read(text) == timed)
  }

  @Test func `Many texts take no longer than their number`() throws {
    let many = (0..<12_000).map { Text(String($0, radix: 36)) }
    let telepon = try question("telepon")
    let typed = Typed.csv(elements: many + many, of: telepon)
    var read: [Text] = []
    let time = try ContinuousClock().measure {
      read = try Typed.elements(typed, of: telepon, form: form)
    }
    #expect(read == many && time < .seconds(10))
  }

  @Test func `Several choices and several texts are read, each once`() throws {
    func read(_ text: String, _ name: String) throws -> [Text] {
      try Typed.elements(text, of: question(name), form: form)
    }

    #expect(try read("bazar,hotel", "banyak") == ["bazar", "hotel"])
    #expect(try read("Media sosial; BAZAR,bazar", "banyak") == ["medsos", "bazar"])
    #expect(try read("bazar hotel", "banyak") == ["bazar", "hotel"])
    #expect(try read(" , ", "banyak") == [])
    #expect(throws: AnswerError.unknownChoice(list: "saluran")) {
      try read("bazar,pasar", "banyak")
    }
    #expect(try read("+6281;+6282; +6281", "telepon") == ["+6281", "+6282"])
    #expect(try read("a\\;b;c\\\\;d\\e\\", "telepon") == ["a;b", "c\\", "d\\e\\"])
    #expect(throws: AnswerError.controlCharacter(7)) { try read("a;\u{7}", "telepon") }
  }

  @Test(arguments: [
    ("teks", "Sari, \"Rasa\"\nKedua"), ("bulat", "-12"), ("desimal", "-8.650001"),
    ("desimal", "0.000000000000001"), ("hari", "1980-02-29"), ("waktu", "2026-11-22 10:00:01.5"),
    ("satu", "Hotels"), ("teks", ""),
  ])
  func `What is printed reads back as the same answer`(name: String, text: String) throws {
    let question = try question(name)
    let answer = try parse(text, name)
    let csv = Typed.csv(answer, of: question, zoneOffsetMinutes: 480)
    let shown = Typed.display(
      answer, of: question, form: form, language: "id", zoneOffsetMinutes: 480)

    #expect(try parse(csv, name) == answer)
    #expect(try parse(shown, name) == answer)
  }

  @Test func `Elements that are printed read back as the same elements`() throws {
    let telepon = try question("telepon")
    let elements: [Text] = ["a;b", "\\", "c\\;", "\\\\;;x", "+6281"]
    let banyak = try question("banyak")

    let csv = Typed.csv(elements: elements, of: telepon)
    #expect(try Typed.elements(csv, of: telepon, form: form) == elements)
    let choices = Typed.csv(elements: ["hotel", "x1"], of: banyak)
    #expect(choices == "hotel,x1")
    #expect(
      Typed.display(elements: ["hotel", "gone"], of: banyak, form: form, language: "en")
        == "Hotels, gone")
  }

  @Test func `Labels are shown in the language asked for, and leftovers as they are`() throws {
    func shown(_ answer: Answer, _ name: String, _ language: String = "id") throws -> String {
      Typed.display(
        answer, of: try question(name), form: form, language: language, zoneOffsetMinutes: 480)
    }

    #expect(try shown(.text("medsos"), "satu") == "Media sosial")
    #expect(try shown(.text("medsos"), "satu", "en") == "Social media")
    #expect(try shown(.text("gone"), "satu") == "gone")
    #expect(try shown(.cleared, "bulat") == "")
    #expect(try shown(.date(0), "bulat") == "1970-01-01")
    #expect(try shown(.group([.whole(1), .cleared, .whole(2)]), "bulat") == "1;;2")
  }

  @Test func `A row is named by the answer to its key`() throws {
    #expect(Typed.rowName(of: .whole(2024), key: try question("bulat")) == "2024")
    #expect(Typed.rowName(of: .cleared, key: try question("bulat")) == nil)
    let long = Answer.text(String(repeating: "x", count: 65))
    #expect(Typed.rowName(of: long, key: try question("teks")) == nil)
  }
}
