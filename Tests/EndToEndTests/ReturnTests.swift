import Foundation
import Testing

/// Laptops that were turned away, and what became of their work.
@Suite struct `Turned away and back` {
  let town: Town
  let wayan: Laptop

  init() throws {
    town = try Town()
    try town.open()
    wayan = try town.laptop("wayan", for: "wayan")
  }

  private func again(_ device: String) throws -> String {
    let reply = try town.office("device", "invite", "--again", device, "--format", "json")
    return try #require(try reply.json()["code"].text)
  }

  /// Everything of a store, as somebody who has the laptop in hand can copy it.
  private func copy(_ laptop: Laptop, as name: String) throws -> Laptop {
    let copy = town.newLaptop(name)
    for suffix in ["", "-wal"]
    where FileManager.default.fileExists(atPath: laptop.store + suffix) {
      try FileManager.default.copyItem(
        atPath: laptop.store + suffix, toPath: copy.store + suffix)
    }
    return copy
  }

  @Test func `A laptop that was turned away says so, and comes back with all its work`() throws {
    let batik = try wayan.add("Batik Sari")
    try wayan.sync()
    let tenun = try wayan.add("Tenun Padma")
    try town.office("device", "revoke", "wayan")
    let refusal = try wayan.refusal(3, "sync")
    #expect(refusal.contains("turned this laptop away"))
    #expect(refusal.contains("--again") && refusal.contains("kulkul join URL CODE"))
    let perak = try wayan.add("Perak Celuk", in: Town.sanur)
    try wayan.edit(batik, "alamat=Jalan Satu")

    // The day and the status say the same, whatever is typed meanwhile.
    for command in [["status"], []] {
      let outcome = try wayan.attempt(command)
      #expect(outcome.code == 0 && outcome.out.contains("turned this laptop away; it said so on"))
    }
    #expect(try wayan.attempt([]).out.contains("kulkul join URL CODE"))
    let since = try #require(try wayan.json("status")["turned_away_at"].text)
    _ = try wayan.refusal(3, "sync")
    #expect(try wayan.json("status")["turned_away_at"].text == since, "the first time counts")

    let stolen = try copy(wayan, as: "stolen")
    let code = try again("wayan")
    _ = try wayan.refusal(3, "sync")
    let back = try wayan.run("join", town.address, code)
    #expect(back.err.contains("is let in again"))
    #expect(back.out.contains("sent 3, received 0"))
    #expect(back.out.contains("all your work is at the office"))
    #expect(try wayan.json("status")["turned_away_at"].isAbsent)
    #expect(try town.office("status", "--format", "json").json()["quarantined"].number == 0)

    // A copy has the old key alone, and the code was used.
    _ = try stolen.add("Palsu")
    #expect(try stolen.refusal(3, "sync").contains("does not know this laptop"))
    #expect(try stolen.refusal(1, "join", town.address, code).contains("joined"))

    let made = try town.laptop("made", for: "made")
    for record in [batik, tenun, perak] { _ = try made.look(record) }
    #expect(try made.look(batik)["answers"]["alamat"].text == "Jalan Satu")
    try town.expectAgreement(wayan, made)
  }

  @Test func `Another laptop takes its place, and the lost one comes back when it is found`() throws
  {
    let lost = try wayan.add("Batik Sari")
    try town.office("device", "revoke", "wayan")
    let spare = town.newLaptop("spare")
    try spare.run("join", town.address, try again("wayan"))
    let tenun = try spare.add("Tenun Padma")
    try spare.sync()
    #expect(try wayan.refusal(3, "sync").contains("does not know this laptop"))

    try wayan.run("join", town.address, try again("wayan"))
    // What was not sent yet when it was locked out in turn is not lost either.
    let late = try spare.add("Perak Celuk")
    _ = try spare.refusal(3, "sync")
    try spare.run("join", town.address, try again("wayan"))
    let made = try town.laptop("made", for: "made")
    for record in [lost, tenun, late] { _ = try made.look(record) }
    try town.expectAgreement(spare, made)
  }

