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

/// A device that is let in and writes in a stream that is not its own, under its own seal, where
/// nobody who is handed it can know that.
@Suite struct `Streams of others`: OfTwoLaptops {
  let laptops: TwoLaptops

  init() throws { laptops = try TwoLaptops(try TwoSurveyors()) }

  /// New records of A's people that go on with a chain, sealed by A.
  private func forged(
    _ count: Int, on chain: Chain, secret: StreamSecret, by person: PersonID? = nil
  ) throws -> Frame {
    var chain = chain
    let (first, previous) = (chain.count + 1, chain.head.tag)
    let version = try a.store.standing().directory.version
    let contents = (0..<count).map { number in
      ChangeContent.forged(
        by: person ?? wayan, on: a.device, directory: version,
        [PlacedAnswer(path: At.name, answer: .text(Text("palsu \(number)")))]
      ).bytes(village: chain.stream.village)
    }
    for content in contents { _ = chain.append(content) }
    return Frame(
      stream: chain.stream, first: first, previous: first == 1 ? 0 : previous, last: chain.head,
      secret: first == 1 ? secret : nil,
      seal: a.seal(chain.stream.dot(chain.count), chain.head), contents: contents)
  }

  /// A stick of a laptop's, of B's if no other is named, with forged frames.
  private func give(_ frames: [Frame], of laptop: TestLaptop? = nil) throws {
    try stick.write((laptop ?? b).store)
    let (header, _) = try stick.open()
    try stick.forge(frames, as: header)
  }

  /// Lets the office issue a change of A's again, so that a stream of its own ends with that.
  private func reissued() throws -> StreamRow {
    let record = try a.add(wayan, in: At.renon, [At.name: .text("A")])
    try a.sync(office)
    let twin = try a.twin()
    try a.edit(record, by: wayan, [At.outcome: .text("satu")])
    try a.sync(office)
    try twin.edit(record, by: wayan, [At.wave: .text("dua")])
    try twin.sync(office)
    try b.sync(office)
    return try end(at: b)
  }

