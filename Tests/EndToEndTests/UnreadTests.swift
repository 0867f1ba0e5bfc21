import Foundation
import Testing

@testable import Store

/// Programs whose stdout has no reader any more, as `head` leaves them: what they do is done all the
/// same, and how they end says how it went.
@Suite struct `Output that nobody reads` {
  private let town: Town

  init() throws { town = try Town() }

  /// Makes a store's streams say more than there is.
  private func spoil(_ path: String) throws {
    let store = try Store.open(at: path)
    try store.write { db in try db.run("UPDATE stream SET count = count + 1") }
    try store.close()
  }

  @Test(arguments: ["table", "json"])
  func `A fault is told of`(format: String) throws {
    try town.open()
    let wayan = try town.laptop("wayan", for: "wayan")
    _ = try wayan.add("Batik Sari")
    try wayan.sync()
    town.close()
    for (program, path) in [("kulkul", wayan.store), ("kulkul-server", town.officeStore)] {
      let verify = ["verify", "--store", path, "--format", format]
      let sound = try town.run(program, verify, isRead: false)
      #expect(sound.code == 0, "\(sound.err)")
      try spoil(path)
      let outcome = try town.run(program, verify, isRead: false)
      #expect(outcome.code == 4, "\(program)")
      #expect(outcome.err.contains("\nHint: "), "\(outcome.err)")
      let read = try town.run(program, verify)
      #expect(outcome.err == read.err)
    }
  }

  @Test func `An office that is put back goes on if it was told to`() throws {
    try town.office("backup", town.path("backup.db"))
    let arguments = ["--replace", "--go-on", "--store", town.officeStore]
    let outcome = try town.run(
      "kulkul-server", ["restore", town.path("backup.db")] + arguments, isRead: false)
    #expect(outcome.code == 0, "\(outcome.err)")
    #expect(outcome.err.contains("Next: "))
    #expect(try town.office("status", "--format", "json").json()["waits_since"].isAbsent)
  }

  @Test func `Whoever has read enough of an export is no failure`() throws {
    try town.open()
    let wayan = try town.laptop("wayan", for: "wayan")
    _ = try wayan.add("Batik Sari")
    for command in ["export", "list", "log", "--help"] {
      let outcome = try town.run(
        "kulkul", command == "--help" ? [command] : [command, "--store", wayan.store],
        isRead: false)
      #expect(outcome.code == 0, "\(outcome.err)")
    }
    // One that is longer than what is written at once ends there.
    var table = "desa,hasil_kunjungan,nama_usaha\n"
    for number in 0..<1500 { table += "\(Town.renon),tutup,Usaha \(number)\n" }
    try Data(table.utf8).write(to: URL(filePath: town.path("table.csv")))
    try wayan.run("import", town.path("table.csv"))
    let whole = try town.run("kulkul", ["export", "--store", wayan.store])
    #expect(whole.out.utf8.count > 2 << 16 && whole.err.contains("1501"))
    let export = ["export", "--store", wayan.store]
    let cut = try town.run("kulkul", export, isRead: false)
    #expect(cut.code == 0 && cut.err.isEmpty, "\(cut.err)")
  }
}
