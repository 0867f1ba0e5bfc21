import Foundation
import Testing

/// A laptop that is stolen after the office went back to a backup, and what was written on top of its
/// work.
@Suite struct `What nobody has any more` {
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

  private func json(_ arguments: String...) throws -> JSON {
    try run(arguments + ["--format", "json"], code: 0).json()
  }

  @discardableResult
  private func run(_ arguments: [String], code: Int32) throws -> Outcome {
    let outcome = try town.run(
      "kulkul-server", arguments + ["--store", town.officeStore])
    try #require(outcome.code == code, "\(outcome)")
    return outcome
  }

  private func decide(_ arguments: String..., code: Int32 = 0) throws -> Outcome {
    try run(arguments + ["--as", "ketut", "--because", "laptop hilang"], code: code)
  }

  /// An office that lost what Wayan wrote, and a stick with what Made wrote on top of it.
  private func lose() throws -> String {
    try town.meet(wayan, made)
    let backup = town.path("backup.db")
    try town.office("backup", backup)
    let batik = try wayan.add("Batik Sari")
    try town.meet(wayan, made)
    try made.run("show", batik)
    try made.edit(batik, "alamat=Jalan Satu")
    try made.run("bundle", "write", stick)
    town.killServer()
    try run(["restore", backup, "--replace"], code: 0)
    return batik
  }

  @Test func `It is listed with what waits for it, given up, and what was put away is taken`()
    throws
  {
    let batik = try lose()
    #expect(try json("bundle", "read", stick)["waiting_frames"].number == 1)
    let waiting = try json("inbox", "list")["inbox"]
    #expect(waiting.list.count == 1 && waiting[0]["changes"].number == 1)
    #expect(waiting[0]["device"].number == 2 && waiting[0]["brought_by"].number == 2)
    let listed = try json("void", "list")
    #expect(listed["missing"].list.count == 1 && listed["missing"][0]["last"].number == 1)
    #expect(listed["waiting"][0]["state"].text == "known")
    #expect(listed["waiting"][0]["last"].number == 1)
    #expect(listed["waiting"][0]["missing"].text == listed["missing"][0]["name"].text)
    let tables = try run(["void", "list"], code: 0).out.split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(tables.map(\.isEmpty) == [false, false, true, false, false, true])

    // Put away it waits no more, and nobody asks about it.
    let name = try #require(waiting[0]["name"].text)
    #expect(try decide("inbox", "drop", name).err.contains("waits no more"))
    #expect(try json("inbox", "list")["inbox"].list.isEmpty)
    #expect(try json("void", "list")["missing"].list.isEmpty)
    let again = try run(["bundle", "read", stick, "--format", "json"], code: 1).json()
    #expect(again["waiting_frames"].number == 0 && again["refusals"][0]["ground"].text == "gap")
    #expect(try json("quarantine", "list")["quarantine"].list.isEmpty)
    let aside = try json("quarantine", "list", "--all")["quarantine"]
    #expect(aside[0]["state"].text == "dropped" && aside[0]["decided_by"].text == "ketut")
    #expect(aside[0]["reason"].text == "laptop hilang" && aside[0]["ground"].text == "gap")

    // To take it after all somebody must say how much is lost.
    let run = try #require(aside[0]["name"].text)
    let early = try decide("quarantine", "take", run, code: 1)
    #expect(early.err.contains("void list --all"))
    let all = try json("void", "list", "--all")
    #expect(all["waiting"][0]["state"].text == "quarantine")
    let missing = try #require(all["missing"][0]["name"].text)
    #expect(try decide("void", "declare", missing, code: 1).err.contains("--up-to"))
    #expect(try decide("void", "declare", missing, "--up-to", "2", code: 1).err.contains("--up-to"))
    _ = try decide("void", "declare", missing, "--up-to", "1")
    #expect(try decide("quarantine", "take", run).err.contains("1 change"))
    #expect(try json("void", "list", "--all")["missing"][0]["state"].text == "void")
    #expect(try json("status")["records"].number == 1)

    // And then the laptop is found.
    try town.open()
    try town.meet(wayan, made)
    try town.meet(wayan, made)
    let word = try json("void", "list", "--all")["missing"]
    #expect(word.list.count == 1 && word[0]["state"].text == "found")
    #expect(word[0]["declared_by"].text == "ketut")
    #expect(try wayan.look(batik)["answers"]["alamat"].text == "Jalan Satu")
    try town.expectAgreement(wayan, made)
  }
}
