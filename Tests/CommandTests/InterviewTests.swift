import Foundation
import Testing

/// People at a terminal, asked question by question.
@Suite struct InterviewTests {
  let stage: Stage
  private let terminal = Terminal()

  init() throws {
    stage = try Stage()
    _ = try stage.play("kulkul init --standalone --person wayan", step: 0)
  }

  private func ask(
    _ command: String, step: Int, _ typed: String...
  ) throws -> (seen: String, code: Int32) {
    try terminal.run(command, on: stage, step: step, typing: typed)
  }

  private func add(_ name: String, step: Int, _ more: String = "") throws {
    let lines = try stage.play(
      "kulkul add --village Renon --set hasil_kunjungan=tutup --set 'nama_usaha=\(name)' \(more)",
      step: step)
    try #require(lines.contains { $0.contains("Saved") }, "\(lines)")
  }

  @Test func `A latitude without a longitude is a way in with a way out`() throws {
    defer { stage.remove() }
    let first = try ask(
      "kulkul add --village Renon --lang en", step: 1, "1", "tutup", "", "", "", "", "",
      "", "-8.65", "", "-", ":q")
    #expect(first.seen.contains("lon: must be answered"))
    #expect(first.seen.contains("Or type - to leave all of \"Location\" unanswered, < to go back"))
    #expect(first.seen.contains("All of \"Location\" is unanswered."))
    #expect(first.code == 0)
  }

  @Test(arguments: ["-9223372036854775808", "9223372036854775807", "-1", "0", "99"])
  func `A number that is no choice's is said, and asked again`(_ number: String) throws {
    defer { stage.remove() }
    try add("Tenun Padma", step: 1)
    let edit = try ask("kulkul edit @ --lang en", step: 2, "2", number, ":q")
    let asked = edit.seen.components(separatedBy: "] Outcome of the visit [Closed]: «")
    #expect(asked.count == 3 && edit.code == 0, "\(edit.seen)")
  }

  @Test func `What counts is asked for as what was added, beside the total`() throws {
    defer { stage.remove() }
    try add("Tenun Padma", step: 1, "--set jumlah_kunjungan=5")
    let edit = try ask(
      "kulkul edit @ --lang en", step: 2, "", "", "9", "<", "-", "<", "7", ":s")
    #expect(edit.seen.contains("Number of visits: 5 so far. How many more: «9»"), "\(edit.seen)")
    #expect(edit.seen.contains("Number of visits: 5 so far. How many more [9]: «-»"))
    #expect(edit.seen.contains("Number of visits: 5 so far. How many more: «7»"))
    let shown = try stage.play("kulkul show @ --format json", step: 3)
    #expect(shown.contains { $0.contains("\"jumlah_kunjungan\":12") }, "\(shown)")
  }

  @Test func `What another record has already is said at the question`() throws {
    defer { stage.remove() }
    try add("Tenun Padma", step: 1, "--set nib=9120001234567")
    let more = Array(repeating: "", count: 11)
    let first = try terminal.run(
      "kulkul add --village Renon --lang en", on: stage, step: 2,
      typing: ["1", "tutup"] + more + ["Batik Sari", "", "", "", "9120001234567", "n", ":q"])
    #expect(first.seen.contains("should be unique; "), "\(first.seen)")
    #expect(first.seen.contains("(Tenun Padma) in Renon has it too"), "\(first.seen)")
    #expect(first.seen.contains("Keep it all the same?"), "\(first.seen)")
    let drafts = try stage.play("kulkul drafts", step: 3)
    #expect(!drafts.contains { $0.contains("9120001234567") })
  }

  @Test func `Schooling that is lower than before is said at the question`() throws {
    defer { stage.remove() }
    try add("Tenun Padma", step: 1, "--set pendidikan=s2")
    let before = Array(repeating: "", count: 28)
    let edit = try terminal.run(
      "kulkul edit @ --lang en", on: stage, step: 2,
      typing: before + ["smp", "n", "smp", "y", ":s"])
    let said = edit.seen.components(separatedBy: "Lower than the level that was recorded before.")
    #expect(said.count == 4, "at the question, again, and with what was saved: \(edit.seen)")
    #expect(edit.seen.contains("Keep it all the same?"))
    let shown = try stage.play("kulkul show @ --format json", step: 3)
    #expect(shown.contains { $0.contains("\"pendidikan\":\"smp\"") }, "\(shown)")
  }

  @Test func `Of a group in conflict nothing is taken from anybody's answer`() throws {
    defer { stage.remove() }
    try add("Tenun Padma", step: 1)
    _ = try stage.play("kulkul show @ --as made", step: 2)
    _ = try stage.play("kulkul edit @ --as wayan --set 'lokasi=-8.65 115.21 8'", step: 3)
    _ = try stage.play("kulkul edit @ --as made --set 'lokasi=-8.67 115.23 6'", step: 4)
    let edit = try ask(
      "kulkul edit @ --as wayan --lang en", step: 5, "", "", "", "", "", "", "", "", "-8.66", "",
      "115.22", ":s")
    #expect(edit.seen.contains("\"Location\" is in conflict."), "\(edit.seen)")
    #expect(!edit.seen.contains("[-8.67]") && !edit.seen.contains("[115.23]"))
    #expect(edit.seen.contains("lon: must be answered"))
    let shown = try stage.play("kulkul show @ --format json", step: 6)
    #expect(shown.contains { $0.contains("\"lat\":-8.66,\"lon\":115.22}") }, "\(shown)")
  }

