import Causality
import GRDB
import Wire

/// Cuts what a peer lacks into frames.
///
/// Changes go out in the order in which they were applied here, which is causal, so a receiver needs
/// its inbox only when the carrier reorders. A frame ends where the stream changes.
struct OutgoingFrames {
  /// The frames.
  var frames: [Frame] = []
  /// Whether the budget ended before the changes did.
  var isCut = false
  /// How streams are sealed.
  let seals: Sealer
  /// How those are of which the office acknowledged nothing, with what they go on from.
  let fromBase: Sealer?
}

extension Store {
  /// Frames with the changes of some villages that a peer lacks, up to a budget of bytes.
  ///
  /// - Parameters:
  ///   - villages: the villages and what the peer holds of each.
  ///   - replicas: only these replicas' streams; all when `nil`.
  ///   - budget: the most bytes of contents, though one frame is always sent.
  public func frames(
    missingAt villages: [VillageVector], budget: Int
  ) throws -> (frames: [Frame], isCut: Bool) {
    try read { db in
      let seals = try Sealer(db, context: try context(db))
      let outgoing = try Self.frames(db, missingAt: villages, budget: budget, seals: seals)
      return (outgoing.frames, outgoing.isCut)
    }
  }

  static func frames(
    _ db: Database, missingAt villages: [VillageVector], budget: Int, most: Int = frameTarget,
    without refused: Set<StreamID> = [], seals: Sealer, fromBase: Sealer? = nil
  ) throws -> OutgoingFrames {
    var outgoing = OutgoingFrames(seals: seals, fromBase: fromBase)
    var left = budget
    for village in villages {
      if outgoing.isCut { break }
      try collect(db, village, into: &outgoing, left: &left, most: most, without: refused)
    }
    return outgoing
  }

  /// The most frames in one message, short of what a reader takes: where two streams take turns,
  /// each change is a frame, and each frame a transaction of whoever takes it in.
  static let frameTarget = 10_000

  private static func collect(
    _ db: Database, _ peer: VillageVector, into outgoing: inout OutgoingFrames, left: inout Int,
    most: Int, without refused: Set<StreamID>
  ) throws {
    let mine = try Streams.vector(db, peer.village)
    var cursors: [StreamCursor] = []
    for entry in mine.entries where entry.count > peer.vector.count(of: entry.replica) {
      let stream = StreamID(village: peer.village, replica: entry.replica)
      if refused.contains(stream) { continue }
      let held = peer.vector[entry.replica]
      // NB: what a base stands for has no changes to hand on; a backup of the office has them.
      if try held?.count ?? 0 < Cuts.count(db, stream) { continue }
      if let held {
        // Of two branches neither is handed on beyond the fork until the office has settled it.
        let dot = Dot(replica: entry.replica, village: peer.village, counter: held.count)
        guard try Streams.hash(db, dot)?.tag == held.head else { continue }
      }
      let ends = try outgoing.seals.ends(db, stream, after: held?.count ?? 0, count: entry.count)
      guard !ends.isEmpty else { continue }
      let isKnown =
        try outgoing.fromBase == nil
        || Acknowledged.vector(db, of: peer.village)?[entry.replica] != nil
      cursors.append(
        StreamCursor(
          stream: stream, next: (held?.count ?? 0) + 1, ends: ends,
          isWhole: try outgoing.seals.keepsWhole(db, stream), isKnown: isKnown))
    }
    for index in cursors.indices { try cursors[index].begin(db) }
    var builder = FrameBuilder()
    while let index = cursors.indices.filter({ cursors[$0].head != nil })
      .min(by: { cursors[$0].due < cursors[$1].due })
    {
      let isSpent = left <= 0 || outgoing.frames.count >= most
      if isSpent && !(outgoing.frames.isEmpty && builder.isEmpty) {
        outgoing.isCut = true
        break
      }
      // NB: what others sealed leaves in one piece, for a frame that ended earlier would have no seal.
      repeat {
        guard let row = cursors[index].head else { break }
        if !builder.accepts(row, of: cursors[index].stream, whole: cursors[index].isInside) {
          try builder.finish(db, into: &outgoing)
        }
        left -= row.content.count
        builder.add(row, of: cursors[index].stream, isKnown: cursors[index].isKnown)
        try cursors[index].advance(db)
      } while cursors[index].isInside
      if cursors[index].isWhole { try builder.finish(db, into: &outgoing) }
    }
    try builder.finish(db, into: &outgoing)
  }
}

/// A row of the journal on its way out.
struct OutgoingRow {
  let seq: Int64
  let counter: UInt64
  let hash: [UInt8]
  let content: [UInt8]
}

