import Causality
import GRDB
import Model
import Wire

/// Lets go of villages in which nobody of this laptop works any more.
///
/// A village can be assigned to somebody else while a laptop is away. What was recorded there before is
/// handed in like everything else, and stays here until the office has it in a checked backup. Then it
/// is nobody's here, and goes. Its streams go with it, so whoever is given the village again begins
/// anew: with a snapshot, and as another replica, for a stream must never begin twice.
extension Store {
  /// Lets go of every village that is not this laptop's any more and that the watermark covers.
  ///
  /// - Returns: the villages, ascending.
  func releaseLost() throws -> [VillageCode] {
    let candidates = try read { db in try lost(db) }
    if candidates.isEmpty { return [] }
    return try write { db in
      // NB: another process may have done it, or saved something meanwhile.
      let villages = try lost(db)
      for village in villages { try release(db, village) }
      return villages
    }
  }

  /// Forgets what waits of villages that are nobody's here any more, as far as the office holds it.
  ///
  /// What it waits for will not come here. It is handed in, for an office that was put back may lack it, and
  /// may be what it came from.
  func forgetOthersWaiting() throws {
    if try waitingCount() == 0 { return }
    try write { db in
      guard try Meta.text(db, .role) == StoreRole.laptop.rawValue else { return }
      let scope = Set(try standing(db).scope)
      for village in try Inbox.villages(db) where !scope.contains(village) {
        try Inbox.removeAcknowledged(db, of: village)
      }
    }
  }

  private func lost(_ db: Database) throws -> [VillageCode] {
    guard try Meta.text(db, .role) == StoreRole.laptop.rawValue else { return [] }
    let standing = try standing(db)
    let scope = Set(standing.scope)
    return try Streams.villages(db).filter { village in
      guard !scope.contains(village), try Watermarks.entry(db, of: village) != nil else {
        return false
      }
      return try Self.isCovered(db, village) && !isInUse(db, village)
        && Self.offer(db, of: village) == nil
    }
  }

  /// Whether something here is in no vector, or somebody is in the middle of something.
  ///
  /// A branch that was put aside is at the office under dots of its own, of which nothing here says
  /// whether a backup has them; so it stays. So it is with what a base tells of a branch.
  private func isInUse(_ db: Database, _ village: VillageCode) throws -> Bool {
    for table in ["inbox", "draft", "branch", "parted"] {
      let query = "SELECT 1 FROM \(table) WHERE village = ? LIMIT 1"
      if try db.first(query, .bits(village.number), as: { _ in true }) == true { return true }
    }
    return false
  }

  private func release(_ db: Database, _ village: VillageCode) throws {
    let context = try context(db)
    let isOwn = try db.first(
      "SELECT 1 FROM stream WHERE village = ? AND replica = ?", .bits(village.number),
      .bits(try Incarnations.current(db).number)
    ) { _ in true }
    for form in context.forms.keys.sorted() {
      let table = context.table(form)
      let records = try table.forget(db, village)
      for record in records { try table.refreshHomes(db, record) }
    }
    try Cuts.drop(db, village)
    if isOwn == true { try Incarnations.mint(db, surroundings: surroundings) }
  }
}
