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
  /// Branches whose changes are at the office now, under dots of its own.
  public var branches: [BranchTaken] = []
  /// How many changes were taken in and reverted, because others hold them and the office refuses
  /// them.
  public var reverted = 0

  /// Makes the outcome of a frame that brought nothing.
  public init() {}

  /// Adds another frame's outcome.
  public mutating func add(_ other: IngestOutcome) {
    applied += other.applied
    records.formUnion(other.records)
    waiting = other.waiting
    refusals += other.refusals
    branches += other.branches
    reverted += other.reverted
  }
}

/// Decides whether a change is taken.
///
/// The office asks whether its author had the right to it; a laptop, of what comes by another road
/// than the office, whether it is authentic. What the office sends a laptop takes.
protocol Admission {
  /// The same check for what another device brought.
  func of(_ device: DeviceID) -> any Admission
  /// Whether a frame of a stream may wait for what it needs, before its changes can be judged.
  func mayWait(_ stream: StreamID, door: Door) throws -> Bool

  /// Why the change, the next of a stream, is not taken, or `nil`.
  func ground(
    against change: Change, after stream: StreamRow, door: Door
  ) throws -> Refusal.Ground?

  /// The same check for a change some of whose names are void, and say nothing here.
  func ignoring(_ void: Set<Name>) -> any Admission
}

