import Foundation
import Testing

/// What the programs that are handed out need of a machine, as far as ordinary ones can tell.
@Suite struct DistTests {
  private static let script = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "scripts/dist")

  private static func check(_ folder: URL) throws -> (code: Int32, said: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "bash", script.path(percentEncoded: false), "--check", folder.path(percentEncoded: false),
      "--ordinary",
    ]
    let said = FileManager.default.temporaryDirectory.appending(
      path: "kulkul-dist-\(UInt64.random(in: 0 ... .max))")
    try Data().write(to: said)
    process.standardError = try FileHandle(forWritingTo: said)
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let text = try String(contentsOf: said, encoding: .utf8)
    try FileManager.default.removeItem(at: said)
    return (process.terminationStatus, text)
  }

  @Test func `The programs need nothing but known packages and work from anywhere`() throws {
    let (code, said) = try Self.check(Town.programFolder())
    #expect(code == 0, "\(said)")
  }

  @Test func `A laptop's program with an HTTP server in it is refused`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "kulkul-dist-\(UInt64.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let server = try Town.programFolder().appending(path: "kulkul-server")
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "kulkul"), withDestinationURL: server)
    let (code, said) = try Self.check(folder)
    #expect(code != 0 && said.contains("HTTP server") && said.contains("Hint: "), "\(said)")
    try FileManager.default.removeItem(at: folder)
  }
}
