import Bytes
import Causality
import Foundation
import Model
import Sync
import Testing
import Wire
import Worlds

@testable import Store

/// A few hundred bytes that announce, or unpack to, as much as may come and more.
///
/// Each is read in a process of its own, which says how much memory it needed.
@Suite struct `What unpacks to far more than it is` {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ kind: String, _ bytes: [UInt8]) throws -> (isTaken: Bool, megabytes: Int) {
    let path = folder.path("bomb")
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let (process, output) = try Worker.start(["read", kind, path])
    let lines = Worker.lines(output)
    process.waitUntilExit()
    let words = try #require(lines.first?.split(separator: " "))
    #expect(process.terminationStatus == 0)
    return (words[0] == "taken", try #require(Int(words[1])) >> 10)
  }

  @Test func `Whatever is announced, no more is taken than may come`() throws {
    for bomb in Bomb.all {
      let bytes = try bomb.bytes()
      #expect(bytes.count < 4096, "\(bomb.what)")
      let (isTaken, megabytes) = try read(bomb.kind.rawValue, bytes)
      #expect(isTaken == bomb.isTaken, "\(bomb.what)")
      #expect(megabytes <= bomb.most, "\(bomb.what)")
    }
  }
}
