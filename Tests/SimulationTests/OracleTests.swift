import Foundation
import Testing

/// Runs the scripts in Python that judge the product from outside, where there is a Python.
private enum Python {
  static let isThere = (try? run(["-c", "pass"]).status) == 0

  static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-B"] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  static func path(_ file: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent(file).path
  }
}

@Suite(.enabled(if: Python.isThere, "there is no python3: install it to run the oracle"))
struct `The oracle in Python` {
  private let folder: String

  init() throws {
    var template = Array("/tmp/kulkul-oracle-XXXXXX".utf8CString)
    folder = try #require(mkdtemp(&template).map { String(cString: $0) })
  }

  private func judge() throws -> (status: Int32, output: String) {
    let worlds = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    return try Python.run(
      [Python.path("Tests/Oracle/oracle.py")] + worlds.map { folder + "/" + $0 })
  }

  @Test func `It finds what the product finds, in forty worlds`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for seed in 1001...1040 as ClosedRange<UInt64> {
      let world = try SimulatedWorld(seed: seed)
      try world.run()
      try world.export(to: folder)
    }
    let (status, output) = try judge()
    #expect(status == 0 && output.contains("40 worlds"), "\(output)")
  }

  @Test(arguments: [
    // An answer that does not stand any more, one that everybody had seen, another verdict, a delete.
    ("\"standing\": \\[[0-9]+(, )?", "\"standing\": ["), ("\"seen\": \\[(.)", "\"seen\": [0, $1"),
    ("\"verdict\": \"answer\"", "\"verdict\": \"open\""),
    ("\"life\": \"alive\"", "\"life\": \"deleted\""),
  ])
  func `It is not content with anything else`(pattern: String, other: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var seed: UInt64 = 1001
    var world = try SimulatedWorld(seed: seed)
    try world.run()
    while world.oracle.given.count < 30 {
      seed += 1
      world = try SimulatedWorld(seed: seed)
      try world.run()
    }
    try world.export(to: folder)
    #expect(try judge().status == 0)
    let path = folder + "/\(world.seed).jsonl"
    let whole = try String(contentsOfFile: path, encoding: .utf8)
    let wrong = whole.replacingOccurrences(of: pattern, with: other, options: .regularExpression)
      .replacingOccurrences(of: ", ]", with: "]")
    #expect(wrong != whole)
    try wrong.write(toFile: path, atomically: true, encoding: .utf8)
    #expect(try judge().status != 0)
  }

  @Test func `Every mutation of the table still has its place`() throws {
    let (status, output) = try Python.run([Python.path("scripts/mutate"), "--check"])
    #expect(status == 0, "\(output)")
  }
}
