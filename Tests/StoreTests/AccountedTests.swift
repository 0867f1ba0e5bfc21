import Bytes
import Causality
import Model
import Sync
import Testing
import Wire
import Worlds

@testable import Store

/// How many backups an office must have made since it took in what a laptop has, before that is let go.
extension `Dropped history` {
  /// The office carried a branch that only a base told of, after its last backup, and somebody whose village
  /// was given away has that branch as the stream.
  private func carried() throws -> (reader: TestLaptop, record: RecordID, office: TestOffice) {
    let laptop = try laptop(1)
    let reader = try self.laptop(2)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    try laptop.sync(office)
    try backUp("first.db")
    let twin = try laptop.twin()
    for text in ["x", "lain"] { try twin.edit(record, by: made, [At.outcome: .text(Text(text))]) }
    for one in [twin, reader] { try one.sync(office) }
    try backUp("second.db")
    try twin.sync(office)
    #expect(try twin.store.truncate(At.renon) != .nothing)
    for text in ["satu", "dua", "tiga", "empat"] {
      try laptop.edit(record, by: wayan, [At.wave: .text(Text(text))])
    }
    let other = try putBack("first.db", as: "other.db")
    try laptop.sync(other)
    _ = try other.store.backUp(to: folder.path("third.db"))
    try laptop.sync(other)
    #expect(try laptop.store.truncate(At.renon) != .nothing)
    // The third office has the longer base in a backup, and then carries what the other one tells.
    let restored = try putBack("first.db", as: "restored.db")
    try laptop.sync(restored)
    _ = try restored.store.backUp(to: folder.path("fourth.db"))
    #expect(try twin.sync(restored).isAllSent)
    for person in ["wayan", "made"] { try restored.person(person, .surveyor, [At.sanur]) }
    return (reader, record, restored)
  }

  /// An earlier word comes late, as when the laptop syncs twice at once, and then the present one again.
  @Test func `A watermark that is told again and again is of one backup`() throws {
    let (reader, _, restored) = try carried()
    #expect(try reader.sync(restored).released == [])
    var material = try reader.store.syncMaterial(budget: SyncSession.budget)
    material.watermark = 0
    var session = SyncSession()
    _ = session.start()
    guard case .send(let request) = session.gathered(material) else {
      Issue.record("the session does not begin with a request")
      return
    }
    let late = try reader.send(request, to: restored)
    #expect(late.watermark != nil)
    _ = try restored.store.backUp(to: folder.path("fifth.db"))
    for _ in 0..<3 {
      #expect(try reader.sync(restored).released == [])
      #expect(try reader.store.absorb(late, isNewOffice: false).released == [])
    }
    _ = try restored.store.backUp(to: folder.path("sixth.db"))
    #expect(try reader.sync(restored).released == [At.renon])
  }

  @Test func `A village is not let go for what the office carried before a backup has that`() throws
  {
    let (reader, record, restored) = try carried()
    #expect(try reader.sync(restored).released == [])
    #expect(try reader.store.unsentCount() == 0)
    #expect(try reader.store.peek(record, form: 1) != nil)
    #expect(try reader.sync(restored).released == [])
    // A backup may have been under way when it was carried.
    _ = try restored.store.backUp(to: folder.path("fifth.db"))
    #expect(try reader.sync(restored).released == [])
    #expect(try reader.sync(restored).released == [])
    _ = try restored.store.backUp(to: folder.path("sixth.db"))
    #expect(try reader.sync(restored).released == [At.renon])
    #expect(try reader.store.verify().problems == [])
  }

  /// Once they were random numbers of 64 bits.
  @Test func `Another numbering of backups is counted too`() throws {
    let laptop = try laptop(1)
    try laptop.sync(office)
    for id in [UInt64(1) << 63, 1 << 62] {
      try office.store.setWatermark(BackupMark(id: id, entries: []))
      try laptop.sync(office)
    }
    try account(at: laptop)
    for number in 0..<3 {
      try backUp("\(number).db")
      try laptop.sync(office)
    }
    #expect(try watermarks(since: laptop) == 3)
  }

  /// It was put back to before its first backup, and no number of changes tells of it.
  @Test func `What an office without a backup said that it has is asked about again`() throws {
    let laptop = try laptop(1)
    try laptop.sync(office)
    try account(at: laptop)
    var reply = SyncReply(epoch: try laptop.store.standing().epoch, time: 0, status: .complete)
    reply.watermark = Watermark(id: 0, villages: [])
    // Of an office that has had none it is no news.
    _ = try laptop.store.absorb(reply, isNewOffice: false)
    #expect(try watermarks(since: laptop) == 0)
    try backUp("one.db")
    try laptop.sync(office)
    _ = try laptop.store.absorb(reply, isNewOffice: false)
    #expect(try watermarks(since: laptop) == nil)
  }

  /// Lets a laptop think that its office knows of a change by a base alone.
  private func account(at laptop: TestLaptop) throws {
    try laptop.store.write { db in
      try db.run(
        """
        INSERT INTO accounted (village, replica, count, head, epoch)
        SELECT ?, 1, 1, 1, value FROM meta WHERE key = 'epoch'
        """, .bits(At.renon.number))
    }
  }

  private func watermarks(since laptop: TestLaptop) throws -> Int64? {
    try laptop.store.read { db in
      try db.first("SELECT watermarks FROM accounted") { $0.integer(0) }
    }
  }
}
