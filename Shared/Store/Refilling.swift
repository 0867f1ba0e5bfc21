import Causality
import Forms
import GRDB
import Model
import Wire

/// What the office says to bases that it was offered.
public struct Refill: Sendable {
  /// Of each village that something was offered of, how much of it is here.
  public var wanted: [SnapshotProgress] = []
  /// Branches that a base stands for, and that the office has otherwise.
  public var branches: [BranchTaken] = []
}

/// How an office that went back further than its newest backup gets back what laptops have dropped.
///
/// A laptop drops history that is in a checked backup. If the office then loses that backup too, nobody
/// has the changes any more, and the laptop has what they came to: its base, under the word of the
/// office itself. So it offers the base, and the office begins the village's history with it, as a new
/// laptop does. It takes nobody's word for it but its own. What the office still had of that history it
/// keeps in its journal; the laptop's changes that come after the base then go on from it.
extension Store {
  /// The parts of bases that the office is thought to lack, while a budget lasts.
  ///
  /// Until the office has said how much it wants of one, its first part alone leaves.
  static func offers(_ db: Database, budget: Int) throws -> [SnapshotPiece] {
    var pieces: [SnapshotPiece] = []
    var left = budget
    for village in try Cuts.villages(db) where left > 0 {
      // NB: what the office holds of a village that it has not spoken of since it began again nobody knows.
      guard try Acknowledged.vector(db, of: village) != nil || hasLetGo(db, village),
        let (mark, next) = try offer(db, of: village)
      else { continue }
      var most = next.map { _ in left } ?? 1
      let some = try Cuts.pieces(db, of: mark, from: next ?? 0, budget: &most)
      left -= some.reduce(0) { $0 + $1.bytes.count }
      pieces += some
    }
    return pieces
  }

  /// What the office may lack of what it signed and a village's base stands for, and the part that it wants
  /// next; `nil` if it has not said so.
  static func offer(
    _ db: Database, of village: VillageCode
  ) throws -> (mark: WatermarkEntry, next: Int?)? {
    let there = try Acknowledged.vector(db, of: village) ?? VersionVector()
    guard
      try exceedsCuts(db, of: village, there) || isAtOdds(db, village, with: there)
        || Parted.isUntaken(db, village),
      case let marks = try Cuts.marks(db, of: village), !marks.isEmpty
    else { return nil }
    for mark in marks {
      guard let tag = mark.digest?.tag else { continue }
      let known = try db.first(
        "SELECT parts FROM offered WHERE village = ? AND snapshot = ?", .bits(village.number),
        .bits(tag)
      ) { $0.isNull(0) ? Int?.none : Int($0.integer(0)) }
      guard let known else { return (mark, nil) }
      if let known { return (mark, known) }
    }
    return nil
  }

  /// Whether nothing of a village stands in a vector any more, so that the office will not speak of it, and
  /// its base still tells of something.
  private static func hasLetGo(_ db: Database, _ village: VillageCode) throws -> Bool {
    try Streams.vector(db, village).entries.isEmpty && Parted.isUntaken(db, village)
  }

  /// Whether the office acknowledged another change than is held behind a base: then the two may have
  /// parted before the base ended, and it is for the office to say.
  private static func isAtOdds(
    _ db: Database, _ village: VillageCode, with there: VersionVector
  ) throws -> Bool {
    try there.entries.contains { told in
      let stream = StreamID(village: village, replica: told.replica)
      guard let cut = try Cuts.cut(db, stream), told.count >= cut.count,
        let hash = try Streams.hash(db, stream.dot(told.count))
      else { return false }
      return hash.tag != told.head
    }
  }

  /// Notes how much of what was offered the office has.
  ///
  /// - Returns: how many of the answers are news.
  static func noteWanted(_ db: Database, _ wanted: [SnapshotProgress]) throws -> Int {
    var news = 0
    for progress in wanted {
      guard let (mark, next) = try offer(db, of: progress.village),
        mark.digest?.tag == progress.snapshot
      else { continue }
      try db.run(
        """
        INSERT INTO offered (village, snapshot, parts) VALUES (?1, ?2, ?3)
        ON CONFLICT DO UPDATE SET parts = ?3
        """, .bits(progress.village.number), .bits(progress.snapshot),
        progress.parts.map { .integer(Int64($0)) } ?? .null)
      // NB: an office that forgets and asks again must not keep a session from ending.
      if progress.parts.map({ $0 > next ?? 0 }) ?? true { news += 1 }
    }
    return news
  }

  /// Takes in what a laptop offers, at the office.
  public func take(_ offered: [SnapshotPiece], from device: DeviceID) throws -> Refill {
    var refill = Refill()
    let villages = Dictionary(grouping: offered, by: \.village)
    for village in villages.keys.sorted() {
      guard let first = villages[village]?.first else { continue }
      // NB: of one village one snapshot at a time, and one signature to check.
      let pieces = (villages[village] ?? []).filter {
        $0.snapshot == first.snapshot && ($0.mark == nil || $0 == first)
      }
      var (parts, mark) = try write { db in
        try stageOffer(db, pieces, of: village, from: device)
      }
      if parts == first.count {
        _ = try install(village, from: device, admission: OfficeAdmission(device: device))
        try write { db in try Self.unstage(db, village, from: device) }
        parts = nil
      }
      if parts == nil, let mark {
        refill.branches += try read { db in try Parted.taken(db, of: mark) }
      }
      refill.wanted.append(
        SnapshotProgress(village: village, snapshot: first.snapshot, parts: parts))
    }
    return refill
  }

  /// The most bytes of parts that wait of one device's.
  private static let offerLimit: Int64 = 256 << 20

  /// - Returns: how many parts are here, `nil` if no more are wanted; and what the office signed.
  private func stageOffer(
    _ db: Database, _ pieces: [SnapshotPiece], of village: VillageCode, from device: DeviceID
  ) throws -> (parts: Int?, mark: WatermarkEntry?) {
    guard try context(db).villages[village] != nil, let first = pieces.first else {
      return (nil, nil)
    }
    _ = try stage(db, pieces, from: device)
    let (count, tag) = try Self.staged(db, village, from: device)
    // What was here may be lost by now; then it is asked for from the beginning. A beginning that was not
    // staged is of nobody's.
    guard tag == first.snapshot, count > 0 else { return (first.index == 0 ? nil : 0, nil) }
    guard let mark = try StagedSnapshot(db, village, from: device).mark() else {
      return (nil, nil)
    }
    let held = try Streams.vector(db, village)
    let isNews = try mark.vector.entries.contains { entry in
      let end = StreamID(village: village, replica: entry.replica).dot(entry.count)
      if try Parted.isTaken(db, end, tag: entry.head) { return false }
      // NB: what has no hash here, because it lies before a cut, is decided when all of it is here.
      return try entry.count > held.count(of: entry.replica)
        || Streams.hash(db, end)?.tag != entry.head
    }
    let size = try db.first(
      "SELECT sum(length(bytes)) FROM staged WHERE device = ?", .integer(Int64(device.number))
    ) { $0.integer(0) }
    if !isNews || size ?? 0 > Self.offerLimit {
      try Self.unstage(db, village, from: device)
      return (nil, mark)
    }
    return (count, mark)
  }
}
