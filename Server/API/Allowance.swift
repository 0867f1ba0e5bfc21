import Synchronization

/// A limited amount of something, and those who wait for a share of it in the order of coming.
///
/// ```swift
/// let room = Allowance(256 << 20)
/// try await room.holding(body.length) { try await collect(body) }
/// ```
///
/// - Invariant: what is free and what is held add up to the amount; whoever came first and still
///   waits is never overtaken, so large shares are not starved by small ones.
final class Allowance: Sendable {
  private struct State {
    var free: Int
    var waiting: [(share: Int, go: CheckedContinuation<Void, Never>)] = []
  }

  private let amount: Int
  private let state: Mutex<State>

  /// Makes an allowance of which nothing is held.
  init(_ amount: Int) {
    self.amount = amount
    state = Mutex(State(free: amount))
  }

  /// Waits for a share, and holds it while something is done; more than there is counts as all.
  func holding<Value>(
    _ wanted: Int, isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> Value
  ) async rethrows -> Value {
    let share = min(wanted, amount)
    await take(share)
    defer { give(share) }
    return try await body()
  }

  private func take(_ share: Int) async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        guard state.waiting.isEmpty, state.free >= share else {
          state.waiting.append((share, continuation))
          return false
        }
        state.free -= share
        return true
      }
      if isFree { continuation.resume() }
    }
  }

  private func give(_ share: Int) {
    let next = state.withLock { state in
      state.free += share
      var next: [CheckedContinuation<Void, Never>] = []
      while let first = state.waiting.first, first.share <= state.free {
        state.free -= first.share
        next.append(first.go)
        state.waiting.removeFirst()
      }
      return next
    }
    for continuation in next { continuation.resume() }
  }
}
