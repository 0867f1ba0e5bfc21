import Causality
import GRDB
import Model
import Wire

/// How much may wait, and in whose room.
extension Inbox {
  /// Whether so many more bytes may wait in a room.
  static func hasRoom(_ db: Database, for bytes: Int, in room: Room) throws -> Bool {
    let own = try db.first(
      "SELECT coalesce(sum(length(frame)), 0), count(*) FROM inbox WHERE room = ?",
      .integer(room.number)
    ) { ($0.integer(0), $0.integer(1)) }
    let (size, frames) = own ?? (0, 0)
    // A store that takes everything from its office does not tell one device from another.
    let isOffices = room == .of(.standalone)
    if !isOffices, frames >= roomFrameLimit { return false }
    // NB: whatever others fill up, somebody who has next to nothing here is still let in.
    if room != .nobodys, size + Int64(bytes) <= assured { return true }
    let all = try db.first("SELECT coalesce(sum(length(frame)), 0) FROM inbox") { $0.integer(0) }
    if (all ?? 0) + Int64(bytes) > limit { return false }
    return isOffices || size + Int64(bytes) <= roomLimit
  }

  /// Whether a frame waits that ends as another does, begins before it, and is known to lead there.
  static func holdsLonger(_ db: Database, _ frame: Frame) throws -> Bool {
    try sameEnd(db, frame).contains { $0.first < frame.first && $0.isChecked }
  }

  /// Removes the frames that end as another does, and begin behind it.
  static func removeShorter(_ db: Database, _ frame: Frame) throws {
    for shorter in try sameEnd(db, frame) where shorter.first > frame.first {
      try remove(db, Key(shorter))
    }
  }

  /// The frames that wait and end with the same hash.
  private static func sameEnd(_ db: Database, _ frame: Frame) throws -> [Frame] {
    try frames(
      db.all(
        "SELECT frame FROM inbox WHERE village = ? AND replica = ? AND last = ? AND last_hash = ?",
        .bits(frame.stream.village.number), .bits(frame.stream.replica.number),
        .bits(frame.lastCounter), .blob(frame.last.bytes)
      ) { $0.bytes(0) })
  }

  /// Frames that wait here.
  static func frames(_ rows: [[UInt8]]) throws -> [Frame] {
    try rows.map { bytes in
      do {
        return try Frame(bytes)
      } catch {
        throw StoreError.inconsistent(detail: "inbox: \(error)")
      }
    }
  }
}

extension Frame {
  /// Whether it says itself what it can be checked by; then it was, before it could wait.
  var isChecked: Bool { base != nil || first == 1 }
}
