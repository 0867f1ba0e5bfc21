import Bytes
import Causality
import GRDB
import Model
import Reading
import Wire

/// What people have seen of records by what they wrote themselves.
///
/// Whoever edits a record has seen what they were shown, and what they wrote. To write that down as a view
/// would cost an edit as much again as its change: a digest and a packed state, in rows of two more tables.
/// So where what the edit was made from is what its author was last shown, the journal's row says so with
/// the token of that view, and what they have seen since is made when it is asked for: the view, and the
/// change. Nothing else makes a row of the journal say so; what comes from others never does.
///
/// Rows that leave the journal are settled before: what they say is then written down after all.
enum Seen {
  /// How long before an edit its view may have been shown to be named by it.
  ///
  /// A view is kept for some time after it was shown, and what was made from it must be kept as long.
  static let spanMilliseconds: Int64 = 3_600_000

  /// The view that an edit may name as what its author has seen; `nil` if it must be written down.
  ///
  /// - Parameter copies: the record's copies here, as they are.
  static func view(
    _ db: Database, under edit: Edit, of record: RecordID, among copies: [StoredCopy], now: Int64
  ) throws -> ViewToken? {
    guard edit.masked.isEmpty else { return nil }
    let own = try Incarnations.all(db)
    for copy in copies where hasUnseen(copy.state, edit.view, own) { return nil }
    let bytes = edit.view.bytes
    return try db.first(
      """
      SELECT view.token, view.state FROM shown JOIN view USING (token)
      WHERE shown.person = ? AND shown.record = ? AND view.masked = x'' AND view.shown >= ?
      """, .text(edit.person.description), .text(record.description),
      .integer(now - spanMilliseconds)
    ) { row in row.isEqual(1, to: bytes) ? ViewToken(bytes: row.bytes(0)) : nil } ?? nil
  }

  /// Whether something was written here that a view does not know: by somebody else, or from the same
  /// view, which then stands for two things.
  private static func hasUnseen(
    _ state: RecordState, _ view: RecordState, _ own: Set<ReplicaID>
  ) -> Bool {
    state.origins.contains { own.contains($0.name.dot.replica) && !view.accounts(for: $0.name) }
  }

  /// A view with what a person wrote from it.
  static func state(
    _ db: Database, _ view: RecordState, _ token: ViewToken, by person: PersonID,
    among copies: [StoredCopy]
  ) throws -> RecordState {
    for (change, seen) in try changes(db, among: copies, not: view)
    where seen == token && change.content.author.person == person {
      var state = view
      state.apply(change.origin, by: change.content.author, change.content.answers)
      return state
    }
    return view
  }

  /// What a token stands for that was written down nowhere.
  static func view(
    _ db: Database, _ token: ViewToken, of record: RecordID, among copies: [StoredCopy]
  ) throws -> RecordState? {
    for (change, seen) in try changes(db, among: copies, not: RecordState()) {
      guard var state = try view(db, seen, of: record) else { continue }
      state.apply(change.origin, by: change.content.author, change.content.answers)
      if ViewToken(of: state, record: record) == token { return state }
    }
    return nil
  }

  /// Writes down what people have seen by rows that are about to leave the journal.
  ///
  /// - Parameter condition: which rows.
  static func settle(_ db: Database, where condition: String, _ values: [SQLValue]) throws {
    // NB: their places alone, for what they say of many records is more than should be held at once.
    let rows = try db.all(
      """
      SELECT village, replica, counter, seen, arrived FROM journal
      WHERE seen IS NOT NULL AND \(condition) ORDER BY seq
      """, values
    ) { row in
      VillageCode(number: row.bits(0)).map { village in
        (
          dot: Dot(replica: ReplicaID(row.bits(1)), village: village, counter: row.bits(2)),
          seen: ViewToken(bytes: row.bytes(3)), arrived: row.integer(4)
        )
      }
    }
    for (dot, seen, arrived) in rows.compactMap({ $0 }) {
      guard let change = try change(db, at: dot)?.change,
        var state = try view(db, seen, of: change.record)
      else { continue }
      state.apply(change.origin, by: change.content.author, change.content.answers)
      let token = try Store.keepView(
        db, state, masked: .none, of: change.record, in: change.dot.village, for: nil, at: arrived)
      // NB: who was shown something else since has seen that.
      try db.run(
        "UPDATE shown SET token = ? WHERE person = ? AND record = ? AND token = ?",
        .blob(token.bytes), .text(change.content.author.person.description),
        .text(change.record.description), .blob(seen.bytes))
    }
  }

  private static func view(
    _ db: Database, _ token: ViewToken, of record: RecordID
  ) throws -> RecordState? {
    try db.first(
      "SELECT state FROM view WHERE token = ? AND record = ?", .blob(token.bytes),
      .text(record.description)
    ) { row in try RecordTable.state(row.bytes(0), of: record) }
  }

  /// The changes of a record that name the view which they were made from.
  private static func changes(
    _ db: Database, among copies: [StoredCopy], not known: RecordState
  ) throws -> [(change: Change, seen: ViewToken)] {
    // NB: only what was written here names a view, and most of what a view does not know came from others.
    let own = try Incarnations.all(db)
    let unknown = Set(
      copies.flatMap(\.state.origins).map(\.name).filter {
        own.contains($0.dot.replica) && !known.accounts(for: $0)
      })
    return try unknown.sorted().compactMap { name in
      guard let row = try change(db, at: name.dot), row.change.name == name else { return nil }
      return row
    }
  }

  /// A change that names the view which it was made from; `nil` if there is none, or if it does not read: to
  /// have lost a view costs a question more, and `verify` tells of the damage.
  private static func change(
    _ db: Database, at dot: Dot
  ) throws -> (change: Change, seen: ViewToken)? {
    do {
      return try db.first(
        """
        SELECT hash, content, seen FROM journal
        WHERE village = ? AND replica = ? AND counter = ? AND seen IS NOT NULL
        """, .bits(dot.village.number), .bits(dot.replica.number), .bits(dot.counter)
      ) { row in
        (
          try Journal.change(dot: dot, hash: row.bytes(0), content: row.bytes(1)),
          ViewToken(bytes: row.bytes(2))
        )
      }
    } catch StoreError.inconsistent {
      return nil
    }
  }
}

extension Store {
  /// What a token stands for that somebody has by their own edit.
  func seenView(
    _ db: Database, _ token: ViewToken, of record: RecordID
  ) throws -> RecordState? {
    let context = try context(db)
    for form in context.forms.keys.sorted() {
      let copies = try context.table(form).copies(db, record)
      if let state = try Seen.view(db, token, of: record, among: copies) { return state }
    }
    return nil
  }

  /// Writes a view down that somebody has by their own edit, because something will refer to it.
  func settleView(_ db: Database, _ token: ViewToken, of record: RecordID) throws {
    guard try Self.view(db, token) == nil, let state = try seenView(db, token, of: record),
      let village = Home.birthplace(of: state, record: record)
        ?? state.origins.first?.name.dot.village
    else { return }
    _ = try Self.keepView(
      db, state, masked: .none, of: record, in: village, for: nil, at: surroundings.wall())
  }
}
