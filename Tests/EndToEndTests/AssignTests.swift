import Foundation
import Testing

/// Villages that go from one person to another while laptops are away.
@Suite struct `Villages that are assigned` {
  let town: Town

  init() throws {
    town = try Town()
    try town.open()
  }

  private func people(of village: String) throws -> [String] {
    let people = try town.office("person", "list", "--format", "json").json()["people"].list
    return people.filter { $0["villages"].texts.contains(village) }
      .compactMap { $0["person"].text }
  }

  @Test func `What was recorded under the old assignment still comes in`() throws {
    let wayan = try town.laptop("wayan", for: "wayan")
    let putra = "51.71.01.1005"
    try town.office(
      "person", "add", "putra", "--name", "I Made Putra", "--role", "surveyor", "--village", "none")
    let other = try town.laptop("putra", for: "putra")
    let batik = try wayan.add("Batik Sari")
    try wayan.sync()
    let tenun = try wayan.add("Tenun Padma")
    let said = try town.office(
      "assign", "Renon", "--to", "putra", "--from", "wayan", "--format", "json"
    ).json()
    #expect(said["villages"][0]["village"].text == putra)
    #expect(said["villages"][0]["people"].texts == ["ketut", "made", "putra"])
    #expect(try people(of: putra) == ["ketut", "made", "putra"])

    try wayan.sync()
    #expect(try town.office("status", "--format", "json").json()["quarantined"].number == 0)
    let refusal = try wayan.attempt(["edit", batik, "--set", "alamat=x"])
    #expect(refusal.code == 1)
    try other.sync()
    for record in [batik, tenun] { _ = try other.look(record) }
    try other.run("show", tenun)
    try other.edit(tenun, "alamat=Jalan Satu")
    try other.sync()
    #expect(try wayan.json("status")["unsent"].number == 0)
    try town.expectAgreement(other)
  }

  @Test func `A kecamatan stands for its villages, and nothing is done by halves`() throws {
    let said = try town.office("assign", "Denpasar Selatan", "--to", "made", "--format", "json")
    let villages = try said.json()["villages"].list
    #expect(villages.count == 10)
    #expect(villages.allSatisfy { $0["people"].texts.contains("made") })
    let refused = try town.run(
      "kulkul-server",
      [
        "assign", "Renon", "Penatih", "--to", "made", "--from", "wayan", "--store",
        town.officeStore,
      ])
    #expect(refused.code == 1 && refused.err.contains("wayan does not work in 51.71.02"))
    #expect(try people(of: Town.renon).contains("wayan"))
    for (arguments, words) in [
      (["Renon", "--to", "nobody"], "there is no person nobody"),
      (["Renon", "--to", "made", "--from", "made"], "cannot take over from"),
      (["none", "--to", "made"], "no village was named"),
    ] {
      let outcome = try town.run(
        "kulkul-server", ["assign"] + arguments + ["--store", town.officeStore])
      #expect(outcome.code == 1 && outcome.err.contains(words), "\(outcome.err)")
    }
    let again = try town.office("assign", "Renon", "--to", "made")
    #expect(again.err.contains("nothing was changed"))
  }
}
