import Causality
import GRDB
import Model
import Wire

/// Where the journals of streams begin.
///
/// A village whose history was dropped, or never came, has a *base*: a snapshot that stands for all
/// changes up to its cut. Of what is before the cut a store knows the states, and of each stream the
/// hash of the last change; of single changes it knows no more.
enum Cuts {
  /// The last change of a stream that the base stands for.
  struct Cut {
    let count: UInt64
    let head: ChainHash
    let device: DeviceID
  }

  static func cut(_ db: Database, _ stream: StreamID) throws -> Cut? {
    try db.first(
      "SELECT count, head, device FROM cut WHERE village = ? AND replica = ?",
      .bits(stream.village.number), .bits(stream.replica.number)
    ) { row in
      ChainHash(row.bytes(1)).map {
        Cut(
          count: row.bits(0), head: $0, device: DeviceID(UInt32(truncatingIfNeeded: row.bits(2))))
      }
    } ?? nil
  }

  /// How many changes of a stream are known by the base alone.
  static func count(_ db: Database, _ stream: StreamID) throws -> UInt64 {
    try cut(db, stream)?.count ?? 0
  }

  /// Whether the journal has a village's changes from the first on.
  static func isWhole(_ db: Database, _ village: VillageCode) throws -> Bool {
    try db.first("SELECT 1 FROM base WHERE village = ? LIMIT 1", .bits(village.number)) { _ in
      false
    } ?? true
  }

  /// The villages that have a base, ascending.
  static func villages(_ db: Database) throws -> [VillageCode] {
    try db.all("SELECT village FROM base WHERE part = 0 ORDER BY village") {
      VillageCode(number: $0.bits(0))
    }.compactMap { $0 }
  }

  /// Drops the changes of a stream that a base stands for.
  static func drop(_ db: Database, _ stream: StreamID, upTo count: UInt64) throws {
    let values: [SQLValue] = [
      .bits(stream.village.number), .bits(stream.replica.number), .bits(count),
    ]
    let condition = "village = ? AND replica = ? AND counter <= ?"
    // NB: while the journal still tells one branch from another.
    try Inbox.removeDropped(db, stream, upTo: count)
    if try Incarnations.isOwn(db, stream.replica) {
      try Seen.settle(db, where: condition, values)
    }
    try db.run("DELETE FROM journal WHERE \(condition)", values)
    try db.run("DELETE FROM seal WHERE village = ? AND replica = ? AND counter <= ?", values)
  }

  /// Drops everything of a village that is not held any more.
  static func drop(_ db: Database, _ village: VillageCode) throws {
    try Seen.settle(db, where: "village = ?", [.bits(village.number)])
    try db.run("DELETE FROM journal WHERE village = ?", .bits(village.number))
    let tables = [
      "stream", "base", "joined", "cut", "parted", "seal", "staged", "acknowledged", "accounted",
      "offered",
    ]
    for table in tables {
      try db.run("DELETE FROM \(table) WHERE village = ?", .bits(village.number))
    }
  }

  /// The office's word for the base of a village.
  static func mark(_ db: Database, of village: VillageCode) throws -> WatermarkEntry? {
    let bytes = try db.first(
      "SELECT mark FROM base WHERE village = ? AND part = 0", .bits(village.number)
    ) { $0.isNull(0) ? nil : $0.bytes(0) }
    guard case let bytes?? = bytes else { return nil }
    do {
      return try WatermarkEntry(bytes)
    } catch {
      throw StoreError.inconsistent(detail: "mark of \(village): \(error)")
    }
  }

  /// The office's words for what the base of a village stands for: one, or, where nobody has signed the base
  /// itself, those for what it was joined from.
  static func marks(_ db: Database, of village: VillageCode) throws -> [WatermarkEntry] {
    if let mark = try mark(db, of: village) { return [mark] }
    return try JoinedBases.marks(db, of: village)
  }

  /// The parts of what one of ``marks(_:of:)`` is for, from one on, while a budget lasts; one at least.
  static func pieces(
    _ db: Database, of mark: WatermarkEntry, from next: Int, budget: inout Int
  ) throws -> [SnapshotPiece] {
    let isBase = try isBase(db, mark)
    return try Snapshots.pieces(of: mark, from: next, budget: &budget) { index in
      try part(db, of: mark, index, isBase: isBase)
    } count: {
      guard isBase else { return try JoinedBases.count(db, mark) }
      return try db.first(
        "SELECT count(*) FROM base WHERE village = ?", .bits(mark.village.number)
      ) { Int($0.integer(0)) } ?? 0
    }
  }

  /// A part of what one of ``marks(_:of:)`` is for; `nil` if it has no more.
  ///
  /// - Parameter isBase: whether that is the base itself, and not what it was joined from.
  static func part(
    _ db: Database, of mark: WatermarkEntry, _ index: Int, isBase: Bool
  ) throws -> [UInt8]? {
    guard isBase else { return try JoinedBases.part(db, mark, index) }
    return try db.first(
      "SELECT bytes FROM base WHERE village = ? AND part = ?", .bits(mark.village.number),
      .integer(Int64(index))
    ) { $0.bytes(0) }
  }

  /// Whether a mark is the office's word for a village's base itself.
  static func isBase(_ db: Database, _ mark: WatermarkEntry) throws -> Bool {
    try Self.mark(db, of: mark.village) == mark
  }

  /// What the base of a village says of one record.
  static func state(
    _ db: Database, of record: RecordID, in village: VillageCode
  ) throws -> RecordState? {
    var found: RecordState?
    // NB: parts are in the order of their records, and a base has few parts.
    try forEach(db, village) { copy, state in if copy.record == record { found = state } }
    return found
  }

  /// Reads the base of a village record by record.
  static func forEach(
    _ db: Database, _ village: VillageCode, _ body: (Snapshot.Copy, RecordState) throws -> Void
  ) throws {
    var reader = SnapshotReader(village: village)
    let statement = try RawStatement(db, "SELECT bytes FROM base WHERE village = ? ORDER BY part")
    statement.bind(.bits(village.number), at: 1)
    defer { statement.reset() }
    while try statement.step() {
      let part: Snapshot.Part
      do {
        part = try reader.next(statement.bytes(0))
      } catch {
        throw StoreError.inconsistent(detail: "base of \(village): \(error)")
      }
      for copy in part.copies {
        try body(copy, try RecordTable.state(copy.state, of: copy.record))
      }
    }
  }
}
