import Bytes
import Causality
import GRDB
import Model
import Sync
import Testing
import Wire
import Worlds

@testable import Store

@Suite struct `Frames that wait` {
  let office: TestOffice
  let one: TestLaptop
  let two: TestLaptop
  let wayan: PersonID
  let made: PersonID

  init() throws {
    office = try TestOffice()
    wayan = try office.person("wayan", .surveyor, [At.renon])
    made = try office.person("made", .surveyor, [At.renon, At.sanur])
    one = try TestLaptop(seed: 1, office: office, for: [wayan])
    two = try TestLaptop(seed: 2, office: office, for: [made])
  }

  /// Counts transactions.
  private final class Commits: TransactionObserver {
    var count = 0
    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseWillCommit() { count += 1 }
    func databaseDidCommit(_ db: Database) {}
    func databaseDidRollback(_ db: Database) {}
  }

  /// Frames of one change each, of a replica of their own.
  private func frames(
    _ replica: UInt64, in village: VillageCode, _ contents: [ChangeContent]
  ) -> [Frame] {
    var forger = Forger(village, replica: ReplicaID(replica), seed: replica)
    return contents.map { forger.frame([$0]) }
  }

  private func creation(_ text: String = "A") -> ChangeContent {
    .forged(
      by: wayan, on: one.device, directory: 1,
      [PlacedAnswer(path: At.name, answer: .text(text))])
  }

