import Synchronization

/// Counts wrong codes, so that guessing is slow, for whoever guesses from one address and for nobody else.
///
/// Codes are short enough to be read over a telephone. From one address twenty wrong ones are heard
/// within a minute, and from all addresses together as many as would still take the whole survey's
/// time to find one; beyond that the desk is closed for the rest of the minute. A try counts when
/// it begins, so that many at once are not heard for one.
final class WrongTries: Sendable {
  /// How many from one address.
  static let peerLimit = 20
  /// How many in all: 400 a minute for two weeks are 8 million of 8.5 · 10¹¹ codes.
  static let limit = 400

  private struct Minute {
    var number: Int64 = 0
    var all = 0
    var peers: [String: Int] = [:]
  }

  private let minute = Mutex(Minute())

  /// Counts a try from an address; `false` if it is not to be heard.
  func begin(_ peer: String, at milliseconds: Int64) -> Bool {
    minute.withLock { minute in
      let number = milliseconds / 60_000
      if minute.number != number { minute = Minute(number: number) }
      let own = minute.peers[peer] ?? 0
      guard own < Self.peerLimit, minute.all < Self.limit else { return false }
      minute.peers[peer] = own + 1
      minute.all += 1
      return true
    }
  }

  /// Takes a try back that was right.
  func forgive(_ peer: String) {
    minute.withLock { minute in
      // NB: by now it can be another minute, which knows nothing of the try.
      guard let own = minute.peers[peer], own > 0 else { return }
      minute.peers[peer] = own - 1
      minute.all -= 1
    }
  }
}
