import Bytes
import Causality
import GRDB
import Model
import Wire

/// What became of a frame.
public struct IngestOutcome: Sendable {
  /// How many changes were applied that were not held before, those from the inbox included.
  public var applied = 0
  /// The records they went into.
  public var records: Set<RecordID> = []
  /// The changes that wait for what they name.
  public var waiting = 0
  /// The first change that was not taken, and why.
  public var refusals: [Refusal] = []

  /// Makes the outcome of a frame that brought nothing.
  public init() {}

  /// Adds another frame's outcome.
  public mutating func add(_ other: IngestOutcome) {
    applied += other.applied
    records.formUnion(other.records)
    waiting = other.waiting
    refusals += other.refusals
  }
}

/// Decides whether the office takes a change; the laptop takes what the office sends.
protocol Admission {
  /// The same check for what another device brought.
  func of(_ device: DeviceID) -> any Admission
  /// Whether a frame of a stream may wait for what it needs, before its changes can be judged.
  func mayWait(_ stream: StreamID, door: Door) throws -> Bool

  /// Why the change is not taken, or `nil`.
  func ground(against change: Change, door: Door) throws -> Refusal.Ground?
}

extension Store {
  /// Takes a frame in, in one transaction: whatever arrived stays, whatever is repeated is ignored,
  /// and what came too early waits in the inbox.
  public func ingest(_ frame: Frame) throws -> IngestOutcome {
    try ingest(frame, admission: nil, device: .standalone)
  }

  func ingest(
    _ frame: Frame, admission: (any Admission)?, device: DeviceID
  ) throws -> IngestOutcome {
    var outcome = try write { db in
      var ingest = try Ingest(self, db, admission: admission, device: device)
      try ingest.take(frame)
      return ingest.outcome
    }
    // NB: each waiting frame gets a transaction of its own, as if it had come now.
    var progress = outcome.applied > 0
    while progress {
      progress = false
      for waiting in try waitingFrames(in: frame.stream.village) {
        let more = try write { db in
          // Whoever brought a frame answers for it, not whoever made it ready.
          var ingest = try Ingest(
            self, db, admission: admission.map { $0.of(waiting.device) }, device: waiting.device)
          try ingest.retry(waiting)
          return ingest.outcome
        }
        if more.applied > 0 { progress = true }
        outcome.add(more)
      }
    }
    outcome.waiting = try waitingCount()
    return outcome
  }

  /// The frames of a village that wait and whose streams have come up to them.
  private func waitingFrames(in village: VillageCode) throws -> [WaitingFrame] {
    try read { db in
      try db.all(
        """
        SELECT inbox.replica, inbox.first, inbox.last_hash, inbox.frame, inbox.device
        FROM inbox LEFT JOIN stream USING (village, replica)
        WHERE inbox.village = ? AND inbox.first <= coalesce(stream.count, 0) + 1
        ORDER BY inbox.replica, inbox.first
        """, .bits(village.number)
      ) { row in
        WaitingFrame(
          stream: StreamID(village: village, replica: ReplicaID(row.bits(0))),
          first: row.bits(1), lastHash: row.bytes(2), bytes: row.bytes(3),
          device: DeviceID(UInt32(truncatingIfNeeded: row.bits(4))))
      }
    }
  }

  /// How many frames wait for what they name.
  public func waitingCount() throws -> Int {
    try read { db in try db.first("SELECT count(*) FROM inbox") { Int($0.integer(0)) } ?? 0 }
  }
}

struct WaitingFrame {
  let stream: StreamID
  let first: UInt64
  let lastHash: [UInt8]
  let bytes: [UInt8]
  let device: DeviceID
}

/// One frame's way in, within one transaction.
struct Ingest {
  private var door: Door
  private let admission: (any Admission)?
  private let device: DeviceID
  private let store: Store
  private(set) var outcome = IngestOutcome()

  /// The most bytes of frames that may wait.
  static let inboxLimit: Int64 = 256 << 20

