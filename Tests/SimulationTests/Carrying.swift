import Causality
import Crypto
import Model
import Office
import Store
import Sync
import TestSupport
import Wire

/// How requests and replies are carried between laptops and the office, up to the last of them.
extension SimulatedWorld {
  /// Goes one step on with a laptop's sync, or begins one.
  func sync(_ laptop: SimulatedLaptop) throws {
    guard laptop.hasJoined else { return }
    try atOffice(of: laptop) {
      switch laptop.flight {
      case nil:
        try laptop.setOut()
        note(laptop.column, "sets out")
      case .outward(let session, let request)?: try deliver(session, request, of: laptop)
      case .homeward(let session, let reply)?: try bringHome(session, reply, to: laptop)
      case .handingBack(let session)?: try handBack(session, of: laptop)
      }
    }
  }

  /// Hands the directory back to an office that lost part of it.
  func handBack(_ handing: SyncSession, of laptop: SimulatedLaptop) throws {
    var session = handing
    guard let returned = try laptop.store.directoryReturn() else {
      throw fail("\(laptop.name) has no directory to hand back")
    }
    absorb(returned.bytes)
    var isTaken = true
    do {
      try office.desk.takeBack(returned.bytes)
    } catch Problem.otherDirectory {
      isTaken = false
    }
    tally["directories handed back", default: 0] += 1
    note(laptop.column, "hands the directory back" + (isTaken ? "" : " in vain"))
    laptop.flight = try laptop.step(&session, session.handedBack(isTaken: isTaken))
  }

  func deliver(
    _ session: SyncSession, _ whole: SyncRequest, of laptop: SimulatedLaptop
  ) throws {
    var request = whole
    let fault = fault(
      [.requestLost, .requestTwice, .requestDamaged],
      ofFrames: request.frames.isEmpty && request.parcel == nil
        ? [] : [.requestCut, .requestMixed, .requestThinned])
    switch fault {
    case .requestLost?:
      laptop.flight = nil
      befell("requestLost")
      return note(laptop.column, "request lost")
    case .requestDamaged?: return try deliverDamaged(session, request, of: laptop)
    case .requestTwice?:
      guard try heard(session, request, of: laptop) != nil else { return }
    case .requestMixed?: request.frames = try mixed(request.frames, from: laptop.store)
    case .requestThinned?:
      request.frames = random.some(of: try mixed(request.frames, from: laptop.store))
    case .requestCut?:
      let most = random.below(2)
      request.frames = Array(request.frames.prefix(most))
      if most == 0 { request.parcel = nil }
    default: break
    }
    if let fault, fault == .requestTwice || request != whole { befell("\(fault)") }
    guard let reply = try heard(session, request, of: laptop) else { return }
    let sent = request.parcel == nil ? count(request.frames) : "a parcel"
    note(laptop.column, "sends \(sent)" + (fault.map { " (\($0))" } ?? ""))
    if fault == .requestCut && random.yes() {
      laptop.flight = nil
    } else {
      laptop.flight = .homeward(session, reply: reply)
    }
  }

  /// The office's reply; `nil` if it does not serve the device, which then goes on as it must.
  private func heard(
    _ session: SyncSession, _ request: SyncRequest, of laptop: SimulatedLaptop
  ) throws -> SyncReply? {
    do {
      return try reply(to: request, of: laptop)
    } catch Problem.revokedDevice {
      laptop.flight = nil
      note(laptop.column, "is turned away")
    } catch Problem.unknownDevice {
      var session = session
      note(laptop.column, "is not known")
      laptop.flight = try laptop.step(&session, session.turnedAway())
    }
    return nil
  }

