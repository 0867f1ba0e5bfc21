import Bytes
import Causality
import GRDB
import Model
import Sync
import Testing
import Wire
import Worlds

@testable import Store

@Suite struct `Many frames at once` {
  let office: TestOffice
  let laptop: TestLaptop
  let wayan: PersonID
  let commits = Commits()

  init() throws {
    office = try TestOffice()
    wayan = try office.person("wayan", .surveyor, [At.renon])
    laptop = try TestLaptop(seed: 1, office: office, for: [wayan])
  }

  final class Commits: TransactionObserver {
    var count = 0
    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseWillCommit() { count += 1 }
    func databaseDidCommit(_ db: Database) {}
    func databaseDidRollback(_ db: Database) {}
  }

  /// Frames of streams of their own, each of new records with these names.
  private func frames(_ streams: [[String]]) throws -> [Frame] {
    let version = try office.store.standing().directory.version
    return streams.enumerated().map { index, names in
      var forger = Forger(
        At.renon, replica: ReplicaID(UInt64(index + 1)), seed: UInt64(index + 1))
      return forger.frame(
        names.map { name in
          .forged(
            by: wayan, on: laptop.device, directory: version,
            [PlacedAnswer(path: At.name, answer: .text(Text(name)))])
        })
    }
  }

  private func take(_ frames: [Frame], _ store: Store) throws -> IngestOutcome {
    try store.ingest(frames, admission: nil, device: .standalone)
  }

  private func counts(_ store: Store) throws -> [UInt64] {
    let vector = try store.vector(of: At.renon)
    return (1...5).map { vector.count(of: ReplicaID($0)) }
  }

  @Test func `They share transactions`() throws {
    let store = try TestLaptop(seed: 5).store
    store.database.add(transactionObserver: commits, extent: .databaseLifetime)
    let many = try frames((1...100).map { ["\($0)"] })
    #expect(try take(many, store).applied == 100)
    #expect(commits.count == 2)
    #expect(try take(many, store).applied == 0, "and what comes twice is held already")
    #expect(try store.verify().isClean)
  }

  @Test func `What is large does not share one`() throws {
    let store = try TestLaptop(seed: 5).store
    let text = String(repeating: "a", count: 60_000)
    store.database.add(transactionObserver: commits, extent: .databaseLifetime)
    let many = try frames((1...20).map { _ in [text] })
    #expect(try take(many, store).applied == 20)
    // Eight are as much as one frame may have.
    #expect(commits.count == 3)
  }

  @Test func `What one of them breaks is its own`() throws {
    let store = try TestLaptop(seed: 5).store
    let five = try frames((1...5).map { ["\($0)", "\($0)"] })
    try store.database.writeWithoutTransaction { db in
      try db.execute(
        sql: """
          CREATE TEMP TRIGGER broken BEFORE INSERT ON main.journal
          WHEN NEW.replica = 3 AND NEW.counter = 2
          BEGIN SELECT RAISE(ABORT, 'a page that cannot be written'); END
          """)
    }
    #expect(throws: (any Error).self) { try take(five, store) }
    #expect(try counts(store) == [2, 2, 0, 0, 0], "with all of itself")
    #expect(try store.waitingCount() == 0)
    try store.database.writeWithoutTransaction { db in
      try db.execute(sql: "DROP TRIGGER broken")
    }
    #expect(try take(five, store).applied == 6)
    #expect(try counts(store) == [2, 2, 2, 2, 2])
    #expect(try store.verify().isClean)
  }

  @Test func `A hostile one of a request leaves the others taken in`() throws {
    var five = try frames((1...5).map { ["\($0)", "\($0)"] })
    let version = try office.store.standing().directory.version
    var forger = Forger(At.renon, replica: ReplicaID(3), seed: 3)
    five[2] = forger.frame(
      [wayan, try #require(PersonID("nobody"))].map {
        .forged(
          by: $0, on: laptop.device, directory: version,
          [PlacedAnswer(path: At.name, answer: .text("palsu"))])
      })
    let reply = try laptop.push(five, to: office)
    #expect(reply.refusals.map(\.ground) == [.unknownPerson])
    #expect(reply.refusals.map(\.stream.replica) == [ReplicaID(3)])
    #expect(try counts(office.store) == [2, 2, 1, 2, 2])
    #expect(try office.store.waitingCount() == 0)
    #expect(try office.store.verify().isClean)
  }

  @Test func `A hostile one of a reply leaves the others taken in`() throws {
    _ = try laptop.push(try frames((1...5).map { ["\($0)", "\($0)"] }), to: office)
    var frames = try office.store.frames(
      missingAt: [VillageVector(village: At.renon, vector: VersionVector())], budget: .max
    ).frames
    #expect(frames.count == 5)
    let third = frames[2]
    // The seal is the office's, and over something else.
    frames[2] = Frame(
      stream: third.stream, first: third.first, previous: third.previous, last: frames[1].last,
      secret: third.secret, seal: third.seal, contents: third.contents)
    let standing = try laptop.store.standing()
    var reply = SyncReply(epoch: standing.epoch, time: 1_790_000_000_000, status: .complete)
    reply.frames = frames
    let absorbed = try laptop.store.absorb(reply, isNewOffice: false)
    #expect(absorbed.received == 8 && absorbed.waiting == 0)
    #expect(absorbed.refusals.map(\.ground) == [.seal])
    #expect(try counts(laptop.store) == [2, 2, 0, 2, 2])
    reply.frames = [third]
    #expect(try laptop.store.absorb(reply, isNewOffice: false).received == 2)
    #expect(try counts(laptop.store) == [2, 2, 2, 2, 2])
  }

  @Test func `What waited comes before what follows the frame that it waited for`() throws {
    let store = try TestLaptop(seed: 5).store
    let five = try frames((1...5).map { ["\($0)"] })
    var forger = Forger(At.renon, replica: ReplicaID(9), seed: 9)
    let waited = ["A", "B"].map { name in
      forger.frame([
        .forged(
          by: wayan, on: laptop.device, directory: 1,
          [PlacedAnswer(path: At.name, answer: .text(Text(name)))])
      ])
    }
    #expect(try take([waited[1]] + five[..<2], store).waiting == 1)
    store.database.add(transactionObserver: commits, extent: .databaseLifetime)
    let outcome = try take([five[2], waited[0]] + five[3...], store)
    #expect(outcome.applied == 5 && outcome.waiting == 0)
    #expect(commits.count == 3)
    #expect(try counts(store) == [1, 1, 1, 1, 1])
    #expect(try store.vector(of: At.renon).count(of: ReplicaID(9)) == 2)
    #expect(try store.verify().isClean)
  }
}
