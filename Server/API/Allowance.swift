import Synchronization

/// A limited amount of something, and those who wait for a share of it in the order of coming.
///
/// ```swift
/// let places = Allowance(4)
/// try await places.holding(1) { try await work() }
/// ```
///
/// - Invariant: what is free and what is held add up to the amount; whoever came first and still
///   waits is never overtaken, so large shares are not starved by small ones.
final class Allowance: Sendable {
  private struct Waiting {
    let number: UInt64
    let share: Int
    let go: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var free: Int
    var waiting: [Waiting] = []
    var next: UInt64 = 0

    /// Lets those in who came first and whose share is free.
    mutating func admit() -> [CheckedContinuation<Bool, Never>] {
      var admitted: [CheckedContinuation<Bool, Never>] = []
      while let first = waiting.first, first.share <= free {
        free -= first.share
        admitted.append(first.go)
        waiting.removeFirst()
      }
      return admitted
    }
  }

  private let amount: Int
  private let state: Mutex<State>

  /// Makes an allowance of which nothing is held.
  init(_ amount: Int) {
    self.amount = amount
    state = Mutex(State(free: amount))
  }

  /// How much is not held.
  var free: Int { state.withLock { $0.free } }

  /// Waits for a share, and holds it while something is done; more than there is counts as all.
  func holding<Value>(
    _ wanted: Int, isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> Value
  ) async rethrows -> Value {
    let share = min(wanted, amount)
    _ = await take(share)
    defer { give(share) }
    return try await body()
  }

  /// Waits for a share, at most for some time; `false` if that was too short.
  func take(_ share: Int, within patience: Duration? = nil) async -> Bool {
    if share > amount { return false }
    var alarm: Task<Void, Never>?
    defer { alarm?.cancel() }
    return await withCheckedContinuation { continuation in
      let number = state.withLock { state -> UInt64? in
        guard state.waiting.isEmpty, state.free >= share else {
          state.next += 1
          state.waiting.append(Waiting(number: state.next, share: share, go: continuation))
          return state.next
        }
        state.free -= share
        return nil
      }
      guard let number else { return continuation.resume(returning: true) }
      guard let patience else { return }
      alarm = Task {
        do {
          try await ContinuousClock().sleep(for: patience)
          leave(number)
        } catch {
          // Ignored because whoever waited has what it waited for.
        }
      }
    }
  }

  /// Gives a share back.
  func give(_ share: Int) {
    let next = state.withLock { state in
      state.free += share
      return state.admit()
    }
    for continuation in next { continuation.resume(returning: true) }
  }

  /// Ends somebody's waiting, which may have kept others waiting.
  private func leave(_ number: UInt64) {
    let (gone, next) = state.withLock { state in
      let index = state.waiting.firstIndex { $0.number == number }
      return (index.map { state.waiting.remove(at: $0).go }, state.admit())
    }
    gone?.resume(returning: false)
    for continuation in next { continuation.resume(returning: true) }
  }
}
