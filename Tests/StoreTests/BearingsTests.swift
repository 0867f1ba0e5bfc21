import Bytes
import Causality
import Foundation
import GRDB
import Model
import Reading
import Sync
import TestSupport
import Testing
import Wire
import Worlds

@testable import Store

/// A process keeps what it knew at the end of a save for the next one; nothing that was written since,
/// by whomever, may be missed for it.
@Suite struct `What a save goes on from` {
  private let folder: TemporaryFolder
  private let office: TestOffice
  private let laptop: TestLaptop
  /// The same laptop, as another process has it.
  private let other: TestLaptop
  private let wayan: PersonID

  init() throws {
    folder = try TemporaryFolder()
    office = try TestOffice()
    wayan = try office.person("wayan", .surveyor, [At.renon, At.sanur])
    laptop = try TestLaptop(seed: 1, at: folder.file)
    try laptop.join(office, for: [wayan])
    let again = try Store.open(at: folder.file, surroundings: laptop.clock.surroundings)
    other = TestLaptop(store: again, clock: laptop.clock, key: laptop.key, device: laptop.device)
  }

  private func add(
    by who: TestLaptop, in village: VillageCode = At.renon, _ name: String = "Batik"
  ) throws -> Change {
    let saved = try who.store.save(
      Edit(
        form: 1, village: village, record: nil, person: wayan,
        wishes: [Wish(At.name, .text(Text(name)))]))
    return try #require(saved.change)
  }

  @Test func `Two processes that save in turns write one stream`() throws {
    var changes: [Change] = []
    for who in [laptop, laptop, other, laptop, other, other, laptop] {
      changes.append(try add(by: who))
    }
    #expect(changes.map(\.dot.counter) == Array(1...7))
    #expect(Set(changes.map(\.dot.replica)).count == 1)
    let stamps = changes.map(\.content.author.stamp)
    #expect(stamps == stamps.sorted() && Set(stamps).count == stamps.count)
    #expect(try laptop.store.verify().isClean)
    #expect(try laptop.sync(office).isAllSent)
    #expect(try office.store.vectors() == laptop.store.vectors())
  }

  @Test func `A directory that another process heard of holds for the next save`() throws {
    let before = try add(by: laptop).content.author.directory
    try office.person("wayan", .surveyor, [At.sanur])
    try other.sync(office)
    #expect(throws: EditRefusal.village(wayan, At.renon)) { try add(by: laptop) }
    let after = try add(by: laptop, in: At.sanur).content.author.directory
    #expect(try after > before && after == office.store.standing().directory.version)
  }

  @Test func `Who is no longer served may not save, whoever was told`() throws {
    _ = try add(by: laptop)
    try office.store.change(laptop.device, name: "laptop", people: [])
    try other.sync(office)
    #expect(throws: EditRefusal.notServed(wayan)) { try add(by: laptop) }
  }

  @Test func `A replica that another process minted is the one that is written as`() throws {
    let before = try add(by: laptop).dot
    try other.store.mint()
    let after = try add(by: laptop).dot
    #expect(after.replica != before.replica && after.counter == 1)
    #expect(try after.replica == other.store.standing().replica)
    #expect(try add(by: laptop).dot.counter == 2)
  }

  @Test func `The time that another process heard is what a change says`() throws {
    let first = try #require(try add(by: laptop).content.author.evidence)
    laptop.clock.pass(60_000)
    office.clock.pass(90_000)
    try other.sync(office)
    laptop.clock.pass(1000)
    let second = try #require(try add(by: laptop).content.author.evidence)
    #expect(second.trusted == first.trusted + 90_000 && second.elapsed == 1000)
    laptop.clock.restart()
    let third = try #require(try add(by: laptop).content.author.evidence)
    #expect(third.trusted == second.trusted && third.elapsed == nil)
  }

  @Test func `What others wrote meanwhile is stated`() throws {
    let friend = try TestLaptop(seed: 2, office: office, for: [wayan])
    for who in [other, laptop] {
      _ = try add(by: laptop)
      #expect(try add(by: laptop).content.context == nil, "it was stated before")
      let theirs = try add(by: friend)
      try friend.sync(office)
      try who.sync(office)
      let stated = try #require(try add(by: laptop).content.context)
      #expect(stated.count(of: theirs.dot.replica) == theirs.dot.counter)
    }
    #expect(try laptop.store.verify().isClean)
  }