  /// The office's reply, every frame of which must be of the device's villages.
  func reply(to request: SyncRequest, of laptop: SimulatedLaptop) throws -> SyncReply {
    absorb(request.bytes)
    if tellsMessages { remark(laptop.column, Messages.text(request)) }
    let bytes = try office.receive(request, from: laptop)
    absorb(bytes)
    let reply = try SyncReply(bytes)
    if tellsMessages { remark(laptop.column, Messages.text(reply)) }
    if !laptop.isAtFormer {
      laptop.wasPutBack = false
      laptop.missedPutBack = false
    }
    let scope = try mayBeSent(to: laptop, knowing: request.directory)
    try checkTheirs(reply, to: request, of: laptop, in: scope)
    try noteTold(reply, to: request, of: laptop)
    tally["parts of snapshots", default: 0] += reply.snapshots.count
    if !request.offered.isEmpty { tally["bases offered", default: 0] += 1 }
    if request.parcel != nil { tally["parcels", default: 0] += 1 }
    if request.parcel != nil, reply.status == .tellAll {
      tally["parcels answered with tell all", default: 0] += 1
    }
    // NB: of what was kept aside while a laptop was turned away the first must come again before the
    // rest; where frames come in another order, that is said of the rest, which comes again.
    // Of two machines that are one device to the office each is told what became of what waited, be it
    // the other's; and what lies on another branch without what it lies on comes again with that.
    let isTwin = isTwin(laptop)
    let refusals = reply.refusals.filter {
      (!laptop.cameBack || $0.ground != .gap) && (!isTwin || $0.ground != .fork)
    }
    try hold(
      .honest, refusals.isEmpty,
      refusals.first.map {
        "\(laptop.name)'s change \($0.counter) of \($0.stream.village) by \($0.stream.replica) "
          + "was refused: \($0.ground)"
      } ?? "")
    tally["branches issued again", default: 0] += reply.branches.count
    laptop.oldReplies.append(bytes)
    if laptop.oldReplies.count > 4 { laptop.oldReplies.removeFirst() }
    return reply
  }

  /// What a laptop is told must be of its villages, or of what it has or brought itself.
  private func checkTheirs(
    _ reply: SyncReply, to request: SyncRequest, of laptop: SimulatedLaptop,
    in scope: Set<VillageCode>
  ) throws {
    func check(_ village: VillageCode, _ what: String, _ isKnown: () throws -> Bool) throws {
      try hold(
        .theirs, try scope.contains(village) || isKnown(),
        "\(laptop.name) was \(what) of \(village)")
    }
    func knows(_ stream: StreamID) throws -> Bool {
      try laptop.store.holds(stream.replica, in: stream.village) || request.tells(of: stream)
    }
    for frame in reply.frames { try check(frame.stream.village, "sent a change") { false } }
    for piece in reply.snapshots { try check(piece.village, "sent a snapshot") { false } }
    for mark in reply.watermark?.villages ?? [] {
      // NB: what it does not list it held when it set out; it may have let the village go since.
      try check(mark.village, "told of a backup") {
        try mark.digest == nil
          && mark.vector.entries.allSatisfy {
            try knows(StreamID(village: mark.village, replica: $0.replica))
              || laptop.store.wrote(as: $0.replica)
          }
      }
    }
    for pair in reply.acknowledged {
      // NB: of a stream of its own it may have put aside all that it had.
      try check(pair.village, "told what others wrote") {
        try pair.vector.entries.allSatisfy {
          try laptop.store.wrote(as: $0.replica)
            || knows(StreamID(village: pair.village, replica: $0.replica))
        }
      }
    }
    for branch in reply.branches {
      try check(branch.last.village, "told of a branch") {
        try laptop.store.wrote(as: branch.last.replica) || knows(branch.last.stream)
      }
    }
    for piece in reply.wanted {
      try check(piece.village, "asked for a snapshot") {
        request.offered.contains { $0.village == piece.village }
      }
    }
  }

