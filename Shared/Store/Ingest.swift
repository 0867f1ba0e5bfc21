import Bytes
import Causality
import GRDB
import Model
import Wire

/// One frame's way in, within one transaction.
struct Ingest {
  var door: Door
  let admission: (any Admission)?
  let device: DeviceID
  /// Whether it is certain that the device brings it; else a file says so.
  let isProven: Bool
  let store: Store
  var outcome = IngestOutcome()

  /// What others may have waited for.
  var news = Inbox.News()
  /// The place in the inbox of the frame that is tried again, and in whose room it lies.
  let retried: (key: Inbox.Key, room: Inbox.Room)?
  /// Whether the frame waits on, whole.
  var isStillWaiting = false
  /// Whether more was written than came: something was carried, issued again or reverted.
  var hasGrown: Bool { !news.carried.isEmpty || !news.branches.isEmpty || outcome.reverted > 0 }
  /// What is asked of its changes.
  private(set) var judge: Judge

  init(
    _ store: Store, _ db: Database, admission: (any Admission)?, device: DeviceID,
    isProven: Bool, retried: (key: Inbox.Key, room: Inbox.Room)? = nil
  ) throws {
    self.retried = retried
    self.isProven = isProven
    door = try Door(store, db)
    self.admission = admission
    self.device = device
    self.store = store
    judge = Judge(
      admission: admission, device: device, voucher: .bearer, isRetried: retried != nil)
  }

