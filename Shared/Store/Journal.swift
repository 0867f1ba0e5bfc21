import Bytes
import Causality
import GRDB
import Model
import Wire

/// One change as the journal keeps it.
public struct JournalEntry: Sendable {
  /// The change.
  public let change: Change
  /// When it was applied here, in milliseconds since 1970.
  public let arrived: Int64
}

/// Reads the journal; only the door writes it.
enum Journal {
  static func entry(_ db: Database, _ dot: Dot) throws -> JournalEntry? {
    try db.first(
      """
      SELECT hash, arrived, content FROM journal
      WHERE village = ? AND replica = ? AND counter = ?
      """, .bits(dot.village.number), .bits(dot.replica.number), .bits(dot.counter)
    ) { row in
      JournalEntry(
        change: try change(dot: dot, hash: row.bytes(0), content: row.bytes(2)),
        arrived: row.integer(1))
    }
  }

  /// The device that wrote a change with its own hand, if that is known here.
  ///
  /// What the office issued again, or put back, bears the device of its first author; its stream is the
  /// office's all the same, and nobody else may go on with it.
  static func writer(_ db: Database, _ dot: Dot) throws -> DeviceID? {
    if let content = try entry(db, dot)?.change.content {
      let isOwn = content.origin == nil && content.author.act != .office
      return isOwn ? content.author.device : Seal.office
    }
    let cut = try Cuts.cut(db, StreamID(village: dot.village, replica: dot.replica))
    return cut?.count == dot.counter ? cut?.device : nil
  }

  /// Whether another change is held that issued a change again.
  ///
  /// - Complexity: O(changes held of the village), for none is found by its record.
  static func hasIssuedAgain(_ db: Database, _ change: Change) throws -> Bool {
    try db.all(
      "SELECT replica, counter, hash, content FROM journal WHERE village = ? AND record = ?",
      .bits(change.dot.village.number), .text(change.record.description)
    ) { row in
      let dot = Dot(
        replica: ReplicaID(row.bits(0)), village: change.dot.village, counter: row.bits(1))
      return try Journal.change(dot: dot, hash: row.bytes(2), content: row.bytes(3))
    }.contains { $0.dot != change.dot && $0.origin == change.origin }
  }

  static func change(dot: Dot, hash: [UInt8], content: [UInt8]) throws -> Change {
    guard let hash = ChainHash(hash) else {
      throw StoreError.inconsistent(detail: "hash of \(dot)")
    }
    do {
      return Change(
        dot: dot, hash: hash, content: try ChangeContent(content, village: dot.village))
    } catch {
      throw StoreError.inconsistent(detail: "content of \(dot): \(error)")
    }
  }

  /// Every change in the order in which it was applied here, those of branches that were put aside
  /// included: their answers stand.
  static func forEach(
    _ db: Database, _ body: (_ entry: JournalEntry, _ content: [UInt8]) throws -> Void
  ) throws {
    let columns = "village, replica, counter, hash, arrived, content, seq"
    var query = "SELECT \(columns) FROM journal"
    if try !Branches.isEmpty(db) {
      query += " UNION ALL SELECT \(columns) FROM branch WHERE seq IS NOT NULL"
    }
    let statement = try RawStatement(db, query + " ORDER BY seq")
    defer { statement.reset() }
    while try statement.step() {
      guard let village = VillageCode(number: statement.bits(0)) else {
        throw StoreError.inconsistent(detail: "journal village")
      }
      let dot = Dot(
        replica: ReplicaID(statement.bits(1)), village: village, counter: statement.bits(2))
      let content = statement.bytes(5)
      let change = try change(dot: dot, hash: statement.bytes(3), content: content)
      try body(JournalEntry(change: change, arrived: statement.integer(4)), content)
    }
  }
}