  func bringHome(
    _ flown: SyncSession, _ whole: SyncReply, to laptop: SimulatedLaptop
  ) throws {
    var session = flown
    var reply = whole
    let fault = fault(
      [.replyLost, .replyTwice, .replyDamaged],
      ofFrames: reply.frames.isEmpty ? [] : [.replyCut, .replyMixed, .replyThinned])
    switch fault {
    case .replyLost?:
      laptop.flight = nil
      befell("replyLost")
      return note(laptop.column, "reply lost")
    case .replyTwice?: _ = try laptop.store.absorb(reply, isNewOffice: false)
    case .replyCut?:
      reply.frames = Array(reply.frames.prefix(random.below(reply.frames.count)))
      _ = try laptop.store.absorb(reply, isNewOffice: false)
      laptop.flight = nil
      befell("replyCut")
      return note(laptop.column, "stops after \(reply.frames.count) frames")
    case .replyMixed?: reply.frames = try mixed(reply.frames, from: office.store)
    case .replyThinned?: reply.frames = random.some(of: reply.frames)
    case .replyDamaged?: return try bringHomeDamaged(session, reply, to: laptop)
    default: break
    }
    if let fault, fault == .replyTwice || reply != whole { befell("\(fault)") }
    note(laptop.column, "takes \(count(reply.frames))" + (fault.map { " (\($0))" } ?? ""))
    laptop.flight = try laptop.step(&session, session.received(reply))
  }

  func count(_ frames: [Frame]) -> String {
    "\(frames.reduce(0) { $0 + $1.contents.count }) in \(frames.count)"
  }

  /// Mends everything and brings all to agreement.
  ///
  /// Whoever has joined syncs once, so that an office that was put back hears of what it said, and may
  /// let the others in. Then all sync in two passes, which must be enough: in a third nobody has news.
  func heal() throws {
    note(0, "healing")
    rejoinOffice()
    for laptop in laptops { laptop.flight = nil }
    for laptop in laptops where laptop.hasJoined { try syncWhole(laptop) }
    // NB: an office that waits for laptops and has none is told not to.
    try office.store.noteHeard()
    for laptop in laptops where !laptop.hasJoined { try join(laptop) }
    for laptop in laptops where laptop.isRevoked {
      if try random.yes() && stayAway(laptop) { continue }
      try comeBack(laptop)
    }
    for _ in 1...2 { try syncAll() }
    try syncAll { laptop in
      let last = laptop.last
      // NB: two machines that are one device to the office are told apart in a second round, if
      // one of them has let a village go that the other still holds.
      try hold(
        .atRest, last.rounds <= (isTwin(laptop) ? 2 : 1) && last.received == 0 && last.sent == 0,
        "\(laptop.name) is not at rest after two passes: \(last)")
    }
  }

  /// Lets all laptops sync, one after the other, as far as it takes; each must get rid of all it has.
  func syncAll(then look: (SimulatedLaptop) throws -> Void = { _ in }) throws {
    for laptop in laptops {
      try syncWhole(laptop)
      let unsent = laptop.last.unsent
      try hold(.sent, unsent == 0, "\(laptop.name) could not send \(unsent) changes")
      try look(laptop)
    }
  }

  /// Whether another machine is the same device to the office.
  func isTwin(_ laptop: SimulatedLaptop) -> Bool {
    laptops.count { $0.key.rawRepresentation == laptop.key.rawRepresentation } > 1
  }

  func syncWhole(_ laptop: SimulatedLaptop) throws {
    try atOffice(of: laptop) { try exchange(with: laptop) }
  }

  private func exchange(with laptop: SimulatedLaptop) throws {
    try laptop.setOut()
    for _ in 0..<20 {
      if case .handingBack(let session)? = laptop.flight {
        try handBack(session, of: laptop)
        continue
      }
      guard case .outward(var session, let request)? = laptop.flight else {
        return try hold(.ends, true, "")
      }
      guard var reply = try heard(session, request, of: laptop) else { continue }
      if swarm.isAlwaysMixed { reply.frames = try mixed(reply.frames, from: office.store) }
      laptop.flight = try laptop.step(&session, session.received(reply))
    }
    try hold(.ends, false, "\(laptop.name)'s sync does not end")
  }
}

extension SyncRequest {
  /// Whether it lists a stream, or brings changes of it.
  ///
  /// The laptop may have let go of the village since it set out.
  fileprivate func tells(of stream: StreamID) -> Bool {
    frames.contains { $0.stream == stream }
      || villages.contains { $0.village == stream.village && $0.vector[stream.replica] != nil }
  }
}
