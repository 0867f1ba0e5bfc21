import Bytes
import Causality
import GRDB
import Model
import Wire

/// What names a view: what somebody was shown of one record at one moment.
///
/// It is the digest of the state that was shown, so showing the same thing twice gives one token,
/// and a token says nothing to whoever does not hold the state.
public struct ViewToken: Hashable, Sendable, CustomStringConvertible {
  /// The first ten bytes of the digest.
  public let bytes: [UInt8]

  /// The token of a state of a record.
  public init(of state: RecordState, record: RecordID) {
    var writer = ByteWriter(capacity: 1024)
    writer.raw(record.bytes)
    state.encode(to: &writer)
    bytes = Array(Digest.sha256(writer.bytes).bytes.prefix(10))
  }

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Reads a token as people and scripts pass it on; `nil` if it is none.
  public init?(_ text: String) {
    guard text.utf8.count == 20, let bytes = Hex.bytes(text) else { return nil }
    self.bytes = bytes
  }

  /// Twenty hexadecimal digits.
  public var description: String { Hex.text(bytes) }
}

/// A record as it is shown, and the token of what was shown.
public struct ShownRecord: Sendable {
  /// The record.
  public let record: RecordID
  /// The form.
  public let form: UInt32
  /// The village of the copy that is shown.
  public let village: VillageCode
  /// What stands in it.
  public let state: RecordState
  /// The token.
  public let token: ViewToken
}

extension Store {
  /// Notes that a person is shown records, and says what.
  ///
  /// - Parameters:
  ///   - records: the records with their forms.
  ///   - person: who is shown them; `nil` if only the tokens are wanted.
  public func show(
    _ records: [(record: RecordID, form: UInt32)], to person: PersonID?
  ) throws -> [ShownRecord] {
    try write { db in
      let context = try context(db)
      let now = surroundings.wall()
      try pruneViews(db, now: now)
      return try records.map { record, form in
        guard let copy = try shownCopy(db, context.table(form), record) else {
          throw StoreError.noRecord(record)
        }
        let token = try keepView(
          db, copy.state, of: record, in: copy.village, for: person, at: now)
        return ShownRecord(
          record: record, form: form, village: copy.village, state: copy.state, token: token)
      }
    }
  }

  /// What a person was last shown of a record, with what they wrote since; `nil` if nothing.
  ///
  /// Who created a record here, and was not shown it since, has seen what they wrote.
  public func latestView(
    of record: RecordID, form: UInt32, for person: PersonID
  ) throws -> RecordState? {
    try read { db in
      let noted = try db.first(
        """
        SELECT view.state FROM shown JOIN view USING (token)
        WHERE shown.person = ? AND shown.record = ?
        """, .text(person.description), .text(record.description)
      ) { try RecordTable.state($0.bytes(0), of: record) }
      if let noted { return noted }
      let copies = try context(db).table(form).copies(db, record)
      let creation = copies.lazy.flatMap(\.state.origins).first { record.isCreated(by: $0.name) }
      guard let dot = creation?.name.dot, let change = try Journal.entry(db, dot)?.change,
        change.content.author.person == person
      else { return nil }
      let device = try Meta.integer(db, .device) ?? 0
      guard Int64(change.content.author.device.number) == device else { return nil }
      var state = RecordState()
      state.apply(change.origin, by: change.content.author, change.content.answers)
      return state
    }
  }

  /// Notes that a person has seen what they just saved, and no more than that.
  public func note(_ saved: Saved, for person: PersonID) throws -> ViewToken {
    try write { db in
      try keepView(
        db, saved.view, of: saved.record, in: saved.village, for: person,
        at: surroundings.wall())
    }
  }

  /// What a token stands for.
  public func view(_ token: ViewToken) throws -> (record: RecordID, state: RecordState)? {
    try read { db in
      try db.first("SELECT record, state FROM view WHERE token = ?", .blob(token.bytes)) { row in
        guard let record = RecordID(letters: row.text(0)) else {
          throw StoreError.inconsistent(detail: "view \(token)")
        }
        return (record, try RecordTable.state(row.bytes(1), of: record))
      }
    }
  }

  func keepView(
    _ db: Database, _ state: RecordState, of record: RecordID, in village: VillageCode,
    for person: PersonID?, at now: Int64
  ) throws -> ViewToken {
    let token = ViewToken(of: state, record: record)
    try db.run(
      """
      INSERT INTO view (token, record, village, shown, state) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET shown = max(shown, excluded.shown)
      """, .blob(token.bytes), .text(record.description), .bits(village.number), .integer(now),
      .blob(state.bytes))
    if let person {
      try db.run(
        """
        INSERT INTO shown (person, record, token) VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET token = excluded.token
        """, .text(person.description), .text(record.description), .blob(token.bytes))
    }
    return token
  }
}

// MARK: Keeping

extension Store {
  /// How many days a view is kept after it was last shown.
  ///
  /// A token that a script wrote down, or a table that was exported, can be used for so long; longer
  /// than anybody stays away from the office. What a person was last shown of a record, and what a
  /// draft was begun from, is kept for as long as it may be used.
  public static let viewDays = 90

  /// Forgets views that nobody can be about to use, once a day.
  ///
  /// Nothing else refers to them. Should a clock that is far ahead make one forgotten too early, an
  /// edit that cites it is refused, and can be made from a new one.
  func pruneViews(_ db: Database, now: Int64) throws {
    let day = now / Self.dayMilliseconds
    guard try Meta.integer(db, .pruned) != day else { return }
    try Meta.set(db, .pruned, .integer(day))
    try db.run(
      """
      DELETE FROM view WHERE shown < ?
        AND NOT EXISTS (SELECT 1 FROM shown WHERE shown.token = view.token)
        AND NOT EXISTS (SELECT 1 FROM draft WHERE draft.token = view.token)
      """, .integer(now - Int64(Self.viewDays) * Self.dayMilliseconds))
  }

  private static let dayMilliseconds: Int64 = 86_400_000
}
