import Bytes
import Forms
import Model
import Testing

/// The built-in survey of small industries, on 2026-11-22.
struct CheckTests {
  private let form = Preset.denpasar.form
  private let checker = FormChecker(form: Preset.denpasar.form, today: 20_779)

  private func check(_ sheet: Sheet) -> [String] {
    checker.check(sheet).map { finding in
      "\(finding.severity) \(finding.kind) \(finding.question.qualifiedName)"
        + (finding.row.map { "@\($0)" } ?? "") + (finding.element.map { "=\($0)" } ?? "")
    }
  }

  /// What is said about these answers of a visit at which nobody was met, where all is optional.
  private func check(_ answers: [String: Answer]) -> [String] {
    check(Sheet(answers.merging(["hasil_kunjungan": .text("tutup")]) { new, _ in new }))
  }

  private func number(_ text: String) -> Answer { Decimal(text).map(Answer.number) ?? .cleared }

  @Test func `The built-in form has what the survey needs`() {
    #expect(form.name == "ikm" && form.languages == ["id", "en"] && form.defaultLanguage == "id")
    #expect(form.question(named: "nik")?.isPrivate == true)
    #expect(form.register(field: form.item(named: "lokasi")?.id ?? .life)?.rule == .bestFix)
    #expect(form.registers.allSatisfy { !$0.questions.isEmpty && !$0.label("id").isEmpty })
    #expect(form.repeat(named: "omzet")?.key == "tahun")
    #expect(form.compatible(with: form).isEmpty)
    #expect(Preset.denpasar.zone == Zone(offsetMinutes: 480, name: "WITA"))
  }

