import Bytes
import Causality
import GRDB
import Model
import Wire

/// A branch that a stream does not go on with, as the office and a laptop speak of it.
struct Branch {
  /// The change: its dot, which another change has, and its hash, which is its own.
  let dot: Dot
  let hash: ChainHash
  /// The hash of the change before it.
  let previous: ChainHash
  /// The counter of the first change of the branch.
  let fork: UInt64
  let secret: StreamSecret
}

/// Changes of branches on their way out.
struct OutgoingBranches {
  /// The frames.
  var frames: [Frame] = []
  /// Whether the budget ended before the changes did.
  var isCut = false
  /// How many changes were looked at, from the first.
  var seen: Int

  /// How many bytes of contents leave.
  var size: Int { frames.reduce(0) { $0 + $1.size } }
}

/// Changes whose dots are taken.
///
/// Two stores that were copies of each other and both wrote have made different changes at one dot.
/// The office holds whichever came first as the stream; it issues the others again, under dots of its
/// own, with their origins, so that every name that anybody ever gave them goes on meaning the same
/// answers. A laptop puts its branch aside when the office says that it did so: the answers stand,
/// under their origins, and the stream becomes what the office holds.
///
/// Nothing of a branch is ever dropped: an office that was restored is offered it again.
enum Branches {
  /// The change of a branch with a dot and a tag.
  static func change(_ db: Database, _ dot: Dot, tag: UInt64) throws -> Branch? {
    try db.all(
      """
      SELECT hash, previous, fork, secret FROM branch
      WHERE village = ? AND replica = ? AND counter = ?
      """, .bits(dot.village.number), .bits(dot.replica.number), .bits(dot.counter)
    ) { row -> Branch? in
      guard let hash = ChainHash(row.bytes(0)), let previous = ChainHash(row.bytes(1)),
        let secret = StreamSecret(row.bytes(3))
      else { throw StoreError.inconsistent(detail: "branch at \(dot)") }
      return Branch(
        dot: dot, hash: hash, previous: previous, fork: row.bits(2), secret: secret)
    }.compactMap { $0 }.first { $0.hash.tag == tag }
  }

  /// A change that is held under its own dot, in its stream or in a branch of it.
  static func written(_ db: Database, _ name: Name) throws -> Change? {
    if let change = try Journal.entry(db, name.dot)?.change, change.name == name { return change }
    let aside = try db.all(
      "SELECT hash, content FROM branch WHERE village = ? AND replica = ? AND counter = ?",
      .bits(name.dot.village.number), .bits(name.dot.replica.number), .bits(name.dot.counter)
    ) { row in try Journal.change(dot: name.dot, hash: row.bytes(0), content: row.bytes(1)) }
    return aside.first { $0.name == name }
  }

  static func holds(_ db: Database, _ dot: Dot, _ hash: ChainHash) throws -> Bool {
    try change(db, dot, tag: hash.tag)?.hash == hash
  }

  /// Whether every change of a frame is held, in its stream or in a branch of it.
  static func holdAll(_ db: Database, of frame: Frame) throws -> Bool {
    // NB: a hash covers everything before it.
    if try Streams.hash(db, frame.lastDot) == frame.last { return true }
    guard let hashes = try Road.hashes(of: frame, db: db) else { return false }
    return try hashes.indices.allSatisfy { index in
      let (dot, hash) = (frame.dot(at: index), hashes[index])
      return try Streams.hash(db, dot) == hash || holds(db, dot, hash)
    }
  }

