import Bytes
import Causality
import Model
import Reading
import Rules
import Sync
import TestSupport
import Testing
import Wire
import Worlds

@testable import Store

/// What a device wrote on top of the void that was turned away.
extension `Dropped history` {
  private func only(_ office: TestOffice) throws -> QuarantinedRun {
    let runs = try office.store.quarantinedRuns()
    try #require(runs.count == 1, "\(runs)")
    return runs[0]
  }

  @Test func `What a laptop that was turned away wrote on top of lost work can be taken`() throws {
    let loss = try loss()
    let store = loss.office.store
    try loss.c.sync(loss.office)
    try loss.office.revoke(loss.b.device)
    #expect(try loss.stick.read(store).refusals.map(\.ground) == [.revoked])
    #expect(throws: TakingObstacle.elsewhere) {
      try store.take(try only(loss.office), by: made, because: nil)
    }
    // What it waits for is on the list, though nothing waits in the inbox.
    let missing = try #require(try store.missing().first)
    #expect(try store.missing().count == 1 && store.waitingCount() == 0)
    #expect(missing.waiters.map(\.isAside) == [true] && missing.waiting == 1)
    #expect(throws: VoidRefusal.doubtful(farthest: 1)) {
      try store.declareVoid(missing, by: made, because: "laptop hilang")
    }
    _ = try store.declareVoid(missing, upTo: 1, by: made, because: "laptop hilang")
    #expect(try store.missing().isEmpty)

    let run = try only(loss.office)
    #expect(try store.obstacle(to: run) == nil)
    #expect(try store.take(run, by: made, because: "hers") == 1)
    #expect(try store.quarantinedRuns().isEmpty && store.quarantined().isEmpty)
    #expect(throws: TakingObstacle.held) { try store.take(run, by: made, because: nil) }
    #expect(try loss.stick.read(store).received == 0)
    #expect(try store.quarantined().isEmpty, "it is not asked about again")
    let state = try #require(try store.peek(loss.record, form: 1)).state
    #expect(state.siblings(at: At.name).map(\.answer) == [.text("batik tulis")])
    #expect(lifeReading(of: state, row: nil).liveness == .alive)
    #expect(try store.verify().problems == [])

    // What it had seen is found after all.
    try loss.a.sync(loss.office)
    try loss.c.sync(loss.office)
    try expectAgreement([store, loss.a.store, loss.c.store])
    #expect(try store.missing(all: true).map(\.state) == [.found])
  }

  @Test func `The end of a stream of a laptop that was turned away can be taken, part by part`()
    throws
  {
    let (a, c) = (try laptop(1, for: [wayan]), try laptop(2, for: [made]))
    for laptop in [a, c] { try laptop.sync(office) }
    try backUp("early.db")
    let record = try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try a.sync(office)
    try a.edit(record, by: wayan, [At.wave: .text("satu")])
    try a.add(wayan, in: At.renon, [At.name: .text("tenun")])
    let stick = Stick()
    try stick.write(a.store)
    let restored = try putBack("early.db")
    let store = restored.store
    try c.sync(restored)
    try restored.revoke(a.device)
    #expect(try stick.read(store).refusals.map(\.ground) == [.revoked])
    let first = try only(restored)
    #expect(first.first == 2 && first.contents.count == 2)
    #expect(throws: TakingObstacle.gap(held: 0)) {
      try store.take(first, by: made, because: nil)
    }
    _ = try store.declareVoid(
      try #require(try store.missing().first), upTo: 1, by: made, because: "laptop hilang")
    #expect(try store.take(first, by: made, because: nil) == 2)

    // What it wrote after that goes on from what was issued again.
    try a.edit(record, by: wayan, [At.wave: .text("dua")])
    let more = Stick()
    try more.write(a.store)
    #expect(try more.read(store).refusals.map(\.ground) == [.revoked])
    let next = try only(restored)
    #expect(next.first == 4 && next.contents.count == 1)
    #expect(try store.take(next, by: made, because: nil) == 1)
    let state = try #require(try store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.wave).map(\.answer) == [.text("dua")])
    #expect(try store.verify().problems == [] && store.quarantined().isEmpty)
    try c.sync(restored)
    try expectAgreement([store, c.store])
  }

  @Test func `What others brought of a laptop that was turned away is kept as its own`() throws {
    let loss = try loss()
    let store = loss.office.store
    try loss.stick.read(loss.c.store)
    let carried = Stick()
    #expect(try carried.write(loss.c.store).changes == 1)
    #expect(try carried.read(store).waiting == 1)
    try loss.c.sync(loss.office)
    try loss.office.revoke(loss.b.device)
    let missing = try #require(try store.missing().first)
    #expect(missing.waiters.map(\.device) == [loss.b.device])
    #expect(missing.bearers == [loss.c.device])
    #expect(throws: VoidRefusal.self, "it was turned away") {
      try store.declareVoid(missing, by: made, because: "laptop hilang")
    }
    let outcome = try store.declareVoid(missing, upTo: 1, by: made, because: "laptop hilang")
    #expect(outcome.refusals.map(\.ground) == [.revoked] && outcome.issued == 0)
    let run = try only(loss.office)
    #expect(run.device == loss.b.device)
    #expect(try store.take(run, by: made, because: nil) == 1)
    #expect(try store.peek(loss.record, form: 1) != nil)
  }

  @Test func `What a carrier changed of a turned away laptop's work is not kept as its own`()
    throws
  {
    let loss = try loss()
    let (header, frames) = try loss.stick.open()
    let honest = try #require(frames.first)
    let forged = Frame(
      stream: honest.stream, first: honest.first, previous: honest.previous, last: honest.last,
      secret: honest.secret, base: honest.base, seal: honest.seal, contents: [[1, 2, 3]])
    try loss.c.sync(loss.office)
    try loss.office.revoke(loss.b.device)
    try loss.stick.forge([forged], as: header)
    #expect(try loss.stick.read(loss.office.store).refusals.map(\.ground) == [.chain])
    #expect(try loss.office.store.quarantined().isEmpty)
  }
}
