import GRDB
import Model

/// The record that `@` means: the one that was saved or shown here last.
///
/// It is noted with each save. The journal would nearly say it too, but what an office issues again, reverts
/// or carries is written there by the same replica, and nobody saved that.
enum LastRecord {
  static func note(_ db: Database, _ record: RecordID) throws {
    try Meta.set(db, .lastRecord, .text(record.description))
  }
}

extension Store {
  /// The record that was saved or shown here last.
  public func lastRecord() throws -> RecordID? {
    try read { db in try Meta.text(db, .lastRecord).flatMap { RecordID(letters: $0) } }
  }

  /// Remembers the record that `@` means.
  public func setLastRecord(_ record: RecordID) throws {
    try write { db in try LastRecord.note(db, record) }
  }
}
