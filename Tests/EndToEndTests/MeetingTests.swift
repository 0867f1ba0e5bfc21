import Foundation
import Testing

/// What becomes of two people's work on the same records, on the laptop of each and at the office.
@Suite struct `Two people at one record` {
  let town: Town
  let wayan: Laptop
  let made: Laptop

  init() throws {
    town = try Town()
    try town.open()
    wayan = try town.laptop("wayan", for: "wayan")
    made = try town.laptop("made", for: "made")
  }

  /// A business that Wayan recorded and both have seen.
  private func common(_ business: String, _ answers: String...) throws -> String {
    let record = try wayan.add(business)
    for answer in answers { try wayan.edit(record, answer) }
    try town.meet(wayan, made)
    try made.run("show", record)
    return record
  }

  @Test func `Answers to different questions both survive, and nothing is to be decided`() throws {
    let record = try common("Batik Sari")
    try wayan.edit(record, "alamat=Jalan Tukad Barito 7")
    try made.edit(record, "banjar=Kelod")
    try town.meet(wayan, made)
    for laptop in [wayan, made] {
      let answers = try laptop.look(record)["answers"]
      #expect(answers["alamat"].text == "Jalan Tukad Barito 7")
      #expect(answers["banjar"].text == "Kelod")
      #expect(try laptop.conflicts(of: record).isEmpty)
    }
    try town.expectAgreement(wayan, made)
  }

  @Test func `Answers to one question stay side by side until a supervisor decides`() throws {
    let ketut = try town.laptop("ketut", for: "ketut")
    let record = try common("Batik Sari")
    try wayan.edit(record, "nib=1111111111111")
    try made.edit(record, "nib=2222222222222")
    try wayan.sync()
    #expect(try made.sync()["new_conflicts"].number == 1)
    #expect(try wayan.sync()["new_conflicts"].number == 1)
    try ketut.sync()
    for laptop in [wayan, made, ketut] {
      let conflict = try #require(try laptop.conflicts(of: record).first)
      #expect(conflict["matter"].text == "open" && conflict["question"].text == "nib")
      #expect(
        Set(conflict["sides"].list.compactMap { $0["text"].text })
          == ["1111111111111", "2222222222222"])
      let shown = try laptop.run("conflicts", "show", record).out
      #expect(shown.contains("1111111111111\n      wayan of Renon on wayan, "))
      #expect(shown.contains("2222222222222   (shown until it is decided)\n      made of Renon on"))
    }
    #expect(try town.office("status", "--format", "json").json()["in_conflict"].number == 1)
    try town.expectAgreement(wayan, made, ketut)

