import Foundation
import Testing

/// Imports that meet.
@Suite struct ImportTests {
  @Test(arguments: 0..<4) func `Of two processes that import one file, one imports it`(
    _ round: Int
  ) throws {
    let stage = try Stage()
    defer { stage.remove() }
    _ = try stage.play("kulkul init --standalone --person wayan", step: 0)
    var table = "desa,hasil_kunjungan,nama_usaha\n"
    for number in 1...400 { table += "51.71.01.1005,tutup,Usaha \(number)\n" }
    try Data(table.utf8).write(to: stage.folder.appending(path: "t.csv"))

    let imports = (0..<3).map { index in
      let process = stage.process(
        "kulkul import t.csv > out\(index) 2>&1", step: round * 10 + index + 1)
      process.standardInput = FileHandle.nullDevice
      return process
    }
    for process in imports { try process.run() }
    for process in imports { process.waitUntilExit() }

    #expect(imports.map(\.terminationStatus).sorted() == [0, 1, 1])
    let said = try (0..<3).flatMap { try stage.play("cat out\($0)", step: 90) }
    #expect(said.filter { $0.contains("Imported 400 new records") }.count == 1)
    #expect(said.filter { $0.contains("the same file was imported before") }.count == 2, "\(said)")
    #expect(try stage.play("kulkul list", step: 91).contains("! 400 records."))
  }
}
