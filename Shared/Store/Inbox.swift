import Causality
import GRDB
import Model
import Wire

/// Frames that came before what they name: not held, and nobody is told that they are.
///
/// With each frame stands what it waits for, so that news of a village wakes those whose need it
/// meets and no others, however many wait. A need is a count of one stream of the village, or a
/// carry into the record; where several things are missing it is one of them, and the next is noted
/// when that one has come.
enum Inbox {
  /// The most bytes of frames that may wait.
  static let limit: Int64 = 256 << 20
  /// The most bytes that may wait in one room.
  static let roomLimit: Int64 = 32 << 20
  /// The most frames that may wait in one room.
  static let roomFrameLimit: Int64 = 2000
  /// The bytes for which a device has room whatever else waits.
  static let assured: Int64 = 4 << 20

  /// In whose room a frame lies.
  ///
  /// What leads to a device's seal takes the room of that device, whoever hands it on. What else a device
  /// brings takes its own. Who brings a file is only said in it, so what is in one and cannot be checked takes
  /// nobody's.
  enum Room: Hashable {
    /// A device's; 0 stands for the office.
    case of(DeviceID)
    /// Nobody's.
    case nobodys

    init(number: Int64) {
      self = number < 0 ? .nobodys : .of(DeviceID(UInt32(truncatingIfNeeded: number)))
    }

    /// The device; `nil` if it is nobody's.
    var device: DeviceID? { if case .of(let device) = self { device } else { nil } }

    var number: Int64 { device.map { Int64($0.number) } ?? -1 }
  }

  /// What a frame waits for.
  struct Need: Hashable {
    /// The stream of the frame's village that must come up; `nil` if only a carry can help.
    var awaited: ReplicaID?
    /// How many changes that stream must count.
    var count: UInt64 = 0
    /// The record into which a carry may bring what is missing.
    var record: RecordID?
  }

  /// Which frame.
  struct Key {
    let stream: StreamID
    let first: UInt64
    let lastHash: [UInt8]

    init(stream: StreamID, first: UInt64, lastHash: [UInt8]) {
      self.stream = stream
      self.first = first
      self.lastHash = lastHash
    }

    init(_ frame: Frame) {
      self.init(stream: frame.stream, first: frame.first, lastHash: frame.last.bytes)
    }

    fileprivate var values: [SQLValue] {
      [
        .bits(stream.village.number), .bits(stream.replica.number), .bits(first), .blob(lastHash),
      ]
    }
  }

  /// What a transaction brought that others may have waited for.
  struct News {
    private(set) var villages = Set<VillageCode>()
    private(set) var carried = Set<Door.Touch>()
    /// Changes of branches that were issued again just now.
    ///
    /// To ask of all branches that there are would
    /// wake what waits for another change at such a dot with everything that comes.
    private(set) var branches = Set<Dot>()

    var isEmpty: Bool { villages.isEmpty }

    mutating func add(_ touched: [Door.Touch]) {
      villages.formUnion(touched.map(\.village))
      carried.formUnion(touched.filter(\.isCarry))
    }

    /// Notes that a stream of a village came up.
    mutating func add(_ village: VillageCode) {
      villages.insert(village)
    }

    /// Notes that a change of a branch was issued again.
    mutating func add(branch dot: Dot) {
      branches.insert(dot)
    }

    mutating func add(_ other: News) {
      villages.formUnion(other.villages)
      carried.formUnion(other.carried)
      branches.formUnion(other.branches)
    }
  }

  /// Whether nothing waits.
  ///
  /// NB: mostly nothing does, and to ask this takes less time than SQLite needs to compile what looks
  /// for some of what waits.
  static func isEmpty(_ db: Database) throws -> Bool {
    try db.first("SELECT 1 FROM inbox LIMIT 1") { _ in false } ?? true
  }

  /// How many frames wait.
  static func count(_ db: Database) throws -> Int {
    try db.first("SELECT count(*) FROM inbox") { Int($0.integer(0)) } ?? 0
  }

