import Bytes
import Causality
import GRDB
import Model
import Reading
import Wire

/// What names a view: what somebody was shown of one record at one moment.
///
/// It is the digest of the state that was shown and of what was masked in it, so showing the same
/// thing twice gives one token, and a token says nothing to whoever does not hold the state.
public struct ViewToken: Hashable, Sendable, CustomStringConvertible {
  /// The first ten bytes of the digest.
  public let bytes: [UInt8]

  /// The token of a state of a record.
  public init(of state: RecordState, masked: Masked = .none, record: RecordID) {
    self.init(of: state.bytes, masked: masked.bytes, record: record)
  }

  init(of state: [UInt8], masked: [UInt8], record: RecordID) {
    var writer = ByteWriter(capacity: 64 + state.count + masked.count)
    writer.raw(record.bytes)
    writer.raw(state)
    writer.raw(masked)
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
  /// Which of its answers are masked.
  public let masked: Masked
  /// The token of what is shown.
  public let token: ViewToken
  /// The token of what the person has seen of that state by now: answers that are masked here and
  /// were shown before are not masked in it.
  public let known: ViewToken
}

extension Store {
  /// Notes that a person is shown records, and says what.
  ///
  /// - Parameters:
  ///   - records: the records with their forms.
  ///   - person: who is shown them; `nil` if only the tokens are wanted.
  ///   - isMasked: whether private answers are shown as a mask.
  public func show(
    _ records: [(record: RecordID, form: UInt32)], to person: PersonID?, isMasked: Bool = false
  ) throws -> [ShownRecord] {
    try write { db in
      let context = try context(db)
      let now = surroundings.wall()
      var pruned: Int64?
      try pruneViews(db, now: now, since: &pruned)
      return try records.map { record, form in
        let table = context.table(form)
        guard let copy = try shownCopy(db, table, record) else {
          throw StoreError.noRecord(record)
        }
        let masked = isMasked ? Masked(of: copy.state, form: table.form) : .none
        let (token, known) = try noteView(
          db, context, copy.state, masked: masked, of: record, form: form, in: copy.village,
          for: person, at: now)
        return ShownRecord(
          record: record, form: form, village: copy.village, state: copy.state, masked: masked,
          token: token, known: known)
      }
    }
  }

  /// What a person was last shown of a record, with what they wrote since; `nil` if nothing.
  ///
  /// Who created a record here, and was not shown it since, has seen what they wrote.
  public func latestView(
    of record: RecordID, form: UInt32, for person: PersonID
  ) throws -> (state: RecordState, masked: Masked)? {
    try read { db in
      try latestView(db, try context(db), of: record, form: form, for: person)
    }
  }

  private func latestView(
    _ db: Database, _ context: StoreContext, of record: RecordID, form: UInt32,
    for person: PersonID
  ) throws -> (state: RecordState, masked: Masked)? {
    let copies = try context.table(form).copies(db, record)
    if let noted = try notedView(db, record, for: person) {
      let state = try Seen.state(db, noted.state, noted.token, by: person, among: copies)
      return (state, noted.masked)
    }
    let creation = copies.lazy.flatMap(\.state.origins).first { record.isCreated(by: $0.name) }
    guard let name = creation?.name else { return nil }
    let dot = name.dot
    // NB: of a store that was copied another change may have the dot.
    guard let change = try Branches.written(db, name) else {
      // NB: a base in which nobody else wrote is what the author wrote.
      guard let base = try Cuts.state(db, of: record, in: dot.village), base.origins.count == 1,
        let author = base.origins[0].author, try isOwn(db, author, as: name, of: person)
      else { return nil }
      return (base, .none)
    }
    guard try isOwn(db, change.content.author, as: name, of: person) else { return nil }
    var state = RecordState()
    state.apply(change.origin, by: change.content.author, change.content.answers)
    return (state, .none)
  }

  /// Whether a person wrote a change at this laptop, be it before it joined.
  private func isOwn(
    _ db: Database, _ author: Authorship, as name: Name, of person: PersonID
  ) throws -> Bool {
    if let former = try FormerPerson(db), former.person == person,
      try former.wrote(name, by: author, db, directory: try context(db).directory)
    {
      return true
    }
    let device = try Meta.integer(db, .device) ?? 0
    return author.person == person && Int64(author.device.number) == device
  }