  @Test func `What is unfinished is listed, resumed and thrown away`() throws {
    defer { stage.remove() }
    try add("Tenun Padma", step: 1)
    let edit = try ask("kulkul edit @ --lang en", step: 2, "", "", ":q")
    #expect(edit.seen.contains("Nothing was answered"), "\(edit.seen)")
    _ = try ask("kulkul edit @ --lang en", step: 3, "2", "", ":q")

    let day = try stage.play("kulkul", step: 4)
    #expect(day.contains { $0.contains("Drafts") && $0.contains("1") })
    #expect(day.contains("kulkul drafts                 see what is unfinished"))
    #expect(!day.contains { $0.contains("add --resume") })

    let list = try stage.play("kulkul drafts", step: 5)
    #expect(list.contains { $0.contains("edit of") && $0.contains("Tenun Padma") }, "\(list)")
    #expect(list.contains("! 1 draft."))
    #expect(
      try stage.play("kulkul drafts discard 99", step: 6)
        .contains { $0.contains("no unfinished work \"99\"") })
    let number = try #require(
      try stage.play("kulkul drafts --format json | grep '\"draft\"' | tr -dc 0-9", step: 7).first)
    let resumed = try ask("kulkul drafts resume \(number) --lang en", step: 8, ":s")
    #expect(resumed.seen.contains("Saved the changes of"), "\(resumed.seen)")
    _ = try ask("kulkul edit @", step: 9, "3", ":q")
    let next = try #require(
      try stage.play("kulkul drafts --format json | grep '\"draft\"' | tr -dc 0-9", step: 10).first)
    #expect(
      try stage.play("kulkul drafts discard \(next)", step: 11)
        == ["! Threw the unfinished work \(next) away."])
    #expect(try stage.play("kulkul drafts", step: 12) == ["! Nothing is unfinished."])
  }

  @Test func `A name that could be another's is confirmed once where something is written`() throws
  {
    defer { stage.remove() }
    let list = try ask("kulkul list --village Pemecutan", step: 1)
    #expect(!list.seen.contains("[y/N]") && list.code == 0, "\(list.seen)")
    let add = try ask("kulkul add --village Pemecutan --set hasil_kunjungan=tutup", step: 2, "n")
    #expect(add.seen.contains("Is it Pemecutan itself? [y/N]") && add.code == 1, "\(add.seen)")
    let yes = try ask("kulkul add --village Pemecutan --set hasil_kunjungan=tutup", step: 3, "y")
    #expect(yes.seen.contains("[y/N]") && yes.code == 0, "\(yes.seen)")
    let again = try ask("kulkul add --village Pemecutan --set hasil_kunjungan=tutup", step: 4)
    #expect(!again.seen.contains("[y/N]") && again.code == 0, "\(again.seen)")
  }

  @Test(arguments: [80, 60]) func `Tables fit the terminal`(_ columns: Int) throws {
    defer { stage.remove() }
    try add("Perusahaan Dagang Tenun Ikat Sutra Alam Padma Lestari Jaya", step: 1)
    _ = try stage.play("kulkul show @ --as made", step: 2)
    _ = try stage.play(
      "kulkul edit @ --as wayan --set 'nama_usaha=Nama yang sangat panjang satu'", step: 3)
    _ = try stage.play(
      "kulkul edit @ --as made --set 'nama_usaha=Nama yang sangat panjang dua'", step: 4)
    _ = try stage.play("kulkul edit @ --as made --set nib=1111111111111", step: 5)
    _ = try stage.play("kulkul edit @ --as made --set nib=2222222222222", step: 6)
    _ = try ask("kulkul edit @", step: 7, "2", ":q")
    let terminal = Terminal(columns: columns)
    for command in [
      "list", "conflicts", "log", "coverage", "drafts", "verify --list", "show @", "list --deleted",
    ] {
      let (seen, code) = try terminal.run("kulkul \(command) 2> /dev/null", on: stage, step: 8)
      #expect(code == 0)
      let long = seen.split(separator: "\n").filter { $0.count > columns }
      #expect(long.isEmpty, "\(command): \(long)")
      #expect(!seen.contains("\u{1B}"), "no colours on a terminal that has none")
    }
  }

  @Test func `Colours are for terminals whose owner wants them`() throws {
    defer { stage.remove() }
    try add("Tenun Padma", step: 1)
    for (more, isColoured) in [
      (["TERM": "xterm"], true), (["TERM": "dumb"], false),
      (["TERM": "xterm", "NO_COLOR": "1"], false),
    ] {
      let seen = try terminal.run("kulkul list", on: stage, step: 2, colours: more).seen
      #expect(seen.contains("\u{1B}[1m") == isColoured, "\(more)")
    }
    let piped = try terminal.run(
      "kulkul list | cat", on: stage, step: 2, colours: ["TERM": "xterm"])
    #expect(!piped.seen.contains("\u{1B}"))
  }
}
