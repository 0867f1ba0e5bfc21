import Causality
import GRDB
import Model
import Wire

/// The signed snapshots that a laptop's base was joined from.
///
/// What two snapshots come to together nobody has signed, so no office would take it. If the office that
/// signed both is lost, and what it goes back to has neither, their changes are nowhere else any more. So
/// both stay as they came, under the office's word, and are offered one after the other, until a base that
/// the office signed takes the place of what was joined from them.
enum JoinedBases {
  /// Keeps the base that is here and the snapshot that it is about to be joined with.
  static func keep(_ db: Database, _ staged: StagedSnapshot) throws {
    let village = staged.village
    guard let mark = try staged.mark(), let tag = mark.digest?.tag else { return }
    if let own = try Cuts.mark(db, of: village), let tag = own.digest?.tag {
      try db.run(
        """
        INSERT OR REPLACE INTO joined (village, snapshot, part, mark, bytes)
        SELECT village, ?, part, mark, bytes FROM base WHERE village = ?
        """, .bits(tag), .bits(village.number))
    }
    // NB: what the new one contains need not be offered beside it, unless it tells of a branch.
    if try !Parted.isThere(db, village) {
      for older in try marks(db, of: village) where contains(mark.vector, older.vector) {
        try drop(db, village, older.digest?.tag ?? 0)
      }
    }
    try db.run(
      """
      INSERT OR REPLACE INTO joined (village, snapshot, part, mark, bytes)
      SELECT village, ?, part, mark, bytes FROM staged
      WHERE village = ? AND device = ? AND part >= 0
      """, .bits(tag), .bits(village.number), .integer(Int64(staged.device.number)))
  }

  private static func contains(_ vector: VersionVector, _ other: VersionVector) -> Bool {
    other.entries.allSatisfy { entry in
      guard let end = vector[entry.replica] else { return false }
      return end.count > entry.count || end == entry
    }
  }

  /// The office's words for the snapshots that a village's base was joined from, in one order always.
  static func marks(_ db: Database, of village: VillageCode) throws -> [WatermarkEntry] {
    do {
      return try db.all(
        "SELECT mark FROM joined WHERE village = ? AND part = 0 ORDER BY snapshot",
        .bits(village.number)
      ) { $0.bytes(0) }.map { try WatermarkEntry($0) }
    } catch is WireError {
      throw StoreError.inconsistent(detail: "mark of what \(village) was joined from")
    }
  }

  /// A part of one of them; `nil` if it has no more.
  static func part(_ db: Database, _ mark: WatermarkEntry, _ index: Int) throws -> [UInt8]? {
    try db.first(
      "SELECT bytes FROM joined WHERE village = ? AND snapshot = ? AND part = ?",
      .bits(mark.village.number), .bits(mark.digest?.tag ?? 0), .integer(Int64(index))
    ) { $0.bytes(0) }
  }

  /// How many parts one of them has.
  static func count(_ db: Database, _ mark: WatermarkEntry) throws -> Int {
    try db.first(
      "SELECT count(*) FROM joined WHERE village = ? AND snapshot = ?",
      .bits(mark.village.number), .bits(mark.digest?.tag ?? 0)
    ) { Int($0.integer(0)) } ?? 0
  }

  private static func drop(_ db: Database, _ village: VillageCode, _ snapshot: UInt64) throws {
    try db.run(
      "DELETE FROM joined WHERE village = ? AND snapshot = ?", .bits(village.number),
      .bits(snapshot))
  }

  /// Forgets them: the office has signed what takes their place.
  static func drop(_ db: Database, _ village: VillageCode) throws {
    try db.run("DELETE FROM joined WHERE village = ?", .bits(village.number))
  }
}