  /// What a person was last shown, as it was noted.
  private func notedView(
    _ db: Database, _ record: RecordID, for person: PersonID
  ) throws -> (token: ViewToken, state: RecordState, masked: Masked)? {
    try db.first(
      """
      SELECT view.token, view.state, view.masked FROM shown JOIN view USING (token)
      WHERE shown.person = ? AND shown.record = ?
      """, .text(person.description), .text(record.description)
    ) { row in
      (
        ViewToken(bytes: row.bytes(0)), try RecordTable.state(row.bytes(1), of: record),
        try Self.masked(row.bytes(2), of: record)
      )
    }
  }

  private static func masked(_ bytes: [UInt8], of record: RecordID) throws -> Masked {
    do throws(ByteError) {
      return try Masked(bytes: bytes)
    } catch {
      throw StoreError.inconsistent(detail: "what was masked of \(record): \(error)")
    }
  }

  /// Notes that a person has seen what they just saved, and no more than that.
  public func note(_ saved: Saved, for person: PersonID) throws -> ViewToken {
    try write { db in
      try Self.keepView(
        db, saved.view, masked: saved.masked, of: saved.record, in: saved.village, for: person,
        at: surroundings.wall())
    }
  }

  /// What a token stands for.
  ///
  /// - Parameter record: the record that it should be of; what somebody has seen of it by their own edit
  ///   is found so.
  public func view(
    _ token: ViewToken, of record: RecordID
  ) throws -> (record: RecordID, state: RecordState, masked: Masked)? {
    try read { db in
      if let noted = try Self.view(db, token) { return noted }
      return try seenView(db, token, of: record).map { (record, $0, .none) }
    }
  }

  /// What a token stands for, as it was noted.
  static func view(
    _ db: Database, _ token: ViewToken
  ) throws -> (record: RecordID, state: RecordState, masked: Masked)? {
    try db.first(
      "SELECT record, state, masked FROM view WHERE token = ?", .blob(token.bytes)
    ) { row in
      guard let record = RecordID(letters: row.text(0)) else {
        throw StoreError.inconsistent(detail: "view \(token)")
      }
      return (
        record, try RecordTable.state(row.bytes(1), of: record),
        try Self.masked(row.bytes(2), of: record)
      )
    }
  }

  /// Keeps a view, and notes for a person all that they have seen of it by now: what an older view
  /// showed them is not unseen for being masked in this one.
  func noteView(
    _ db: Database, _ context: StoreContext, _ state: RecordState, masked: Masked,
    of record: RecordID, form: UInt32, in village: VillageCode, for person: PersonID?,
    at now: Int64
  ) throws -> (token: ViewToken, known: ViewToken) {
    var known = masked
    if !masked.isEmpty, let person,
      let older = try latestView(db, context, of: record, form: form, for: person)
    {
      known = masked.without(older.state, masked: older.masked)
    }
    let last = try Self.keepView(
      db, state, masked: known, of: record, in: village, for: person, at: now)
    if known == masked { return (last, last) }
    let token = try Self.keepView(
      db, state, masked: masked, of: record, in: village, for: nil, at: now)
    return (token, last)
  }

  /// Writes a view down, and notes for a person that it is their latest.
  static func keepView(
    _ db: Database, _ state: RecordState, masked: Masked, of record: RecordID,
    in village: VillageCode, for person: PersonID?, at now: Int64
  ) throws -> ViewToken {
    let (bytes, mask) = (state.bytes, masked.bytes)
    let token = ViewToken(of: bytes, masked: mask, record: record)
    try db.run(
      """
      INSERT INTO view (token, record, village, shown, state, masked) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET shown = max(shown, excluded.shown)
      """, .blob(token.bytes), .text(record.description), .bits(village.number), .integer(now),
      .blob(bytes), .blob(mask))
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
  /// For this alone an index of what was shown by its tokens would be written to by every edit, in two
  /// places; so what is in use is gathered when it is asked for.
  ///
  /// Nothing else refers to them. Should a clock that is far ahead make one forgotten too early, an
  /// edit that cites it is refused, and can be made from a new one.
  ///
  /// - Parameter last: the day on which that was last done; asked of the file if it is another one.
  func pruneViews(_ db: Database, now: Int64, since last: inout Int64?) throws {
    let day = now / Self.dayMilliseconds
    if last == day { return }
    last = day
    guard try Meta.integer(db, .pruned) != day else { return }
    try Meta.set(db, .pruned, .integer(day))
    try db.run(
      """
      DELETE FROM view WHERE shown < ?
        AND token NOT IN (SELECT token FROM shown)
        AND token NOT IN (SELECT token FROM draft WHERE token IS NOT NULL)
      """, .integer(now - Int64(Self.viewDays) * Self.dayMilliseconds - Seen.spanMilliseconds))
  }

  private static let dayMilliseconds: Int64 = 86_400_000
}
