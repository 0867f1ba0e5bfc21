import Foundation
import FuzzTargets
import Testing

/// Every input that the fuzzer kept, and every seed, through the targets that it runs.
///
/// `Corpus` is written by `scripts/fuzz --keep`: the smallest of the few inputs that reach all the code
/// that any input has reached. `Broken` is written by hand: what once broke a promise, and was mended.
@Suite struct `What the fuzzer kept` {
  /// The inputs of a target, a line of base64 each.
  private static func inputs(_ folder: String, _ name: String) throws -> [[UInt8]] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("\(folder)/\(name).txt")
    guard FileManager.default.fileExists(atPath: file.path) else { return [] }
    return try String(contentsOf: file, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .map { line in Array(try #require(Data(base64Encoded: String(line)))) }
  }

  @Test(arguments: FuzzTarget.all.map(\.name))
  func `No input breaks a promise`(_ name: String) throws {
    let target = try #require(FuzzTarget.named(name))
    let kept = try Self.inputs("Corpus", name)
    #expect(!kept.isEmpty, "nothing is kept: scripts/fuzz --only \(name) --keep")
    for input in try target.seeds() + Self.inputs("Broken", name) + kept {
      do {
        try target.run(input)
      } catch {
        Issue.record("\(name): \(error): \(Data(input).base64EncodedString())")
      }
    }
  }
}
