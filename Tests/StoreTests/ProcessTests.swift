import Bytes
import Causality
import Foundation
import GRDB
import Model
import TestSupport
import Testing
import Wire
import Worlds

@testable import Store

@Suite(.serialized) struct `Several processes on one store` {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try TestLaptop(seed: 1, at: folder.file).store.close()
  }

  /// The dots in the journal, which must be the gap-free prefixes that the streams say.
  private func dots() throws -> Set<String> {
    let store = try Store.open(at: folder.file)
    defer { try? store.close() }
    let report = try store.verify()
    #expect(report.problems == [])
    let integrity = try store.read { db in
      try db.all("PRAGMA integrity_check") { $0.text(0) }
    }
    #expect(integrity == ["ok"])
    var dots: [String] = []
    try store.read { db in
      try Journal.forEach(db) { entry, _ in dots.append(entry.change.dot.description) }
    }
    #expect(Set(dots).count == dots.count, "dots are unique")
    #expect(try store.vectors().map(\.vector.total).reduce(0, +) == UInt64(dots.count))
    return Set(dots)
  }

  @Test func `Eight at once take turns, and no counter is taken twice or left out`() throws {
    let workers = try (1...8).map { try Worker.start([folder.file, "\($0)", "40"]) }
    var printed: [String] = []
    for (process, output) in workers {
      let lines = Worker.lines(output)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(lines.last ?? "")")
      #expect(lines.allSatisfy { $0.hasPrefix("saved ") })
      printed += lines
    }
    #expect(printed.count == 8 * 40)
    let dots = try dots()
    for line in printed {
      let dot = line.split(separator: " ").last.map(String.init)
      #expect(dot.map { dots.contains($0) } == true, "\(line)")
    }
  }

  @Test func `Whoever is killed in the middle loses nothing that was saved`() throws {
    var random = SplitMix64(seed: 7)
    var printed: [String] = []
    for round in 0..<12 {
      let workers = try (1...2).map { try Worker.start([folder.file, "\(round * 10 + $0)", "0"]) }
      // NB: killed after so many lines, and some moments later, so that every point is hit.
      let early = Worker.read(workers[0].output, lines: 1 + random.below(12))
      usleep(UInt32(random.below(4000)))
      for (process, _) in workers { kill(process.processIdentifier, SIGKILL) }
      for (index, (process, output)) in workers.enumerated() {
        let lines = Worker.lines(output, after: index == 0 ? early : Data())
        process.waitUntilExit()
        #expect(lines.allSatisfy { $0.hasPrefix("saved ") }, "\(lines.last ?? "")")
        printed += lines
      }
      let dots = try dots()
      for line in printed {
        let dot = line.split(separator: " ").last.map(String.init)
        #expect(dot.map { dots.contains($0) } == true, "\(line)")
      }
    }
    #expect(!printed.isEmpty)
  }
}

@Suite struct `Waiting for another process` {
  /// NB: nothing runs meanwhile but the clock, and no thread of the tests waits.
  @Test func `It ends after twenty seconds, and the store is as it was`() async throws {
    let folder = try TemporaryFolder()
    let laptop = try TestLaptop(seed: 1, at: folder.file)
    let wayan = try #require(PersonID("wayan"))
    try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    let before = try laptop.store.vectors()
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let holder = try DatabaseQueue(path: folder.file, configuration: configuration)
    try await holder.writeWithoutTransaction { db in try db.execute(sql: "BEGIN IMMEDIATE") }
    let clock = ContinuousClock()
    let start = clock.now
    let (process, output) = try Worker.start([folder.file, "1", "1"])
    while process.isRunning, clock.now - start < .seconds(120) {
      try await Task.sleep(for: .milliseconds(50))
    }
    let waited = clock.now - start
    process.terminate()
    #expect(Worker.lines(output) == [#"failed busy(path: "\#(folder.file)")"#])
    #expect(waited >= .seconds(19) && waited < .seconds(60), "\(waited)")
    // Who only looks does not wait, and once it is let go whoever writes is next.
    #expect(try laptop.store.vectors() == before)
    try await holder.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
    try laptop.add(wayan, in: At.renon, [At.name: .text("B")])
    #expect(try laptop.store.verify().isClean)
  }
}
