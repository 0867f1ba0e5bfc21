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
  private var streams: [VillageCode: OpenStream] = [:]
  private var clock: HybridClock
  private let trust: Trust
  /// The laptop.
  let device: DeviceID
  /// What kind of replica writes.
  let role: StoreRole
  private let surroundings: Surroundings
  private let directoryCited: UInt64

  init(_ store: Store, _ db: Database) throws {
    door = try Door(store, db)
    surroundings = store.surroundings
    clock = HybridClock()
    let newest = try Streams.newestStamps(db, own: door.replica)
    clock.notice(newest.any, wall: door.now)
    if newest.own > clock.last { clock = HybridClock(last: newest.own) }
    trust = try Trust(db, surroundings: store.surroundings)
    device = DeviceID(UInt32(truncatingIfNeeded: try Meta.integer(db, .device) ?? 0))
    // NB: a laptop that is its own office cites no version: its own says nothing to another office.
    role = try Meta.text(db, .role).flatMap(StoreRole.init(rawValue:)) ?? .laptop
    directoryCited = role == .standalone ? 0 : door.context.directory.version
  }

  /// Who writes now, in what capacity.
  mutating func author(_ person: PersonID, act: Act) -> Authorship {
    Authorship(
      person: person, device: device, stamp: clock.stamp(wall: door.now),
      evidence: trust.evidence(now: surroundings.uptime()),
      directory: directoryCited, act: act)
  }

  /// Writes one change.
  ///
  /// - Parameter copy: the record's copy in the village, if it was read in this transaction.
  mutating func write(
    _ draft: ChangeContent, in village: VillageCode, into copy: StoredCopy? = nil
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
    try door.enter(change, content: bytes, stream: &open.row, into: copy)
    streams[village] = open
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
    for (_, stream) in streams.sorted(by: { $0.key < $1.key }) { try door.close(stream.row) }
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

/// A stream that this replica is writing in one transaction.
private struct OpenStream {
  var row: StreamRow
  var chain: Chain
  /// How often others raised the village's vector; within the transaction nobody does.
  let generation: Int64
}

/// The last trusted time that this laptop heard, and when.
struct Trust {
  private let trusted: Int64?
  private let uptime: Int64
  private let isSameBoot: Bool

  init(_ db: Database, surroundings: Surroundings) throws {
    trusted = try Meta.integer(db, .trusted)
    uptime = try Meta.integer(db, .trustedUptime) ?? 0
    isSameBoot = try Meta.text(db, .trustedBoot) == surroundings.boot()
  }

  func evidence(now: Int64) -> ClockEvidence? {
    guard let trusted else { return nil }
    let (passed, isTooLong) = now.subtractingReportingOverflow(uptime)
    // NB: what evidence cannot state would make a change that nobody can read.
    let isUsable = isSameBoot && !isTooLong && ClockEvidence.times.contains(passed)
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
