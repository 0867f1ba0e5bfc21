import Causality
import Crypto
import Office
import Sync
import TestSupport
import Wire

@testable import Store

/// What goes wrong with messages on their way.
extension SimulatedWorld {
  /// - Parameter others: those of frames, of which there are some; they are drawn first, for they are rare.
  func fault(_ some: [Swarm.Fault], ofFrames others: [Swarm.Fault]) -> Swarm.Fault? {
    guard random.chance(swarm.faultPercent) else { return nil }
    for faults in [others, some] {
      let possible = faults.filter { swarm.faults.contains($0) }
      if !possible.isEmpty { return random.pick(possible) }
    }
    return nil
  }

  /// Notes that a fault did something.
  func befell(_ fault: String) { tally["fault \(fault)", default: 0] += 1 }

  /// Some bytes with one bit of them turned.
  func damaged(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
    return bytes
  }

  /// A request comes to the office with one bit turned: it is nobody's, and changes nothing.
  func deliverDamaged(
    _ flown: SyncSession, _ request: SyncRequest, of laptop: SimulatedLaptop
  ) throws {
    var session = flown
    let bytes = request.bytes
    let proof = try laptop.key.signature(for: SyncDesk.signed(bytes))
    let (before, waiting) = (try office.store.vectors(), try office.store.waitingCount())
    var isServed = true
    do {
      _ = try office.desk.answer(
        damaged(bytes), signature: Array(proof), of: request.device)
    } catch Problem.unknownDevice {
      isServed = false
    }
    try hold(.damaged, !isServed, "the office served a damaged request of \(laptop.name)")
    try hold(
      .damaged,
      try office.store.vectors() == before && office.store.waitingCount() == waiting,
      "the office took something from a damaged request of \(laptop.name)")
    befell("requestDamaged")
    note(laptop.column, "a damaged request is turned away")
    laptop.flight = try laptop.step(&session, session.turnedAway())
  }

  /// A reply comes to a laptop with one bit turned.
  func bringHomeDamaged(
    _ flown: SyncSession, _ reply: SyncReply, to laptop: SimulatedLaptop
  ) throws {
    var session = flown
    laptop.flight = nil
    befell("replyDamaged")
    let read: SyncReply
    do {
      read = try SyncReply(damaged(reply.bytes))
    } catch {
      return note(laptop.column, "a reply cannot be read")
    }
    note(laptop.column, "takes \(count(read.frames)) of a damaged reply")
    do {
      laptop.flight = try laptop.step(&session, session.received(read))
    } catch is WireError {
      // Ignored because the sync ends there, and the next one begins anew.
    } catch StoreError.forgedDirectory {
      // Ignored for the same reason.
    }
  }

  func replay(_ laptop: SimulatedLaptop) throws {
    guard laptop.hasJoined, !laptop.oldReplies.isEmpty else { return }
    let reply = try SyncReply(random.pick(laptop.oldReplies))
    _ = try laptop.store.absorb(reply, isNewOffice: false)
    note(laptop.column, "an old reply comes again")
  }

  /// Cuts frames into smaller ones, doubles some, and puts all in another order.
  func mixed(_ frames: [Frame], from sender: Store) throws -> [Frame] {
    var pieces: [Frame] = []
    for frame in frames {
      pieces += try random.chance(60) ? cut(frame, from: sender) : [frame]
      if random.chance(20) { pieces.append(frame) }
    }
    return random.order(of: pieces)
  }

  func cut(_ frame: Frame, from sender: Store) throws -> [Frame] {
    // NB: what others sealed leaves a laptop in one piece; nobody can seal a part of it.
    // NB: what the sender has put aside meanwhile has no seal there.
    let end = Dot(
      replica: frame.stream.replica, village: frame.stream.village, counter: frame.lastCounter)
    let isHeld = try sender.read { db in try Streams.hash(db, end) } == frame.last
    guard frame.contents.count > 1, isHeld, frame.seal == nil || sender === office.store,
      var chain = try chain(before: frame, at: sender)
    else {
      return [frame]
    }
    var pieces: [Frame] = []
    var rest = frame.contents[...]
    while !rest.isEmpty {
      let part = rest.prefix(1 + random.below(3))
      rest = rest.dropFirst(part.count)
      let first = chain.count + 1
      let previous = chain.head.tag
      for content in part { _ = chain.append(content) }
      pieces.append(
        Frame(
          stream: frame.stream, first: first, previous: first == 1 ? 0 : previous,
          last: chain.head, secret: first == 1 ? frame.secret : nil,
          seal: try sender.seal(
            at: Dot(
              replica: frame.stream.replica, village: frame.stream.village, counter: chain.count),
            chain.head), contents: Array(part)))
    }
    return pieces
  }
}