  mutating func take(_ frame: Frame) throws {
    guard let word = door.voucher(of: frame) else {
      return refuse(frame, frame.first, .seal)
    }
    if word == .bearer, admission == nil, door.stranger != nil {
      return refuse(frame, frame.first, .seal)
    }
    judge = Judge(
      admission: admission, device: device, voucher: word, isRetried: retried != nil)
    let known = try Streams.row(door.db, frame.stream)
    let road: Road
    switch try Road.find(frame, known: known, isOffice: door.isOffice, db: door.db) {
    case .found(let here): road = here
    case .astray:
      if try waitForOffice(frame) { return }
      // NB: what waited is kept by nobody else, perhaps.
      if retried != nil, door.isOffice { try refuseWhole(frame, from: 0, .fork) }
      return
    case .dropped:
      // NB: of what lies before its own cut an office has not every hash; what its base does not account
      // for is of another branch.
      if door.isOffice { return try takeBelowCut(frame, known: known) }
      _ = try waitForOffice(frame)
      return
    case .forkedBelow:
      if door.isOffice { return try takeBelowCut(frame, known: known) }
      if try waitForOffice(frame) { return }
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
        frame, for: Inbox.Need(awaited: frame.stream.replica, count: frame.first - 1),
        isChecked: frame.base != nil)
    }
    guard let hashes = road.hashes else { return try refuseWhole(frame, from: 0, .chain) }
    if let fork = try road.fork(known: known, db: door.db) {
      return try takeBranch(frame, from: fork, road: road, hashes: hashes)
    }
    if known == nil, try isUnderAnothersReplica(frame.stream) {
      return try takeBranch(frame, from: 0, road: road, hashes: hashes)
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
        try refuseWhole(frame, from: index, ground, on: road)
      case .early(let need):
        let hash = index == 0 ? road.start : hashes[index - 1]
        try wait(rest(of: frame, from: index, after: hash, secret: road.secret), for: need)
      case .refused(let ground): try refuseWhole(frame, from: index, ground, on: road)
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
  func noteLoss(of stream: StreamID) throws -> Bool {
    guard door.isOffice, judge.voucher == .office,
      try Incarnations.shouldBeWhole(door.db, stream.replica)
    else { return false }
    try store.beginAgain(door.db)
    return true
  }

  /// Keeps the word that a frame came with, to hand the stream on under it.
  private func keepSeal(of frame: Frame) throws {
    guard let seal = frame.seal else { return }
    let end = frame.lastDot
    // NB: whoever holds a stream can put a seal of their own to it; handed on under that one, nobody
    // would take it.
    if let writer = judge.writer, try !isWritten(end, on: writer) { return }
    let isPresent = if case .device = judge.voucher { true } else { false }
    try Seals.keep(door.db, seal, at: end, isPresent: isPresent)
  }

  /// Whether a change that is held was written on a device, or before it joined.
  private func isWritten(_ dot: Dot, on device: DeviceID) throws -> Bool {
    let author = try Journal.entry(door.db, dot)?.change.content.author
    if author?.device == device { return true }
    let adoptions = door.context.directory.adoptions(of: dot.stream, with: device)
    return author?.device == .standalone && adoptions.contains { dot.counter <= $0.count }
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
    switch try judge.judge(frame, at: index, hash: hash, stream: stream, door: door) {
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

  /// Takes a frame that ends before a cut: what is of another branch than the base stands for.
  private mutating func takeBelowCut(_ frame: Frame, known: StreamRow?) throws {
    let last = frame.contents.count - 1
    let finding = try Road.find(frame, known: known, isBranch: true, isOffice: true, db: door.db)
    guard case .found(let road) = finding, let hashes = road.hashes else {
      return try isAccounted(frame, hashes: nil)
        ? tellIssued(frame, hashes: nil) : refuseWhole(frame, from: 0, .fork)
    }
    if try isAccounted(frame, hashes: hashes) { return try tellIssued(frame, hashes: hashes) }
    let fork = try hashes.indices.first { try !isAccounted(frame, at: $0, hash: hashes[$0]) }
    try takeBranch(frame, from: fork ?? last, road: road, hashes: hashes)
  }

  /// Says of changes that end before a cut, and that are accounted for, that they were issued again, if they
  /// were: perhaps by an office that is no more, whose stream, or base, somebody brought back.
  ///
  /// - Parameter hashes: of its changes; `nil` if it is not known what the frame goes on from.
  private mutating func tellIssued(_ frame: Frame, hashes: [ChainHash]?) throws {
    let native = try Streams.hash(door.db, frame.lastDot)
    guard admission != nil, native != frame.last,
      // NB: of what this program cannot read no state tells that it is here.
      let last = change(of: frame, at: frame.contents.count - 1, hash: frame.last),
      door.context.forms[last.content.form] != nil
    else { return }
    if case .unknown = last.content.body { return }
    // NB: what ends where another change is known to stand is a branch, and whoever has it in the stream must
    // put it aside before any base can be taken.
    var fork = native == nil ? frame.lastCounter + 1 : try firstForeign(frame, hashes)
    // NB: from the end on, for each question reads a journal, and of a stream that was never issued again
    // the last change says so for all.
    for index in (hashes ?? []).indices.reversed() {
      guard let change = change(of: frame, at: index, hash: hashes?[index] ?? frame.last),
        try Journal.hasIssuedAgain(door.db, change)
      else { break }
      fork = min(fork, frame.dot(at: index).counter)
    }
    outcome.branches.append(BranchTaken(fork: fork, last: frame.lastDot, tag: frame.last.tag))
  }

  /// The counter of the first change of a frame that is not known to be the stream's.
  private func firstForeign(_ frame: Frame, _ hashes: [ChainHash]?) throws -> UInt64 {
    guard let hashes else { return frame.first }
    let index = try hashes.indices.first {
      try Streams.hash(door.db, frame.dot(at: $0)) != hashes[$0]
    }
    return frame.dot(at: index ?? 0).counter
  }

  /// A change of a frame; `nil` if it does not read, and so is nothing that is known here.
  private func change(of frame: Frame, at index: Int, hash: ChainHash) -> Change? {
    do {
      let content = try ChangeContent(frame.contents[index], village: frame.stream.village)
      return Change(dot: frame.dot(at: index), hash: hash, content: content)
    } catch {
      // Ignored because its frame is judged elsewhere, where that is said.
      return nil
    }
  }

  /// Whether all of a frame that ends before a cut is accounted for.
  ///
  /// - Parameter hashes: of its changes; `nil` if it is not known what the frame goes on from.
  private func isAccounted(_ frame: Frame, hashes: [ChainHash]?) throws -> Bool {
    for index in frame.contents.indices.reversed() {
      let hash = hashes?[index] ?? frame.last
      guard let change = change(of: frame, at: index, hash: hash) else { return false }
      if case .answers = change.content.body, door.context.forms[change.content.form] != nil {
        // NB: a hash covers everything before it, so with answers all that is before them is accounted for.
        let isLast = index == frame.contents.count - 1
        return try (hashes != nil || isLast) && isAccounted(change)
      }
      // NB: of a carry no state tells that it came; but what it brought must be there.
      guard try isAccounted(change) else { return false }
    }
    return true
  }

  private func isAccounted(_ frame: Frame, at index: Int, hash: ChainHash) throws -> Bool {
    try change(of: frame, at: index, hash: hash).map { try isAccounted($0) } ?? false
  }

  /// Whether the state of its record accounts for a change that lies before a cut, or for what it carries.
  ///
  /// Of what this program cannot read nobody can tell.
  private func isAccounted(_ change: Change) throws -> Bool {
    let content = change.content
    guard door.context.forms[content.form] != nil else { return true }
    let state = try door.copy(of: change)?.state
    switch content.body {
    case .answers: return state?.accounts(for: change.origin) ?? false
    case .carry(let cargo, _):
      return cargo.origins.allSatisfy { state?.accounts(for: $0.name) ?? false }
    case .unknown: return true
    }
  }

  /// Takes a change in that the office refuses, and undoes it.
  ///
  /// - Returns: `false` if its record could not be read back with it; then nothing was written.
  private mutating func holdAndRevert(
    _ change: Change, _ content: [UInt8], stream: inout StreamRow
  ) throws -> Bool {
    let before = try door.copy(of: change)?.state
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
}
