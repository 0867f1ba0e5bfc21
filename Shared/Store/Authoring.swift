import Bytes
import Causality
import GRDB
import Model
import Wire

/// Writes this replica's own changes, through the door.
///
/// It numbers them, hashes them, states what was held where that changed, and stamps them; what is
/// in them was decided before.
struct Authoring {
  private(set) var door: Door
  /// The streams that are known, and the villages of those that were written to.
  private var streams: [VillageCode: OpenStream]
  private var written: Set<VillageCode> = []
  private var clock: HybridClock
  private let start: Bearings
  private let surroundings: Surroundings
  private let directoryCited: UInt64
  /// How many changes were written in this transaction.
  private(set) var count: UInt64 = 0

  init(_ store: Store, _ db: Database) throws {
    var start = try Bearings(store, db)
    try self.init(store, db, from: &start)
  }

  /// Goes on from what is known of the store as it is now; ``end(_:)`` gives it back.
  init(_ store: Store, _ db: Database, from start: inout Bearings) throws {
    // NB: taken out, because what two hold is copied when one of them writes.
    streams = start.streams
    start.streams = [:]
    door = try Door(store, db, on: start.footing)
    surroundings = store.surroundings
    clock = start.clock(wall: door.now)
    self.start = start
    // NB: a laptop that is its own office cites no version: its own says nothing to another office.
    let isOwnOffice = start.footing.role == .standalone
    directoryCited = isOwnOffice ? 0 : door.context.directory.version
  }

  /// The laptop.
  var device: DeviceID { start.footing.device }

  /// What kind of replica writes.
  var role: StoreRole { start.footing.role ?? .laptop }

  /// Writes the streams' rows, and brings up to date what was known when it began.
  mutating func end(_ bearings: inout Bearings) throws {
    try finish()
    for village in written {
      streams[village]?.row.isStored = true
      guard let stream = streams[village] else { continue }
      bearings.own = max(bearings.own, stream.row.stamp)
    }
    bearings.streams =
      streams.count <= Bearings.streamLimit
      ? streams : streams.filter { written.contains($0.key) }
    if let before = bearings.written { bearings.written = before + count }
  }

  /// Who writes now, in what capacity.
  mutating func author(_ person: PersonID, act: Act) -> Authorship {
    Authorship(
      person: person, device: device, stamp: clock.stamp(wall: door.now),
      evidence: start.trust.evidence(now: surroundings.uptime(), boot: surroundings.boot()),
      directory: directoryCited, act: act)
  }

  /// Writes one change.
  ///
  /// - Parameters:
  ///   - copy: the record's copy in the village, if it was read in this transaction.
  ///   - seen: the view that it is made from, if that with the change is what its author has seen.
  mutating func write(
    _ draft: ChangeContent, in village: VillageCode, into copy: StoredCopy? = nil,
    seen: ViewToken? = nil
  ) throws -> Change {
    var open = try stream(village)
    var content = draft
    if open.row.context != open.generation {
      let others = VersionVector(
        try Streams.vector(door.db, village).entries.filter { $0.replica != door.replica })
      content.context = others.isEmpty ? nil : others
      open.row.context = open.generation
    }
    let bytes = content.bytes(village: village)
    try content.requireReadable(bytes: bytes.count)
    let hash = open.chain.append(bytes)
    let dot = Dot(replica: door.replica, village: village, counter: open.chain.count)
    let change = Change(dot: dot, hash: hash, content: content)
    try door.enter(change, content: bytes, stream: &open.row, into: copy, seen: seen)
    streams[village] = open
    written.insert(village)
    count += 1
    return change
  }

  /// Issues a change of a branch again: under a dot of this replica, by its author, with its origin.
  ///
  /// - Parameter void: names that it gives and that nobody has.
  mutating func reissue(_ change: Change, without void: Set<Name> = []) throws {
    var content = change.content
    content.context = nil
    content.record = change.record
    content.origin = change.origin
    if !void.isEmpty { content.leaveOut(void) }
    _ = try write(content, in: change.dot.village)
    if !void.isEmpty { try giveLives(to: change) }
  }

