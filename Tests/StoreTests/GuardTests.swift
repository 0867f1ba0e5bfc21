import GRDB
import Model
import Testing
import Worlds

@testable import Store

/// Another program may read the file, and change nothing that only the door writes.
@Suite struct `A file in the hands of another program` {
  private let folder: TemporaryFolder
  private let laptop: TestLaptop

  init() throws {
    folder = try TemporaryFolder()
    laptop = try TestLaptop(seed: 1, at: folder.file)
    let wayan = try #require(PersonID("wayan"))
    try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
  }

  @Test(arguments: [
    "UPDATE journal SET content = x'00'", "DELETE FROM journal",
    "UPDATE stream SET count = 0", "DELETE FROM stream",
    "UPDATE record_1 SET nama = 'lain'", "DELETE FROM record_1",
    "INSERT INTO stream SELECT village + 1, replica, count, head, secret, stamp, context, directory FROM stream",
  ])
  func `Plain SQL is refused`(_ statement: String) throws {
    let other = try DatabaseQueue(path: folder.file)
    #expect(throws: DatabaseError.self) {
      try other.write { db in try db.execute(sql: statement) }
    }
    #expect(try other.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM journal") } == 1)
    #expect(try laptop.store.verify().isClean)
  }

  @Test func `Content that does not read is a finding, not an end of the check`() throws {
    try laptop.store.write { db in
      try db.execute(sql: "UPDATE journal SET content = x'00'")
    }
    #expect(try !laptop.store.verify().isClean)
  }
}