  /// Keeps a change of a branch that the office issued again.
  static func keep(
    _ db: Database, _ branch: Branch, record: RecordID, content: [UInt8], now: Int64
  ) throws {
    try db.run(
      """
      INSERT OR IGNORE INTO branch
        (village, replica, counter, hash, previous, fork, secret, record, arrived, content)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, .bits(branch.dot.village.number), .bits(branch.dot.replica.number),
      .bits(branch.dot.counter), .blob(branch.hash.bytes), .blob(branch.previous.bytes),
      .bits(branch.fork), .blob(branch.secret.bytes), .text(record.description), .integer(now),
      .blob(content))
  }

  /// Puts a stream aside from a counter on: what is left is what the office holds too.
  static func putAside(
    _ db: Database, _ stream: StreamRow, from fork: UInt64
  ) throws {
    let id = stream.id
    let rows = try db.all(
      """
      SELECT counter, hash, record, seq, arrived, content FROM journal
      WHERE village = ? AND replica = ? AND counter >= ? ORDER BY counter
      """, .bits(id.village.number), .bits(id.replica.number), .bits(fork)
    ) { row in
      (row.bits(0), row.bytes(1), row.text(2), row.integer(3), row.integer(4), row.bytes(5))
    }
    let before = id.dot(max(fork, 1) - 1)
    let base = fork == 1 ? ChainHash.start : try Streams.hash(db, before)
    guard let base else { throw StoreError.inconsistent(detail: "no hash of \(before)") }
    var previous = base
    for (counter, bytes, record, seq, arrived, content) in rows {
      guard let hash = ChainHash(bytes) else {
        throw StoreError.inconsistent(detail: "hash \(counter) of \(id.replica)@\(id.village)")
      }
      let seal = try Seals.seal(db, at: id.dot(counter))
      // NB: what comes back, as on a stick of one's own, keeps its place before what goes on from it.
      try db.run(
        """
        INSERT INTO branch
          (village, replica, counter, hash, previous, fork, secret, record, seq, arrived, signer,
            signature, content)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET fork = excluded.fork, taken = NULL,
          seq = min(ifnull(seq, excluded.seq), excluded.seq), signer = excluded.signer,
          signature = excluded.signature
        """, .bits(id.village.number), .bits(id.replica.number), .bits(counter), .blob(bytes),
        .blob(previous.bytes), .bits(fork), .blob(stream.secret.bytes), .text(record),
        .integer(seq), .integer(arrived), seal.map { .bits(UInt64($0.signer.number)) } ?? .null,
        seal.map { .blob($0.signature) } ?? .null, .blob(content))
      previous = hash
    }
    let condition = "village = ? AND replica = ? AND counter >= ?"
    let values: [SQLValue] = [.bits(id.village.number), .bits(id.replica.number), .bits(fork)]
    try Seen.settle(db, where: condition, values)
    try db.run("DELETE FROM journal WHERE \(condition)", values)
    try Seals.forget(db, id, from: fork)
    if fork == 1 {
      try db.run(
        "DELETE FROM stream WHERE village = ? AND replica = ?", .bits(id.village.number),
        .bits(id.replica.number))
    } else {
      var shorter = stream
      shorter.count = fork - 1
      shorter.head = base
      try Streams.write(db, shorter)
    }
    try Streams.raiseGeneration(db, id.village)
  }

  /// Drops the changes of a branch that a base stands for: the stream went on with it after all.
  static func drop(
    _ db: Database, _ stream: StreamID, upTo count: UInt64, head: ChainHash
  ) throws {
    if try isEmpty(db) { return }
    var at = try change(db, stream.dot(count), tag: head.tag)
    while let branch = at {
      try db.run(
        "DELETE FROM branch WHERE village = ? AND replica = ? AND counter = ? AND hash = ?",
        .bits(stream.village.number), .bits(stream.replica.number), .bits(branch.dot.counter),
        .blob(branch.hash.bytes))
      guard branch.dot.counter > 1 else { return }
      at = try change(db, stream.dot(branch.dot.counter - 1), tag: branch.previous.tag)
    }
  }

  /// Notes that the office has a branch, up to one of its changes.
  static func noteTaken(_ db: Database, _ taken: BranchTaken, epoch: UInt64) throws {
    var at: Branch? = try change(db, taken.last, tag: taken.tag)
    // NB: an office that knows by a base alone what is before may have taken a later part without it.
    let start = taken.fork <= taken.last.counter ? taken.fork : 1
    while let branch = at {
      try db.run(
        """
        UPDATE branch SET taken = ?
        WHERE village = ? AND replica = ? AND counter = ? AND hash = ?
        """, .bits(epoch), .bits(branch.dot.village.number), .bits(branch.dot.replica.number),
        .bits(branch.dot.counter), .blob(branch.hash.bytes))
      guard branch.dot.counter > max(branch.fork, start) else { return }
      let before = Dot(
        replica: branch.dot.replica, village: branch.dot.village,
        counter: branch.dot.counter - 1)
      at = try change(db, before, tag: branch.previous.tag)
    }
  }

  /// That a change of a branch is not the stream's own by now.
  ///
  /// An office that was restored may go on with the branch that its former self issued again; then the
  /// stream speaks for it, and nobody says of it any more that it was taken.
  static let isAside = """
    NOT EXISTS (
      SELECT 1 FROM journal WHERE journal.village = branch.village
        AND journal.replica = branch.replica AND journal.counter = branch.counter
        AND journal.hash = branch.hash)
    """

  /// Whether there are no branches, as mostly there are none.
  static func isEmpty(_ db: Database) throws -> Bool {
    try db.first("SELECT 1 FROM branch LIMIT 1") { _ in false } ?? true
  }

  /// How many changes of branches the office is not known to have.
  static func untaken(_ db: Database, epoch: UInt64) throws -> UInt64 {
    if try isEmpty(db) { return 0 }
    return try db.first(
      "SELECT count(*) FROM branch WHERE taken IS NOT ? AND \(isAside)", .bits(epoch)
    ) { $0.bits(0) } ?? 0
  }

  /// Frames with changes of branches that the office is not known to have, in causal order.
  ///
  /// - Parameters:
  ///   - epoch: the office's; `nil` for all branches, whatever the office has.
  ///   - budget: the most bytes of contents, though one change always leaves.
  ///   - skipped: how many of the changes left before.
  ///   - villages: of these only; of all when `nil`.
  ///   - refused: streams of which nothing leaves now; what comes after them does.
  ///   - seals: how whoever gets them is to know whose they are, and what they go on from: that may lie
  ///     before a cut there.
  ///   - ownOnly: whether only those of this store's own streams leave: that another branch was put aside
  ///     is between a laptop and its office.
  static func frames(
    _ db: Database, epoch: UInt64?, budget: Int, after skipped: Int = 0,
    of villages: Set<VillageCode>? = nil, without refused: Set<StreamID> = [],
    seals: Sealer, ownOnly: Bool = false
  ) throws -> OutgoingBranches {
    var outgoing = OutgoingBranches(seen: skipped)
    var left = budget
    var run: [BranchRow] = []
    var size = 0
    func finish() throws {
      guard let first = run.first, let last = run.last else { return }
      let end = last.stream.dot(last.counter)
      let isStart = first.counter == 1
      let seal = try first.isOwn ? seals.seal(db, end, last.hash) : last.seal
      let isBased = !isStart && seal != nil && seals.givesBases
      outgoing.frames.append(
        Frame(
          stream: first.stream, first: first.counter, previous: isStart ? 0 : first.previous.tag,
          last: last.hash, secret: isStart ? first.secret : nil,
          base: isBased ? Frame.Base(hash: first.previous, secret: first.secret) : nil,
          seal: seal, contents: run.map(\.content)))
      (run, size) = ([], 0)
    }
    pages: while true {
      let page = try rows(db, epoch: epoch, after: outgoing.seen)
      for row in page {
        let isWanted = villages?.contains(row.stream.village) ?? true
        guard isWanted, !ownOnly || row.isOwn, !refused.contains(row.stream) else {
          outgoing.seen += 1
          continue
        }
        let isStart = outgoing.frames.isEmpty && run.isEmpty
        let isNext = run.last.map { $0.isFollowed(by: row) } ?? true
        // NB: what others wrote is theirs only up to where they sealed it.
        let isInside = isNext && !(run.last?.isOwn ?? true)
        let isFull = row.content.count > left || outgoing.frames.count >= Store.frameTarget
        if !isStart && !isInside && isFull {
          outgoing.isCut = true
          break pages
        }
        if !isNext || size + row.content.count > Frame.contentTarget
          || run.count == Frame.changeLimit
        {
          try finish()
        }
        outgoing.seen += 1
        left -= row.content.count
        size += row.content.count
        run.append(row)
      }
      if page.count < pageLength { break }
    }
    try finish()
    return outgoing
  }

  /// How many changes are read at once; each can be large.
  private static let pageLength = 32

  private static func rows(
    _ db: Database, epoch: UInt64?, after skipped: Int
  ) throws -> [BranchRow] {
    if try isEmpty(db) { return [] }
    return try db.all(
      """
      SELECT village, replica, counter, hash, previous, secret, content, signer, signature,
        replica IN (SELECT replica FROM incarnation)
      FROM branch
      WHERE (?1 OR taken IS NOT ?2) AND \(isAside)
      ORDER BY seq, village, replica, counter, hash LIMIT \(pageLength) OFFSET ?3
      """, .integer(epoch == nil ? 1 : 0), .bits(epoch ?? 0), .integer(Int64(skipped))
    ) { row -> BranchRow in
      guard let village = VillageCode(number: row.bits(0)), let hash = ChainHash(row.bytes(3)),
        let previous = ChainHash(row.bytes(4)), let secret = StreamSecret(row.bytes(5))
      else { throw StoreError.inconsistent(detail: "branch") }
      return BranchRow(
        stream: StreamID(village: village, replica: ReplicaID(row.bits(1))),
        counter: row.bits(2), hash: hash, previous: previous, secret: secret,
        content: row.bytes(6),
        seal: row.isNull(8)
          ? nil
          : Seal(
            signer: DeviceID(UInt32(truncatingIfNeeded: row.bits(7))), signature: row.bytes(8)),
        isOwn: row.bits(9) == 1)
    }
  }

  private struct BranchRow {
    let stream: StreamID
    let counter: UInt64
    let hash: ChainHash
    let previous: ChainHash
    let secret: StreamSecret
    let content: [UInt8]
    /// The seal that stood there, if one did.
    let seal: Seal?
    /// Whether this store wrote it.
    let isOwn: Bool

    /// Whether another change goes on from it, and may leave in one frame with it.
    func isFollowed(by next: BranchRow) -> Bool {
      stream == next.stream && hash == next.previous && (isOwn || seal == nil)
    }
  }
}

extension Store {
  /// Puts aside what the office says is a branch of its own making, and goes on as another replica
  /// if it was this store's.
  static func settle(
    _ db: Database, _ taken: BranchTaken, epoch: UInt64, surroundings: Surroundings
  ) throws {
    let stream = taken.last.stream
    let hasWaited = try Inbox.remove(db, endingWith: Name(dot: taken.last, tag: taken.tag))
    // NB: of what only waited nothing is held that this could be said of.
    if hasWaited, taken.fork > taken.last.counter { return }
    var isLetGo = false
    // NB: what a base stands for is what the office holds, whatever was said before it was dropped.
    if let row = try Streams.row(db, stream), taken.last.counter <= row.count,
      taken.fork <= taken.last.counter, try Cuts.count(db, stream) < taken.fork,
      try Streams.hash(db, taken.last)?.tag == taken.tag
    {
      try Branches.putAside(db, row, from: taken.fork)
      isLetGo = true
    } else if taken.fork <= taken.last.counter, let row = try Streams.row(db, stream),
      let cut = try Cuts.cut(db, stream), cut.count == taken.last.counter, cut.head.tag == taken.tag
    {
      try Parted.letGo(db, row, at: cut, epoch: epoch)
      isLetGo = true
    }
    if isLetGo {
      if stream.replica == (try Incarnations.current(db)) {
        try Incarnations.mint(db, surroundings: surroundings)
      }
      // NB: a snapshot that was refused because of the branch can be taken now.
      try unstage(db, stream.village, from: .standalone)
    }
    if taken.fork > taken.last.counter { try Accounted.note(db, taken, epoch: epoch) }
    try Parted.noteTaken(db, taken, epoch: epoch)
    try Branches.noteTaken(db, taken, epoch: epoch)
  }
}
