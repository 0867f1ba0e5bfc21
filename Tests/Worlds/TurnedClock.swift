import Store
import Synchronization
import TestSupport

/// Clocks and chance that a test turns by hand.
public final class TurnedClock: Sendable {
  private struct State {
    var wall: Int64
    var uptime: Int64 = 1_000_000
    var boot = 1
    var isFrozen = false
    var random: SplitMix64
  }

  private let state: Mutex<State>

  /// Makes clocks that stand at a moment, and chance that begins at a seed.
  public init(seed: UInt64, wall: Int64 = 1_790_000_000_000) {
    state = Mutex(State(wall: wall, random: SplitMix64(seed: seed)))
  }

  /// What a store is given.
  public var surroundings: Surroundings {
    Surroundings(
      wall: { self.state.withLock { $0.wall } }, uptime: { self.state.withLock { $0.uptime } },
      boot: { self.state.withLock { "boot \($0.boot)" } },
      random: { self.state.withLock { $0.random.next() } })
  }

  /// Lets chance begin anew at a seed.
  public func reseed(_ seed: UInt64) {
    state.withLock { $0.random = SplitMix64(seed: seed) }
  }

  /// Lets time pass; a frozen wall clock does not notice.
  public func pass(_ milliseconds: Int64) {
    state.withLock { state in
      state.uptime += milliseconds
      if !state.isFrozen { state.wall += milliseconds }
    }
  }

  /// Puts the wall clock forward or back, which the monotonic clock does not notice.
  public func jump(_ milliseconds: Int64) {
    state.withLock { $0.wall += milliseconds }
  }

  /// Stops the wall clock, or lets it run again.
  public func freeze(_ isFrozen: Bool) {
    state.withLock { $0.isFrozen = isFrozen }
  }

  /// Starts the machine again: the monotonic clock begins anew.
  public func restart() {
    state.withLock { state in
      state.boot += 1
      state.uptime = 1000
    }
  }
}
