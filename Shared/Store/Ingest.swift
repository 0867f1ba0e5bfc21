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

  /// Why the change, the next of a stream, is not taken, or `nil`.
  func ground(
    against change: Change, after stream: StreamRow, door: Door
  ) throws -> Refusal.Ground?
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
    var (outcome, news) = try write { db in
      var ingest = try Ingest(self, db, admission: admission, device: device)
      try ingest.take(frame)
      return (ingest.outcome, ingest.news)
    }
    // NB: each frame that the news concerns gets a transaction of its own, as if it had come now.
    while !news.isEmpty {
      let ready = try read { db in try Inbox.ready(db, after: news) }
      news = Inbox.News()
      for key in ready {
        guard let retried = try retry(key, admission: admission) else { continue }
        news.add(retried.news)
        outcome.add(retried.outcome)
        // Whoever brought a frame answers for it and is told, not whoever made it ready.
        if retried.device != device { outcome.refusals.removeLast(retried.outcome.refusals.count) }
      }
    }
    outcome.waiting = try waitingCount()
    return outcome
  }

  private func retry(
    _ key: Inbox.Key, admission: (any Admission)?
  ) throws -> (outcome: IngestOutcome, news: Inbox.News, device: DeviceID)? {
    try write { db in
      guard let (frame, device) = try Inbox.frame(db, key) else { return nil }
      var ingest = try Ingest(
        self, db, admission: admission.map { $0.of(device) }, device: device, retried: key)
      try ingest.take(frame)
      if !ingest.isStillWaiting { try Inbox.remove(db, key) }
      return (ingest.outcome, ingest.news, device)
    }
  }

  /// How many frames wait for what they name.
  public func waitingCount() throws -> Int {
    try read { db in try db.first("SELECT count(*) FROM inbox") { Int($0.integer(0)) } ?? 0 }
  }
}

/// One frame's way in, within one transaction.
struct Ingest {
  private var door: Door
  private let admission: (any Admission)?
  private let device: DeviceID
  private let store: Store
  private(set) var outcome = IngestOutcome()

  /// What others may have waited for.
  private(set) var news = Inbox.News()
  /// The place in the inbox of the frame that is tried again.
  private let retried: Inbox.Key?
  /// Whether the frame waits on, whole.
  private(set) var isStillWaiting = false

  init(
    _ store: Store, _ db: Database, admission: (any Admission)?, device: DeviceID,
    retried: Inbox.Key? = nil
  ) throws {
    self.retried = retried
    door = try Door(store, db)
    self.admission = admission
    self.device = device
    self.store = store
  }

  mutating func take(_ frame: Frame) throws {
    let known = try Streams.row(door.db, frame.stream)
    guard frame.first <= (known?.count ?? 0) + 1 else {
      // Behind a change that was not taken nothing waits: it comes again with that change.
      let next = (known?.count ?? 0) + 1
      if admission != nil,
        try Quarantine.holdsUp(door.db, frame.stream, at: next, of: device)
      {
        return refuse(frame, frame.first, .gap)
      }
      return try wait(
        frame, for: Inbox.Need(awaited: frame.stream.replica, count: frame.first - 1))
    }
    guard let secret = known?.secret ?? frame.secret else {
      return try refuseWhole(frame, from: 0, .chain)
    }
    let start = try startOfChain(frame, known: known)
    guard let start, start.tag == frame.previous || frame.first == 1 else {
      return try refuseWhole(frame, from: 0, .fork)
    }
    var chain = Chain(
      stream: frame.stream, secret: secret, count: frame.first - 1, head: start)
    var hashes: [ChainHash] = []
    hashes.reserveCapacity(frame.contents.count)
    for content in frame.contents { hashes.append(chain.append(content)) }
    guard chain.head == frame.last else {
      return try refuseWhole(frame, from: 0, .chain)
    }
    var stream =
      known
      ?? StreamRow(
        id: frame.stream, count: 0, head: .start, secret: secret, stamp: Stamp(number: 0),
        context: -1, directory: 0)
    if stream.count >= frame.first {
      // Part of the frame is held already; that part must be the same.
      let last = min(stream.count, frame.lastCounter)
      let held = try Streams.hash(door.db, dot(last, in: frame.stream))
      guard held == hashes[Int(last - frame.first)] else {
        let fork = try (frame.first...last).first {
          try Streams.hash(door.db, dot($0, in: frame.stream)) != hashes[Int($0 - frame.first)]
        }
        return try refuseWhole(frame, from: Int((fork ?? last) - frame.first), .fork)
      }
      if stream.count >= frame.lastCounter { return }
    }
    let before = stream.count
    let skip = Int(stream.count + 1 - frame.first)
    for index in skip..<frame.contents.count {
      switch try apply(frame, at: index, hash: hashes[index], stream: &stream) {
      case .applied: continue
      case .early(let need):
        let hash = index == 0 ? start : hashes[index - 1]
        try wait(rest(of: frame, from: index, after: hash), for: need)
      case .refused(let ground): try refuseWhole(frame, from: index, ground)
      }
      break
    }
    if stream.count > before {
      try door.close(stream)
      outcome.applied += Int(stream.count - before)
      outcome.records.formUnion(door.touched.map(\.record))
      news.add(frame.stream.village)
      news.add(door.touched)
      news.add(try store.carryOn(after: &door))
      try Inbox.removeHeld(door.db, frame.stream, upTo: stream.count)
    }
  }

