import Bytes
import Causality
import GRDB
import Model
import Wire

/// A change that the office did not take.
public struct QuarantinedChange: Sendable {
  /// Where it belongs.
  public let dot: Dot
  /// The device that brought it.
  public let device: DeviceID
  /// Why it was not taken.
  public let ground: Refusal.Ground
  /// When it came, in milliseconds since 1970.
  public let arrived: Int64
}

/// What a supervisor decided about changes in quarantine.
public struct QuarantineDecision: Hashable, Sendable {
  /// Whether the changes were let in, or put away.
  public enum Kind: UInt8, Hashable, Sendable {
    /// They were taken.
    case taken = 1
    /// They were left where they are, and are no longer asked about.
    case dropped = 2
  }

  /// What was decided.
  public let kind: Kind
  /// When, in milliseconds since 1970.
  public let decided: Int64
  /// Who decided.
  public let person: PersonID
  /// Why, in the person's words.
  public let reason: String?

  /// Makes a decision.
  public init(kind: Kind, decided: Int64, person: PersonID, reason: String?) {
    self.kind = kind
    self.decided = decided
    self.person = person
    self.reason = reason
  }
}

/// Consecutive changes of one stream that one device brought and that were not taken for one
/// reason: what a person decides about at once.
public struct QuarantinedRun: Sendable {
  /// Letters by which people name it; they stay the same as long as its first change does.
  public let name: String
  /// The stream.
  public let stream: StreamID
  /// The counter of the first change.
  public let first: UInt64
  /// The changes' contents, in order.
  public fileprivate(set) var contents: [[UInt8]]
  /// The device that brought them.
  public let device: DeviceID
  /// Why they were not taken.
  public let ground: Refusal.Ground
  /// When the last of them came, in milliseconds since 1970.
  public fileprivate(set) var arrived: Int64
  /// What was decided; `nil` while nothing is.
  public let decision: QuarantineDecision?
  let secret: StreamSecret?

  /// The counter of the last change.
  public var last: UInt64 { first + UInt64(contents.count) - 1 }
}

/// Writes and reads what the office keeps aside.
///
/// A change is told from another at the same dot by the digest of its content, since one that is
/// refused need not have a place in any chain. Of each device so much is kept and no more; beyond
/// that the refusal alone is said, and the laptop keeps what it is about, as it keeps everything.
enum Quarantine {
  /// The most changes of one device that are kept and not decided about.
  static let changeLimit: Int64 = 20_000
  /// The most bytes of them.
  static let byteLimit: Int64 = 64 << 20

