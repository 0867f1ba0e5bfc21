import Causality
import Crypto
import Model
import Sync
import Testing
import Wire
import Worlds

@testable import Store

/// What waits at a laptop of one of its own villages, and turns out to be a branch.
@Suite struct `What waits of a branch`: OfBranchOnAStick {
  let branch: BranchOnAStick

  init() throws {
    branch = try BranchOnAStick()
    #expect(try stick.read(branch.laptop.store).waiting == 1)
  }

  private func names(_ store: Store) throws -> [Answer] {
    try #require(try store.peek(record, form: 1)).state.siblings(at: At.name).map(\.answer)
  }

  private func expectNothingMore(_ office: TestOffice) throws {
    #expect(try laptop.store.waitingCount() == 0)
    for _ in 0..<2 {
      #expect(try laptop.store.syncMaterial(budget: SyncSession.budget).waiting.isEmpty)
      let summary = try laptop.sync(office)
      #expect(summary.rounds == 1)
      #expect(summary.isAllSent)
    }
  }

  @Test func `It is not forgotten for another branch of its stream`() throws {
    try first.edit(record, by: wayan, [At.wave: .text("a")])
    for one in [first, other] { try one.sync(office) }
    // `a` and T.
    try laptop.sync(office)
    try stick.write(laptop.store)
    try stick.read(office.store)
    #expect(try names(office.store) == [.text("C")])
  }

  @Test func `It waits on when the other branch comes first, and goes by the office's word`() throws
  {
    try first.edit(record, by: wayan, [At.wave: .text("a")])
    try first.sync(office)
    let one = Stick()
    for (writer, isWhole) in [(first, true), (other, false)] {
      try one.write(writer.store, isWhole ? BundleRequest(isWhole: true) : BundleRequest())
      #expect(try one.read(laptop.store).waiting == 1, "it is nowhere else")
    }
    #expect(try names(laptop.store) == [.text("T")])
    try laptop.sync(office)
    #expect(try names(office.store) == [.text("C")])
    #expect(try names(laptop.store) == [.text("C")])
    try expectNothingMore(office)
  }

  @Test func `It reaches the office with a sync, waits there, and is let go when it is taken`()
    throws
  {
    for text in ["a", "b", "c"] { try first.edit(record, by: wayan, [At.wave: .text(text)]) }
    try first.sync(office)
    for _ in 0..<2 { #expect(try laptop.sync(office).isAllSent) }
    #expect(try office.store.waitingCount() == 1)
    #expect(try laptop.store.waitingCount() == 1, "an office may be put back")
    try other.sync(office)
    #expect(try names(office.store) == [.text("C")])
    try laptop.sync(office)
    #expect(try names(laptop.store) == [.text("C")])
    try expectNothingMore(office)
  }

  @Test func `It outlasts the history of its stream`() throws {
    for text in ["a", "b", "c"] { try first.edit(record, by: wayan, [At.wave: .text(text)]) }
    try first.sync(office)
    try office.mark()
    for _ in 0..<2 { try laptop.sync(office) }
    #expect(try laptop.store.truncate(At.renon) != .nothing)
    #expect(try laptop.store.waitingCount() == 1)
    for _ in 0..<2 { try laptop.sync(office) }
    #expect(try laptop.store.waitingCount() == 1)
    try other.sync(office)
    try laptop.sync(office)
    #expect(try names(laptop.store) == [.text("C")])
    try expectNothingMore(office)
  }

  /// The laptop's copy, sealed by it, as if its first change were of somebody else's hand.
  private func forged() throws -> Frame {
    let branch = try #require(try stick.open().frames.first)
    let base = try #require(branch.base)
    let content = try ChangeContent(branch.contents[0], village: At.renon)
    var author = content.author
    author.device = other.device
    let forgery = ChangeContent(
      form: content.form, record: content.record, author: author, cites: content.cites,
      body: content.body
    ).bytes(village: At.renon)
    var chain = Chain(
      stream: branch.stream, secret: base.secret, count: branch.first - 1, head: base.hash)
    let last = chain.append(forgery)
    let seal = Seal(
      branch.stream.dot(chain.count), last, survey: 7, signer: twin.device,
      key: Array(twin.key.rawRepresentation))
    return Frame(
      stream: branch.stream, first: branch.first, previous: branch.previous, last: last,
      secret: nil, base: base, seal: seal, contents: [forgery])
  }

  @Test func `What its signer did not write waits no more when that can be seen`() throws {
    let (header, _) = try stick.open()
    let one = Stick()
    try one.forge([try forged()], as: header)
    #expect(try one.read(laptop.store).waiting == 2)
    try first.edit(record, by: wayan, [At.wave: .text("a")])
    try one.write(first.store, BundleRequest(isWhole: true))
    try one.read(laptop.store)
    try one.write(other.store)
    #expect(try one.read(laptop.store).waiting == 1)
    #expect(
      try laptop.store.syncMaterial(budget: SyncSession.budget).waiting.contains { frame in
        frame.contents.count == 2 && frame.seal?.signer == twin.device
      })
  }

  @Test func `What nobody can check is neither handed in nor kept`() throws {
    let (header, frames) = try stick.open()
    let branch = try #require(frames.first)
    let base = try #require(branch.base)
    var chain = Chain(
      stream: branch.stream, secret: base.secret, count: branch.first - 1, head: base.hash)
    let before = chain.append(branch.contents[0])
    try laptop.store.write { db in try db.run("DELETE FROM inbox") }
    let rest = Frame(
      stream: branch.stream, first: branch.lastCounter, previous: before.tag, last: branch.last,
      secret: nil, seal: branch.seal, contents: [branch.contents[1]])
    let one = Stick()
    try one.forge([rest], as: header)
    #expect(try one.read(laptop.store).waiting == 1)
    #expect(try laptop.store.syncMaterial(budget: SyncSession.budget).waiting.isEmpty)
    try first.edit(record, by: wayan, [At.wave: .text("a")])
    try one.write(first.store, BundleRequest(isWhole: true))
    #expect(try one.read(laptop.store).waiting == 0)
  }

  @Test func `A carry is accounted for when what it brings is`() throws {
    try first.edit(record, by: wayan, [.village: .village(At.sanur)])
    for one in [first, other, first] { try one.sync(office) }
    let carries = try office.store.frames(
      missingAt: [VillageVector(village: At.sanur, vector: VersionVector())], budget: .max
    ).frames
    #expect(carries.count == 1)
    for (reader, isThere) in [(other, true), (laptop, false)] {
      for frame in carries {
        #expect(
          try reader.store.write { db in
            try Door(reader.store, db).accounts(for: frame)
          } == isThere)
      }
    }
  }
}
