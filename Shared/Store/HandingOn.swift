import Causality
import GRDB
import Model
import Wire

/// What waits here for what it names, on its way to others: nobody else may have it.
extension Inbox {
  /// Frames of a village that wait here under somebody's seal and that the office is not known to hold,
  /// in the order of their streams, and how many changes they begin with that are held here.
  ///
  /// Of a frame whose beginning could be taken in, that beginning stands in the journal, without a seal
  /// of its own: it goes before the rest again, for the seal at its end is all that it has.
  static func sealed(
    _ db: Database, of village: VillageCode, missingAt there: VersionVector
  ) throws -> (frames: [Frame], held: UInt64) {
    var (sealed, held): ([Frame], UInt64) = ([], 0)
    for key in try keys(db, of: village) {
      guard let (frame, isHeld) = try Self.sealed(db, key, missingAt: there) else { continue }
      sealed.append(frame)
      held += isHeld
    }
    return (sealed, held)
  }

  /// What one frame that waits comes to, if it is under somebody's seal and not known to be held there.
  private static func sealed(
    _ db: Database, _ key: Key, missingAt there: VersionVector
  ) throws -> (frame: Frame, held: UInt64)? {
    guard let frame = try frame(db, key)?.frame, frame.seal != nil else { return nil }
    let entry = there[frame.stream.replica]
    if let entry, try isKnown(db, frame, at: entry) { return nil }
    let whole = try beginning(db, of: frame, after: entry?.count ?? 0)
    return (whole, frame.first - whole.first)
  }

  /// Frames that wait at a laptop, for the office.
  ///
  /// What says nothing that it could be checked by is the office's own, on the way here, or nobody's word. Of
  /// a village that is not the laptop's any more the office is asked what became of that too, for nothing of it comes.
  ///
  /// - Parameters:
  ///   - scope: the villages of the laptop.
  ///   - refused: streams of which nothing is sent now.
  ///   - surroundings: for chance. What waits at the office too is brought again and again, so where there is more
  ///     than fits it begins anywhere, and nothing keeps back for ever what lies behind it.
  static func waiting(
    _ db: Database, scope: [VillageCode], budget: Int, without refused: Set<StreamID>,
    surroundings: Surroundings
  ) throws -> [Frame] {
    let size = try db.first("SELECT sum(length(frame)) FROM inbox") { Int($0.integer(0)) } ?? 0
    if size == 0 { return [] }
    var random = InjectedRandom(surroundings: surroundings)
    func turned<Element>(_ list: [Element]) -> [Element] {
      if size <= budget || list.count < 2 { return list }
      let start = Int(random.next() % UInt64(list.count))
      return Array(list[start...] + list[..<start])
    }
    var left = budget
    var frames: [Frame] = []
    for village in turned(try villages(db)) where left > 0 {
      let isLost = !scope.contains(village)
      let there = try Acknowledged.vector(db, of: village) ?? VersionVector()
      // NB: one by one, for much more may wait than is sent.
      for key in turned(try keys(db, of: village)) where left > 0 {
        guard let (frame, _) = try sealed(db, key, missingAt: there),
          !refused.contains(frame.stream), isLost || frame.isChecked
        else { continue }
        frames.append(frame)
        left -= frame.size
      }
    }
    return frames
  }

  /// Whether whoever holds a stream so far holds a frame of it.
  private static func isKnown(
    _ db: Database, _ frame: Frame, at entry: VersionVector.Entry
  ) throws -> Bool {
    if entry.count < frame.lastCounter { return false }
    // NB: by its count alone another branch of the stream would do.
    if entry.count == frame.lastCounter { return entry.head == frame.last.tag }
    return try Streams.hash(db, frame.lastDot) == frame.last
  }

  /// A frame with what comes before it in the journal and has no seal, as far as that is not known to be
  /// held there.
  private static func beginning(
    _ db: Database, of frame: Frame, after there: UInt64
  ) throws -> Frame {
    guard let base = frame.base, let known = try Streams.row(db, frame.stream),
      known.count == frame.first - 1, known.head == base.hash
    else { return frame }
    let sealed = try Seals.counters(db, frame.stream, after: 0).last { $0 <= known.count } ?? 0
    let start = max(sealed, min(there, known.count), try Cuts.count(db, frame.stream))
    let more = known.count - start
    guard more > 0, more + UInt64(frame.contents.count) <= Frame.changeLimit else { return frame }
    let before: ChainHash
    if start == 0 {
      before = .start
    } else if let hash = try Streams.hash(db, frame.stream.dot(start)) {
      before = hash
    } else {
      return frame
    }
    let contents = try db.all(
      """
      SELECT content FROM journal
      WHERE village = ? AND replica = ? AND counter > ? AND counter <= ? ORDER BY counter
      """, .bits(frame.stream.village.number), .bits(frame.stream.replica.number), .bits(start),
      .bits(known.count)
    ) { $0.bytes(0) }
    let size = (contents + frame.contents).reduce(0) { $0 + $1.count }
    guard contents.count == Int(more), size <= Frame.contentLimit else { return frame }
    let isStart = start == 0
    return Frame(
      stream: frame.stream, first: start + 1, previous: isStart ? 0 : before.tag,
      last: frame.last, secret: isStart ? known.secret : nil,
      base: isStart ? nil : Frame.Base(hash: before, secret: known.secret), seal: frame.seal,
      contents: contents + frame.contents)
  }
}