  /// What became of one change.
  private enum Step {
    case applied
    case early(Inbox.Need)
    case refused(Refusal.Ground)
  }

  private mutating func apply(
    _ frame: Frame, at index: Int, hash: ChainHash, stream: inout StreamRow
  ) throws -> Step {
    let dot = dot(frame.first + UInt64(index), in: frame.stream)
    let bytes = frame.contents[index]
    let content: ChangeContent
    do {
      content = try ChangeContent(bytes, village: dot.village)
    } catch {
      return .refused(.malformed)
    }
    guard door.context.forms[content.form] != nil else { return .refused(.malformed) }
    // A record that is only just made has no answers that anything could name; such a change would
    // wait for ever.
    guard content.record != nil || content.prerequisites.isEmpty else {
      return .refused(.malformed)
    }
    let change = Change(dot: dot, hash: hash, content: content)
    if let need = try need(of: change) { return .early(need) }
    if let ground = try admission?.ground(against: change, after: stream, door: door) {
      return .refused(ground)
    }
    do {
      try door.enter(change, content: bytes, stream: &stream)
    } catch StoreError.tooManyPlaces {
      return .refused(.malformed)
    }
    return .applied
  }

  /// What is missing of that which the change names or cites: it must be held in its village, or
  /// accounted for there by another road.
  ///
  /// An answer that is held from the village it was given in is not enough: until a carry brings it
  /// here, a change that replaces it would replace nothing, and the carry would bring it back.
  private func need(of change: Change) throws -> Inbox.Need? {
    let names = change.content.prerequisites
    if names.isEmpty { return nil }
    let table = door.context.table(change.content.form)
    let state = try table.copy(door.db, change.record, in: change.dot.village)?.state
    var need: Inbox.Need?
    for name in names where state?.accounts(for: name) != true {
      let isHere = name.dot.village == change.dot.village
      let held = isHere ? try Streams.hash(door.db, name.dot) : nil
      if held?.tag == name.tag { continue }
      guard isHere, held == nil else { return Inbox.Need(record: change.record) }
      // Of the first stream that is behind, all that is wanted of it.
      if need == nil || need?.awaited == name.dot.replica {
        need = Inbox.Need(
          awaited: name.dot.replica, count: max(need?.count ?? 0, name.dot.counter),
          record: change.record)
      }
    }
    return need
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

  private mutating func wait(_ frame: Frame, for need: Inbox.Need) throws {
    let key = Inbox.Key(frame)
    if try Inbox.renew(door.db, key, need) {
      isStillWaiting = true
      return
    }
    if let retried { try Inbox.remove(door.db, retried) }
    if let admission, try !admission.mayWait(frame.stream, door: door) {
      return refuse(frame, frame.first, .foreignDevice)
    }
    guard try Inbox.hasRoom(door.db, for: frame.bytes.count, of: device) else {
      return refuse(frame, frame.first, .gap)
    }
    try Inbox.add(door.db, frame, need, device: device, now: door.now)
  }

  private mutating func refuse(_ frame: Frame, _ counter: UInt64, _ ground: Refusal.Ground) {
    outcome.refusals.append(Refusal(stream: frame.stream, counter: counter, ground: ground))
  }

  /// Refuses a frame from an index on, and keeps aside what is not taken: whoever wrote it saved it.
  private mutating func refuseWhole(
    _ frame: Frame, from index: Int, _ ground: Refusal.Ground
  ) throws {
    refuse(frame, frame.first + UInt64(index), ground)
    guard admission != nil else { return }
    try Quarantine.keep(
      frame, from: index, of: device, ground: ground, now: door.now, door.db)
  }
}