  /// The frames whose need the news meets, in the order of their streams.
  static func ready(_ db: Database, after news: News) throws -> [Key] {
    if try news.isEmpty || isEmpty(db) { return [] }
    var ready: [Key] = []
    for village in news.villages.sorted() {
      ready += try keys(
        db,
        """
        SELECT inbox.replica, first, last_hash FROM inbox
        JOIN stream ON stream.village = inbox.village AND stream.replica = awaited
        WHERE inbox.village = ?1 AND stream.count >= awaited_count
        ORDER BY 1, 2
        """, village)
    }
    for dot in news.branches.sorted() {
      ready += try keys(
        db,
        """
        SELECT replica, first, last_hash FROM inbox
        WHERE village = ? AND awaited = ? AND awaited_count = ? ORDER BY replica, first
        """, dot.village, .bits(dot.replica.number), .bits(dot.counter))
    }
    for touch in news.carried.sorted(by: { ($0.village, $0.record) < ($1.village, $1.record) }) {
      ready += try keys(
        db,
        """
        SELECT replica, first, last_hash FROM inbox WHERE village = ? AND record = ?
        ORDER BY replica, first
        """, touch.village, .text(touch.record.description))
    }
    return ready
  }

  private static func keys(
    _ db: Database, _ sql: String, _ village: VillageCode, _ values: SQLValue...
  ) throws -> [Key] {
    try db.all(sql, [.bits(village.number)] + values) { row in
      Key(
        stream: StreamID(village: village, replica: ReplicaID(row.bits(0))), first: row.bits(1),
        lastHash: row.bytes(2))
    }
  }

  /// A waiting frame, the device that brought it and in whose room it lies; `nil` if it waits no more.
  static func frame(
    _ db: Database, _ key: Key
  ) throws -> (frame: Frame, device: DeviceID, room: Room)? {
    let row = try db.first(
      """
      SELECT frame, device, room FROM inbox
      WHERE village = ? AND replica = ? AND first = ? AND last_hash = ?
      """, key.values
    ) {
      ($0.bytes(0), DeviceID(UInt32(truncatingIfNeeded: $0.bits(1))), Room(number: $0.integer(2)))
    }
    guard let (bytes, device, room) = row else { return nil }
    do {
      return (try Frame(bytes), device, room)
    } catch {
      throw StoreError.inconsistent(detail: "inbox: \(error)")
    }
  }

  /// In whose room a frame lies; `nil` if it does not wait.
  static func room(db: Database, _ key: Key) throws -> Room? {
    try db.first(
      """
      SELECT room FROM inbox
      WHERE village = ? AND replica = ? AND first = ? AND last_hash = ?
      """, key.values
    ) { Room(number: $0.integer(0)) }
  }

  /// Notes what a frame waits for that waits already.
  static func renew(_ db: Database, _ key: Key, _ need: Need) throws {
    let known = try db.first(
      """
      SELECT awaited, awaited_count, record FROM inbox
      WHERE village = ? AND replica = ? AND first = ? AND last_hash = ?
      """, key.values
    ) { row in
      Need(
        awaited: row.isNull(0) ? nil : ReplicaID(row.bits(0)), count: row.bits(1),
        record: row.isNull(2) ? nil : RecordID(letters: row.text(2)))
    }
    if known == need { return }
    try db.run(
      """
      UPDATE inbox SET awaited = ?, awaited_count = ?, record = ?
      WHERE village = ? AND replica = ? AND first = ? AND last_hash = ?
      """, need.values + key.values)
  }