    let side = try #require(
      try ketut.conflicts(of: record).first?["sides"].list
        .first { $0["text"].text == "1111111111111" }?["side"].text)
    let tooEarly = try wayan.refusal(
      1, "resolve", record, "nib", "--take", side, "--because", "I know it")
    #expect(tooEarly.contains("surveyor"))
    try ketut.run("resolve", record, "nib", "--take", side, "--because", "seen on the licence")
    // Made has not heard of it, and writes again.
    try made.run("show", record)
    try made.edit(record, "nib=3333333333333")
    try town.meet(ketut, wayan)
    for laptop in [wayan, ketut] {
      #expect(try laptop.conflicts(of: record).isEmpty)
      #expect(try laptop.look(record)["answers"]["nib"].text == "1111111111111")
    }
    try town.expectAgreement(ketut, wayan)

    #expect(try made.sync()["new_conflicts"].number == 0, "it was one before, and is one still")
    #expect(try wayan.sync()["new_conflicts"].number == 1)
    #expect(try ketut.sync()["new_conflicts"].number == 1)
    for laptop in [wayan, made, ketut] {
      let conflict = try #require(try laptop.conflicts(of: record).first)
      #expect(conflict["reopened_by"].texts == ["made"])
      #expect(conflict["decision"]["reason"].text == "seen on the licence")
      let shown = try laptop.run("conflicts", "show", record).out
      #expect(shown.contains("reopened by what made of Renon wrote without having seen it"))
    }
    try ketut.run("resolve", record, "nib", "--answer", "3333333333333", "--because", "asked again")
    try town.meet(ketut, wayan, made)
    for laptop in [wayan, made, ketut] {
      #expect(try laptop.conflicts(of: record).isEmpty)
      #expect(try laptop.look(record)["answers"]["nib"].text == "3333333333333")
    }
    try town.expectAgreement(wayan, made, ketut)
  }

  @Test func `An answer that is saved again unchanged never overrides a newer one`() throws {
    let record = try common("Batik Sari", "nib=1111111111111", "alamat=Jalan Lama")
    try wayan.run("show", record)
    try wayan.run("export", "-o", "before.csv")
    try made.edit(record, "nib=2222222222222", "alamat=Jalan Baru")
    try made.sync()
    let saved = try wayan.edit(record, "nib=1111111111111", "alamat=Jalan Lama")
    #expect(saved["changed"].flag == false && saved["written"].texts.isEmpty)
    try town.meet(wayan, made)
    // The table is older than Made's answers, and says nothing of its own.
    let imported = try wayan.json("import", "before.csv")
    #expect(imported["changed"].texts.isEmpty && imported["unchanged"].number == 1)
    try town.meet(wayan, made)
    for laptop in [wayan, made] {
      let answers = try laptop.look(record)["answers"]
      #expect(answers["nib"].text == "2222222222222")
      #expect(answers["alamat"].text == "Jalan Baru")
      #expect(try laptop.conflicts(of: record).isEmpty)
    }
    try town.expectAgreement(wayan, made)
  }

  @Test func `A record deleted here and edited there is contested, and nothing of it lost`() throws
  {
    let ketut = try town.laptop("ketut", for: "ketut")
    let record = try common("Batik Sari")
    try made.run("delete", record)
    try wayan.edit(record, "alamat=Jalan Tukad Barito 7")
    try town.meet(wayan, made, ketut)
    for laptop in [wayan, made, ketut] {
      let conflict = try #require(try laptop.conflicts(of: record).first)
      #expect(conflict["matter"].text == "contested")
      #expect(conflict["deletes"][0]["person"].text == "made")
      #expect(conflict["unseen"][0]["text"].text == "Jalan Tukad Barito 7")
      #expect(try laptop.look(record)["life"].text == "contested")
    }
    try ketut.run("conflicts", "show", record)
    try ketut.run("resolve", record, "--keep", "--because", "the workshop is still there")
    try town.meet(ketut, wayan, made)
    for laptop in [wayan, made, ketut] {
      #expect(try laptop.look(record)["life"].text == "alive")
      #expect(try laptop.look(record)["answers"]["alamat"].text == "Jalan Tukad Barito 7")
      #expect(try laptop.conflicts(of: record).isEmpty)
    }
    try town.expectAgreement(wayan, made, ketut)
  }

  @Test func `Choices ticked by two are united, counts are added, and the better fix is kept`()
    throws
  {
    let record = try common("Batik Sari", "pemasaran=bazar", "leaflet+=2")
    try wayan.edit(
      record, "pemasaran+=hotel", "pemasaran-=bazar", "leaflet+=5",
      "lokasi=-8.680000 115.240000 12")
    try made.edit(record, "pemasaran+=toko", "leaflet+=5", "lokasi=-8.680300 115.240100 5")
    try town.meet(wayan, made)
    for laptop in [wayan, made] {
      let answers = try laptop.look(record)["answers"]
      #expect(answers["pemasaran"].texts.sorted() == ["hotel", "toko"])
      #expect(answers["leaflet"].number == 12)
      #expect(answers["lokasi"]["akurasi_m"].number == 5)
      #expect(try laptop.conflicts(of: record).isEmpty)
    }
    try town.expectAgreement(wayan, made)
  }

  @Test(arguments: [
    (mine: "12 0", theirs: "19 2", isOpen: true), (mine: "12 0", theirs: "11 3", isOpen: false),
  ])
  func `Workers are counted together, and never one's men with another's women`(
    _ counts: (mine: String, theirs: String, isOpen: Bool)
  ) throws {
    let record = try common("Batik Sari", "tk=5 0")
    try wayan.edit(record, "tk=" + counts.mine)
    try made.edit(record, "tk=" + counts.theirs)
    try town.meet(wayan, made)
    for laptop in [wayan, made] {
      let workers = try laptop.look(record)["answers"]["tk"]
      let shown = "\(workers["tk_l"].number ?? -1) \(workers["tk_p"].number ?? -1)"
      #expect(shown == counts.theirs, "the later observation, as a whole")
      #expect(try laptop.conflicts(of: record).count == (counts.isOpen ? 1 : 0))
      if counts.isOpen {
        let sides = try laptop.conflicts(of: record)[0]["sides"].list
        #expect(sides.count == 2, "men and women of each stand together")
      }
    }
    try town.expectAgreement(wayan, made)
  }

  @Test func `A record is moved to its village while another edits it`() throws {
    let record = try common("Batik Sari")
    try wayan.run("move", record, Town.sanur)
    try made.edit(record, "alamat=Jalan Danau Tamblingan 3")
    try wayan.sync()
    try made.sync()
    try town.meet(wayan, made)
    for laptop in [wayan, made] {
      let shown = try laptop.look(record)
      #expect(shown["village"].text == Town.sanur)
      #expect(shown["in_transit"].flag == false)
      #expect(shown["answers"]["alamat"].text == "Jalan Danau Tamblingan 3")
      #expect(try laptop.conflicts(of: record).isEmpty)
      #expect(try laptop.json("list")["records"].list.count == 1, "there is one, not one in each")
    }
    try town.expectAgreement(wayan, made)
  }
}
