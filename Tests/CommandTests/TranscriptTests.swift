import Foundation
import Testing

/// Plays every file of `Transcripts` against the program and compares all that it prints.
///
/// `UPDATE_TRANSCRIPTS=1 swift test --filter TranscriptTests` writes the files anew; look at what
/// changed before you commit it.
@Suite struct TranscriptTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Transcripts")

  static let names: [String] = {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
        .filter { $0.hasSuffix(".txt") }.sorted()
    } catch {
      return []
    }
  }()

  @Test func `there are transcripts`() {
    #expect(!Self.names.isEmpty)
  }

  @Test(arguments: names) func `prints what its transcript says`(_ name: String) throws {
    let file = Self.folder.appending(path: name)
    let expected = Transcript(try String(contentsOf: file, encoding: .utf8))
    let stage = try Stage()
    defer { stage.remove() }

    var played = expected
    for index in played.steps.indices {
      played.steps[index].output = try stage.play(played.steps[index].command, step: index)
    }

    if ProcessInfo.processInfo.environment["UPDATE_TRANSCRIPTS"] == "1" {
      try Data(played.text.utf8).write(to: file)
      return
    }
    for (step, wanted) in zip(played.steps, expected.steps) where step != wanted {
      Issue.record(
        """
        \(name): $ \(wanted.command)
        wanted:
        \(wanted.output.joined(separator: "\n"))
        got:
        \(step.output.joined(separator: "\n"))
        """)
    }
  }
}