  static func add(
    _ db: Database, _ frame: Frame, _ need: Need, device: DeviceID, room: Room, now: Int64
  ) throws {
    try db.run(
      """
      INSERT INTO inbox (village, replica, first, last_hash, awaited, awaited_count, record,
        last, device, room, arrived, frame)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      Key(frame).values + need.values + [
        .bits(frame.lastCounter), .integer(Int64(device.number)), .integer(room.number),
        .integer(now), .blob(frame.bytes),
      ])
  }

  /// Whether a frame waits, or the rest of it.
  static func holds(_ db: Database, _ frame: Frame) throws -> Bool {
    try db.first(
      "SELECT 1 FROM inbox WHERE village = ? AND replica = ? AND last_hash = ?",
      .bits(frame.stream.village.number), .bits(frame.stream.replica.number),
      .blob(frame.last.bytes)
    ) { _ in true } ?? false
  }

  static func remove(_ db: Database, _ key: Key) throws {
    try db.run(
      "DELETE FROM inbox WHERE village = ? AND replica = ? AND first = ? AND last_hash = ?",
      key.values)
  }

  /// Removes the frames of a stream all of whose changes are held by now.
  static func removeHeld(_ db: Database, _ stream: StreamID, upTo count: UInt64) throws {
    if try isEmpty(db) { return }
    try db.run(
      """
      DELETE FROM inbox WHERE village = ? AND replica = ? AND first <= ? AND last <= ?
        AND last_hash = (
          SELECT hash FROM journal WHERE journal.village = inbox.village
            AND journal.replica = inbox.replica AND journal.counter = inbox.last)
      """, .bits(stream.village.number), .bits(stream.replica.number), .bits(count), .bits(count))
  }

  /// Puts a frame in the place of one that is the same but for what it says of its base.
  static func replace(_ db: Database, _ key: Key, by frame: Frame) throws {
    try db.run(
      """
      UPDATE inbox SET frame = ? WHERE village = ? AND replica = ? AND first = ? AND last_hash = ?
      """, [.blob(frame.bytes)] + key.values)
  }

  /// Removes a frame the last of whose changes was issued again, if all of it was: it waited for a stream
  /// that goes on with another branch, or that lost its beginning.
  ///
  /// - Parameter isKnown: whether the records account for every change of a frame that a device brought.
  static func removeReissued(
    _ db: Database, _ origin: Name, ifAll isKnown: (Frame, DeviceID) throws -> Bool
  ) throws {
    for key in try keys(db, endingWith: origin) {
      guard let (frame, device, _) = try Inbox.frame(db, key), try isKnown(frame, device) else {
        continue
      }
      try remove(db, key)
    }
  }

  /// Removes the frames that end with a change.
  ///
  /// - Returns: whether any did.
  static func remove(_ db: Database, endingWith last: Name) throws -> Bool {
    let waiting = try keys(db, endingWith: last)
    for key in waiting { try remove(db, key) }
    return !waiting.isEmpty
  }

  private static func keys(_ db: Database, endingWith last: Name) throws -> [Key] {
    let waiting = try db.all(
      """
      SELECT first, last_hash FROM inbox WHERE village = ? AND replica = ? AND last = ?
      ORDER BY first, last_hash
      """, .bits(last.dot.village.number), .bits(last.dot.replica.number),
      .bits(last.dot.counter)
    ) { Key(stream: last.dot.stream, first: $0.bits(0), lastHash: $0.bytes(1)) }
    return waiting.filter { ChainHash($0.lastHash)?.tag == last.tag }
  }

  /// Removes the frames that wait of a village, and that end as the office's own streams do by its word.
  ///
  /// NB: where a stream is longer there, it may have gone on with another branch, and what waits here
  /// was perhaps never brought; so the count alone says nothing.
  static func removeAcknowledged(_ db: Database, of village: VillageCode) throws {
    let there = try Acknowledged.vector(db, of: village) ?? VersionVector()
    for entry in there.entries {
      let end = StreamID(village: village, replica: entry.replica).dot(entry.count)
      _ = try remove(db, endingWith: Name(dot: end, tag: entry.head))
    }
  }

  /// What waits of a village, in the order of its streams.
  static func keys(_ db: Database, of village: VillageCode) throws -> [Key] {
    try keys(
      db,
      "SELECT replica, first, last_hash FROM inbox WHERE village = ? ORDER BY replica, first, last_hash",
      village)
  }

  /// Removes the frames of a stream that a base will stand for.
  ///
  /// NB: a count is no hash, and what is of another branch is perhaps nowhere else. So what cannot be told from
  /// such a branch waits on, but for what nobody could check: the office has that, or nobody ever wrote it.
  static func removeDropped(_ db: Database, _ stream: StreamID, upTo count: UInt64) throws {
    if try isEmpty(db) { return }
    let waiting = try frames(
      db.all(
        "SELECT frame FROM inbox WHERE village = ? AND replica = ? AND last <= ?",
        .bits(stream.village.number), .bits(stream.replica.number), .bits(count)
      ) { $0.bytes(0) })
    for frame in waiting {
      let isHeld = try Streams.hash(db, frame.lastDot) == frame.last
      if isHeld || !frame.isChecked { try remove(db, Key(frame)) }
    }
  }

  /// The villages of which frames wait.
  static func villages(_ db: Database) throws -> [VillageCode] {
    try db.all("SELECT DISTINCT village FROM inbox") { VillageCode(number: $0.bits(0)) }
      .compactMap { $0 }.sorted()
  }
}

extension Inbox.Need {
  fileprivate var values: [SQLValue] {
    [
      awaited.map { .bits($0.number) } ?? .null, .bits(count),
      .optional(record?.description),
    ]
  }
}
