import Causality
import Foundation
import Model
import Store
import Testing

/// An office whose disk is lost, and what the laptops make of it: nothing but their ordinary sync.
@Suite struct `An office that is restored` {
  let town: Town
  let wayan: Laptop
  let ketut: Laptop

  init() throws {
    town = try Town()
    try town.open()
    wayan = try town.laptop("wayan", for: "wayan")
    ketut = try town.laptop("ketut", for: "ketut")
  }

  private var backup: String { town.path("backup.db") }

  /// All that a laptop shows, to the byte, without the moment at which it was asked, and without the
  /// head's account of what is held: a restored office writes a carry of its own before it hears that
  /// its former self had written one.
  private func export(_ laptop: Laptop) throws -> String {
    try laptop.run("export", "--format", "json", "--with-private").out
      .replacing(/"exported":"[^"]*"/, with: "")
      .replacing(/"held":"[^"]*"/, with: "")
      .replacing(/"directory":\d+/, with: "")
  }

  /// Expects two exports to be the same, and shows where they are not.
  private func expectSame(
    _ now: String, _ before: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    if now == before { return }
    let (parts, others) = (now.split(separator: ","), before.split(separator: ","))
    let difference = zip(parts, others).filter { $0 != $1 }.prefix(3).map { "\($0) was \($1)" }
    Issue.record(
      "\(parts.count) parts, \(others.count) before: \(difference)", sourceLocation: sourceLocation)
  }

  private func restore(_ arguments: String...) throws {
    town.killServer()
    let outcome = try town.run(
      "kulkul-server",
      ["restore", backup, "--replace", "--store", town.officeStore] + arguments)
    try #require(outcome.code == 0, "\(outcome.err)")
    try town.open()
  }

  @Test func `Everything that came after the backup is there again, by nothing but syncs`() throws {
    let batik = try wayan.add("Batik Sari")
    let perak = try wayan.add("Perak Celuk")
    try town.meet(wayan, ketut)
    let made = try town.office("backup", backup, "--format", "json").json()
    #expect(made["changes"].number == 2)

    // After the backup: answers, a carry of the office's, another laptop, another role.
    try ketut.run("show", perak)
    try ketut.run("move", perak, Town.sanur)
    try town.office("person", "change", "made", "--role", "supervisor")
    let later = try town.laptop("later", for: "made")
    try later.run("show", batik)
    try later.edit(batik, "alamat=Jalan Satu")
    let tenun = try later.add("Tenun Padma", in: Town.sanur)
    try wayan.edit(batik, "nama_usaha=Batik Sari Dewi")
    try town.meet(wayan, ketut, later)
    try town.meet(wayan, ketut, later)
    let before = try [wayan, ketut, later].map(export)
    #expect(before[1].contains("Jalan Satu") && before[1].contains("Batik Sari Dewi"))
    let coverage = try town.office("coverage", "--format", "csv").out

    try restore()
    let waits = try town.office("status", "--format", "json").json()
    #expect(!waits["waits_since"].isAbsent)
    let refused = try town.run(
      "kulkul-server", ["person", "change", "made", "--name", "X", "--store", town.officeStore])
    #expect(refused.code == 1 && refused.err.contains("--go-on"))
    #expect(
      try town.run(
        "kulkul-server",
        ["device", "invite", "Laptop 9", "--for", "made", "--store", town.officeStore]
      ).code == 1)

    // The laptop that joined after the backup comes first: the office knows nothing of it.
    try town.meet(later, wayan, ketut)
    try town.meet(later, wayan, ketut)
    for (laptop, export) in zip([wayan, ketut, later], before) {
      try expectSame(try self.export(laptop), export)
    }
    #expect(try town.office("coverage", "--format", "csv").out == coverage)
    let status = try town.office("status", "--format", "json").json()
    #expect(status["waits_since"].isAbsent && status["quarantined"].number == 0)
    #expect(status["devices"].texts.contains("later"))
    let people = try town.office("person", "list", "--format", "json").json()["people"]
    #expect(people.list.first { $0["person"].text == "made" }?["role"].text == "supervisor")
    try town.expectAgreement(wayan, ketut, later)

