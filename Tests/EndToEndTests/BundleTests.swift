import Foundation
import Testing

/// Changes that go from laptop to laptop, and to the office, in a file on a stick.
@Suite struct `Carried by a stick` {
  let town: Town
  let wayan: Laptop
  let made: Laptop

  init() throws {
    town = try Town()
    try town.open()
    wayan = try town.laptop("wayan", for: "wayan")
    made = try town.laptop("made", for: "made")
  }

  private var stick: String { town.path("stick.kulkul") }

  @Test func `A laptop that never syncs hands its work in through another`() throws {
    let batik = try wayan.add("Batik Sari")
    let written = try wayan.json("bundle", "write", stick)
    #expect(written["kind"].text == "bundle_written" && written["changes"].number == 1)
    let shown = try made.json("bundle", "show", stick)
    #expect(shown["device_name"].text == "wayan" && shown["new"].number == 1)
    #expect(shown["villages"][0]["people"][0]["person"].text == "wayan")
    let read = try made.json("bundle", "read", stick)
    #expect(read["received"].number == 1 && read["left_out"].number == 0)
    #expect(read["refusals"].list.isEmpty && read["damage"].isAbsent)
    #expect(try made.look(batik)["answers"]["nama_usaha"].text == "Batik Sari")
    try made.run("show", batik)
    try made.edit(batik, "alamat=Jalan Satu")

    let again = try made.run("bundle", "read", stick)
    #expect(again.out == "received 0, 0 left out, no new conflicts\n")
    #expect(try made.json("bundle", "show", stick)["new"].number == 0)

    let synced = try made.sync()
    #expect(synced["unsent"].number == 0 && synced["refusals"].list.isEmpty)
    #expect(try town.office("status", "--format", "json").json()["records"].number == 1)
    let ketut = try town.laptop("ketut", for: "ketut")
    #expect(try ketut.look(batik)["answers"]["alamat"].text == "Jalan Satu")
    try town.meet(wayan, made)
    try town.expectAgreement(wayan, made)
  }

  @Test func `Two who answered differently without a network are told when they meet`() throws {
    let batik = try wayan.add("Batik Sari")
    try town.meet(wayan, made)
    for (laptop, number) in [(wayan, "1111111111111"), (made, "2222222222222")] {
      try laptop.run("show", batik)
      try laptop.edit(batik, "nib=" + number)
    }
    try wayan.run("bundle", "write", stick)
    let read = try made.run("bundle", "read", stick)
    #expect(read.out == "received 1, 0 left out, 1 new conflict\n")
    #expect(read.err.contains("kulkul conflicts"))
  }

  @Test func `The office reads the stick itself, and what was turned away stays aside`() throws {
    let batik = try wayan.add("Batik Sari")
    try wayan.run("bundle", "write", stick)
    let shown = try town.office("bundle", "show", stick, "--format", "json").json()
    #expect(shown["changes"][0]["person"].text == "wayan")
    #expect(!shown["changes"].isAbsent)
    let read = try town.office("bundle", "read", stick, "--format", "json").json()
    #expect(read["received"].number == 1 && read["villages"][0]["village"].text == Town.renon)
    try made.sync()
    #expect(try made.look(batik)["answers"]["nama_usaha"].text == "Batik Sari")
    try wayan.sync()

    _ = try wayan.add("Tenun Padma")
    try wayan.run("bundle", "write", stick, "--force")
    try town.office("device", "revoke", "wayan")
    let outcome = try town.run(
      "kulkul-server", ["bundle", "read", stick, "--store", town.officeStore])
    #expect(outcome.code == 1 && outcome.err.contains("quarantine list"))
    #expect(try town.office("status", "--format", "json").json()["quarantined"].number == 1)
  }

  @Test func `A stick that was damaged, cut or is another survey's says so`() throws {
    _ = try wayan.add("Batik Sari")
    try wayan.run("bundle", "write", stick)
    #expect(try wayan.refusal(1, "bundle", "write", stick).contains("already"))
    let whole = try Data(contentsOf: URL(filePath: stick))
    let file = URL(filePath: town.path("other.kulkul"))
    var bytes = whole
    bytes[bytes.count - 60] ^= 1
    try bytes.write(to: file)
    #expect(try made.refusal(4, "bundle", "read", file.path()).contains("is damaged"))
    try whole.prefix(whole.count - 5).write(to: file)
    #expect(try made.refusal(4, "bundle", "read", file.path()).contains("ends before its end"))
    try Data("no bundle".utf8).write(to: file)
    #expect(try made.refusal(4, "bundle", "show", file.path()).contains("not a bundle"))

    let elsewhere = try Town()
    try elsewhere.open()
    let stranger = try elsewhere.laptop("stranger", for: "wayan")
    #expect(try stranger.refusal(1, "bundle", "read", stick).contains("another survey"))
    #expect(try stranger.json("list")["records"].list.isEmpty)
    let alone = town.newLaptop("alone")
    try alone.run("init", "--standalone", "--person", "komang")
    #expect(try alone.refusal(1, "bundle", "write", town.path("x")).contains("no office"))
  }
}
