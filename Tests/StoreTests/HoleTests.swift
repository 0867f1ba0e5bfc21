import Bytes
import Causality
import Model
import Testing
import Worlds

@testable import Store

@Suite struct `Holes in a stream` {
  private func holes(_ store: Store) throws -> [Dot] {
    try store.verify().problems.compactMap { if case .hole(let dot) = $0 { dot } else { nil } }
  }

  /// An office that is given a second base keeps what came between the two.
  @Test func `What a base stands for may be missing before what is held`() throws {
    let wayan = try #require(PersonID("wayan"))
    let laptop = try TestLaptop(seed: 1)
    for name in ["A", "B", "C", "D"] {
      try laptop.add(wayan, in: At.renon, [At.name: .text(Text(name))])
    }
    let store = laptop.store
    let stream = try store.read { db in
      StreamID(village: At.renon, replica: try Incarnations.current(db))
    }
    try store.write { db in
      let head = try #require(try Streams.hash(db, stream.dot(3)))
      try db.run(
        "INSERT INTO cut (village, replica, count, head, device) VALUES (?, ?, 3, ?, 0)",
        .bits(stream.village.number), .bits(stream.replica.number), .blob(head.bytes))
      try db.run("DELETE FROM journal WHERE counter = 2")
    }
    #expect(try holes(store) == [])
    try store.write { db in try db.run("UPDATE cut SET count = 1") }
    #expect(try holes(store) == [stream.dot(2)])
  }
}
