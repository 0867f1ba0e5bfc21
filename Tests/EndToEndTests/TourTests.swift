import Foundation
import Testing

/// Takes the README's tour, in a folder of its own, and compares all that it prints.
///
/// `UPDATE_TRANSCRIPTS=1 swift test --filter TourTests` writes the output in the README anew; look
/// at what changed before you commit it.
@Suite struct TourTests {
  static let readme = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "README.md")

  @Test func `The README's tour prints what the README says`() throws {
    let text = try String(contentsOf: Self.readme, encoding: .utf8)
    let block = try #require(
      text.firstMatch(of: /## A five-minute tour\n(?s:.*?)```console\n((?s:.*?)\n)```\n/),
      "the README has a tour")
    let wanted = Tour(String(block.1))
    let played = try wanted.played()
    if ProcessInfo.processInfo.environment["UPDATE_TRANSCRIPTS"] == "1" {
      let updated = text.replacing(block.1, with: played.text, maxReplacements: 1)
      try Data(updated.utf8).write(to: Self.readme)
      return
    }
    for (step, expected) in zip(played.steps, wanted.steps) where step != expected {
      Issue.record(
        """
        $ \(expected.command)
        wanted:
        \(expected.output)
        got:
        \(step.output)
        """)
    }
  }
}

/// Commands that one shell runs one after the other, and what a terminal then shows.
private struct Tour {
  struct Step: Equatable {
    var command: String
    var output: String
  }

  private static let start: Int64 = 1_795_327_500_000  // 22 Nov 2026, 14:05 in Denpasar
  /// The port that the README names; the test takes one that is free.
  private static let port = "8043"

  var steps: [Step] = []

  /// Reads commands, each in a line after `$ ` and perhaps lines after `> `, and their output.
  init(_ text: String) {
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      if line.hasPrefix("$ ") {
        steps.append(Step(command: String(line.dropFirst(2)), output: ""))
      } else if let last = steps.indices.last {
        if line.hasPrefix("> "), steps[last].output.isEmpty {
          steps[last].command += "\n" + line.dropFirst(2)
        } else {
          steps[last].output += line + "\n"
        }
      }
    }
  }

  var text: String {
    steps.map { step in
      "$ " + step.command.replacing("\n", with: "\n> ") + "\n" + step.output
    }.joined()
  }

  /// Runs the commands in one shell, with a clock that goes on by a minute with each and chance
  /// from a seed.
  func played() throws -> Tour {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "kulkul-tour-\(UInt64.random(in: .min ... .max))").resolvingSymlinksInPath()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer {
      do {
        try FileManager.default.removeItem(at: folder)
      } catch {
        // Ignored because a folder that is left in the temporary directory harms nobody.
      }
    }
    let port = String(try Stranger(says: "").port)
    let output = folder.appending(path: ".output")
    try Data().write(to: output)
    let home = folder.path(percentEncoded: false)
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-c", script(port: port)]
    shell.currentDirectoryURL = folder
    shell.environment = [
      "PATH": try Town.programFolder().path(percentEncoded: false) + ":/usr/bin:/bin", "HOME": home,
      "LANG": "C.UTF-8",
    ]
    let file = try FileHandle(forWritingTo: output)
    shell.standardInput = FileHandle.nullDevice
    shell.standardOutput = file
    shell.standardError = file
    try shell.run()
    shell.waitUntilExit()

    let said = String(decoding: try Data(contentsOf: output), as: UTF8.self)
      .replacing(home.hasSuffix("/") ? String(home.dropLast()) : home, with: "~")
      .replacing(port, with: Self.port)
    var played = self
    for (index, part) in said.split(separator: Self.mark, omittingEmptySubsequences: false)
      .dropFirst().enumerated()
    where index < steps.count {
      played.steps[index].output = String(part)
    }
    return played
  }

  private static let mark = "-----8<-----\n"

  /// The commands with a mark before the output of each; a server in the background is waited for,
  /// and ended at the latest with the shell.
  private func script(port: String) -> String {
    var lines = ["trap 'test -z \"$!\" || kill \"$!\" 2>/dev/null' EXIT"]
    for (index, step) in steps.enumerated() {
      lines.append("export KULKUL_TEST_CLOCK=\(Self.start + Int64(index) * 60_000)")
      lines.append("export KULKUL_TEST_SEED=\(index + 1)")
      lines.append("printf '%s' '\(Self.mark)'")
      var command = step.command.replacing(Self.port, with: port)
      if command.contains("kulkul-server serve") {
        command = command.replacing(
          "kulkul-server serve", with: "kulkul-server serve --port \(port)")
        lines.append(command)
        lines.append(
          "for i in $(seq 600); do grep -q 'Stop it' office.log && break; sleep 0.05; done")
      } else {
        lines.append(command)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
