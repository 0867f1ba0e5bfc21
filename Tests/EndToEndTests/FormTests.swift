import Foundation
import Testing

/// Another edition of the questionnaire, while laptops are away with the older.
@Suite struct `A form that is published` {
  let town: Town
  let wayan: Laptop
  let ketut: Laptop

  init() throws {
    town = try Town()
    try town.open()
    wayan = try town.laptop("wayan", for: "wayan")
    ketut = try town.laptop("ketut", for: "ketut")
    try town.office("form", "export", sheets)
  }

  private var sheets: String { town.path("sheets") }

  /// Changes a sheet.
  private func rewrite(_ name: String, _ change: (String) -> String) throws {
    let file = URL(filePath: sheets + "/" + name)
    try change(try String(contentsOf: file, encoding: .utf8)).write(
      to: file, atomically: true, encoding: .utf8)
  }

  private func raise(to version: String) throws {
    try rewrite("settings.csv") { $0.replacing(/\b20\d{8}\b/, with: version) }
  }

  /// Adds a question at the end of the sheet.
  private func ask(_ type: String, _ name: String, _ number: Int, rule: String = "ask") throws {
    try rewrite("survey.csv") { text in
      let header = text.prefix { $0 != "\n" && $0 != "\r\n" }.split(
        separator: ",", omittingEmptySubsequences: false)
      let row = header.map { column in
        switch column {
        case "type": type
        case "name": name
        case "label::Bahasa Indonesia (id)", "label::English (en)": name.capitalized
        case "bind::kulkul:id": String(number)
        case "bind::kulkul:rule": rule
        default: ""
        }
      }
      return text + (text.hasSuffix("\n") ? "" : "\n") + row.joined(separator: ",") + "\n"
    }
  }

  private func refusal(_ arguments: String...) throws -> String {
    let outcome = try town.run(
      "kulkul-server", ["form", "publish"] + arguments + ["--store", town.officeStore])
    #expect(outcome.code == 1 && outcome.err.contains("\nHint: "), "\(outcome.err)")
    return outcome.err
  }

  @Test func `A laptop with the older edition works on and syncs, both ways`() throws {
    let batik = try wayan.add("Batik Sari")
    try town.meet(wayan, ketut)
    try ask("text", "catatan_baru", 900)
    try raise(to: "2026112299")
    let dry = try town.office("form", "publish", sheets, "--dry-run", "--format", "json").json()
    #expect(dry["is_published"].flag == false)
    let published = try town.office("form", "publish", sheets, "--format", "json").json()
    #expect(published["changes"].list.count == 1)
    #expect(published["changes"][0]["question"].text == "catatan_baru")
    #expect(published["changes"][0]["change"].text == "added")
    let editions = try town.office("form", "list", "--format", "json").json()["forms"].list
    #expect(editions.map { $0["current"].flag } == [false, true])

    // One laptop hears of it and answers the new question; the other is away, and works on.
    try ketut.sync()
    try ketut.run("show", batik)
    try ketut.edit(batik, "catatan_baru=halo", "alamat=Jalan Satu")
    let unknown = try wayan.attempt(["edit", batik, "--set", "catatan_baru=x"])
    #expect(unknown.code != 0)
    try wayan.edit(batik, "banjar=Kaja")
    let tenun = try wayan.add("Tenun Padma")
    try town.meet(wayan, ketut)
    for laptop in [wayan, ketut] {
      let answers = try laptop.look(batik)["answers"]
      #expect(answers["catatan_baru"].text == "halo" && answers["banjar"].text == "Kaja")
      #expect(try laptop.look(tenun)["answers"]["nama_usaha"].text == "Tenun Padma")
    }
    try wayan.run("show", tenun)
    try wayan.edit(tenun, "catatan_baru=juga")
    try town.meet(wayan, ketut)
    #expect(try ketut.look(tenun)["answers"]["catatan_baru"].text == "juga")
    try town.expectAgreement(wayan, ketut)
  }

  @Test func `A number means what it meant in every edition, not only in the last`() throws {
    #expect(try refusal(sheets).contains("is published already"))
    try ask("text", "catatan_baru", 900)
    #expect(try refusal(sheets).contains("there was an edition"))
    try raise(to: "2026112291")
    try town.office("form", "publish", sheets)
    // The question is left out, and comes back as another.
    try rewrite("survey.csv") { text in
      text.split(separator: "\n").filter { !$0.contains("catatan_baru") }
        .joined(separator: "\n") + "\n"
    }
    try raise(to: "2026112292")
    let left = try town.office("form", "publish", sheets, "--format", "json").json()
    #expect(left["changes"][0]["change"].text == "leftOut")
    try ask("integer", "jumlah", 900)
    try raise(to: "2026112293")
    let refused = try refusal(sheets)
    #expect(refused.contains("edition 2026112291"))
    #expect(refused.contains("number 900, catatan_baru, was of type text and is integer"))
    #expect(try town.office("form", "list", "--format", "json").json()["forms"].list.count == 3)
  }

  @Test func `A sheet with a mistake, another form and a folder without sheets are refused`() throws
  {
    try ask("text", "catatan_baru", 16)
    try raise(to: "2026112291")
    let mistake = try refusal(sheets)
    #expect(mistake.contains("sheet survey, line"), "\(mistake)")
    let empty = town.path("empty")
    try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: false)
    #expect(try refusal(empty).contains("there is no survey.csv"))
    let files = ["survey.csv", "choices.csv", "settings.csv"].map { sheets + "/" + $0 }
    #expect(try refusal(files[0], files[1], files[1]).contains("choices.csv"))
  }
}
