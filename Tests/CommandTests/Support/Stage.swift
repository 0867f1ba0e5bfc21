import Foundation
import Testing

/// A folder of its own in which a transcript is played, with the program that was built beside the
/// tests, a clock that goes on by a second with each command, and chance from a seed.
struct Stage {
  let folder: URL
  private let programs: URL
  private static let start: Int64 = 1_795_327_500_000  // 22 Nov 2026, 14:05 in Denpasar

  init() throws {
    let name = "kulkul-transcript-\(UInt64.random(in: .min ... .max))"
    folder = FileManager.default.temporaryDirectory.appending(path: name).resolvingSymlinksInPath()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    programs = URL(filePath: own).deletingLastPathComponent()
  }

  func remove() {
    do {
      try FileManager.default.removeItem(at: folder)
    } catch {
      // Ignored because a folder that is left in the temporary directory harms nobody.
    }
  }

  /// Plays one command and gives its lines: stdout, then stderr, then how it ended.
  func play(_ command: String, step: Int) throws -> [String] {
    let process = process(command, step: step)
    let (out, err) = (folder.appending(path: ".out"), folder.appending(path: ".err"))
    for file in [out, err] {
      try Data().write(to: file)
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: err)
    try process.run()
    process.waitUntilExit()
    var lines = try read(out)
    lines += try read(err).map { $0 == "." ? "!" : "! " + $0 }
    if process.terminationStatus != 0 { lines.append("[exit \(process.terminationStatus)]") }
    return lines
  }

  /// A process of one command, which is not started yet.
  func process(_ command: String, step: Int, more: [String: String] = [:]) -> Process {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = folder
    process.environment = [
      "PATH": programs.path(percentEncoded: false) + ":/usr/bin:/bin",
      "HOME": folder.path(percentEncoded: false),
      "KULKUL_TEST_CLOCK": String(Self.start + Int64(step) * 1000),
      "KULKUL_TEST_SEED": String(step + 1),
    ].merging(more) { $1 }
    return process
  }

  /// What was printed, with the folder of the run written as `~`, and no time that a connection took.
  func tidy(_ text: String) -> String {
    let home = folder.path(percentEncoded: false)
    let place = home.hasSuffix("/") ? String(home.dropLast()) : home
    return text.replacingOccurrences(of: place, with: "~")
      .replacing(/after \d+ ms/, with: "after 0 ms")
  }

  private func read(_ file: URL) throws -> [String] {
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    var lines = tidy(text)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { $0.isEmpty ? "." : $0 }
  }
}