  @Test func `What was recorded in a village that is others' by now may come early`() throws {
    let version = try office.store.standing().directory.version
    let contents = ["A", "B"].map { text in
      ChangeContent.forged(
        by: wayan, on: one.device, directory: version,
        [PlacedAnswer(path: At.name, answer: .text(Text(text)))])
    }
    try office.person("wayan", .surveyor, [At.sanur])
    let (renon, kesiman) = (frames(7, in: At.renon, contents), frames(8, in: At.kesiman, contents))
    #expect(try one.push([renon[1]], to: office).refusals.isEmpty)
    #expect(try one.push([renon[0]], to: office).refusals.isEmpty)
    #expect(try office.store.vector(of: At.renon).count(of: ReplicaID(7)) == 2)
    // In Kesiman nobody at this laptop ever worked.
    #expect(
      try one.push([kesiman[1]], to: office).refusals.map(\.ground) == [.foreignDevice])
  }

  @Test func `News wakes those whose need it meets, and no others`() throws {
    let store = try TestLaptop(seed: 5).store
    // Of thirty streams the second change came before the first.
    let streams = (1...30).map { frames(UInt64($0), in: At.renon, [creation(), creation()]) }
    for stream in streams { #expect(try store.ingest(stream[1]).waiting > 0) }
    #expect(try store.waitingCount() == 30)

    let commits = Commits()
    store.database.add(transactionObserver: commits, extent: .databaseLifetime)
    for frame in frames(99, in: At.renon, (1...20).map { creation("\($0)") }) {
      #expect(try store.ingest(frame).applied == 1)
    }
    #expect(commits.count == 20, "what has nothing to do with the thirty writes its own alone")

    let outcome = try store.ingest(streams[7][0])
    #expect(outcome.applied == 2 && outcome.waiting == 29)
    #expect(commits.count == 22)
    func changes() -> Int {
      store.database.writeWithoutTransaction { $0.totalChangesCount }
    }
    let before = changes()
    #expect(try store.ingest(streams[8][1]).waiting == 29)
    #expect(changes() == before, "and what waits already is not written again")
    for stream in streams { _ = try store.ingest(stream[0]) }
    #expect(try store.waitingCount() == 0)
    #expect(try store.verify().isClean)
  }

  @Test func `A frame that lacks several things waits for one after the other`() throws {
    let store = try TestLaptop(seed: 5).store
    let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
    try one.sync(office)
    try two.sync(office)
    try one.edit(record, by: wayan, [At.name: .text("B")])
    try two.edit(record, by: made, [At.name: .text("C")])
    try one.sync(office)
    try two.sync(office)
    let all = try two.store.frames(
      missingAt: [VillageVector(village: At.renon, vector: VersionVector())], budget: .max
    ).frames
    let state = try #require(try two.store.peek(record, form: 1)).state
    var forger = Forger(At.renon)
    let last = forger.frame([
      .forged(
        by: made, on: two.device, directory: 1, act: .resolution, record: record,
        cites: state.siblings(at: .life).map(\.origin),
        [
          PlacedAnswer(
            path: At.name, replaces: state.siblings(at: At.name).map(\.origin),
            answer: .text("D"))
        ])
    ])
    #expect(state.siblings(at: At.name).count == 2)
    #expect(try store.ingest(last).waiting == 1)
    for frame in all { _ = try store.ingest(frame.bare) }
    #expect(try store.waitingCount() == 0)
    #expect(
      try store.peek(record, form: 1)?.state.siblings(at: At.name).map(\.answer) == [.text("D")])
  }

  @Test func `A carry wakes what waits in the village that it goes to`() throws {
    let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
    try one.sync(office)
    try two.sync(office)
    try two.edit(record, by: made, [.village: .village(At.sanur)])
    try two.sync(office)
    try two.sync(office)
    try two.edit(record, by: made, [At.outcome: .text("buka")])
    func frames(_ village: VillageCode) throws -> [Frame] {
      let mine = try two.store.standing().replica
      return try two.store.frames(
        missingAt: [VillageVector(village: village, vector: VersionVector())], budget: .max
      ).frames.filter { village == At.renon || $0.stream.replica == mine }
    }
    // It carries by itself, as every office does.
    let store = try TestLaptop(seed: 5).store
    #expect(try store.ingest(try frames(At.sanur)[0].bare).waiting == 1)
    for frame in try frames(At.renon) { _ = try store.ingest(frame.bare) }
    #expect(try store.waitingCount() == 0)
    let shown = try #require(try store.peek(record, form: 1))
    #expect(shown.village == At.sanur)
    #expect(shown.state.siblings(at: At.outcome).map(\.answer) == [.text("buka")])
  }

  @Test func `A new record that names answers is no change, and waits for nothing`() throws {
    let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
    let state = try #require(try one.store.peek(record, form: 1)).state
    let content = ChangeContent.forged(
      by: wayan, on: one.device, directory: 1, cites: state.siblings(at: .life).map(\.origin),
      [PlacedAnswer(path: At.name, answer: .text("B"))])
    let store = try TestLaptop(seed: 5).store
    let outcome = try store.ingest(frames(7, in: At.renon, [content])[0])
    #expect(outcome.refusals.map(\.ground) == [.malformed] && outcome.waiting == 0)
    #expect(try two.push(frames(7, in: At.renon, [content]), to: office).refusals.count == 1)
    #expect(try office.store.waitingCount() == 0)
  }

  @Test func `Whose frame is refused hears of it, not who made it ready`() throws {
    let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
    try one.sync(office)
    let saved = try one.edit(record, by: wayan, [At.name: .text("B")])
    let name = try #require(saved.change?.name)
    let version = try office.store.standing().directory.version
    let state = try #require(try one.store.peek(record, form: 1)).state
    let forged = frames(
      0x0bad, in: At.renon,
      [
        .forged(
          by: made, on: two.device, directory: version, act: .resolution, record: record,
          cites: state.siblings(at: .life).map(\.origin),
          [PlacedAnswer(path: At.name, replaces: [name], answer: .text("C"))])
      ])
    #expect(try two.push(forged, to: office).refusals.isEmpty)
    #expect(try office.store.waitingCount() == 1)
    #expect(try one.sync(office).isAllSent)
    #expect(try office.store.waitingCount() == 0)
    #expect(try two.push(forged, to: office).refusals.map(\.ground) == [.role])
  }

  @Test func `Of each device so much may wait and no more`() throws {
    let bytes = Inbox.roomLimit - 10
    try office.store.write { db in
      try db.run(
        """
        INSERT INTO inbox (village, replica, first, last, last_hash, device, room, arrived, frame)
        VALUES (?1, 1, 5, 5, x'00', ?2, ?2, 0, zeroblob(?3))
        """, .bits(At.renon.number), .integer(Int64(two.device.number)), .integer(bytes))
    }
    let early = frames(7, in: At.renon, [creation(), creation()])[1]
    #expect(try two.push([early], to: office).refusals.map(\.ground) == [.gap])
    #expect(try one.push([early], to: office).refusals.isEmpty)
    #expect(try office.store.waitingCount() == 2)
  }
}
