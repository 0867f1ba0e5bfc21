import Causality
import Store
import Sync
import TestSupport
import Wire

/// What goes wrong with messages on their way.
extension SimulatedWorld {
  func fault(_ some: [Swarm.Fault]) -> Swarm.Fault? {
    guard random.chance(swarm.faultPercent) else { return nil }
    let possible = some.filter { swarm.faults.contains($0) }
    return possible.isEmpty ? nil : random.pick(possible)
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
    guard frame.contents.count > 1, frame.seal == nil || sender === office.store,
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
