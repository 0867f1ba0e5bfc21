import Bytes
import Causality
import Model
import Reading
import Sync
import TestSupport
import Testing
import Wire
import Worlds

@testable import Store

/// How far something is void, and what ends it.
extension `Dropped history` {
  /// A frame of a device's, sealed, that names a change of another's stream far ahead.
  private func far(
    _ laptop: TestLaptop, _ name: Name, of record: RecordID, seed: UInt64,
    isSealed: Bool = true
  ) throws -> Frame {
    var forger = Forger(At.renon, replica: ReplicaID(seed), seed: seed)
    let person = try #require(try laptop.store.standing().person)
    let frame = forger.frame([
      .forged(
        by: person, on: laptop.device,
        directory: try laptop.store.standing().directory.version, record: record, cites: [name],
        [PlacedAnswer(path: At.name, answer: .text("jauh"))])
    ])
    return isSealed ? try sealed(frame, by: laptop) : frame
  }

  private func sealed(_ frame: Frame, by laptop: TestLaptop) throws -> Frame {
    Frame(
      stream: frame.stream, first: frame.first, previous: frame.previous, last: frame.last,
      secret: frame.secret, base: frame.base,
      seal: laptop.seal(frame.lastDot, frame.last), contents: frame.contents)
  }

  private func replica(_ laptop: TestLaptop) throws -> ReplicaID {
    try laptop.store.standing().replica
  }

  @Test func `What nobody stands for does not stretch what is void`() throws {
    let loss = try loss()
    let store = loss.office.store
    try loss.stick.read(store)
    let stream = StreamID(village: At.renon, replica: try replica(loss.a))
    // Somebody without a key puts a seal of B's over something else, without saying what by.
    let honest = try #require(try loss.stick.open().frames.first)
    let farCount: UInt64 = 1 << 40
    let junk = Frame(
      stream: stream, first: farCount, previous: 1, last: honest.last, secret: nil,
      seal: honest.seal, contents: honest.contents)
    // That seal is for another dot; one of A's that was seen somewhere covers the dot and no contents.
    let genuine = Frame(
      stream: stream, first: farCount, previous: 1, last: honest.last, secret: nil,
      seal: loss.a.seal(stream.dot(farCount), honest.last), contents: honest.contents)
    let stick = Stick()
    try stick.forge([junk, genuine], as: try loss.stick.open().header)
    #expect(try stick.read(store).refusals.map(\.ground) == [.seal])
    let missing = try #require(try store.missing().first)
    #expect(try store.missing().count == 1)
    guard case .changes(_, let counters, _, _) = missing.wanted else {
      Issue.record("no changes are missing")
      return
    }
    #expect(counters == 1...1 && missing.farthest == farCount - 1)
    #expect(missing.waiters.map(\.device) == [loss.b.device, nil])
    #expect(throws: VoidRefusal.outside(1...farCount - 1)) {
      try store.declareVoid(missing, upTo: farCount, by: made, because: "x")
    }
    #expect(try store.declareVoid(missing, by: made, because: "x").issued == 1)
    // The junk waits on, and is no reason to give up more by itself.
    let rest = try #require(try store.missing().first)
    #expect(rest.isDoubtful)
    #expect(throws: VoidRefusal.doubtful(farthest: farCount - 1)) {
      try store.declareVoid(rest, by: made, because: "x")
    }
  }

  @Test func `A word that reached too far ends with the first change that is found`() throws {
    let loss = try loss()
    let store = loss.office.store
    let name = Name(
      dot: Dot(replica: try replica(loss.a), village: At.renon, counter: 1 << 40), tag: 7)
    try loss.stick.read(store)
    let stretched = Stick()
    let header = try loss.stick.open().header
    try stretched.forge([try far(loss.c, name, of: loss.record, seed: 0xfa)], as: header)
    #expect(try stretched.read(store).waiting == 2)
    let missing = try #require(try store.missing().first)
    #expect(missing.farthest == 1 << 40 && !missing.isDoubtful)
    #expect(missing.waiters.map(\.reach) == [1, 1 << 40])
    _ = try store.declareVoid(missing, by: made, because: "tertipu")

    // A is there after all, and works on; B goes on from that and is at the office first.
    for laptop in [loss.a, loss.b, loss.a] { try laptop.sync(loss.office) }
    try loss.a.edit(loss.record, by: wayan, [At.name: .text("lagi")])
    let handed = Stick()
    #expect(try handed.write(loss.a.store).changes == 1)
    let read = try handed.read(loss.b.store)
    #expect(read.received == 1 && read.refusals.isEmpty, "\(read)")
    try loss.b.edit(loss.record, by: made, act: .resolution, [At.name: .text("sesudah")])
    let early = Stick()
    try early.write(loss.b.store)
    let frames = try early.open().frames.filter { $0.stream.replica != (try? replica(loss.a)) }
    try early.forge(frames, as: try early.open().header)
    let before = try store.read { db in
      try db.first("SELECT count(*) FROM branch") { $0.integer(0) }
    }
    #expect(try early.read(store).waiting >= 1, "it waits, as it should")
    let after = try store.read { db in
      try db.first("SELECT count(*) FROM branch") { $0.integer(0) }
    }
    #expect(before == after, "nothing was issued without what it names")
    #expect(try store.missing(all: true).contains { $0.state == .partlyFound })
    for laptop in [loss.a, loss.b, loss.a, loss.b] { try laptop.sync(loss.office) }
    let state = try #require(try store.peek(loss.record, form: 1)).state
    #expect(state.siblings(at: At.name).map(\.answer) == [.text("sesudah")])
    #expect(try store.verify().problems == [])
  }

  @Test func `The first word stands, and one that reaches farther stands beside it`() throws {
    let loss = try loss()
    let store = loss.office.store
    let replica = try replica(loss.a)
    try loss.stick.read(store)
    let first = try #require(try store.missing().first)
    _ = try store.declareVoid(first, by: made, because: "pertama")
    loss.office.clock.pass(1000)
    let again = try #require(try store.missing(all: true).first)
    _ = try store.declareVoid(again, by: wayan, because: "kedua")
    // Nor does it change for whoever looked at the list before that.
    _ = try store.declareVoid(first, by: wayan, because: "kedua")
    #expect(try store.missing(all: true).map(\.declaration?.reason) == ["pertama"])

    let name = Name(dot: Dot(replica: replica, village: At.renon, counter: 2), tag: 7)
    let more = Stick()
    try more.forge(
      [try far(loss.c, name, of: loss.record, seed: 0xfa)], as: try loss.stick.open().header)
    #expect(try more.read(store).waiting == 1)
    _ = try store.declareVoid(
      try #require(try store.missing().first), by: wayan, because: "ketiga")
    let words = try store.missing(all: true)
    #expect(words.map(\.declaration?.reason) == ["pertama", "ketiga"])
    #expect(words.map(\.declaration?.person) == [made, wayan])
    try loss.a.sync(loss.office)
    #expect(try store.missing().isEmpty, "what was found is not missing")
    #expect(try store.missing(all: true).map(\.state) == [.found, .found])
  }
}
