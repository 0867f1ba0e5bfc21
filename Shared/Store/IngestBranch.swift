import Bytes
import Causality
import GRDB
import Model
import Wire

extension Ingest {
  /// Takes a branch in whose dots other changes have.
  ///
  /// The office issues each change of it again, under its own dots, with its origin. A laptop does
  /// nothing but wait for the office to do so, and bring it what had waited. So it is with what waited for what is void: no stream
  /// can go on with it, and its dots stay free for it, should what is missing come after all.
  mutating func takeBranch(
    _ frame: Frame, from index: Int, road: Road, hashes: [ChainHash]
  ) throws {
    let fork = road.branch?.fork ?? frame.first + UInt64(index)
    guard admission != nil, door.isOffice else {
      if try waitForOffice(frame, from: index, on: road) { return }
      return refuse(frame, fork, .fork)
    }
    var judge = judge
    judge.isOfBranch = true
    var authoring = try Authoring(store, door.db)
    var last: Int?
    var isStripped = false
    var reverted = 0
    branch: for later in index..<frame.contents.count {
      let previous = later == 0 ? road.start : hashes[later - 1]
      let dot = frame.dot(at: later)
      let isHeld = try Branches.holds(door.db, dot, hashes[later])
      // NB: what the stream cited is said of the branch that it went on with, not of this one.
      let stream = StreamRow(
        id: frame.stream, count: dot.counter - 1, head: previous, secret: road.secret,
        stamp: Stamp(number: 0), context: -1, directory: 0)
      switch try judge.judge(frame, at: later, hash: hashes[later], stream: stream, door: door) {
      case .early(let need):
        try wait(rest(of: frame, from: later, after: previous, secret: road.secret), for: need)
        break branch
      case .refused(let ground):
        try refuseWhole(frame, from: later, ground, on: road)
        break branch
      case .disputed(let change, let ground):
        news.add(branch: dot)
        if !isHeld {
          guard try reissueAndRevert(change, authoring: &authoring) else {
            try refuseWhole(frame, from: later, ground, on: road)
            break branch
          }
          try keep(frame, later, of: change, hash: hashes[later], from: previous, fork, road)
          reverted += 1
        }
        last = later
      case .ready(let change, let void):
        isStripped = isStripped || !void.isEmpty
        // NB: also where it is held: whoever was to wake what waits for it may have been killed.
        news.add(branch: dot)
        // NB: what was issued without the void is issued once more when what it names has been found.
        let state = try door.copy(of: change)?.state
        if isHeld, !void.isEmpty || !Branches.leavesStanding(change, in: state) {
          last = later
          continue
        }
        do {
          try authoring.reissue(change, without: void)
        } catch StoreError.tooLarge, StoreError.tooManyPlaces {
          try refuseWhole(frame, from: later, .malformed, on: road)
          break branch
        }
        try keep(frame, later, of: change, hash: hashes[later], from: previous, fork, road)
        if !isHeld { outcome.applied += 1 }
        last = later
      }
    }
    try authoring.finish()
    outcome.reverted += reverted
    outcome.applied += reverted
    if last != nil { try noteLoss(of: frame.stream) }
    news.add(frame.stream.village)
    news.add(authoring.door.touched)
    news.add(try store.carryOn(after: &authoring))
    // NB: whoever still has what is stranded must not put it aside: it comes in with what it waits for.
    let end = frame.stream.dot(fork)
    let other = try Streams.hash(door.db, end)
    // NB: where it parts from the stream before the cut another change has the dot, whichever that is.
    let isCut = try fork <= Cuts.count(door.db, frame.stream)
    let isNative = try other.map { try Branches.holds(door.db, end, $0) } ?? !isCut
    let isParted =
      try Parted.ends(door.db, frame.stream, at: fork) || isUnderAnothersReplica(frame.stream)
    let isStranded = isStripped || isNative && !isParted && !road.isForeign
    if let last, !isStranded {
      outcome.branches.append(
        BranchTaken(
          fork: fork, last: frame.dot(at: last),
          tag: hashes[last].tag))
    }
  }