  @Test func `A stamp that came meanwhile is not fallen behind of`() throws {
    let friend = try TestLaptop(seed: 2, office: office, for: [wayan])
    _ = try add(by: laptop)
    friend.clock.jump(HybridClock.leewayMilliseconds / 2)
    let theirs = try add(by: friend).content.author.stamp
    try friend.sync(office)
    try other.sync(office)
    #expect(try add(by: laptop).content.author.stamp > theirs)
  }

  @Test func `A save that fails leaves nothing behind`() throws {
    func edit(_ village: VillageCode) throws -> Edit {
      Edit(
        form: 1, village: village, record: nil, person: wayan, wishes: [Wish(At.name, .text("A"))])
    }
    #expect(try add(by: laptop).dot.counter == 1)
    #expect(throws: EditRefusal.village(wayan, At.kesiman)) {
      try laptop.store.save([edit(At.renon), edit(At.sanur), edit(At.kesiman)])
    }
    #expect(try add(by: laptop).dot.counter == 2)
    #expect(try add(by: laptop, in: At.sanur).dot.counter == 1)
    #expect(try add(by: other, in: At.sanur).dot.counter == 2)
    #expect(try laptop.store.verify().isClean)
  }

  @Test func `A save that nobody may commit leaves nothing behind`() throws {
    _ = try add(by: laptop)
    // Deferred until the commit, so that all of the save was written by then.
    try laptop.store.database.writeWithoutTransaction { db in
      try db.execute(
        sql: """
          PRAGMA foreign_keys = ON;
          CREATE TABLE a (b INTEGER PRIMARY KEY);
          CREATE TABLE c (b INTEGER REFERENCES a DEFERRABLE INITIALLY DEFERRED);
          CREATE TRIGGER d AFTER INSERT ON journal BEGIN INSERT INTO c VALUES (1); END
          """)
    }
    #expect(throws: (any Error).self) { try add(by: laptop) }
    try laptop.store.database.writeWithoutTransaction { db in try db.execute(sql: "DROP TRIGGER d")
    }
    #expect(try add(by: laptop).dot.counter == 2)
    #expect(try laptop.store.verify().isClean)
  }

  @Test func `How much was written is noted outside the file, whoever wrote it`() throws {
    let clock = TurnedClock(seed: 5)
    var surroundings = clock.surroundings
    surroundings.marks = folder.path("marks")
    let path = folder.path("alone.db")
    let first = try Store.create(at: path, role: .standalone, surroundings: surroundings)
    try first.extendDirectory(TinySurvey.founding())
    let second = try Store.open(at: path, surroundings: surroundings)
    let replica = try first.standing().replica
    func mark() throws -> UInt64 {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path("marks/\(replica).mark")))
      return bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
    func add(to store: Store, in village: VillageCode) throws -> RecordID {
      try store.save(
        Edit(
          form: 1, village: village, record: nil, person: wayan,
          wishes: [Wish(At.name, .text("A"))])
      ).record
    }
    for (turn, store) in [first, first, second, first, second, second].enumerated() {
      _ = try add(to: store, in: At.renon)
      #expect(try mark() == UInt64(turn + 1))
    }
    // What the laptop carries, being its own office, it writes too.
    _ = try add(to: second, in: At.sanur)
    let moved = try add(to: second, in: At.renon)
    let view = try second.show([(moved, 1)], to: wayan)[0]
    _ = try add(to: second, in: At.sanur)
    _ = try second.save(
      Edit(
        form: 1, village: At.renon, record: moved, person: wayan, view: view.state,
        wishes: [Wish(Path.village, .village(At.sanur))]))
    let total = try first.vectors().map(\.vector.total).reduce(0, +)
    #expect(try total > 10 && mark() == total)
    for (more, village) in [At.sanur, At.renon, At.sanur].enumerated() {
      _ = try add(to: second, in: village)
      #expect(try mark() == total + UInt64(more + 1))
    }
    #expect(try first.verify().isClean)
  }
}