extension Admission {
  func ignoring(_ void: Set<Name>) -> any Admission { self }
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
    try wake(after: &news, admission: admission, device: device, into: &outcome)
    outcome.waiting = try waitingCount()
    return outcome
  }

  /// Takes in from the inbox what waited for the news; each frame that the news concerns gets a
  /// transaction of its own, as if it had come now.
  func wake(
    after news: inout Inbox.News, admission: (any Admission)?, device: DeviceID,
    into outcome: inout IngestOutcome
  ) throws {
    while !news.isEmpty {
      let ready = try read { db in try Inbox.ready(db, after: news) }
      news = Inbox.News()
      for key in ready {
        guard let retried = try retryOrPutAway(key, admission: admission) else { continue }
        news.add(retried.news)
        outcome.add(retried.outcome)
        // Whoever brought a frame answers for it and is told, not whoever made it ready.
        if retried.device != device { outcome.refusals.removeLast(retried.outcome.refusals.count) }
      }
    }
  }

  /// Tries a frame that waited; what cannot be kept waits no more, for it would be in the way of
  /// everything that comes into its village.
  func retryOrPutAway(
    _ key: Inbox.Key, admission: (any Admission)?
  ) throws -> (outcome: IngestOutcome, news: Inbox.News, device: DeviceID)? {
    do {
      return try retry(key, admission: admission)
    } catch StoreError.tooLarge, StoreError.tooManyPlaces {
      return try write { db in
        guard let (frame, device) = try Inbox.frame(db, key) else { return nil }
        try Inbox.remove(db, key)
        var outcome = IngestOutcome()
        outcome.refusals = [
          Refusal(stream: frame.stream, counter: frame.first, ground: .malformed)
        ]
        if admission != nil, try Meta.text(db, .role) == StoreRole.office.rawValue {
          try Quarantine.keep(
            frame, of: device, ground: .malformed, now: surroundings.wall(), db)
        }
        return (outcome, Inbox.News(), device)
      }
    }
  }

  private func retry(
    _ key: Inbox.Key, admission: (any Admission)?
  ) throws -> (outcome: IngestOutcome, news: Inbox.News, device: DeviceID)? {
    try write { db in
      guard let (frame, device) = try Inbox.frame(db, key) else { return nil }
      // NB: what a laptop was handed by others waits under the device that sealed it, and is no word of
      // the office's when its turn comes in a sync.
      let isLaptop = try Meta.text(db, .role) == StoreRole.laptop.rawValue
      let isRelayed = isLaptop && admission == nil && device != .standalone
      var ingest = try Ingest(
        self, db,
        admission: isRelayed ? RelayAdmission(device: device) : admission.map { $0.of(device) },
        device: device, retried: key)
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
  private var voucher = Voucher.bearer
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
    guard let word = door.voucher(of: frame) else {
      return refuse(frame, frame.first, .seal)
    }
    if word == .bearer, admission == nil, door.stranger != nil {
      return refuse(frame, frame.first, .seal)
    }
    voucher = word
    let known = try Streams.row(door.db, frame.stream)
    let road: Road
    switch try Road.find(frame, known: known, db: door.db) {
    case .found(let here): road = here
    case .astray:
      // NB: what waited is kept by nobody else, perhaps.
      if retried != nil, door.isOffice { try refuseWhole(frame, from: 0, .fork) }
      return
    case .dropped:
      // NB: of what lies before its own cut an office has not every hash; what its base does not account
      // for is of another branch, and is kept.
      if door.isOffice, try !isAccounted(frame) { try refuseWhole(frame, from: 0, .fork) }
      return
    case .forkedBelow:
      if door.isOffice, try isAccounted(frame) { return }
      return try refuseWhole(frame, from: 0, .fork)
    case .early:
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
    guard let hashes = road.hashes else { return try refuseWhole(frame, from: 0, .chain) }
    if let fork = try road.fork(known: known, db: door.db) {
      return try takeBranch(frame, from: fork, road: road, hashes: hashes)
    }
    var stream =
      known
      ?? StreamRow(
        id: frame.stream, count: 0, head: .start, secret: road.secret, stamp: Stamp(number: 0),
        context: -1, directory: 0)
    if stream.count >= frame.lastCounter { return try keepSeal(of: frame) }
    let before = stream.count
    let skip = Int(stream.count + 1 - frame.first)
    var stranded: Int?
    for index in skip..<frame.contents.count {
      switch try apply(frame, at: index, hash: hashes[index], stream: &stream) {
      case .applied: continue
      case .disputed(let change, let ground):
        if try holdAndRevert(change, frame.contents[index], stream: &stream) { continue }
        try refuseWhole(frame, from: index, ground)
      case .early(let need):
        let hash = index == 0 ? road.start : hashes[index - 1]
        try wait(rest(of: frame, from: index, after: hash, secret: road.secret), for: need)
      case .refused(let ground): try refuseWhole(frame, from: index, ground)
      case .stranded: stranded = index
      }
      break
    }
    if stream.count == frame.lastCounter { try keepSeal(of: frame) }
    if stream.count > before {
      try door.close(stream)
      if try noteLoss(of: stream.id) {
        // The office began again.
      } else if stream.id.replica == door.replica {
        // Somebody knows more of me than I do: I was restored from an older copy.
        try Incarnations.mint(door.db, surroundings: store.surroundings)
      }
      outcome.applied += Int(stream.count - before)
      outcome.records.formUnion(door.touched.map(\.record))
      news.add(frame.stream.village)
      news.add(door.touched)
      news.add(try store.carryOn(after: &door))
      try Inbox.removeHeld(door.db, frame.stream, upTo: stream.count)
    }
    if let stranded { try takeBranch(frame, from: stranded, road: road, hashes: hashes) }
  }

  /// Lets the office begin again if changes of its own came that it should hold.
  ///
  /// It was put back then, and nobody said so. Only it can have sealed them, so nobody can make it
  /// believe that.
  ///
  /// - Returns: whether it did.
  @discardableResult
  private func noteLoss(of stream: StreamID) throws -> Bool {
    guard door.isOffice, voucher == .office,
      try Incarnations.shouldBeWhole(door.db, stream.replica)
    else { return false }
    try store.beginAgain(door.db)
    return true
  }

  /// Keeps the word that a frame came with, to hand the stream on under it.
  private func keepSeal(of frame: Frame) throws {
    guard let seal = frame.seal else { return }
    let end = dot(frame.lastCounter, in: frame.stream)
    // NB: whoever holds a stream can put a seal of their own to it; handed on under that one, nobody
    // would take it.
    if let writer, try !isWritten(end, on: writer) { return }
    let isPresent = if case .device = voucher { true } else { false }
    try Seals.keep(door.db, seal, at: end, isPresent: isPresent)
  }

  /// Whether a change that is held was written on a device, or before it joined.
  private func isWritten(_ dot: Dot, on device: DeviceID) throws -> Bool {
    let author = try Journal.entry(door.db, dot)?.change.content.author
    if author?.device == device { return true }
    let adoptions = door.context.directory.adoptions(of: dot.stream, with: device)
    return author?.device == .standalone && adoptions.contains { dot.counter <= $0.count }
  }

  /// Takes a branch in whose dots other changes have.
  ///
  /// The office issues each change of it again, under its own dots, with its origin. A laptop does
  /// nothing but wait for the office to do so. So it is with what waited for what is void: no stream
  /// can go on with it, and its dots stay free for it, should what is missing come after all.
  private mutating func takeBranch(
    _ frame: Frame, from index: Int, road: Road, hashes: [ChainHash]
  ) throws {
    let fork = road.branch?.fork ?? frame.first + UInt64(index)
    guard admission != nil, door.isOffice else { return refuse(frame, fork, .fork) }
    var authoring = try Authoring(store, door.db)
    var last: Int?
    var isStripped = false
    branch: for later in index..<frame.contents.count {
      let previous = later == 0 ? road.start : hashes[later - 1]
      let dot = dot(frame.first + UInt64(later), in: frame.stream)
      let isHeld = try Branches.holds(door.db, dot, hashes[later])
      // NB: what the stream cited is said of the branch that it went on with, not of this one.
      let stream = StreamRow(
        id: frame.stream, count: dot.counter - 1, head: previous, secret: road.secret,
        stamp: Stamp(number: 0), context: -1, directory: 0)
      switch try judge(frame, at: later, hash: hashes[later], stream: stream) {
      case .early(let need):
        try wait(rest(of: frame, from: later, after: previous, secret: road.secret), for: need)
        break branch
      case .refused(let ground), .disputed(_, let ground):
        try refuseWhole(frame, from: later, ground)
        break branch
      case .ready(let change, let void):
        isStripped = isStripped || !void.isEmpty
        // NB: what was issued without the void is issued once more when what it names has been found.
        if isHeld, try !void.isEmpty || !leavesStanding(change) {
          last = later
          continue
        }
        do {
          try authoring.reissue(change, without: void)
        } catch StoreError.tooLarge, StoreError.tooManyPlaces {
          try refuseWhole(frame, from: later, .malformed)
          break branch
        }
        try Branches.keep(
          door.db,
          Branch(
            dot: dot, hash: hashes[later], previous: previous, fork: fork, secret: road.secret),
          record: change.record, content: frame.contents[later], now: door.now)
        if !isHeld { outcome.applied += 1 }
        outcome.records.insert(change.record)
        last = later
      }
    }
    try authoring.finish()
    if last != nil { try noteLoss(of: frame.stream) }
    news.add(frame.stream.village)
    news.add(authoring.door.touched)
    news.add(try store.carryOn(after: &authoring))
    // NB: whoever still has what is stranded must not put it aside: it comes in with what it waits for.
    let end = self.dot(fork, in: frame.stream)
    let other = try Streams.hash(door.db, end)
    let isNative = try other.map { try Branches.holds(door.db, end, $0) } ?? true
    let isStranded = isStripped || isNative
    if let last, !isStranded {
      outcome.branches.append(
        BranchTaken(
          fork: fork, last: dot(frame.first + UInt64(last), in: frame.stream),
          tag: hashes[last].tag))
    }
  }

  /// Whether an answer stands that a change replaces and that is known here by now.
  private func leavesStanding(_ change: Change) throws -> Bool {
    let table = door.context.table(change.content.form)
    guard let state = try table.copy(door.db, change.record, in: change.dot.village)?.state else {
      return false
    }
    return change.content.answers.contains { placed in
      !placed.replaces.isEmpty
        && state.siblings(at: placed.path).contains { placed.replaces.contains($0.origin) }
    }
  }

  /// What became of one change.
  private enum Step {
    case applied
    case early(Inbox.Need)
    case refused(Refusal.Ground)
    case disputed(Change, Refusal.Ground)
    /// It names what is void.
    case stranded
  }

  private mutating func apply(
    _ frame: Frame, at index: Int, hash: ChainHash, stream: inout StreamRow
  ) throws -> Step {
    switch try judge(frame, at: index, hash: hash, stream: stream) {
    case .early(let need): return .early(need)
    case .refused(let ground): return .refused(ground)
    case .disputed(let change, let ground): return .disputed(change, ground)
    case .ready(let change, let void):
      if !void.isEmpty { return .stranded }
      do {
        try door.enter(change, content: frame.contents[index], stream: &stream)
      } catch StoreError.tooManyPlaces {
        return .refused(.malformed)
      }
      return .applied
    }
  }

  /// What is to become of one change.
  private enum Judgement {
    /// It can be taken; what it names of the void says nothing here.
    case ready(Change, without: Set<Name>)
    case early(Inbox.Need)
    case refused(Refusal.Ground)
    /// It is its author's own and was handed on by others, and its author had no right to it.
    case disputed(Change, Refusal.Ground)
  }

  private func judge(
    _ frame: Frame, at index: Int, hash: ChainHash, stream: StreamRow
  ) throws -> Judgement {
    let dot = dot(frame.first + UInt64(index), in: frame.stream)
    let content: ChangeContent
    do {
      content = try ChangeContent(frame.contents[index], village: dot.village)
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
    let (need, void) = try missing(of: change)
    if let need { return .early(need) }
    guard let ground = try ground(against: change, after: stream, ignoring: void) else {
      return .ready(change, without: void)
    }
    return try isOthersToo(change) ? .disputed(change, ground) : .refused(ground)
  }

  /// Whether a change that the office refuses is held by others, who could not know that: one that
  /// its own device sealed, that another brings, and that is what it says it is.
  private func isOthersToo(_ change: Change) throws -> Bool {
    guard door.isOffice, let relayed else { return false }
    let isAdopted = !door.context.directory.adoptions(of: change.dot.stream).isEmpty
    let owner = try Store.owner(door.db, of: change.dot.replica)
    guard !isAdopted, owner == nil || owner == relayed else { return false }
    return try RelayAdmission(device: relayed).groundInOwnStream(change, of: relayed, door: door)
      == nil
  }

  /// Whether the state of its record accounts for the last change of a frame that lies before a cut; then
  /// all before it are accounted for too.
  private func isAccounted(_ frame: Frame) throws -> Bool {
    guard let last = frame.contents.last else { return true }
    let content: ChangeContent
    do {
      content = try ChangeContent(last, village: frame.stream.village)
    } catch {
      // Ignored because what does not read is nothing that a base could account for.
      return false
    }
    let change = Change(
      dot: dot(frame.lastCounter, in: frame.stream), hash: frame.last, content: content)
    guard case .answers = content.body, door.context.forms[content.form] != nil else { return true }
    let table = door.context.table(content.form)
    let state = try table.copy(door.db, change.record, in: frame.stream.village)?.state
    return state?.accounts(for: change.origin) ?? false
  }

  /// The device that sealed what another brings, or whoever has a key of its that was turned away.
  private var relayed: DeviceID? {
    writer.flatMap { $0 == device && !voucher.isTurnedAway ? nil : $0 }
  }

  /// Takes a change in that the office refuses, and undoes it.
  ///
  /// - Returns: `false` if its record could not be read back with it; then nothing was written.
  private mutating func holdAndRevert(
    _ change: Change, _ content: [UInt8], stream: inout StreamRow
  ) throws -> Bool {
    let table = door.context.table(change.content.form)
    let before = try table.copy(door.db, change.record, in: change.dot.village)?.state
    do {
      try door.enter(change, content: content, stream: &stream)
    } catch StoreError.tooManyPlaces {
      return false
    }
    try Store.bind(door.db, change.dot.replica, to: change.content.author.device)
    // NB: what the office answers to, its vector counts.
    try door.close(stream)
    var authoring = try Authoring(store, door.db)
    try Reverting.revert(change, before: before ?? RecordState(), authoring: &authoring)
    try authoring.finish()
    news.add(authoring.door.touched)
    outcome.reverted += 1
    return true
  }

  /// Why a change is not taken: what the office sealed it took before, and takes again.
  private func ground(
    against change: Change, after stream: StreamRow, ignoring void: Set<Name>
  ) throws -> Refusal.Ground? {
    guard voucher == .office else {
      // Whoever answers a laptop may not be its office: what comes is the office's word, or it is asked of
      // it what is asked of everyone's.
      guard let admission = admission ?? door.stranger else { return nil }
      if voucher.isTurnedAway { return .revoked }
      // Whoever was turned away hands nothing in through others either; those had no way to know.
      // What waited may be of somebody who was turned away since.
      let answerable = relayed ?? (retried == nil ? nil : writer ?? device)
      if door.isOffice, let answerable,
        door.context.directory.device(answerable)?.isRevoked == true
      {
        return .revoked
      }
      let judge = writer.map { admission.of($0) } ?? admission
      return try judge.ignoring(void).ground(against: change, after: stream, door: door)
    }
    if admission == nil { return nil }
    let author = change.content.author
    // NB: what was issued again has its first author, and stands in a stream of the office.
    if author.act != .office, author.device != .standalone, change.content.origin == nil {
      try Store.bind(door.db, change.dot.replica, to: author.device, isCertain: true)
    }
    return nil
  }

  /// The device that sealed what came, if one did.
  private var writer: DeviceID? { voucher.device }

  /// What is missing of that which the change names or cites, and which of it is void: all else must be
  /// held in its village, or accounted for there by another road.
  ///
  /// An answer that is held from the village it was given in is not enough: until a carry brings it
  /// here, a change that replaces it would replace nothing, and the carry would bring it back.
  private func missing(of change: Change) throws -> (need: Inbox.Need?, void: Set<Name>) {
    let names = change.content.prerequisites
    if names.isEmpty { return (nil, []) }
    let table = door.context.table(change.content.form)
    let state = try table.copy(door.db, change.record, in: change.dot.village)?.state
    var need: Inbox.Need?
    var void = Set<Name>()
    for name in names where state?.accounts(for: name) != true {
      let isHere = name.dot.village == change.dot.village
      let held = isHere ? try Streams.hash(door.db, name.dot) : nil
      if held?.tag == name.tag { continue }
      // NB: what lies before a cut comes by no stream any more.
      let isCut = try isHere && name.dot.counter <= Cuts.count(door.db, name.dot.stream)
      guard isHere, held == nil, !isCut else {
        if try isVoid(change.record, in: change.dot.village) {
          void.insert(name)
          continue
        }
        return (Inbox.Need(record: change.record), [])
      }
      if try isVoid(name.dot) {
        void.insert(name)
        continue
      }
      // Of the first stream that is behind, all that is wanted of it.
      if need == nil || need?.awaited == name.dot.replica {
        need = Inbox.Need(
          awaited: name.dot.replica, count: max(need?.count ?? 0, name.dot.counter),
          record: change.record)
      }
    }
    return (need, void)
  }

  private func isVoid(_ dot: Dot) throws -> Bool {
    try door.isOffice && admission != nil && Voids.cover(door.db, dot)
  }

  private func isVoid(_ record: RecordID, in village: VillageCode) throws -> Bool {
    try door.isOffice && admission != nil
      && Voids.coverCarries(door.db, into: record, in: village)
  }

  private func dot(_ counter: UInt64, in stream: StreamID) -> Dot {
    Dot(replica: stream.replica, village: stream.village, counter: counter)
  }

  private func rest(
    of frame: Frame, from index: Int, after hash: ChainHash, secret: StreamSecret
  ) -> Frame {
    let first = frame.first + UInt64(index)
    // NB: what it said of its base itself nobody has looked at where what is before it is held.
    let isBased = first > 1 && frame.seal != nil
    return Frame(
      stream: frame.stream, first: first, previous: first == 1 ? 0 : hash.tag,
      last: frame.last, secret: first == 1 ? frame.secret : nil,
      base: isBased ? Frame.Base(hash: hash, secret: secret) : nil, seal: frame.seal,
      contents: Array(frame.contents[index...]))
  }

  private mutating func wait(_ frame: Frame, for need: Inbox.Need) throws {
    let key = Inbox.Key(frame)
    if try Inbox.renew(door.db, key, need) {
      // NB: the same may have come before without what it can be checked by.
      if frame.base != nil { try Inbox.replace(door.db, key, by: frame) }
      isStillWaiting = true
      return
    }
    if let retried {
      // The rest of what waited already has its place.
      try Inbox.remove(door.db, retried)
      return try Inbox.add(door.db, frame, need, device: device, now: door.now)
    }
    if let admission = admission ?? door.stranger, voucher != .office,
      try !(writer.map { admission.of($0) } ?? admission).mayWait(frame.stream, door: door)
    {
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
    guard admission != nil, door.isOffice else { return }
    try Quarantine.keep(
      frame, from: index, of: device, ground: ground, now: door.now, door.db)
  }
}