  init(
    _ store: Store, _ db: Database, admission: (any Admission)?, device: DeviceID
  ) throws {
    door = try Door(store, db)
    self.admission = admission
    self.device = device
    self.store = store
  }

  mutating func retry(_ waiting: WaitingFrame) throws {
    try door.db.run(
      "DELETE FROM inbox WHERE village = ? AND replica = ? AND first = ? AND last_hash = ?",
      .bits(waiting.stream.village.number), .bits(waiting.stream.replica.number),
      .bits(waiting.first), .blob(waiting.lastHash))
    do {
      try take(try Frame(waiting.bytes))
    } catch let error as WireError {
      throw StoreError.inconsistent(detail: "inbox: \(error)")
    }
  }

  mutating func take(_ frame: Frame) throws {
    let known = try Streams.row(door.db, frame.stream)
    guard frame.first <= (known?.count ?? 0) + 1 else {
      // Behind a change that was not taken nothing waits: it comes again with that change.
      if try isStopped(frame.stream, after: known?.count ?? 0) {
        return refuse(frame, frame.first, .gap)
      }
      return try wait(frame)
    }
    guard let secret = known?.secret ?? frame.secret else { return refuse(frame, 1, .chain) }
    let start = try startOfChain(frame, known: known)
    guard let start, start.tag == frame.previous || frame.first == 1 else {
      return try refuseFork(frame, from: 0)
    }
    var chain = Chain(
      stream: frame.stream, secret: secret, count: frame.first - 1, head: start)
    var hashes: [ChainHash] = []
    hashes.reserveCapacity(frame.contents.count)
    for content in frame.contents { hashes.append(chain.append(content)) }
    guard chain.head == frame.last else {
      return refuse(frame, frame.first, .chain)
    }
    var stream =
      known
      ?? StreamRow(
        id: frame.stream, count: 0, head: .start, secret: secret, stamp: Stamp(number: 0),
        context: -1)
    if stream.count >= frame.first {
      // Part of the frame is held already; that part must be the same.
      let last = min(stream.count, frame.lastCounter)
      let held = try Streams.hash(door.db, dot(last, in: frame.stream))
      guard held == hashes[Int(last - frame.first)] else {
        let fork = try (frame.first...last).first {
          try Streams.hash(door.db, dot($0, in: frame.stream)) != hashes[Int($0 - frame.first)]
        }
        return try refuseFork(frame, from: Int((fork ?? last) - frame.first))
      }
      if stream.count >= frame.lastCounter { return }
    }
    let before = stream.count
    let skip = Int(stream.count + 1 - frame.first)
    for index in skip..<frame.contents.count {
      guard try apply(frame, at: index, hash: hashes[index], stream: &stream) else {
        if outcome.refusals.isEmpty {
          try wait(rest(of: frame, from: index, after: index == 0 ? start : hashes[index - 1]))
        } else {
          try quarantine(frame, from: index, hashes: hashes)
        }
        break
      }
    }
    if stream.count > before {
      try door.close(stream)
      outcome.applied += Int(stream.count - before)
      outcome.records.formUnion(door.touched.map(\.record))
      try store.carryOn(after: &door)
    }
  }

  /// Applies the change at an index; `false` if it is too early, or refused.
  private mutating func apply(
    _ frame: Frame, at index: Int, hash: ChainHash, stream: inout StreamRow
  ) throws -> Bool {
    let dot = dot(frame.first + UInt64(index), in: frame.stream)
    let bytes = frame.contents[index]
    let content: ChangeContent
    do {
      content = try ChangeContent(bytes, village: dot.village)
    } catch {
      refuse(frame, dot.counter, .malformed)
      return false
    }
    guard door.context.forms[content.form] != nil else {
      refuse(frame, dot.counter, .malformed)
      return false
    }
    let change = Change(dot: dot, hash: hash, content: content)
    guard try isReady(change) else { return false }
    if let ground = try admission?.ground(against: change, door: door) {
      refuse(frame, dot.counter, ground)
      return false
    }
    try door.enter(change, content: bytes, stream: &stream)
    return true
  }

