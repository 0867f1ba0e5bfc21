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
  public internal(set) var contents: [[UInt8]]
  /// The device that brought them.
  public let device: DeviceID
  /// Why they were not taken.
  public let ground: Refusal.Ground
  /// When the last of them came, in milliseconds since 1970.
  public internal(set) var arrived: Int64
  /// What was decided; `nil` while nothing is.
  public let decision: QuarantineDecision?
  let secret: StreamSecret?
  /// The hash before the first change, if what came led from there to a hash that somebody vouched for.
  let previous: ChainHash?

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
  ///
  /// - Parameter base: what the change at the index goes on from, where it is known; else what the
  ///   frame says of it. It is kept with every change if the contents lead from there to the frame's
  ///   last hash, for perhaps nobody has what was before it.
  /// - Parameter isBounded: whether no more is kept than a device has room for.
  /// - Returns: what goes on from the frame's end, if that is known.
  @discardableResult
  static func keep(
    _ frame: Frame, from index: Int = 0, base: Frame.Base? = nil, of device: DeviceID,
    ground: Refusal.Ground, isBounded: Bool = true, now: Int64, _ db: Database
  ) throws -> Frame.Base? {
    let hashes = hashes(before: frame, from: index, base: base)
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
      let previous = hashes.map { $0.hashes[offset - index] }
      let secret = hashes?.secret ?? (counter == 1 ? frame.secret : nil)
      let known = try db.first(
        """
        SELECT ground, previous IS NOT NULL FROM quarantine
        WHERE village = ? AND replica = ? AND counter = ? AND hash = ? AND device = ?
        """, key
      ) { ($0.integer(0), $0.integer(1) == 1) }
      if let (known, hasPrevious) = known {
        // NB: the first word stands. Whoever has the key could else put an honest branch elsewhere.
        if let previous, let secret, !hasPrevious {
          // NB: the same may have come before without what it can be taken by.
          try db.run(
            """
            UPDATE quarantine SET previous = ?, secret = ?
            WHERE village = ? AND replica = ? AND counter = ? AND hash = ? AND device = ?
            """, [.blob(previous.bytes), .blob(secret.bytes)] + key)
        }
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
      guard !isBounded || changes <= changeLimit && bytes <= byteLimit else { return nil }
      try db.run(
        """
        INSERT INTO quarantine
          (village, replica, counter, hash, device, ground, arrived, content, secret, previous)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        key + [
          .integer(Int64(ground.rawValue)), .integer(now), .blob(content),
          secret.map { .blob($0.bytes) } ?? .null, previous.map { .blob($0.bytes) } ?? .null,
        ])
    }
    return hashes.map { Frame.Base(hash: frame.last, secret: $0.secret) }
  }

  /// The hash before each change of a frame from an index on, and the stream's secret; `nil` if what
  /// they go on from is not known, or does not lead to the hash that the frame states.
  private static func hashes(
    before frame: Frame, from index: Int, base: Frame.Base?
  ) -> (hashes: [ChainHash], secret: StreamSecret)? {
    var start = base
    if start == nil, index == 0 {
      start = frame.base
      if frame.first == 1 { start = frame.secret.map { Frame.Base(hash: .start, secret: $0) } }
    }
    guard let start else { return nil }
    var chain = Chain(
      stream: frame.stream, secret: start.secret, count: frame.first + UInt64(index) - 1,
      head: start.hash)
    var hashes: [ChainHash] = []
    for content in frame.contents.dropFirst(index) {
      hashes.append(chain.head)
      _ = chain.append(content)
    }
    return chain.head == frame.last ? (hashes, start.secret) : nil
  }

  /// Whether a device's stream stands still before a change that was not taken.
  ///
  /// What does not fit its hashes, stands in another change's place, or came without what is before it,
  /// says nothing of the stream: anybody can bring such a thing.
  static func holdsUp(
    _ db: Database, _ stream: StreamID, at counter: UInt64, of device: DeviceID
  ) throws -> Bool {
    try db.first(
      """
      SELECT 1 FROM quarantine
      WHERE village = ? AND replica = ? AND counter = ? AND device = ?
        AND ground NOT IN (\(saysNothing))
      """, .bits(stream.village.number), .bits(stream.replica.number), .bits(counter),
      .integer(Int64(device.number))
    ) { _ in true } ?? false
  }

  /// The grounds that say nothing of the stream in which a change states that it stands.
  private static let saysNothing = [Refusal.Ground.chain, .fork, .gap, .seal]
    .map { String($0.rawValue) }.joined(separator: ", ")

  /// Whether a person dropped a frame that waited.
  static func wasDropped(_ db: Database, _ frame: Frame) throws -> Bool {
    guard let first = frame.contents.first else { return false }
    return try db.first(
      """
      SELECT 1 FROM quarantine
      WHERE village = ? AND replica = ? AND counter = ? AND hash = ? AND ground = ?
        AND decision = ?
      """, .bits(frame.stream.village.number), .bits(frame.stream.replica.number),
      .bits(frame.first), .blob(Digest.sha256(first).bytes),
      .integer(Int64(Refusal.Ground.gap.rawValue)),
      .integer(Int64(QuarantineDecision.Kind.dropped.rawValue))
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

  /// What is in quarantine, beside what is held at the same dots.
  static let rows = "FROM quarantine q LEFT JOIN journal j USING (village, replica, counter)"

  /// Whether such a row is held by now, be it by another road.
  ///
  /// NB: held means that very change, as it came or issued again. At the dot of a refused branch another
  /// one is held.
  static let isHeld = """
    (j.content IS q.content OR EXISTS (
      SELECT 1 FROM branch b WHERE b.village = q.village AND b.replica = q.replica
        AND b.counter = q.counter AND b.content = q.content))
    """

  /// Notes a decision about some changes.
  static func note(
    _ decision: QuarantineDecision, of run: QuarantinedRun, upTo last: UInt64, _ db: Database
  ) throws {
    try note(
      decision, of: run.contents.prefix(Int(clamping: last - run.first + 1)), of: run.stream,
      from: run.first, of: run.device, db)
  }

  /// Notes a decision about consecutive changes of a stream.
  static func note(
    _ decision: QuarantineDecision, of contents: some Sequence<[UInt8]>, of stream: StreamID,
    from first: UInt64, of device: DeviceID, _ db: Database
  ) throws {
    for (index, content) in contents.enumerated() {
      try db.run(
        """
        UPDATE quarantine SET decision = ?, decided = ?, decider = ?, reason = ?
        WHERE village = ? AND replica = ? AND counter = ? AND hash = ? AND device = ?
        """, .integer(Int64(decision.kind.rawValue)), .integer(decision.decided),
        .text(decision.person.description), .optional(decision.reason),
        .bits(stream.village.number), .bits(stream.replica.number),
        .bits(first + UInt64(index)), .blob(Digest.sha256(content).bytes),
        .integer(Int64(device.number)))
    }
  }
}
