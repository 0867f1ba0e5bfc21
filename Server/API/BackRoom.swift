import Dispatch

/// Where the desks do their work, which waits for disks: never on the threads that serve the network.
///
/// A few requests are worked on at once, so that readers do not wait for a long writer; more would
/// only queue inside SQLite, which takes one writer at a time.
struct BackRoom: Sendable {
  private static let workers = 4

  private let queue = DispatchQueue(label: "kulkul.backroom", attributes: .concurrent)
  private let places = Allowance(BackRoom.workers)

  /// Does something there.
  func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await places.holding(1) {
      try await withCheckedThrowingContinuation { continuation in
        queue.async { continuation.resume(with: Result { try work() }) }
      }
    }
  }
}
