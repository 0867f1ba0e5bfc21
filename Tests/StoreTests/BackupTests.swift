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
}