  @Test func `An enumerated business must be described, one not found need not`() {
    #expect(check(Sheet()) == ["error required hasil_kunjungan"])
    #expect(check(["hasil_kunjungan": .text("tutup")]).isEmpty)
    #expect(
      check(["hasil_kunjungan": .text("tercacah")]) == [
        "error required alamat", "error required nama_usaha", "error required bentuk_badan",
        "error required nama_pemilik", "error required tk_l", "error required tk_p",
      ])
    #expect(check(["hasil_kunjungan": .text(" ")]) == ["error required hasil_kunjungan"])
  }

  @Test(arguments: [
    ("5171014101800001", []), ("5171010101800001", []), ("3578236902000001", []),
    ("5171014101800000", ["warning constraint nik"]), ("517101410180000", ["error constraint nik"]),
    ("51710141018000011", ["error constraint nik"]), ("5171013201800001", ["error constraint nik"]),
    ("5171017201800001", ["error constraint nik"]), ("5171010013800001", ["error constraint nik"]),
    ("5171013002800001", ["error constraint nik"]), ("5171012902810001", ["error constraint nik"]),
    ("5171012902840001", []), ("5171013104800001", ["error constraint nik"]),
    ("517101410180000X", ["error constraint nik"]), ("5171017101800001", []),
    ("5171014001800001", ["error constraint nik"]), ("5171010001800001", ["error constraint nik"]),
  ])
  func `A NIK must hold a day of the calendar`(nik: String, expected: [String]) {
    #expect(check(["nik": .text(nik)]) == expected)
  }

  @Test func `A NIK that disagrees with sex or birth is unusual and no more`() {
    let nik = Answer.text("5171014101800001")

    #expect(
      check(["nik": nik, "jk_pemilik": .text("P"), "tgl_lahir_pemilik": .date(3652)]).isEmpty)
    #expect(
      check(["nik": nik, "jk_pemilik": .text("L"), "tgl_lahir_pemilik": .date(3653)])
        == ["warning constraint jk_pemilik", "warning constraint tgl_lahir_pemilik"])
    #expect(
      check(["tgl_lahir_pemilik": .date(20_779 - 365 * 10)])
        == ["warning constraint tgl_lahir_pemilik"])
    #expect(
      check(["tgl_lahir_pemilik": .date(20_780)]) == ["error constraint tgl_lahir_pemilik"])
  }

  @Test(arguments: [
    ("-8.65", "115.24", "8", []),
    ("115.24", "-8.65", "8", ["error constraint lat", "error constraint lon"]),
    ("-8.1", "115.24", "8", ["warning constraint lat"]),
    ("-8.65", "115.24", "50", ["warning constraint akurasi_m"]),
    ("-8.65", "115.24", "0", ["warning constraint akurasi_m"]),
    ("-8.65", "115.24", "-1", ["error constraint akurasi_m"]),
    ("-8.65", "", "", ["error required lon"]),
    ("", "115.24", "", ["error constraint lon"]),
  ])
  func `A position is checked against the city`(
    lat: String, lon: String, accuracy: String, expected: [String]
  ) {
    #expect(
      check(["lat": number(lat), "lon": number(lon), "akurasi_m": number(accuracy)]) == expected)
  }

  @Test func `There is at least one worker`() {
    #expect(check(["tk_l": .whole(0), "tk_p": .whole(0)]) == ["error constraint tk_p"])
    #expect(check(["tk_l": .whole(0), "tk_p": .whole(1)]).isEmpty)
    #expect(check(["tk_l": .whole(-1), "tk_p": .whole(3)]) == ["error constraint tk_l"])
  }

  @Test func `An answer of another kind is said and not compared`() {
    #expect(check(["tk_l": .text("dua")]) == ["error type tk_l"])
    #expect(check(["tk_l": number("1.5")]) == ["error type tk_l"])
    #expect(check(["investasi_tb": .whole(1_000_000_000_000_001)]) == ["error range investasi_tb"])
    #expect(check(["pendidikan": .text("tk")]) == ["error unknownChoice pendidikan"])
    #expect(check(["tk_l": .unknown(kind: 99, bytes: [])]) == ["error type tk_l"])
  }

  @Test func `Each telephone number is checked alone, choices as a whole`() {
    var sheet = Sheet(["hasil_kunjungan": .text("tutup")])
    sheet.sets = ["telepon": ["+6281234567", "0812", "+62812345678"], "kendala": ["tidak_ada"]]
    #expect(check(sheet) == ["warning constraint telepon=0812"])

    sheet.sets = ["kendala": ["tidak_ada", "modal", "gone"]]
    #expect(check(sheet).contains("error constraint kendala"))
    #expect(check(sheet).contains("error unknownChoice kendala=gone"))
  }

  @Test func `A question that is not asked is not checked`() throws {
    var sheet = Sheet(["hasil_kunjungan": .text("tutup")])
    let long = Text(String(repeating: "x", count: 101))
    sheet.sets = ["pemasaran_lainnya": [long]]
    let question = try #require(form.question(named: "pemasaran_lainnya"))
    #expect(check(sheet).isEmpty && !checker.isRelevant(question, row: nil, in: sheet))

    sheet.sets["pemasaran"] = ["bazar", "lainnya"]
    #expect(checker.isRelevant(question, row: nil, in: sheet))
    #expect(checker.check(question, row: nil, in: sheet).map(\.kind) == [.constraint])
  }

  @Test func `Rows are checked each for itself, their keys by their names`() {
    var sheet = Sheet(["hasil_kunjungan": .text("tutup")])
    sheet.rowNames = ["omzet": ["2024", "2027", "tahun", "02024"], "kapasitas": ["2023", "2024"]]
    sheet.answers["omzet/nilai@2024"] = .whole(-1)
    sheet.answers["kapasitas/terpasang_jumlah@2023"] = .whole(10)
    sheet.answers["kapasitas/terpasang_satuan@2023"] = .text("kg")
    sheet.answers["kapasitas/produksi_jumlah@2023"] = .whole(11)
    sheet.answers["kapasitas/produksi_satuan@2023"] = .text("kg")
    sheet.answers["kapasitas/produksi_jumlah@2024"] = .whole(11)

    #expect(
      check(sheet) == [
        "warning constraint kapasitas/produksi_jumlah@2023",
        "error required kapasitas/produksi_satuan@2024", "error constraint omzet/nilai@2024",
        "error constraint omzet/tahun@2027", "error type omzet/tahun@tahun",
        "error type omzet/tahun@02024",
      ])
  }

  @Test func `What the form says about it comes in both languages`() throws {
    let findings = checker.check(
      Sheet(["hasil_kunjungan": .text("tutup"), "nik": .text("5171014101800000")]))
    let message = try #require(findings.first?.message)

    #expect(message.lookup("en").hasPrefix("Sample NIK"))
    #expect(message.lookup("id").hasPrefix("NIK contoh"))
  }

  @Test(arguments: [
    ("s2", "sma_smk", ["warning lower pendidikan"]), ("s2", "s2", []), ("smp", "s1", []),
    ("sma_smk", "d3", []), ("gone", "sd", []),
  ])
  func `Schooling that is lower than before is unusual and no more`(
    before: String, now: String, expected: [String]
  ) throws {
    var sheet = Sheet(["hasil_kunjungan": .text("tutup"), "pendidikan": .text(Text(now))])
    sheet.earlier["pendidikan"] = .text(Text(before))
    let found = checker.check(sheet).filter { $0.kind == .lower }

    #expect(
      check(sheet).filter { !$0.contains("unknownChoice") } == expected, "\(before) \(now)")
    #expect(found.allSatisfy { $0.message?.lookup("en").hasPrefix("Lower than") == true })
    #expect(found.allSatisfy { $0.message?.lookup("id").hasPrefix("Lebih rendah") == true })
    sheet.earlier = [:]
    #expect(!check(sheet).contains { $0.contains("lower") })
  }

  @Test func `Numbers, days and instants can rise, and are compared with nothing but their kind`()
    throws
  {
    let form = try SmallForm.form([
      SmallForm.row("decimal", "a", 16, ["compare": "rises", "constraint": ". < 100"]),
      SmallForm.row("date", "b", 17, ["compare": "rises"]),
      SmallForm.row("dateTime", "c", 18, ["compare": "rises"]),
    ])
    let checker = FormChecker(form: form, today: 0)
    var sheet = Sheet(["a": number("1.5"), "b": .date(3), "c": .instant(5)])
    sheet.earlier = ["a": number("1.50"), "b": .date(3), "c": .instant(5)]
    #expect(checker.check(sheet).isEmpty)

    sheet.earlier = ["a": number("1.51"), "b": .date(4), "c": .instant(6)]
    #expect(checker.check(sheet).map(\.kind) == [.lower, .lower, .lower])
    #expect(checker.check(sheet).allSatisfy { $0.severity == .warning && $0.message == nil })
    sheet.earlier = ["a": .text("9"), "b": .whole(4), "c": .cleared]
    #expect(checker.check(sheet).isEmpty)
    sheet.answers["a"] = .whole(100)
    sheet.earlier = ["a": .whole(200)]
    #expect(checker.check(sheet).map(\.kind) == [.constraint], "what is wrong is not compared")
  }

  @Test func `A jump of the size class against the year before is unusual and no more`() {
    var sheet = Sheet(["hasil_kunjungan": .text("tutup")])
    sheet.rowNames = ["omzet": ["2021", "2022", "2023", "2025"]]
    sheet.answers["omzet/nilai@2021"] = .whole(2_000_000_000)
    sheet.answers["omzet/nilai@2022"] = .whole(2_000_000_001)
    sheet.answers["omzet/nilai@2023"] = .whole(15_000_000_000)
    sheet.answers["omzet/nilai@2025"] = .whole(1)

    #expect(check(sheet) == ["warning otherClass omzet/nilai@2022"])
    sheet.answers["omzet/nilai@2023"] = .whole(0)
    #expect(
      check(sheet) == [
        "warning otherClass omzet/nilai@2022", "warning otherClass omzet/nilai@2023",
      ])
    sheet.answers["omzet/nilai@2022"] = .cleared
    #expect(check(sheet).isEmpty)
    sheet.answers["omzet/nilai@2022"] = .whole(16_000_000_000)
    sheet.rowNames = ["omzet": ["2022"]]
    #expect(check(sheet).isEmpty, "a row that is not there is compared with nothing")
  }

  @Test func `The form says which answers no two records should have`() {
    #expect(form.uniqueQuestions.map(\.name) == ["nib", "nik"])
  }

  @Test func `Rows can be counted and added up from outside`() throws {
    let form = try SmallForm.form([
      SmallForm.row("begin_repeat", "omzet", 16, ["key": "tahun"]),
      SmallForm.row("integer", "tahun", 17), SmallForm.row("integer", "nilai", 18),
      SmallForm.row("end_repeat"),
      SmallForm.row("integer", "total", 19, ["constraint": ". = sum(${nilai})"]),
      SmallForm.row("integer", "n", 20, ["constraint": ". = count(${omzet})"]),
      SmallForm.row("text", "alias", 21, ["rule": "union"]),
      SmallForm.row("integer", "m", 22, ["constraint": ". = count(${alias}) and ${alias} != 'x'"]),
    ])
    var sheet = Sheet(["total": .whole(7), "n": .whole(2), "m": .whole(2)])
    sheet.rowNames = ["omzet": ["2023", "2024"]]
    sheet.answers["omzet/nilai@2023"] = .whole(3)
    sheet.answers["omzet/nilai@2024"] = .whole(4)
    sheet.sets = ["alias": ["x", "y"]]

    #expect(FormChecker(form: form, today: 0).check(sheet).isEmpty)
    sheet.rowNames = ["omzet": ["2023"]]
    #expect(
      FormChecker(form: form, today: 0).check(sheet).map(\.question.name) == ["total", "n"])
  }
}