  /// Writes the streams' rows.
  func finish() throws {
    for village in written.sorted() {
      if let stream = streams[village] { try door.close(stream.row) }
    }
  }

  private func stream(_ village: VillageCode) throws -> OpenStream {
    if let open = streams[village] { return open }
    let id = StreamID(village: village, replica: door.replica)
    let row: StreamRow
    if let known = try Streams.row(door.db, id) {
      row = known
    } else {
      var random = InjectedRandom(surroundings: surroundings)
      row = StreamRow(
        id: id, count: 0, head: .start, secret: StreamSecret(random: &random),
        stamp: Stamp(number: 0), context: -1, directory: 0)
    }
    return OpenStream(
      row: row, chain: Chain(stream: id, secret: row.secret, count: row.count, head: row.head),
      generation: try Streams.generation(door.db, village))
  }
}

/// A stream that this replica is writing.
struct OpenStream: Sendable {
  var row: StreamRow
  var chain: Chain
  /// How often others raised the village's vector; while the stream is open nobody does.
  let generation: Int64
}

/// The last trusted time that this laptop heard, and when.
struct Trust: Sendable {
  private let trusted: Int64?
  private let uptime: Int64
  private let boot: String?

  init(_ db: Database) throws {
    trusted = try Meta.integer(db, .trusted)
    uptime = try Meta.integer(db, .trustedUptime) ?? 0
    boot = try Meta.text(db, .trustedBoot)
  }

  /// What a change can say of its time.
  func evidence(now: Int64, boot present: String) -> ClockEvidence? {
    guard let trusted else { return nil }
    let (passed, isTooLong) = now.subtractingReportingOverflow(uptime)
    // NB: what evidence cannot state would make a change that nobody can read.
    let isUsable = boot == present && !isTooLong && ClockEvidence.times.contains(passed)
    return ClockEvidence(trusted: trusted, elapsed: isUsable ? passed : nil)
  }

  /// Keeps what the office said the time is, if it is a time that a change can state.
  static func hear(_ db: Database, time: Int64, surroundings: Surroundings) throws {
    guard ClockEvidence.times.contains(time) else { return }
    try Meta.set(db, .trusted, .integer(time))
    try Meta.set(db, .trustedUptime, .integer(surroundings.uptime()))
    try Meta.set(db, .trustedBoot, .text(surroundings.boot()))
  }
}

extension ChangeContent {
  /// Fails if any part is larger than readers take: what nobody can read would never leave here.
  fileprivate func requireReadable(bytes: Int) throws {
    func require(_ size: Int, atMost limit: Int) throws {
      guard size <= limit else { throw StoreError.tooLarge(bytes: size, limit: limit) }
    }
    func require(_ answer: Answer) throws {
      switch answer {
      case .text(let text): try require(text.string.utf8.count, atMost: Answer.textLimit)
      case .group(let members):
        try require(members.count, atMost: Answer.memberLimit)
        for member in members { try require(member) }
      default: break
      }
    }
    try require(bytes, atMost: Self.limit)
    try require(reason?.utf8.count ?? 0, atMost: Self.reasonLimit)
    let answers = answers
    try require(answers.count, atMost: Self.answerLimit)
    // NB: most changes name nothing, and must not pay for a set.
    var mentions = cites.count
    for index in answers.indices { mentions += answers[index].replaces.count }
    if mentions > Self.nameLimit {
      try require(Set(prerequisites).count, atMost: Self.nameLimit)
    }
    for index in answers.indices {
      if let row = answers[index].path.row {
        try require(row.id.string.utf8.count, atMost: Row.limit)
      }
      let element = answers[index].path.element
      if !element.isEmpty { try require(element.string.utf8.count, atMost: Path.elementLimit) }
      try require(answers[index].answer)
    }
  }
}
