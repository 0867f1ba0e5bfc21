import Bytes
import Causality
import GRDB
import Model
import Wire

/// A person's word that something is void.
public struct VoidDeclaration: Hashable, Sendable {
  /// When, in milliseconds since 1970.
  public let declared: Int64
  /// Who said so.
  public let person: PersonID
  /// Why, in the person's words.
  public let reason: String

  /// Makes a declaration.
  public init(declared: Int64, person: PersonID, reason: String) {
    self.declared = declared
    self.person = person
    self.reason = reason
  }
}

/// What nobody has any more, by a person's word at the office.
///
/// A stream that lost a part on all sides would keep out what was written on top of it for ever. Of
/// such a part nothing can be said, so nothing is said: it is neither counted as held, nor as
/// answered. What waits for it is issued again by the office, under dots of its own and with its
/// origins, and leaves out what it names there. The streams stay open: if the part is found after
/// all, it comes in as if nobody had given it up, and what is held by its origin then takes away
/// what it had replaced.
///
/// The word holds until the first change of it is found. Whoever brings that has more, perhaps, so the
/// rest is waited for again until a person says otherwise; and a word that reached too far ends there,
/// before it could be said of anything that was written later.
enum Voids {
  /// That nothing of what a row speaks of has been found.
  private static let isInForce = """
    (void.replica = 0 OR void.first > coalesce((
      SELECT stream.count FROM stream
      WHERE stream.village = void.village AND stream.replica = void.replica), 0))
    """

  /// Whether a change that is not held is void.
  static func cover(_ db: Database, _ dot: Dot) throws -> Bool {
    try db.first(
      """
      SELECT 1 FROM void
      WHERE village = ? AND replica = ? AND record = '' AND count >= ? AND \(isInForce)
      """, .bits(dot.village.number), .bits(dot.replica.number), .bits(dot.counter)
    ) { _ in true } ?? false
  }

  /// Whether no carry into a record is waited for any more.
  static func coverCarries(
    _ db: Database, into record: RecordID, in village: VillageCode
  ) throws -> Bool {
    try db.first(
      "SELECT 1 FROM void WHERE village = ? AND replica = 0 AND record = ?",
      .bits(village.number), .text(record.description)
    ) { _ in true } ?? false
  }

  /// Notes a word.
  ///
  /// Of the same the first word stands, and a word that reaches elsewhere stands beside it.
  static func note(
    _ db: Database, _ place: MissingRun.Place, _ declaration: VoidDeclaration
  ) throws {
    try db.run(
      """
      INSERT OR IGNORE INTO void
        (village, replica, record, first, count, declared, person, reason)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """, .bits(place.village.number), .bits(place.replica), .text(place.record),
      .bits(place.first), .bits(place.count), .integer(declaration.declared),
      .text(declaration.person.description), .text(declaration.reason))
  }

  /// The frames that wait for what is missing.
  static func waiting(_ db: Database, for place: MissingRun.Place) throws -> [Inbox.Key] {
    let isCarry = !place.record.isEmpty
    return try db.all(
      """
      SELECT replica, first, last_hash FROM inbox
      WHERE village = ?
        AND \(isCarry ? "awaited IS NULL AND record = ?" : "awaited = ? AND awaited_count <= ?")
      ORDER BY arrived, replica, first
      """,
      [.bits(place.village.number)]
        + (isCarry ? [.text(place.record)] : [.bits(place.replica), .bits(place.count)])
    ) { row in
      Inbox.Key(
        stream: StreamID(village: place.village, replica: ReplicaID(row.bits(0))),
        first: row.bits(1), lastHash: row.bytes(2))
    }
  }

