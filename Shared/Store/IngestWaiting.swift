import Causality
import GRDB
import Model
import Wire

/// What of a frame is not taken: it waits, or it is refused and kept aside.
extension Ingest {
  func rest(
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

  /// - Parameter isChecked: whether the frame is known to lead to the hash that it states.
  mutating func wait(
    _ frame: Frame, for need: Inbox.Need, isChecked: Bool = true
  ) throws {
    let key = Inbox.Key(frame)
    let room = room(isChecked: isChecked)
    if let there = try Inbox.room(db: door.db, key) {
      guard there == .nobodys, room != .nobodys, retried == nil else {
        try Inbox.renew(door.db, key, need)
        // NB: the same may have come before without what it can be checked by.
        if frame.base != nil { try Inbox.replace(door.db, key, by: frame) }
        isStillWaiting = true
        return
      }
      // What nobody stands for is not in the way of what it says that it is.
      try Inbox.remove(door.db, key)
    }
    if let retried {
      // The rest of what waited already has its place.
      try Inbox.remove(door.db, retried.key)
      return try Inbox.add(
        door.db, frame, need, device: device, room: retried.room, now: door.now)
    }
    guard try judge.mayWait(frame, door: door) else {
      return refuse(frame, frame.first, .foreignDevice)
    }
    if door.isOffice, try Quarantine.wasDropped(door.db, frame) {
      return refuse(frame, frame.first, .gap)
    }
    // NB: from one sealed frame many can be made that end as it does; the longest says all.
    if isChecked, try Inbox.holdsLonger(door.db, frame) { return }
    guard try Inbox.hasRoom(door.db, for: frame.bytes.count, in: room) else {
      return refuse(frame, frame.first, .gap)
    }
    if isChecked { try Inbox.removeShorter(door.db, frame) }
    try Inbox.add(door.db, frame, need, device: device, room: room, now: door.now)
  }

  /// Lets what waited at a laptop wait on for the office alone, because it is of another branch than is held,
  /// or than a base stands for.
  ///
  /// The office can issue it again, and perhaps nobody else can bring it. What the records account for
  /// by now need not wait; nor may what nobody can check, or nobody would take.
  ///
  /// - Parameters:
  ///   - index: of the first change that is of that branch.
  ///   - road: how it joins what is held; `nil` if it does not.
  /// - Returns: whether it waits, or need not.
  mutating func waitForOffice(
    _ frame: Frame, from index: Int = 0, on road: Road? = nil
  ) throws -> Bool {
    guard retried != nil, !door.isOffice, frame.seal != nil,
      let hashes = try road?.hashes ?? Road.hashes(of: frame, db: door.db)
    else { return false }
    if try door.accounts(for: frame) { return true }
    // NB: by what it goes on from nobody else may be able to tell.
    let based = road.map { rest(of: frame, from: 0, after: $0.start, secret: $0.secret) } ?? frame
    guard let secret = based.secret ?? based.base?.secret,
      try isAuthentic(based, from: index, hashes, secret: secret)
    else { return false }
    // No news from anybody else helps it on.
    try wait(based, for: Inbox.Need())
    return true
  }

  /// Whether a branch can be its author's own, as far as its changes can be judged here; what else speaks
  /// against it is for the office to say.
  private func isAuthentic(
    _ frame: Frame, from index: Int, _ hashes: [ChainHash], secret: StreamSecret
  ) throws -> Bool {
    var judge = judge
    judge.isOfBranch = true
    for later in index..<frame.contents.count {
      let dot = frame.dot(at: later)
      let stream = StreamRow(
        id: frame.stream, count: dot.counter - 1,
        head: later == 0 ? frame.base?.hash ?? .start : hashes[later - 1], secret: secret,
        stamp: Stamp(number: 0), context: -1, directory: 0)
      switch try judge.judge(frame, at: later, hash: hashes[later], stream: stream, door: door) {
      case .ready, .disputed: continue
      case .early: return true
      case .refused(let ground):
        if ground == .malformed || ground == .foreignDevice { return false }
      }
    }
    return true
  }

  /// In whose room a frame waits: of whoever is certain to have sealed it, or to bring it.
  ///
  /// A device hands on what waits under another's seal, and not of its own free will: a stick brought it that.
  private func room(isChecked: Bool) -> Inbox.Room {
    // NB: whoever has a key that was turned away takes no room of the device that has another now.
    if isChecked, judge.voucher.isTurnedAway { return .nobodys }
    if isChecked, let writer = judge.writer, writer != device || !isProven { return .of(writer) }
    if isProven { return .of(device) }
    return isChecked && judge.voucher == .office ? .of(.standalone) : .nobodys
  }

  mutating func refuse(_ frame: Frame, _ counter: UInt64, _ ground: Refusal.Ground) {
    outcome.refusals.append(Refusal(stream: frame.stream, counter: counter, ground: ground))
  }

  /// Refuses a frame from an index on, and keeps aside what is not taken: whoever wrote it saved it.
  ///
  /// What leads to a hash that a device sealed is kept as that device's, whoever brought it: so a
  /// supervisor can take it, and nobody fills up another's room. What is sealed and does not lead there is nobody's word, and is not kept.
  ///
  /// - Parameter road: how it joins what is held; `nil` if it does not.
  mutating func refuseWhole(
    _ frame: Frame, from index: Int, _ ground: Refusal.Ground, on road: Road? = nil
  ) throws {
    refuse(frame, frame.first + UInt64(index), ground)
    guard admission != nil, door.isOffice else { return }
    if ground == .chain, frame.seal != nil { return }
    let hashes = try road == nil ? Road.hashes(of: frame, db: door.db) : road?.hashes
    let isChecked = hashes != nil
    let bearer = isProven ? device : .standalone
    try Quarantine.keep(
      frame, from: index, base: road?.base(at: index),
      of: isChecked ? judge.writer ?? bearer : bearer, ground: ground, now: door.now, door.db)
  }
}
