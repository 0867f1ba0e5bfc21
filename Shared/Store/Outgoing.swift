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
      let outgoing = try Self.frames(db, missingAt: villages, budget: budget)
      return (outgoing.frames, outgoing.isCut)
    }
  }

  static func frames(
    _ db: Database, missingAt villages: [VillageVector], budget: Int, most: Int = frameTarget,
    without refused: Set<StreamID> = []
  ) throws -> OutgoingFrames {
    var outgoing = OutgoingFrames()
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
      let cursor = StreamCursor(
        stream: stream, next: peer.vector.count(of: entry.replica) + 1, end: entry.count)
      cursors.append(cursor)
    }
    for index in cursors.indices { try cursors[index].fill(db) }
    var builder = FrameBuilder()
    while let index = cursors.indices.filter({ cursors[$0].head != nil })
      .min(by: { (cursors[$0].head?.seq ?? 0) < (cursors[$1].head?.seq ?? 0) }),
      let row = cursors[index].head
    {
      let isSpent = left <= 0 || outgoing.frames.count >= most
      if isSpent && !(outgoing.frames.isEmpty && builder.isEmpty) {
        outgoing.isCut = true
        break
      }
      if !builder.accepts(row, of: cursors[index].stream) {
        try builder.finish(db, into: &outgoing.frames)
      }
      left -= row.content.count
      builder.add(row, of: cursors[index].stream)
      try cursors[index].advance(db)
    }
    try builder.finish(db, into: &outgoing.frames)
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
  private var next: UInt64
  private let end: UInt64
  private var rows: [OutgoingRow] = []
  private var index = 0
  private static let batch: UInt64 = 64

  init(stream: StreamID, next: UInt64, end: UInt64) {
    self.stream = stream
    self.next = next
    self.end = end
  }

  var head: OutgoingRow? { index < rows.count ? rows[index] : nil }

  mutating func advance(_ db: Database) throws {
    index += 1
    if index == rows.count { try fill(db) }
  }

  mutating func fill(_ db: Database) throws {
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
  private var rows: [OutgoingRow] = []
  private var size = 0

  var isEmpty: Bool { rows.isEmpty }

  func accepts(_ row: OutgoingRow, of stream: StreamID) -> Bool {
    if rows.isEmpty { return true }
    return stream == self.stream && size + row.content.count <= Frame.contentTarget
      && rows.count < Frame.changeLimit
  }

  mutating func add(_ row: OutgoingRow, of stream: StreamID) {
    self.stream = stream
    rows.append(row)
    size += row.content.count
  }

  mutating func finish(_ db: Database, into frames: inout [Frame]) throws {
    guard let stream, let first = rows.first, let last = rows.last else { return }
    defer {
      rows = []
      size = 0
    }
    var previous: UInt64 = 0
    var secret: StreamSecret?
    if first.counter == 1 {
      secret = try Streams.row(db, stream)?.secret
    } else {
      let dot = Dot(replica: stream.replica, village: stream.village, counter: first.counter - 1)
      guard let hash = try Streams.hash(db, dot) else {
        throw StoreError.inconsistent(detail: "no hash of \(dot)")
      }
      previous = hash.tag
    }
    guard let hash = ChainHash(last.hash) else {
      throw StoreError.inconsistent(detail: "hash in \(stream.replica)@\(stream.village)")
    }
    frames.append(
      Frame(
        stream: stream, first: first.counter, previous: previous, last: hash, secret: secret,
        contents: rows.map(\.content)))
  }
}