    // Whoever joins now gets what the others have.
    let fresh = try town.laptop("fresh", for: "ketut")
    let shown = try fresh.json("export", "--with-private")["records"].list
    #expect(Set(shown.compactMap { $0["id"].text }) == [batik, perak, tenun])
    try expectSame(try export(fresh), before[1])
    try town.expectAgreement(fresh, ketut)
  }

  @Test func `It says what it waits for, and goes on without if it is told to`() throws {
    try town.office("backup", backup)
    let late = try town.laptop("late", for: "made")
    let batik = try late.add("Batik Sari")
    try late.sync()
    try restore("--go-on")
    #expect(try town.office("status", "--format", "json").json()["waits_since"].isAbsent)
    try town.office("person", "change", "made", "--name", "I Made")
    // What was said after the backup is given up: the laptop is a stranger, and comes back by a code.
    let refusal = try late.refusal(3, "sync")
    #expect(refusal.contains("does not know this laptop"))
    // What it saved cites what was given up, so a supervisor is asked; none of it is lost.
    let joined = try late.attempt(["join", town.address, try town.invite("late", for: "made")])
    #expect(joined.code == 3 && joined.err.contains("is let in again"))
    let aside = try town.office("quarantine", "list", "--format", "json").json()["quarantine"]
    try town.office("quarantine", "take", try #require(aside[0]["name"].text), "--as", "ketut")
    try town.meet(wayan, late)
    #expect(try wayan.look(batik)["answers"]["nama_usaha"].text == "Batik Sari")
    try town.expectAgreement(wayan, late)
  }

  @Test func `A store that is there is put aside, and an office that runs is not touched`() throws {
    _ = try wayan.add("Batik Sari")
    try wayan.sync()
    try town.office("backup", backup)
    let store = ["--store", town.officeStore]
    let there = try town.run("kulkul-server", ["restore", backup] + store)
    #expect(there.code == 1 && there.err.contains("--replace"))
    let running = try town.run("kulkul-server", ["restore", backup, "--replace"] + store)
    #expect(running.code == 1 && running.err.contains("Stop the office first: kill "))
    _ = try wayan.add("Tenun Padma")
    try wayan.sync()
    town.close()
    let outcome = try town.run(
      "kulkul-server", ["restore", backup, "--replace", "--format", "json"] + store)
    #expect(outcome.code == 0, "\(outcome.err)")
    let aside = try #require(try outcome.json()["aside"].text)
    let kept = try Store.open(at: aside)
    #expect(try kept.verify().changes == 2)
    try kept.close()
    let now = try Store.open(at: town.officeStore)
    #expect(try now.verify().changes == 1)
    #expect(try now.waitsSince() != nil)
    try now.close()
  }

  @Test func `What is no backup of an office's is not restored`() throws {
    try wayan.run("backup", town.path("laptop.db"))
    try Data("not a database".utf8).write(to: URL(filePath: town.path("text.db")))
    let store = ["--store", town.path("other.db")]
    for (file, code, words) in [
      ("laptop.db", 4, "is of a laptop"), ("text.db", 4, "is not a backup"),
      ("nothing.db", 4, "there is no file"),
    ] as [(String, Int32, String)] {
      let outcome = try town.run("kulkul-server", ["restore", town.path(file)] + store)
      #expect(outcome.code == code && outcome.err.contains(words), "\(outcome.err)")
      #expect(outcome.err.contains("\nHint: "))
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: town.folder.path())
    #expect(!left.contains { $0.hasPrefix("other.db") })
  }
}

/// Copies that are made while everything goes on.
@Suite struct `Backups` {
  @Test func `A backup is made while laptops sync, replaces nothing unasked, and leaves nothing`()
    throws
  {
    let town = try Town()
    try town.open()
    let wayan = try town.laptop("wayan", for: "wayan")
    for number in 0..<5 { _ = try wayan.add("Usaha \(number)") }
    try wayan.sync()
    let file = town.path("backup.db")
    let made = try town.office("backup", file, "--format", "json").json()
    #expect(made["kind"].text == "backup" && made["changes"].number == 5)
    let copy = try Store.open(at: file)
    #expect(try copy.verify().isClean)
    try copy.close()
    let attributes = try FileManager.default.attributesOfItem(atPath: file)
    #expect(attributes[.posixPermissions] as? Int == 0o600)

    let again = try town.run("kulkul-server", ["backup", file, "--store", town.officeStore])
    #expect(again.code == 1 && again.err.contains("--replace"))
    let itself = try town.run(
      "kulkul-server", ["backup", town.officeStore, "--replace", "--store", town.officeStore])
    #expect(itself.code == 1 && itself.err.contains("is the store itself"))
    _ = try wayan.add("Usaha 5")
    try wayan.sync()
    let newer = try town.office("backup", file, "--replace", "--format", "json").json()
    #expect(newer["changes"].number == 6 && newer["digest"].text != made["digest"].text)
    let nowhere = try town.run(
      "kulkul-server", ["backup", town.path("no/where.db"), "--store", town.officeStore])
    #expect(nowhere.code == 4)
    let left = try FileManager.default.contentsOfDirectory(atPath: town.folder.path())
    #expect(left.filter { $0.hasPrefix("backup.db") } == ["backup.db"])
  }