  /// Whether a stream is brought by a device under a replica that the office knows for another's.
  ///
  /// It may have been that other who took the name, or a laptop that had no way to know brings it: no
  /// stream can be had of it, but what its author sealed is his.
  func isUnderAnothersReplica(_ stream: StreamID) throws -> Bool {
    guard door.isOffice, admission != nil, judge.voucher != .office,
      door.context.directory.adoptions(of: stream).isEmpty,
      let owner = try Store.owner(door.db, of: stream.replica)
    else { return false }
    return owner != judge.writer ?? device
  }

  /// Issues a change of a branch again that the office refuses, and that others hold already, and undoes it.
  ///
  /// - Returns: `false` if nothing was written.
  private func reissueAndRevert(_ change: Change, authoring: inout Authoring) throws -> Bool {
    let before = try authoring.door.copy(of: change)?.state ?? RecordState()
    do {
      try authoring.reissue(change)
    } catch StoreError.tooLarge, StoreError.tooManyPlaces {
      return false
    }
    try Reverting.revert(change, before: before, authoring: &authoring)
    return true
  }

  private func keep(
    _ frame: Frame, _ index: Int, of change: Change, hash: ChainHash, from previous: ChainHash,
    _ fork: UInt64, _ road: Road
  ) throws {
    try Branches.keep(
      door.db,
      Branch(
        dot: frame.dot(at: index), hash: hash, previous: previous, fork: fork, secret: road.secret),
      record: change.record, content: frame.contents[index], now: door.now)
  }
}

extension Branches {
  /// Whether an answer stands that a change replaces and that is known here by now.
  fileprivate static func leavesStanding(_ change: Change, in state: RecordState?) -> Bool {
    guard let state else { return false }
    return change.content.answers.contains { placed in
      !placed.replaces.isEmpty
        && state.siblings(at: placed.path).contains { placed.replaces.contains($0.origin) }
    }
  }

  /// What the office says of a branch that a laptop holds as the stream up to some change, if all of that
  /// was issued again and another change has the place where it parts.
  ///
  /// The laptop may have nothing to bring by which it would be told: of what came to it under one seal only
  /// a beginning was taken in, perhaps, and that has no seal.
  static func taken(
    _ db: Database, upTo head: VersionVector.Entry, of village: VillageCode,
    context: StoreContext
  ) throws -> BranchTaken? {
    let stream = StreamID(village: village, replica: head.replica)
    let end = stream.dot(head.count)
    var found = try change(db, end, tag: head.head)
    while let branch = found {
      guard try isWhole(db, branch, context) else { return nil }
      let before = stream.dot(branch.dot.counter - 1)
      let isStart = branch.dot.counter == 1
      if try isStart || Streams.hash(db, before) == branch.previous {
        // NB: what parts from nothing may be how the stream goes on, when what it waits for is found.
        let native = try Streams.hash(db, branch.dot)
        guard let native, native != branch.hash else { return nil }
        return BranchTaken(fork: branch.dot.counter, last: end, tag: head.head)
      }
      found = try change(db, before, tag: branch.previous.tag)
    }
    return nil
  }

  /// Whether a change of a branch was issued again with all that it names.
  private static func isWhole(
    _ db: Database, _ branch: Branch, _ context: StoreContext
  ) throws -> Bool {
    let name = Name(dot: branch.dot, tag: branch.hash.tag)
    guard let change = try written(db, name), context.forms[change.content.form] != nil,
      let state = try context.table(change.content.form).copy(
        db, change.record, in: branch.dot.village)?.state,
      !leavesStanding(change, in: state)
    else { return false }
    return try change.content.prerequisites.allSatisfy {
      try state.accounts(for: $0) || Streams.holds(db, $0)
    }
  }
}
