import Causality
import GRDB
import Model
import Wire

/// The record that `@` means: the one that was saved or shown here last.
///
/// What was saved last the journal says, so nothing more is written for it. What was shown is noted, with the
/// place in the journal after which something must have been saved to be later.
enum LastRecord {
  /// Finds it.
  ///
  /// - Complexity: O(streams).
  static func find(_ db: Database) throws -> RecordID? {
    var last = try Meta.text(db, .lastRecord).flatMap { RecordID(letters: $0) }
    var place = try Meta.integer(db, .lastPlace) ?? 0
    let replica = try Incarnations.current(db)
    let villages = try db.all(
      "SELECT village FROM stream WHERE replica = ?", .bits(replica.number)
    ) { VillageCode(number: $0.bits(0)) }
    for village in villages.compactMap({ $0 }) {
      let statement = try RawStatement(
        db,
        """
        SELECT counter, hash, content, seq FROM journal
        WHERE village = ? AND replica = ? ORDER BY counter DESC
        """)
      defer { statement.reset() }
      statement.bind(.bits(village.number), at: 1)
      statement.bind(.bits(replica.number), at: 2)
      while try statement.step(), statement.integer(3) > place {
        let dot = Dot(replica: replica, village: village, counter: statement.bits(0))
        let change = try Journal.change(
          dot: dot, hash: statement.bytes(1), content: statement.bytes(2))
        // NB: what was carried nobody saved.
        if case .carry = change.content.body { continue }
        (last, place) = (change.record, statement.integer(3))
      }
    }
    return last
  }

  /// Notes that it is this one, whatever was saved before.
  static func note(_ db: Database, _ record: RecordID) throws {
    let place = try db.first("SELECT max(seq) FROM journal") { $0.integer(0) } ?? 0
    try Meta.set(db, .lastRecord, .text(record.description))
    try Meta.set(db, .lastPlace, .integer(place))
  }

  /// Does something after which the journal may not say it any more.
  static func keep(_ db: Database, while body: () throws -> Void) throws {
    let last = try find(db)
    try body()
    if let last { try note(db, last) }
  }
}

extension Store {
  /// The record that was saved or shown here last.
  public func lastRecord() throws -> RecordID? {
    try read { db in try LastRecord.find(db) }
  }

  /// Remembers the record that `@` means.
  public func setLastRecord(_ record: RecordID) throws {
    try write { db in try LastRecord.note(db, record) }
  }
}