  /// Lets the office put back what B replaced of A's, so that a stream of its own ends with that.
  private func putBack(by c: TestLaptop) throws -> StreamRow {
    let record = try a.add(wayan, in: At.renon, [At.name: .text("A")])
    for laptop in [a, b, c] { try laptop.sync(office) }
    try b.edit(record, by: made, [At.name: .text("B")])
    try stick.write(b.store)
    #expect(try stick.read(c.store).received == 1)
    try office.revoke(b.device)
    for laptop in [c, c, a] { #expect(try laptop.sync(office).isAllSent) }
    let row = try end(at: c)
    let last = try #require(try c.store.read { try Journal.entry($0, row.id.dot(row.count)) })
    let content = last.change.content
    #expect(content.author.act == .office && content.author.device == a.device)
    #expect(content.origin == nil)
    return row
  }

  /// The office's own stream, as a laptop has it.
  private func end(at laptop: TestLaptop) throws -> StreamRow {
    let stream = StreamID(village: At.renon, replica: try office.store.standing().replica)
    return try #require(try laptop.store.read { try Streams.row($0, stream) })
  }

  @Test(arguments: [1, 2], [false, true])
  func `Nobody goes on with what the office issued again of him`(
    count: Int, hasBase: Bool
  ) throws {
    let row = try reissued()
    if hasBase {
      try office.mark()
      try b.sync(office)
      guard case .dropped = try b.store.truncate(At.renon) else {
        Issue.record("nothing is dropped")
        return
      }
    }
    let before = try b.store.vectors()
    let frame = try forged(
      count, on: Chain(stream: row.id, secret: row.secret, count: row.count, head: row.head),
      secret: row.secret)
    try give([frame])
    #expect(try stick.read(b.store).refusals.map(\.ground) == [.foreignDevice])
    #expect(try b.store.vectors() == before)
    let read = try stick.read(office.store)
    #expect(read.refusals.map(\.ground) == [.foreignDevice] && read.reverted == 0)
    #expect(try a.push([frame], to: office).refusals.map(\.ground) == [.foreignDevice])
    #expect(try office.store.read { try Store.owner($0, of: row.id.replica) } == nil)
    #expect(try office.store.vectors() == before)
    #expect(try office.store.verify().isClean)
    #expect(try b.sync(office).isAllSent)
  }

  @Test(arguments: [false, true])
  func `Nobody goes on with what the office put back in his name`(hasBase: Bool) throws {
    let putu = try office.person("putu", .surveyor, [At.renon])
    let c = try TestLaptop(seed: 33, office: office, for: [putu])
    let row = try putBack(by: c)
    if hasBase {
      try office.mark()
      try c.sync(office)
      #expect(try c.store.truncate(At.renon) != .nothing)
    }
    let before = try c.store.vectors()
    #expect(try office.store.vectors() == before)
    let frame = try forged(
      1, on: Chain(stream: row.id, secret: row.secret, count: row.count, head: row.head),
      secret: row.secret)
    try give([frame], of: c)
    for store in [c.store, office.store] {
      let read = try stick.read(store)
      #expect(read.refusals.map(\.ground) == [.foreignDevice])
      #expect(read.received == 0 && read.reverted == 0)
      #expect(try store.vectors() == before)
      #expect(try store.verify().isClean)
    }
    #expect(try c.sync(office).isAllSent)
  }

  /// Nothing of its end stands any more, so no state of the base says who wrote that.
  @Test func `Nobody goes on with what an office knows of another by a base alone`() throws {
    let before = try office.store.copy(to: nil)
    let record = try b.add(made, in: At.renon, [At.name: .text("B")])
    try b.edit(record, by: made, [At.name: .text("lagi")])
    for laptop in [b, a] { try laptop.sync(office) }
    try a.edit(record, by: wayan, [At.name: .text("A")])
    for laptop in [a, b] { try laptop.sync(office) }
    try office.mark()
    try b.sync(office)
    #expect(try b.store.truncate(At.renon) != .nothing)
    let restored = TestOffice(over: before, clock: office.clock)
    #expect(try b.sync(restored).isAllSent)
    let stream = StreamID(village: At.renon, replica: try b.store.standing().replica)
    let row = try #require(try restored.store.read { try Streams.row($0, stream) })
    #expect(row.count == 2)
    #expect(try restored.store.read { try Journal.entry($0, stream.dot(2)) } == nil)
    let frame = try forged(
      1, on: Chain(stream: stream, secret: row.secret, count: row.count, head: row.head),
      secret: row.secret)
    #expect(try a.push([frame], to: restored).refusals.map(\.ground) == [.foreignDevice])
    #expect(try restored.store.read { try Store.owner($0, of: stream.replica) } == b.device)
    try b.edit(record, by: made, [At.outcome: .text("terus")])
    #expect(try b.sync(restored).isAllSent)
  }

  /// A laptop that has nothing of a replica yet cannot know whose it is.
  @Test(arguments: [false, true])
  func `What somebody put into another's stream keeps nobody from what that has`(
    isRefused: Bool
  ) throws {
    let putu = try office.person("putu", .surveyor, [At.renon])
    let c = try TestLaptop(seed: 33, office: office, for: [putu])
    try c.sync(office)
    let record = try b.add(made, in: At.renon, [At.name: .text("batik")])
    try b.sync(office)
    let stream = StreamID(village: At.renon, replica: try b.store.standing().replica)
    let secret = try #require(StreamSecret([UInt8](repeating: 7, count: StreamSecret.length)))
    let author = isRefused ? PersonID("tamu") : nil
    try give([
      try forged(2, on: Chain(stream: stream, secret: secret), secret: secret, by: author)
    ])
    #expect(try stick.read(c.store).received == 2)
    for _ in 0..<2 {
      let summary = try c.sync(office)
      #expect(summary.isAllSent && summary.refusals.isEmpty)
    }
    #expect(try c.store.vectors() == office.store.vectors())
    #expect(try c.store.unsentCount() == 0)
    let state = try #require(try c.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.name).map(\.answer) == [.text("batik")])
    for store in [office.store, c.store] { #expect(try store.verify().isClean) }
    // What was put there is its author's all the same, in a stream of the office's; what he had no right
    // to is undone there.
    for store in [office.store, c.store] {
      #expect(try store.records(form: 1, RecordFilter()).count == (isRefused ? 1 : 3))
    }
  }

  /// Who comes first to the office with another's replica is believed to write as that.
  @Test func `Whose replica somebody else used first can hand in what he wrote as it`() throws {
    let replica = try b.store.standing().replica
    let secret = try #require(StreamSecret([UInt8](repeating: 7, count: StreamSecret.length)))
    let stream = StreamID(village: At.renon, replica: replica)
    _ = try a.push(
      [try forged(1, on: Chain(stream: stream, secret: secret), secret: secret)], to: office)
    var records: [RecordID] = []
    for village in [At.renon, At.sanur] {
      records.append(try b.add(made, in: village, [At.name: .text("batik")]))
    }
    try b.edit(records[1], by: made, [At.outcome: .text("open")])
    for _ in 0..<2 {
      let summary = try b.sync(office)
      #expect(summary.isAllSent && summary.refusals.isEmpty)
    }
    #expect(try b.store.unsentCount() == 0)
    for record in records {
      let state = try #require(try office.store.peek(record, form: 1)).state
      #expect(state.siblings(at: At.name).map(\.answer) == [.text("batik")])
    }
    // And it goes on as somebody else.
    #expect(try b.store.standing().replica != replica)
    try b.edit(records[0], by: made, [At.outcome: .text("later")])
    #expect(try b.sync(office).isAllSent)
    #expect(try b.store.vectors() == office.store.vectors())
    for store in [office.store, b.store] { #expect(try store.verify().isClean) }
  }

  @Test func `What somebody puts far behind another's stream is no refusal of that one's`() throws {
    try b.add(made, in: At.renon, [At.name: .text("B")])
    try b.sync(office)
    let stream = StreamID(village: At.renon, replica: try b.store.standing().replica)
    let row = try #require(try b.store.read { try Streams.row($0, stream) })
    let secret = try #require(StreamSecret([UInt8](repeating: 7, count: StreamSecret.length)))
    let far = try forged(
      1, on: Chain(stream: stream, secret: secret, count: row.count + 40, head: row.head),
      secret: secret)
    let frame = Frame(
      stream: stream, first: far.first, previous: far.previous, last: far.last, secret: nil,
      base: Frame.Base(hash: row.head, secret: secret), seal: far.seal, contents: far.contents)
    try give([frame], of: a)
    #expect(try stick.read(b.store).waiting == 0)
    for _ in 0..<2 { #expect(try b.sync(office).isAllSent) }
  }

  @Test func `What waits does not keep back what waits behind it`() throws {
    let c = try laptop(23, [made])
    let records = try [At.renon, At.sanur].map {
      try a.add(wayan, in: $0, [At.name: .text("A")])
    }
    for one in [a, b, c] { try one.sync(office) }
    for record in records { try b.edit(record, by: made, [At.name: .text("B")]) }
    try stick.write(b.store)
    try stick.read(a.store)
    for record in records { try a.edit(record, by: wayan, [At.name: .text("C")]) }
    try stick.write(a.store)
    let (header, frames) = try stick.open()
    let replica = try a.store.standing().replica
    try stick.forge(frames.filter { $0.stream.replica == replica }, as: header)
    #expect(try stick.read(c.store).waiting == 2)
    for _ in 0..<8 { _ = try c.weigh(most: 1) { office } }
    #expect(try office.store.waitingCount() == 2)
  }
}
