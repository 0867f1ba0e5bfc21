import Causality
import GRDB
import Wire

/// How a frame joins what is held of its stream: the hash that it goes on from, and those that follow.
struct Road {
  /// The hash before the frame's first change.
  let start: ChainHash
  /// The secret that the frame's salts are made of.
  let secret: StreamSecret
  /// The branch that the frame goes on with, if it is none of the stream's own.
  let branch: Branch?
  /// Whether what is before the frame is void: it goes on from what it says itself.
  let isStranded: Bool
  /// Whether another change than the one that the frame goes on from is known to stand before it.
  let isForeign: Bool
  /// The hashes of the frame's changes; `nil` if they do not lead to the one that it states.
  let hashes: [ChainHash]?
  private let frame: Frame

  /// Where a frame goes.
  enum Finding {
    /// What comes before it is not here yet.
    case early
    /// It goes on from a change whose dot another change has here, and that never came: whoever
    /// brought it learns from what is acknowledged that it must begin further back.
    case astray
    /// All of it is before the cut, and the base stands for it.
    case dropped
    /// It ends at the cut, with another change than the base stands for.
    case forkedBelow
    /// It joins what is held.
    case found(Road)
  }

  /// The hashes of a frame's changes, by what is held before it or what it says of that itself; `nil` if
  /// neither leads to the hash that it states.
  static func hashes(of frame: Frame, db: Database) throws -> [ChainHash]? {
    if let base = frame.base {
      return Road(frame, start: base.hash, secret: base.secret, branch: nil).hashes
    }
    if frame.first == 1, let secret = frame.secret {
      return Road(frame, start: .start, secret: secret, branch: nil).hashes
    }
    let known = try Streams.row(db, frame.stream)
    guard case .found(let road) = try find(frame, known: known, db: db) else { return nil }
    return road.hashes
  }

  /// Finds where a frame joins.
  ///
  /// - Parameters:
  ///   - isBranch: whether it is known that it cannot be what a base stands for.
  ///   - isOffice: whether what goes on from below a cut is looked into by what it says itself; anybody
  ///     else waits for the office to do so.
  static func find(
    _ frame: Frame, known: StreamRow?, isBranch: Bool = false, isOffice: Bool = false, db: Database
  ) throws -> Finding {
    let id = frame.stream
    if !isBranch, let cut = try Cuts.cut(db, id), frame.lastCounter <= cut.count {
      // NB: of what is before the cut no single hash is known, and nothing is wanted.
      let isAtCut = frame.lastCounter == cut.count
      return isAtCut && frame.last != cut.head ? .forkedBelow : .dropped
    }
    if frame.first == 1 {
      guard let secret = frame.secret else { return .astray }
      return .found(Road(frame, start: .start, secret: secret, branch: nil))
    }
    let before = id.dot(frame.first - 1)
    let isReached = frame.first - 1 <= known?.count ?? 0
    let native = known?.count == frame.first - 1 ? known?.head : try Streams.hash(db, before)
    if let known, let native, native.tag == frame.previous {
      return .found(Road(frame, start: native, secret: known.secret, branch: nil))
    }
    if let other = try Branches.change(db, before, tag: frame.previous)
      ?? Parted.end(db, before, tag: frame.previous)
    {
      return .found(Road(frame, start: other.hash, secret: other.secret, branch: other))
    }
    if isReached {
      // NB: the beginning of a branch that parts before a cut may be accounted for by the base alone, and
      // then there is nothing here that the rest could go on from.
      guard isOffice, let base = frame.base,
        try native == nil || before.counter <= Cuts.count(db, id)
      else { return .astray }
      return .found(
        Road(
          frame, start: base.hash, secret: base.secret, branch: nil, isForeign: native != nil))
    }
    guard let base = frame.base else { return .early }
    let road = Road(
      frame, start: base.hash, secret: base.secret, branch: nil, isStranded: true)
    // NB: what does not lead to the hash that was sealed is damaged, whatever comes before it.
    if road.hashes == nil { return .found(road) }
    return try Voids.cover(db, before) ? .found(road) : .early
  }

  private init(
    _ frame: Frame, start: ChainHash, secret: StreamSecret, branch: Branch?,
    isStranded: Bool = false, isForeign: Bool = false
  ) {
    self.frame = frame
    self.start = start
    self.secret = secret
    self.branch = branch
    self.isStranded = isStranded
    self.isForeign = isForeign
    let id = frame.stream
    var chain = Chain(stream: id, secret: secret, count: frame.first - 1, head: start)
    var hashes: [ChainHash] = []
    hashes.reserveCapacity(frame.contents.count)
    for content in frame.contents { hashes.append(chain.append(content)) }
    self.hashes = chain.head == frame.last ? hashes : nil
  }

  /// What the change at an index goes on from; `nil` if the frame's hashes do not fit.
  func base(at index: Int) -> Frame.Base? {
    hashes.map { Frame.Base(hash: index == 0 ? start : $0[index - 1], secret: secret) }
  }

  /// The index of the frame's first change whose dot another change has here, or that has no place
  /// behind what is held.
  func fork(known: StreamRow?, db: Database) throws -> Int? {
    if branch != nil || isStranded || isForeign { return 0 }
    guard let known, let hashes, known.count >= frame.first else { return nil }
    let last = min(known.count, frame.lastCounter)
    let cut = try Cuts.cut(db, frame.stream)
    func isHeld(_ counter: UInt64) throws -> Bool {
      if let hash = try Streams.hash(db, known.id.dot(counter)) {
        return hash == hashes[Int(counter - frame.first)]
      }
      // NB: what lies before a cut may have no hash here; that of the cut speaks for it.
      guard let cut, counter < cut.count else { return false }
      return hashes[Int(cut.count - frame.first)] == cut.head
    }
    // NB: a hash covers everything before it, so the last one that both have speaks for all.
    if try isHeld(last) { return nil }
    return try (frame.first...last).first { try !isHeld($0) }.map { Int($0 - frame.first) }
  }
}
