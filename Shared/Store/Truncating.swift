import Causality
import GRDB
import Glibc
import Model
import Reading
import Wire

/// What became of a village's history.
public enum Truncation: Hashable, Sendable {
  /// So many changes were dropped; a snapshot stands for them.
  case dropped(changes: Int)
  /// There was nothing to drop: no checked backup of the office has more than is dropped already, or
  /// this laptop has not heard of all that is in it.
  case nothing
  /// What is here does not come to what the office signed. Nothing was dropped.
  case differs
}

/// Drops history that the office has in a checked backup.
///
/// A laptop has finite room, and of an answer that was replaced long ago it needs no more than that it
/// was. So it makes the snapshot of a village at the watermark, from its own history, compares it with
/// what the office signed, and then keeps the snapshot in place of that history. The comparison is not
/// for the sake of the office: it is the last moment at which a difference could be found.
extension Store {
  /// Drops a village's history up to the watermark.
  public func truncate(_ village: VillageCode) throws -> Truncation {
    try write { db in
      guard try Meta.text(db, .role) == StoreRole.laptop.rawValue,
        let mark = try Watermarks.entry(db, of: village), let digest = mark.digest
      else { return .nothing }
      for entry in mark.vector.entries {
        let end = Dot(replica: entry.replica, village: village, counter: entry.count)
        guard try Streams.hash(db, end)?.tag == entry.head else { return .nothing }
      }
      // NB: a watermark that is older than what was dropped takes nothing back. Nor does that of an office
      // which went back further, and has not been given yet what the base stands for.
      if try Self.exceedsCuts(db, of: village, mark.vector) { return .nothing }
      let count = try droppable(db, village, mark.vector)
      // NB: a base that nobody signed gets the office's word when there is one for it.
      if try count == 0 && (Cuts.isWhole(db, village) || Cuts.mark(db, of: village) != nil) {
        return .nothing
      }
      guard let made = try Snapshots.make(db, village, at: mark.vector), made.digest == digest
      else {
        // NB: what the base stands for of a branch the office may only have carried after it signed this.
        return try Parted.isThere(db, village) ? .nothing : .differs
      }
      // NB: what the office signed, and this came to, has what a base told of any branch.
      try db.run("DELETE FROM parted WHERE village = ?", .bits(village.number))
      try keepCreations(db, village, mark.vector)
      try db.run("DELETE FROM staged WHERE village = ?", .bits(village.number))
      for (part, bytes) in made.parts.enumerated() {
        try StagedSnapshot(db, village, from: .standalone).put(
          part, of: digest.tag, mark: part == 0 ? mark : nil, bytes)
      }
      try Self.setBase(
        db, village, try Snapshots.streams(db, mark.vector, in: village), from: .standalone)
      try db.run("DELETE FROM staged WHERE village = ?", .bits(village.number))
      return .dropped(changes: count)
    }
  }

  /// Gives the room of what was dropped back to the disk.
  ///
  /// It waits for other processes as long as any transaction does.
  public func giveBackRoom() throws {
    try translating {
      try database.writeWithoutTransaction { db in
        try db.execute(sql: "VACUUM")
        try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
      }
    }
  }

  /// The bytes of the store's file and its log; 0 in memory.
  public var size: Int64 {
    guard let path else { return 0 }
    return ["", "-wal"].reduce(0) { size, suffix in
      var status = stat()
      return stat(path + suffix, &status) == 0 ? size + Int64(status.st_size) : size
    }
  }

  private func droppable(
    _ db: Database, _ village: VillageCode, _ vector: VersionVector
  ) throws -> Int {
    var count: UInt64 = 0
    for entry in vector.entries {
      let cut = try Cuts.count(
        db, StreamID(village: village, replica: entry.replica))
      count += entry.count - cut
    }
    return Int(clamping: count)
  }

  /// Notes what people here wrote and were not shown since: who created a record has seen that, and the
  /// journal is about to forget it.
  private func keepCreations(
    _ db: Database, _ village: VillageCode, _ vector: VersionVector
  ) throws {
    let context = try context(db)
    let device = DeviceID(UInt32(truncatingIfNeeded: try Meta.integer(db, .device) ?? 0))
    let statement = try RawStatement(
      db,
      """
      SELECT replica, counter, hash, content FROM journal
      WHERE village = ? AND replica IN (SELECT replica FROM incarnation) ORDER BY seq
      """)
    statement.bind(.bits(village.number), at: 1)
    var creations: [Change] = []
    while try statement.step() {
      let dot = Dot(
        replica: ReplicaID(statement.bits(0)), village: village, counter: statement.bits(1))
      guard dot.counter <= vector.count(of: dot.replica) else { continue }
      let change = try Journal.change(
        dot: dot, hash: statement.bytes(2), content: statement.bytes(3))
      if change.content.record == nil { creations.append(change) }
    }
    statement.reset()
    let former = try FormerPerson(db)
    for change in creations {
      let author = change.content.author
      let isFormer =
        try former?.wrote(change.name, by: author, db, directory: context.directory) == true
      guard author.device == device || isFormer else { continue }
      let person = isFormer ? former?.person ?? author.person : author.person
      let table = context.table(change.content.form)
      // NB: of a record that nobody wrote in since, the base is what its author wrote; of a store
      // that was copied it does not say which of the copies that was.
      let origins = try table.copy(db, change.record, in: village)?.state.origins
      if !isFormer && origins?.count == 1 { continue }
      let isNoted = try db.first(
        "SELECT 1 FROM shown WHERE person = ? AND record = ?", .text(person.description),
        .text(change.record.description)
      ) { _ in true }
      if isNoted == true { continue }
      var state = RecordState()
      state.apply(change.origin, by: author, change.content.answers)
      _ = try Self.keepView(
        db, state, masked: .none, of: change.record, in: village, for: person,
        at: surroundings.wall())
    }
  }
}
