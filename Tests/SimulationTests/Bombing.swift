import Causality
import Crypto
import Model
import Office
import Sync
import TestSupport
import Wire
import Worlds

@testable import Store

/// What unpacks to far more than it is, on every way by which bytes come in.
///
/// That reading it takes no more memory than it may is another test's; here nothing may come of it, and
/// everybody must go on afterwards.
extension SimulatedWorld {
  /// Those that are read quickly: there are very many worlds.
  private static let bombs = Bomb.all.filter { bomb in
    bomb.most <= 16 && (bomb.kind == .frame || bomb.kind == .bundle)
  }

  /// A laptop that is let in sends what unpacks to too much, or somebody between it and the office does,
  /// or it is on a stick.
  func bomb(_ laptop: SimulatedLaptop) throws {
    guard laptop.hasJoined, !laptop.isRevoked else { return }
    let bomb = random.pick(Self.bombs)
    let bytes = try bomb.bytes()
    let isForOffice = random.yes()
    let store = isForOffice ? office.store : laptop.store
    let before = (try store.vectors(), try store.waitingCount(), try directory(of: store).version)
    let isTaken: Bool?
    if bomb.kind == .bundle {
      isTaken = try plug(bytes, into: store)
    } else if isForOffice {
      isTaken = try send(bytes, from: laptop)
    } else {
      isTaken = try reply(bytes, to: laptop)
    }
    if let isTaken {
      try hold(
        .bombs, isTaken == bomb.isTaken,
        "\(isForOffice ? "the office" : laptop.name) \(isTaken ? "took" : "refused") \(bomb.what)")
    }
    let after = (try store.vectors(), try store.waitingCount(), try directory(of: store).version)
    try hold(
      .bombs, before == after,
      "\(isForOffice ? "the office" : laptop.name) is another after \(bomb.what)")
    // NB: what can be read and is no change is kept aside, as what is forged is.
    if isTaken == true { tally["attacks", default: 0] += 1 }
    note(isForOffice ? 0 : laptop.column, "is sent \(bomb.what)")
  }

  /// - Returns: whether what was on the stick was read to its end.
  private func plug(_ bytes: [UInt8], into store: Store) throws -> Bool {
    do {
      return try store.readBundle(source(of: bytes)).damage == nil
    } catch is BundleError {
      return false
    } catch is BundleRefusal {
      return false
    }
  }

  /// - Returns: whether the office could read the request; `nil` if it turned the laptop away unread.
  private func send(_ frame: [UInt8], from laptop: SimulatedLaptop) throws -> Bool? {
    let standing = try laptop.store.standing()
    let empty = SyncRequest(
      survey: standing.survey?.id ?? 0, device: standing.device, epoch: standing.epoch,
      digest: Digest.vectors([]), directory: 0, isComplete: false, villages: [], frames: [],
      unsent: 0, budget: 0)
    let bytes = Bomb.message(empty.bytes, frames: [frame])
    let signature = Array(try laptop.key.signature(for: SyncDesk.signed(bytes)))
    do {
      _ = try office.desk.answer(bytes, signature: signature, of: standing.device)
      return true
    } catch Problem.unknownDevice {
      // Ignored because an office that lost its directory turns everybody away.
      return nil
    } catch Problem.malformed {
      return false
    }
  }

  /// - Returns: whether the laptop could read the reply.
  private func reply(_ frame: [UInt8], to laptop: SimulatedLaptop) throws -> Bool {
    let empty = SyncReply(
      epoch: try laptop.store.standing().epoch, time: laptop.clock.surroundings.wall(),
      status: .complete)
    do {
      let reply = try SyncReply(Bomb.message(empty.bytes, frames: [frame]))
      _ = try laptop.store.absorb(reply, isNewOffice: false)
      return true
    } catch is WireError {
      return false
    }
  }
}