  @Test func `A code for another laptop is refused and still lets that one in`() throws {
    let made = try town.laptop("made", for: "made")
    try town.office("device", "revoke", "wayan")
    try town.office("device", "revoke", "made")
    let code = try again("wayan")
    let refusal = try made.refusal(3, "join", town.address, code)
    #expect(refusal.contains("for another laptop") && refusal.contains("kulkul status"))
    try wayan.run("join", town.address, code)
    try made.run("join", town.address, try again("made"))
    try town.meet(wayan, made)
    try town.expectAgreement(wayan, made)
  }

  @Test func `A supervisor takes what was kept aside, or puts it away`() throws {
    let batik = try wayan.add("Batik Sari")
    try town.office("device", "revoke", "wayan")
    _ = try wayan.refusal(3, "sync")
    let listed = try town.office("quarantine", "list", "--format", "json").json()["quarantine"]
    #expect(listed.list.count == 1 && listed[0]["ground"].text == "revoked")
    #expect(listed[0]["state"].text == "waits" && listed[0]["village"].text == Town.renon)
    let name = try #require(listed[0]["name"].text)
    let shown = try town.office("quarantine", "show", name, "--format", "json").json()
    let answers = shown["answers"].list
    #expect(answers.contains { $0["answer"].text == "Batik Sari" && $0["record"].text == batik })

    try town.office("quarantine", "drop", name, "--as", "ketut", "--because", "not sure yet")
    #expect(try town.office("status", "--format", "json").json()["quarantined"].number == 0)
    let all = try town.office("quarantine", "list", "--all", "--format", "json").json()
    #expect(all["quarantine"][0]["reason"].text == "not sure yet")
    #expect(all["quarantine"][0]["decided_by"].text == "ketut")

    try town.office("quarantine", "take", name.lowercased(), "--as", "ketut")
    let made = try town.laptop("made", for: "made")
    #expect(try made.look(batik)["answers"]["nama_usaha"].text == "Batik Sari")
    try wayan.run("join", town.address, try again("wayan"))
    try town.expectAgreement(wayan, made)
  }

  @Test func `Records of elsewhere are handed in, stay to be seen, and the person is told`() throws
  {
    let alone = town.newLaptop("alone")
    try alone.run("init", "--standalone", "--person", "komang")
    let here = try alone.add("Batik Sari")
    let there = try alone.add("Tenun Padma", in: "51.71.03.1007")
    let joined = try alone.run("join", town.address, try town.invite("alone", for: "made"))
    #expect(joined.err.contains("outside your villages"))
    #expect(joined.out.contains("sent 2"))
    // The person has another word at the office, and it is their work all the same.
    let mine = try alone.json("list", "--mine")["records"].list.compactMap { $0["id"].text }
    #expect(Set(mine) == [here, there])
    #expect(try alone.attempt(["--format", "json"]).json()["recorded_today"].number == 2)
    #expect(try alone.look(there)["answers"]["nama_usaha"].text == "Tenun Padma")
    try alone.run("show", there)
    let refusal = try alone.refusal(1, "edit", there, "--set", "alamat=Jalan Satu")
    #expect(refusal.contains("does not work in"))
    // Whoever works there goes on with it, and so does the person once the office says so.
    let ketut = try town.laptop("ketut", for: "ketut")
    try ketut.run("show", there)
    try ketut.edit(there, "alamat=Jalan Satu")
    try ketut.sync()
    try town.office(
      "person", "change", "made", "--village", Town.renon, "--village", "51.71.03.1007")
    try alone.sync()
    try alone.run("show", there)
    try alone.edit(there, "banjar=Kaja")
    try town.meet(alone, ketut)
    #expect(try ketut.look(there)["answers"]["banjar"].text == "Kaja")
    try town.expectAgreement(alone, ketut)
  }
}