  /// Whether everything that the change names or cites is held in its village, or accounted for
  /// there by another road.
  ///
  /// An answer that is held from the village it was given in is not enough: until a carry brings it
  /// here, a change that replaces it would replace nothing, and the carry would bring it back.
  private func isReady(_ change: Change) throws -> Bool {
    let names = change.content.prerequisites
    guard change.content.record != nil else { return names.isEmpty }
    if names.isEmpty { return true }
    let table = door.context.table(change.content.form)
    let state = try table.copy(door.db, change.record, in: change.dot.village)?.state
    for name in names where state?.accounts(for: name) != true {
      guard name.dot.village == change.dot.village, try Streams.holds(door.db, name) else {
        return false
      }
    }
    return true
  }

  private func startOfChain(_ frame: Frame, known: StreamRow?) throws -> ChainHash? {
    if frame.first == 1 { return .start }
    if let known, known.count == frame.first - 1 { return known.head }
    return try Streams.hash(door.db, dot(frame.first - 1, in: frame.stream))
  }

  private func dot(_ counter: UInt64, in stream: StreamID) -> Dot {
    Dot(replica: stream.replica, village: stream.village, counter: counter)
  }

  private func rest(of frame: Frame, from index: Int, after hash: ChainHash) -> Frame {
    Frame(
      stream: frame.stream, first: frame.first + UInt64(index), previous: hash.tag,
      last: frame.last, secret: index == 0 ? frame.secret : nil, seal: frame.seal,
      contents: Array(frame.contents[index...]))
  }

  private mutating func wait(_ frame: Frame) throws {
    if let admission, try !admission.mayWait(frame.stream, door: door) {
      return refuse(frame, frame.first, .foreignDevice)
    }
    let held = try door.db.first("SELECT coalesce(sum(length(frame)), 0) FROM inbox") {
      $0.integer(0)
    }
    let bytes = frame.bytes
    guard (held ?? 0) + Int64(bytes.count) <= Self.inboxLimit else {
      return refuse(frame, frame.first, .gap)
    }
    try door.db.run(
      """
      INSERT OR IGNORE INTO inbox (village, replica, first, last_hash, device, arrived, frame)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """, .bits(frame.stream.village.number), .bits(frame.stream.replica.number),
      .bits(frame.first), .blob(frame.last.bytes), .integer(Int64(device.number)),
      .integer(door.now), .blob(bytes))
  }

  private mutating func refuse(_ frame: Frame, _ counter: UInt64, _ ground: Refusal.Ground) {
    outcome.refusals.append(Refusal(stream: frame.stream, counter: counter, ground: ground))
  }

  /// Keeps a branch of a stream aside: whoever wrote it saved it, though its dots are taken.
  private mutating func refuseFork(_ frame: Frame, from index: Int) throws {
    refuse(frame, frame.first + UInt64(index), .fork)
    try quarantine(frame, from: index, hashes: frame.contents.map { Digest.sha256($0) })
  }

  private func isStopped(_ stream: StreamID, after count: UInt64) throws -> Bool {
    guard admission != nil else { return false }
    return try door.db.first(
      "SELECT 1 FROM quarantine WHERE village = ? AND replica = ? AND counter = ?",
      .bits(stream.village.number), .bits(stream.replica.number), .bits(count + 1)
    ) { _ in true } ?? false
  }

  /// Keeps what was not taken, whole: it is not held and not acknowledged, and not lost either.
  private func quarantine(_ frame: Frame, from index: Int, hashes: [ChainHash]) throws {
    guard admission != nil, let ground = outcome.refusals.last?.ground else { return }
    for later in index..<frame.contents.count {
      try door.db.run(
        """
        INSERT INTO quarantine
          (village, replica, counter, hash, device, ground, arrived, content)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET ground = excluded.ground
        """, .bits(frame.stream.village.number), .bits(frame.stream.replica.number),
        .bits(frame.first + UInt64(later)), .blob(hashes[later].bytes),
        .integer(Int64(device.number)), .integer(Int64(ground.rawValue)), .integer(door.now),
        .blob(frame.contents[later]))
    }
  }
}