  /// Keeps changes of a frame, from an index on: whole, not held, not acknowledged.
  static func keep(
    _ frame: Frame, from index: Int = 0, of device: DeviceID, ground: Refusal.Ground,
    now: Int64, _ db: Database
  ) throws {
    let kept = try db.first(
      """
      SELECT count(*), coalesce(sum(length(content)), 0) FROM quarantine
      WHERE device = ? AND decision IS NULL
      """, .integer(Int64(device.number))
    ) { ($0.integer(0), $0.integer(1)) }
    var (changes, bytes) = kept ?? (0, 0)
    for (offset, content) in frame.contents.enumerated().dropFirst(index) {
      let counter = frame.first + UInt64(offset)
      let key: [SQLValue] = [
        .bits(frame.stream.village.number), .bits(frame.stream.replica.number), .bits(counter),
        .blob(Digest.sha256(content).bytes), .integer(Int64(device.number)),
      ]
      let known = try db.first(
        """
        SELECT ground FROM quarantine
        WHERE village = ? AND replica = ? AND counter = ? AND hash = ? AND device = ?
        """, key
      ) { $0.integer(0) }
      if let known {
        // It comes again with every sync, and that alone is nothing to write down.
        if known == Int64(ground.rawValue) { continue }
        try db.run(
          """
          UPDATE quarantine SET ground = ?
          WHERE village = ? AND replica = ? AND counter = ? AND hash = ? AND device = ?
          """, [.integer(Int64(ground.rawValue))] + key)
        continue
      }
      changes += 1
      bytes += Int64(content.count)
      guard changes <= changeLimit, bytes <= byteLimit else { return }
      let secret: SQLValue = counter == 1 ? frame.secret.map { .blob($0.bytes) } ?? .null : .null
      try db.run(
        """
        INSERT INTO quarantine
          (village, replica, counter, hash, device, ground, arrived, content, secret)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        key + [
          .integer(Int64(ground.rawValue)), .integer(now),
          .blob(content), secret,
        ])
    }
  }

  /// Whether a device's stream stands still before a change that was not taken.
  static func holdsUp(
    _ db: Database, _ stream: StreamID, at counter: UInt64, of device: DeviceID
  ) throws -> Bool {
    try db.first(
      """
      SELECT 1 FROM quarantine WHERE village = ? AND replica = ? AND counter = ? AND device = ?
      """, .bits(stream.village.number), .bits(stream.replica.number), .bits(counter),
      .integer(Int64(device.number))
    ) { _ in true } ?? false
  }

  /// Whether some of a stream's changes lie in quarantine.
  static func keeps(
    _ db: Database, _ stream: StreamID, _ counters: ClosedRange<UInt64>
  ) throws -> Bool {
    try db.first(
      "SELECT 1 FROM quarantine WHERE village = ? AND replica = ? AND counter BETWEEN ? AND ?",
      .bits(stream.village.number), .bits(stream.replica.number), .bits(counters.lowerBound),
      .bits(counters.upperBound)
    ) { _ in true } ?? false
  }

  /// What is in quarantine and not held by now, be it by another road, in order of the streams.
  ///
  /// NB: held means that very change. At the dot of a refused branch another one is held.
  static let notHeld = """
    FROM quarantine q LEFT JOIN journal j USING (village, replica, counter)
    WHERE (j.content IS NULL OR j.content <> q.content)
    """

  /// Notes a decision about some changes.
  static func note(
    _ decision: QuarantineDecision, of run: QuarantinedRun, upTo last: UInt64, _ db: Database
  ) throws {
    for (index, content) in run.contents.enumerated() where run.first + UInt64(index) <= last {
      try db.run(
        """
        UPDATE quarantine SET decision = ?, decided = ?, decider = ?, reason = ?
        WHERE village = ? AND replica = ? AND counter = ? AND hash = ? AND device = ?
        """, .integer(Int64(decision.kind.rawValue)), .integer(decision.decided),
        .text(decision.person.description), .optional(decision.reason),
        .bits(run.stream.village.number), .bits(run.stream.replica.number),
        .bits(run.first + UInt64(index)), .blob(Digest.sha256(content).bytes),
        .integer(Int64(run.device.number)))
    }
  }
}

extension Store {
  /// Keeps the changes of a frame aside, untaken.
  public func quarantine(
    _ frame: Frame, of device: DeviceID, ground: Refusal.Ground
  ) throws {
    try write { db in
      try Quarantine.keep(frame, of: device, ground: ground, now: surroundings.wall(), db)
    }
  }

  /// What was not taken and waits for a decision, in order of arrival.
  public func quarantined() throws -> [QuarantinedChange] {
    try read { db in
      try db.all(
        """
        SELECT q.village, q.replica, q.counter, q.device, q.ground, q.arrived
        \(Quarantine.notHeld) AND q.decision IS NULL
        ORDER BY q.arrived, q.village, q.replica, q.counter
        """
      ) { row -> QuarantinedChange? in
        guard let village = VillageCode(number: row.bits(0)),
          let ground = Refusal.Ground(rawValue: UInt8(truncatingIfNeeded: row.bits(4)))
        else { return nil }
        return QuarantinedChange(
          dot: Dot(replica: ReplicaID(row.bits(1)), village: village, counter: row.bits(2)),
          device: DeviceID(UInt32(truncatingIfNeeded: row.bits(3))), ground: ground,
          arrived: row.integer(5))
      }.compactMap { $0 }
    }
  }

  /// What was not taken, gathered into runs, in order of village, stream and counter.
  ///
  /// - Parameter all: also what was decided already, taken changes among it.
  public func quarantinedRuns(all: Bool = false) throws -> [QuarantinedRun] {
    let rows = try read { db in
      try db.all(
        """
        SELECT q.village, q.replica, q.counter, q.hash, q.device, q.ground, q.arrived, q.content,
          q.secret, q.decision, q.decided, q.decider, q.reason
        \(all ? "FROM quarantine q" : Quarantine.notHeld + " AND q.decision IS NULL")
        ORDER BY q.village, q.replica, q.counter, q.arrived, q.hash
        """, as: Self.run
      ).compactMap { $0 }
    }
    var runs: [QuarantinedRun] = []
    for row in rows {
      // NB: at one counter there can be several changes, of a store that was copied.
      if let index = runs.lastIndex(where: { $0.isContinued(by: row) }) {
        runs[index].contents += row.contents
        runs[index].arrived = max(runs[index].arrived, row.arrived)
      } else {
        runs.append(row)
      }
    }
    return runs
  }

  /// Puts changes away: they stay where they are, and are no longer asked about.
  public func drop(_ run: QuarantinedRun, by person: PersonID, because reason: String) throws {
    try write { db in
      let decision = QuarantineDecision(
        kind: .dropped, decided: surroundings.wall(), person: person, reason: reason)
      try Quarantine.note(decision, of: run, upTo: run.last, db)
    }
  }

  /// A run of the one change in a row.
  private static func run(_ row: RawStatement) -> QuarantinedRun? {
    guard let village = VillageCode(number: row.bits(0)),
      let ground = Refusal.Ground(rawValue: UInt8(truncatingIfNeeded: row.bits(5)))
    else { return nil }
    let replica = ReplicaID(row.bits(1))
    var decision: QuarantineDecision?
    if let kind = QuarantineDecision.Kind(rawValue: UInt8(truncatingIfNeeded: row.bits(9))),
      let person = PersonID(row.text(11))
    {
      decision = QuarantineDecision(
        kind: kind, decided: row.integer(10), person: person,
        reason: row.isNull(12) ? nil : row.text(12))
    }
    var named = ByteWriter()
    for number in [village.number, replica.number, row.bits(2)] { named.fixed64(number) }
    named.raw(row.bytes(3))
    let device = DeviceID(UInt32(truncatingIfNeeded: row.bits(4)))
    // NB: several devices can bring one change; what another than its writer brought has another name.
    if let content = try? ChangeContent(row.bytes(7), village: village),
      content.author.device != device
    {
      named.fixed64(UInt64(device.number))
    }
    return QuarantinedRun(
      name: Letters.text(of: UInt128(Digest.sha256(named.bytes).tag), bits: 64, count: 5),
      stream: StreamID(village: village, replica: replica), first: row.bits(2),
      contents: [row.bytes(7)], device: device,
      ground: ground, arrived: row.integer(6), decision: decision,
      secret: row.isNull(8) ? nil : StreamSecret(row.bytes(8)))
  }
}

extension QuarantinedRun {
  fileprivate func isContinued(by next: QuarantinedRun) -> Bool {
    next.stream == stream && next.first == last + 1 && next.device == device
      && next.ground == ground && next.decision == decision
  }
}