  @Test(arguments: [false, true])
  func `A backup replaces no other store, and none that is in use`(isOffice: Bool) throws {
    let town = try Town()
    try town.open()
    let wayan = try town.laptop("wayan", for: "wayan")
    let other = try town.laptop("other", for: "made")
    _ = try other.add("Batik Sari")
    func refusal() throws -> String {
      let folder = town.folder.path()
      let before = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      let bytes = try Data(contentsOf: URL(filePath: other.store))
      let arguments = ["backup", other.store, "--replace"]
      let outcome =
        try isOffice
        ? town.run("kulkul-server", arguments + ["--store", town.officeStore])
        : wayan.attempt(arguments)
      #expect(outcome.code == 1, "\(outcome.err)")
      #expect(try Data(contentsOf: URL(filePath: other.store)) == bytes)
      let after = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(after == before)
      return outcome.err
    }
    let foreign = try refusal()
    #expect(foreign.contains("is a store, and not an older copy of this one"))
    #expect(foreign.contains("\nHint: Choose another name, or remove the file yourself."))
    let store = try Store.open(at: other.store)
    let used = try refusal()
    try store.close()
    #expect(used.contains("is using \(other.store)"))
    let process = ProcessInfo.processInfo.processIdentifier
    #expect(used.contains("\nHint: Choose another name, or end process \(process) first."))
  }

  @Test func `A laptop's backup goes on beside the laptop, under a number of its own`() throws {
    let town = try Town()
    try town.open()
    let wayan = try town.laptop("wayan", for: "wayan")
    let batik = try wayan.add("Batik Sari")
    try wayan.sync()
    let copy = town.newLaptop("copy")
    let made = try wayan.json("backup", copy.store)
    #expect(made["changes"].number == 1)
    let own = try wayan.json("status")["replica"].text
    // The laptop goes on, and so does the copy; each says what it found, once.
    try wayan.edit(batik, "alamat=Jalan Satu")
    let first = try copy.run("status")
    #expect(first.err.contains("is a copy"))
    #expect(!(try copy.run("status").err.contains("is a copy")))
    #expect(try copy.json("status")["replica"].text != own)
    #expect(try wayan.json("status")["replica"].text == own)
    let tenun = try copy.add("Tenun Padma")
    try copy.run("show", batik)
    try copy.edit(batik, "banjar=Kaja")
    try town.meet(wayan, copy)
    #expect(try wayan.look(batik)["answers"]["banjar"].text == "Kaja")
    #expect(try copy.look(batik)["answers"]["alamat"].text == "Jalan Satu")
    _ = try wayan.look(tenun)
    try town.expectAgreement(wayan, copy)
  }

  @Test func `A laptop that is put back to its backup goes on under a number of its own`() throws {
    let town = try Town()
    try town.open()
    let wayan = try town.laptop("wayan", for: "wayan")
    let batik = try wayan.add("Batik Sari")
    try wayan.sync()
    try wayan.run("backup", town.path("monday.db"))
    let lost = try wayan.add("Perak Celuk")
    try wayan.sync()
    for suffix in ["-wal", "-shm"]
    where FileManager.default.fileExists(atPath: wayan.store + suffix) {
      try FileManager.default.removeItem(atPath: wayan.store + suffix)
    }
    // As `cat` would do it: the same file with older bytes in it.
    try Data(contentsOf: URL(filePath: town.path("monday.db")))
      .write(to: URL(filePath: wayan.store))
    let first = try wayan.run("status")
    #expect(first.err.contains("older than it was") || first.err.contains("is a copy"))
    try wayan.edit(batik, "alamat=Jalan Satu")
    try wayan.sync()
    #expect(try wayan.look(lost)["answers"]["nama_usaha"].text == "Perak Celuk")
    let made = try town.laptop("made", for: "made")
    try town.expectAgreement(wayan, made)
  }
}