/// Reads one stream in order, some rows at a time, so that memory stays bounded.
struct StreamCursor {
  let stream: StreamID
  /// Whether what lies between two seals must leave together.
  let isWhole: Bool
  /// Whether the office acknowledged any of it.
  let isKnown: Bool
  /// When the next change leaves, among those of all streams.
  ///
  /// That is the order in which they were applied here. A run that leaves together does so when its last change was applied, so that all it needs
  /// has left before; what needs a part of it waits at the receiver for the whole.
  private(set) var due: Int64 = 0
  /// Whether the next change belongs to the run of the one before.
  private(set) var isInside = false
  /// The counters after which a frame must end.
  private let ends: [UInt64]
  private var run = 0
  private var next: UInt64
  private var rows: [OutgoingRow] = []
  private var index = 0
  private static let batch: UInt64 = 64

  init(stream: StreamID, next: UInt64, ends: [UInt64], isWhole: Bool, isKnown: Bool) {
    self.stream = stream
    self.isWhole = isWhole
    self.isKnown = isKnown
    self.ends = ends
    self.next = next
  }

  var head: OutgoingRow? { index < rows.count ? rows[index] : nil }

  private var end: UInt64 { ends.last ?? 0 }

  mutating func begin(_ db: Database) throws {
    try fill(db)
    try findDue(db)
  }

  mutating func advance(_ db: Database) throws {
    let isEnd = head?.counter == ends[run]
    if isEnd { run += 1 }
    index += 1
    if index == rows.count { try fill(db) }
    isInside = isWhole && !isEnd
    if !isInside { try findDue(db) }
  }

  private mutating func findDue(_ db: Database) throws {
    guard let head else { return }
    due = head.seq
    guard isWhole else { return }
    let last = try db.first(
      "SELECT seq FROM journal WHERE village = ? AND replica = ? AND counter = ?",
      .bits(stream.village.number), .bits(stream.replica.number), .bits(ends[run])
    ) { $0.integer(0) }
    due = last ?? due
  }

  private mutating func fill(_ db: Database) throws {
    rows = []
    index = 0
    guard next <= end else { return }
    let last = min(end, next + Self.batch - 1)
    rows = try db.all(
      """
      SELECT seq, counter, hash, content FROM journal
      WHERE village = ? AND replica = ? AND counter BETWEEN ? AND ? ORDER BY counter
      """, .bits(stream.village.number), .bits(stream.replica.number), .bits(next), .bits(last)
    ) { row in
      OutgoingRow(
        seq: row.integer(0), counter: row.bits(1), hash: row.bytes(2), content: row.bytes(3))
    }
    guard rows.count == Int(last - next + 1) else {
      throw StoreError.inconsistent(detail: "a hole in \(stream.replica)@\(stream.village)")
    }
    next = last + 1
  }
}

/// Gathers consecutive changes of one stream into a frame.
struct FrameBuilder {
  private var stream: StreamID?
  private var isKnown = true
  private var rows: [OutgoingRow] = []
  private var size = 0

  var isEmpty: Bool { rows.isEmpty }

  /// Whether a change goes into the frame in the making; a run that must stay whole came in as one
  /// frame, and fits.
  func accepts(_ row: OutgoingRow, of stream: StreamID, whole isInside: Bool) -> Bool {
    if rows.isEmpty || isInside { return true }
    return stream == self.stream && size + row.content.count <= Frame.contentTarget
      && rows.count < Frame.changeLimit
  }

  mutating func add(_ row: OutgoingRow, of stream: StreamID, isKnown: Bool) {
    self.stream = stream
    self.isKnown = isKnown
    rows.append(row)
    size += row.content.count
  }

  mutating func finish(_ db: Database, into outgoing: inout OutgoingFrames) throws {
    guard let stream, let first = rows.first, let last = rows.last else { return }
    defer {
      rows = []
      size = 0
    }
    var previous: UInt64 = 0
    var secret: StreamSecret?
    var base: Frame.Base?
    let fromBase = isKnown || first.counter == 1 ? nil : outgoing.fromBase
    let seals = fromBase ?? outgoing.seals
    if first.counter == 1 {
      secret = try Streams.row(db, stream)?.secret
    } else {
      let dot = stream.dot(first.counter - 1)
      guard let hash = try Streams.hash(db, dot) else {
        throw StoreError.inconsistent(detail: "no hash of \(dot)")
      }
      previous = hash.tag
      if seals.givesBases, let secret = try Streams.row(db, stream)?.secret {
        base = Frame.Base(hash: hash, secret: secret)
      }
    }
    guard let hash = ChainHash(last.hash) else {
      throw StoreError.inconsistent(detail: "hash in \(stream.replica)@\(stream.village)")
    }
    let end = stream.dot(last.counter)
    let seal = try seals.seal(db, end, hash)
    outgoing.frames.append(
      Frame(
        stream: stream, first: first.counter, previous: previous, last: hash, secret: secret,
        base: seal == nil ? nil : base, seal: seal, contents: rows.map(\.content)))
  }
}