  /// The frames that wait for something that nothing brings which waits itself, and what they wait for.
  ///
  /// What waits for a change that waits as well will come with it, and is not among them; unless that
  /// cannot come, because what it waits for is void and nothing shows what it goes on from, or nobody
  /// stands for it, or all wait for each other.
  static func roots(
    _ db: Database
  ) throws -> [(place: MissingRun.Place, waiter: MissingRun.Waiter)] {
    try db.all(
      """
      SELECT village, coalesce(awaited, 0),
        CASE WHEN awaited IS NULL THEN coalesce(record, '') ELSE '' END,
        CASE WHEN awaited IS NULL THEN 0 ELSE awaited_count END,
        last - first + 1, arrived, device, room
      FROM inbox
      WHERE NOT EXISTS (
        SELECT 1 FROM inbox behind WHERE behind.village = inbox.village
          AND behind.replica = inbox.awaited AND behind.first <= inbox.awaited_count
          AND behind.last >= inbox.awaited_count AND behind.room >= 0
          AND NOT EXISTS (
            SELECT 1 FROM void WHERE void.village = behind.village
              AND void.replica = behind.awaited AND void.record = ''
              AND void.count >= behind.awaited_count AND \(isInForce)))
        OR NOT EXISTS (SELECT 1 FROM inbox root WHERE root.awaited IS NULL OR NOT EXISTS (
          SELECT 1 FROM inbox before WHERE before.village = root.village
            AND before.replica = root.awaited AND before.first <= root.awaited_count
            AND before.last >= root.awaited_count))
      ORDER BY 1, 2, 3, 4, arrived, replica, first, last_hash
      """
    ) { row -> (place: MissingRun.Place, waiter: MissingRun.Waiter)? in
      guard let village = VillageCode(number: row.bits(0)) else { return nil }
      let count = row.bits(3)
      let room = Inbox.Room(number: row.integer(7))
      return (
        MissingRun.Place(
          village: village, replica: row.bits(1), record: row.text(2), first: 0, count: count),
        MissingRun.Waiter(
          device: room.device, bearer: DeviceID(UInt32(truncatingIfNeeded: row.bits(6))),
          isAside: false, reach: count, changes: Int(row.integer(4)), since: row.integer(5))
      )
    }.compactMap { $0 }
  }

  /// What was declared void, in order of village, replica and record.
  static func declared(_ db: Database) throws -> [(MissingRun.Place, VoidDeclaration)] {
    try db.all(
      """
      SELECT village, replica, record, first, count, declared, person, reason FROM void
      ORDER BY village, replica, record, declared, first, count
      """
    ) { row in
      guard let village = VillageCode(number: row.bits(0)),
        let person = PersonID(row.text(6))
      else { throw StoreError.inconsistent(detail: "void") }
      return (
        MissingRun.Place(
          village: village, replica: row.bits(1), record: row.text(2), first: row.bits(3),
          count: row.bits(4)),
        VoidDeclaration(declared: row.integer(5), person: person, reason: row.text(7))
      )
    }
  }
}

extension ChangeContent {
  /// Leaves names out of what the change replaces and cites.
  mutating func leaveOut(_ void: Set<Name>) {
    cites.removeAll(where: void.contains)
    guard case .answers(let answers) = body else { return }
    body = .answers(
      answers.map { placed in
        PlacedAnswer(
          path: placed.path, replaces: placed.replaces.filter { !void.contains($0) },
          answer: placed.answer)
      })
  }
}

extension Authoring {
  /// Says that a record, and the rows that a change touches, are there, if what said so is void:
  /// nobody could go on with them otherwise.
  mutating func giveLives(to change: Change) throws {
    let (village, form) = (change.dot.village, change.content.form)
    let table = door.context.table(form)
    guard let state = try table.copy(door.db, change.record, in: village)?.state else { return }
    let rows = Set(change.content.answers.compactMap(\.path.row))
    let lives = ([nil] + rows.sorted().map { Optional($0) })
      .map { Path(row: $0, field: .life) }
      .filter { state.siblings(at: $0).isEmpty }
    if lives.isEmpty { return }
    _ = try write(
      ChangeContent(
        form: form, record: change.record, author: author(.office, act: .office),
        cites: [change.origin],
        body: .answers(lives.map { PlacedAnswer(path: $0, answer: .life(.alive)) })),
      in: village)
  }
}
