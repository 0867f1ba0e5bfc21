import Foundation
import Model
import Reading
import TestSupport
import Testing
import Wire
import Worlds

@testable import Store

/// Copies that are put away, and put back.
@Suite struct `Backups of a store` {
  private let folder: TemporaryFolder
  private let clock = TurnedClock(seed: 11)

  init() throws {
    folder = try TemporaryFolder()
  }

  private func make(_ role: StoreRole) throws -> Store {
    let store = try Store.create(
      at: folder.path("own.db"), role: role, surroundings: clock.surroundings)
    try store.extendDirectory(TinySurvey.founding(key: try store.officeKey()))
    return store
  }

  private func add(to store: Store) throws {
    let person = try #require(PersonID("wayan"))
    _ = try store.save(
      Edit(
        form: 1, village: TinySurvey.villages[0], record: nil, person: person,
        wishes: [Wish(Path(field: TinySurvey.Field.name), .text("batik"))]))
  }

  private func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path("")).sorted()
  }

  @Test func `A copy holds what the store held, and is the same replica until it is used`() throws {
    let store = try make(.standalone)
    try add(to: store)
    let backup = try store.backUp(to: folder.path("copy.db"))
    #expect(backup.changes == 1 && backup.records == 1)
    #expect(backup.digest == Digest.vectors(try store.vectors()))
    try add(to: store)
    let copy = try Store.open(file: folder.path("copy.db"), surroundings: clock.surroundings)
    #expect(try copy.standing().replica == store.standing().replica)
    #expect(backup.digest == Digest.vectors(try copy.vectors()))
    try copy.close()
    let used = try Store.open(at: folder.path("copy.db"), surroundings: clock.surroundings)
    #expect(used.twinReason == .copied)
    #expect(try used.standing().replica != store.standing().replica)
  }

  @Test func `Who waits for another backup by whatever name is told when that does not end`() throws
  {
    _ = try make(.office)
    let turn = try BackupTurn(at: folder.path("own.db"))
    try withExtendedLifetime(turn) {
      let elsewhere = try TemporaryFolder()
      let link = elsewhere.path("link.db")
      try FileManager.default.createSymbolicLink(
        atPath: link, withDestinationPath: folder.path("own.db"))
      do {
        _ = try BackupTurn(at: link, patience: 1)
        Issue.record("two have the turn")
      } catch BackupError.underWay(let path) {
        #expect(path == link)
      }
    }
  }

  /// Two at a time are both of before what comes meanwhile, and laptops count them.
  @Test func `An office is backed up by one at a time`() throws {
    let store = try make(.office)
    var turn: BackupTurn? = try BackupTurn(at: folder.path("own.db"))
    #expect(turn != nil)
    var waits = 0
    for name in ["one.db", "two.db"] {
      _ = try store.backUp(
        to: folder.path(name),
        waits: {
          waits += 1
          turn = nil
        })
    }
    #expect(waits == 1)
  }

  @Test func `The number of a backup is greater than that of the last`() throws {
    let store = try make(.office)
    var last: UInt64 = 0
    for number in 0..<5 {
      _ = try store.backUp(to: folder.path("\(number).db"))
      let id = try #require(try store.read { db in try Watermarks.id(db) })
      #expect(id > last)
      last = id
    }
  }

  @Test func `A store that does not pass the check gives no backup, and nothing is left`() throws {
    let store = try make(.standalone)
    try add(to: store)
    try store.write { db in try db.run("UPDATE stream SET count = count + 1") }
    #expect(throws: BackupError.self) { try store.backUp(to: folder.path("copy.db")) }
    #expect(try files().filter { $0.hasPrefix("copy") }.isEmpty)
  }

  @Test func `A restored office is another incarnation in another epoch, and waits`() throws {
    let store = try make(.office)
    _ = try store.backUp(to: folder.path("copy.db"))
    let (epoch, replica) = (try store.standing().epoch, try store.standing().replica)
    try store.close()
    let restored = try Store.putBack(
      folder.path("copy.db"), at: folder.path("own.db"), replacing: true,
      surroundings: clock.surroundings)
    let again = try Store.open(at: folder.path("own.db"), surroundings: clock.surroundings)
    #expect(try again.standing().epoch != epoch)
    #expect(try again.standing().replica != replica)
    #expect(try again.waitsSince() != nil)
    #expect(throws: StoreError.self) { try again.extendDirectory([.unknown([200])]) }
    #expect(throws: StoreError.self) {
      try again.invite(nil, name: "Laptop", people: [], code: [1], expires: 0)
    }
    try again.noteHeard()
    try again.extendDirectory([.unknown([200])])
    // What was there is kept, and the backup is as it was.
    let aside = try Store.open(at: try #require(restored.aside), surroundings: clock.surroundings)
    #expect(try aside.standing().epoch == epoch)
    let backup = try Store.open(at: folder.path("copy.db"), surroundings: clock.surroundings)
    #expect(try backup.standing().epoch == epoch)
  }

  @Test func `A log beside a backup is part of it`() throws {
    let store = try make(.office)
    try store.extendDirectory([.unknown([201])])
    // As a plain copy of the files of an office that was killed.
    for suffix in ["", "-wal"] {
      try FileManager.default.copyItem(
        atPath: folder.path("own.db" + suffix), toPath: folder.path("copy.db" + suffix))
    }
    _ = try Store.putBack(
      folder.path("copy.db"), at: folder.path("new.db"), replacing: false,
      surroundings: clock.surroundings)
    let again = try Store.open(at: folder.path("new.db"), surroundings: clock.surroundings)
    #expect(try again.standing().directory.version == store.standing().directory.version)
  }

  @Test func `The store of a killed office is put aside as one file, with all in it`() throws {
    let store = try make(.office)
    _ = try store.backUp(to: folder.path("copy.db"))
    try store.extendDirectory([.unknown([201])])
    for suffix in ["", "-wal"] {
      try FileManager.default.copyItem(
        atPath: folder.path("own.db" + suffix), toPath: folder.path("new.db" + suffix))
    }
    let aside = try #require(
      try Store.putBack(
        folder.path("copy.db"), at: folder.path("new.db"), replacing: true,
        surroundings: clock.surroundings
      ).aside)
    // One file has one name: whoever kills this moves all of it or nothing.
    #expect(try files().filter { $0.hasPrefix("new.db") }.count == 2)
    let kept = try Store.open(at: aside, surroundings: clock.surroundings)
    #expect(try kept.standing().directory.version == store.standing().directory.version)
  }

  @Test(arguments: [["", "-wal"], ["-wal"]])
  func `What cannot be opened is put aside as it is`(files: [String]) throws {
    let store = try make(.office)
    _ = try store.backUp(to: folder.path("copy.db"))
    let words = Data("no database".utf8)
    for suffix in files { try words.write(to: URL(filePath: folder.path("new.db" + suffix))) }
    let aside = try #require(
      try Store.putBack(
        folder.path("copy.db"), at: folder.path("new.db"), replacing: true,
        surroundings: clock.surroundings
      ).aside)
    for suffix in files { #expect(try Data(contentsOf: URL(filePath: aside + suffix)) == words) }
  }

  @Test func `A store is replaced only if that is asked, and never by itself`() throws {
    let store = try make(.office)
    _ = try store.backUp(to: folder.path("copy.db"))
    #expect(throws: BackupError.self) {
      try Store.putBack(
        folder.path("copy.db"), at: folder.path("own.db"), replacing: false,
        surroundings: clock.surroundings)
    }
    #expect(throws: BackupError.self) {
      try Store.putBack(
        folder.path("own.db"), at: folder.path("own.db"), replacing: true,
        surroundings: clock.surroundings)
    }
    #expect(try store.standing().survey != nil)
  }

  // MARK: What a backup takes the place of

  /// Expects that a file is not replaced, and is what it was.
  private func expectKept(
    _ name: String, by store: Store, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let manager = FileManager.default
    let before = ["", "-wal"].map { manager.contents(atPath: folder.path(name + $0)) }
    let names = try files()
    let error = try #require(throws: BackupError.self, sourceLocation: sourceLocation) {
      try store.backUp(to: folder.path(name), replacing: true)
    }
    guard case .otherStore = error else { throw error }
    #expect(["", "-wal"].map { manager.contents(atPath: folder.path(name + $0)) } == before)
    #expect(try files() == names, sourceLocation: sourceLocation)
  }

  private func draft(in store: Store, _ name: String = "tenun") throws -> Draft {
    var draft = Draft(
      person: try #require(PersonID("wayan")), form: 1, village: TinySurvey.villages[0],
      record: nil, token: nil)
    draft.wishes = [Wish(Path(field: TinySurvey.Field.name), .text(name))]
    try store.keep(&draft)
    return draft
  }

  private func make(_ role: StoreRole, at name: String) throws -> Store {
    let store = try Store.create(
      at: folder.path(name), role: role, surroundings: clock.surroundings)
    try store.extendDirectory(TinySurvey.founding(key: try store.officeKey()))
    return store
  }

  private func replace(_ name: String, by store: Store) throws {
    let backup = try store.backUp(to: folder.path(name), replacing: true)
    let copy = try Store.open(file: folder.path(name), surroundings: clock.surroundings)
    #expect(Digest.vectors(try copy.vectors()) == backup.digest)
    #expect(backup.digest == Digest.vectors(try store.vectors()))
    try copy.close()
  }

  @Test(arguments: [StoreRole.standalone, .office])
  func `Another store is not replaced, whether it holds anything or not`(_ role: StoreRole) throws {
    let store = try make(role)
    let empty = try make(role, at: "two.db")
    try empty.close()
    try expectKept("two.db", by: store)
    let other = try make(.standalone, at: "three.db")
    try add(to: other)
    try other.close()
    try expectKept("three.db", by: store)
    let office = try make(.office, at: "four.db")
    try office.close()
    try expectKept("four.db", by: store)
  }

  @Test func `An older backup is replaced, whatever has become of the store since`() throws {
    let store = try make(.standalone)
    try add(to: store)
    let draft = try draft(in: store)
    _ = try store.backUp(to: folder.path("copy.db"))
    // A draft that was finished is the store's own past.
    try store.discard(draft)
    try add(to: store)
    try replace("copy.db", by: store)
    try replace("copy.db", by: store)
    try store.close()
    // On another disk it goes on as another replica.
    try FileManager.default.copyItem(
      atPath: folder.path("own.db"), toPath: folder.path("moved.db"))
    let moved = try Store.open(at: folder.path("moved.db"), surroundings: clock.surroundings)
    #expect(moved.twinReason == .copied)
    try add(to: moved)
    try replace("copy.db", by: moved)
  }

  @Test func `An office that was restored replaces its older backups`() throws {
    let store = try make(.office)
    _ = try store.backUp(to: folder.path("copy.db"))
    try store.close()
    _ = try Store.putBack(
      folder.path("copy.db"), at: folder.path("own.db"), replacing: true,
      surroundings: clock.surroundings)
    let again = try Store.open(at: folder.path("own.db"), surroundings: clock.surroundings)
    try replace("copy.db", by: again)
  }

  @Test func `A backup that holds what the store does not is kept`() throws {
    let store = try make(.standalone)
    try add(to: store)
    _ = try store.backUp(to: folder.path("old.db"))
    try add(to: store)
    _ = try store.backUp(to: folder.path("new.db"))
    try store.close()
    let older = try Store.open(at: folder.path("old.db"), surroundings: clock.surroundings)
    try expectKept("new.db", by: older)
    // Two that went on from one state.
    try add(to: older)
    try older.close()
    let newer = try Store.open(at: folder.path("new.db"), surroundings: clock.surroundings)
    try expectKept("old.db", by: newer)
  }

  @Test func `A copy in which somebody has begun a draft is kept`() throws {
    let store = try make(.standalone)
    try add(to: store)
    _ = try store.backUp(to: folder.path("copy.db"))
    let used = try Store.open(at: folder.path("copy.db"), surroundings: clock.surroundings)
    try used.close()
    try replace("copy.db", by: store)
    let again = try Store.open(at: folder.path("copy.db"), surroundings: clock.surroundings)
    _ = try draft(in: again)
    try again.close()
    try expectKept("copy.db", by: store)
    // The other way round it is the store that the copy was made of.
    _ = try draft(in: store, "perak")
    try store.close()
    let copy = try Store.open(at: folder.path("copy.db"), surroundings: clock.surroundings)
    try expectKept("own.db", by: copy)
  }

  @Test func `A copy with a log beside it, or that a process uses, is kept`() throws {
    let store = try make(.standalone)
    try add(to: store)
    _ = try store.backUp(to: folder.path("copy.db"))
    try Data([1]).write(to: URL(filePath: folder.path("copy.db-wal")))
    try expectKept("copy.db", by: store)
    try FileManager.default.removeItem(atPath: folder.path("copy.db-wal"))

    let (process, output) = try Worker.start([folder.path("copy.db"), "1", "0"])
    defer { kill(process.processIdentifier, SIGKILL) }
    _ = Worker.read(output, lines: 3)
    let error = try #require(throws: BackupError.self) {
      try store.backUp(to: folder.path("copy.db"), replacing: true)
    }
    guard case .inUse(_, let user) = error else { throw error }
    #expect(user == process.processIdentifier)
  }

  @Test func `A file that is no store is replaced if that is asked`() throws {
    let store = try make(.standalone)
    try add(to: store)
    try Data("a letter".utf8).write(to: URL(filePath: folder.path("letter")))
    #expect(throws: BackupError.self) { try store.backUp(to: folder.path("letter")) }
    try replace("letter", by: store)
  }
}
