import Foundation
import TestSupport
import Testing

/// Many processes at once on one store file, with a live server.
@Suite(.serialized) struct `Eight processes on one laptop` {
  private static let steps = 7

  @Test func `add, edit and sync at random, and everything is there once`() throws {
    let town = try Town()
    try town.open()
    let wayan = try town.laptop("wayan", for: "wayan")
    let made = try town.laptop("made", for: "made")
    let shared = try wayan.add("Bersama")
    try town.meet(wayan, made)

    var random = SplitMix64(seed: 4)
    var expected = (names: ["Bersama"], leaflets: 0, edits: [String: String]())
    var workers: [Process] = []
    for worker in 0..<8 {
      var script = "cd '\(town.folder.path(percentEncoded: false))'\n"
      script += "kulkul() { \"$KULKUL\" \"$@\" --store '\(wayan.store)' 2>>err-\(worker) "
      script += "|| echo \"$? $*\" >>failed; }\n"
      var own = 0
      for step in 0..<Self.steps {
        let choice = step == 0 ? 0 : random.below(10)
        switch choice {
        case 0...3:
          own += 1
          let name = "Usaha \(worker)-\(own)"
          expected.names.append(name)
          script += "kulkul add --village Renon --set hasil_kunjungan=tutup "
          script += "--set 'nama_usaha=\(name)' --format json >added-\(worker)\n"
          script += "id=$(grep -o '\"id\": \"[^\"]*' added-\(worker) | cut -d'\"' -f4)\n"
        case 4...5:
          let address = "Jalan \(worker)-\(step)"
          expected.edits["Usaha \(worker)-\(own)"] = address
          script += "kulkul edit \"$id\" --set 'alamat=\(address)'\n"
        case 6...7:
          expected.leaflets += worker + 1
          script += "kulkul edit \(shared) --set leaflet+=\(worker + 1)\n"
        default: script += "kulkul sync\n"
        }
      }
      let process = town.process("/bin/sh", ["-c", script])
      process.executableURL = URL(filePath: "/bin/sh")
      process.environment?["KULKUL"] = try Town.programFolder().appending(path: "kulkul")
        .path(percentEncoded: false)
      workers.append(process)
    }
    for worker in workers { try worker.run() }
    for worker in workers { worker.waitUntilExit() }

    let failed = town.path("failed")
    if FileManager.default.fileExists(atPath: failed) {
      let said = try (0..<8).map {
        try String(contentsOfFile: town.path("err-\($0)"), encoding: .utf8)
      }
      let lines = try String(contentsOfFile: failed, encoding: .utf8)
      Issue.record("\(lines)\n\(said.joined())")
    }
    try town.meet(wayan, made)
    for laptop in [wayan, made] {
      let exported = try laptop.run("export", "--format", "json").json()["records"].list
      #expect(
        exported.compactMap { $0["answers"]["nama_usaha"].text }.sorted() == expected.names.sorted()
      )
      for record in exported {
        let name = try #require(record["answers"]["nama_usaha"].text)
        #expect(record["answers"]["alamat"].text == expected.edits[name], "\(name)")
        #expect(
          record["answers"]["leaflet"].number == (name == "Bersama" ? expected.leaflets : nil))
      }
    }
    #expect(try wayan.json("conflicts")["conflicts"].list.isEmpty)
    try town.expectAgreement(wayan, made)
  }
}
