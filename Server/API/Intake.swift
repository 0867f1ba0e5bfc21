import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import Wire

/// Takes the bodies of requests in, so that memory is bounded whatever is sent, and by how many.
///
/// A body reserves room as it comes, never for what it only says that it will bring, and it must
/// keep coming: whoever announces much and sends little holds little, and not for long. Small
/// bodies have a room of their own, so that they pass while large ones wait.
struct Intake: Sendable {
  private let limits: Limits
  private let room: Allowance
  private let smallRoom: Allowance

  init(limits: Limits) {
    self.limits = limits
    room = Allowance(limits.room)
    smallRoom = Allowance(limits.smallRoom)
  }

  /// Collects a body, and holds its room until it was worked on.
  ///
  /// - Parameters:
  ///   - limit: the number of bytes at which the body is too large.
  ///   - sink: takes each part as it comes, instead of its being collected; false if it takes no more.
  /// - Throws: ``Problem`` if it is too large or too slow or there is no room for it, or ``Cut`` if
  ///   it ended before its end.
  func taking<Value>(
    _ request: Request, limit: Int, into sink: Sink? = nil,
    _ work: ([UInt8]) async throws -> Value
  ) async throws -> Value {
    let limit = min(limit, limits.body)
    let declared = request.headers[.contentLength].flatMap { Int($0) }
    if let declared, declared >= limit || declared < 0 { throw Problem.tooLarge }
    let isSmall = (declared ?? limit - 1) <= limits.smallBody
    let share = Share(of: isSmall ? smallRoom : room, patience: limits.roomPatience)
    defer { share.giveBack() }
    return try await work(try await collect(request.body, limit: limit, share, sink))
  }

  /// Takes a part of a body.
  typealias Sink = @Sendable (ByteBufferView) -> Bool

  /// Reads a body while somebody looks at the clock.
  private func collect(
    _ body: RequestBody, limit: Int, _ share: Share, _ sink: Sink?
  ) async throws -> [UInt8] {
    try await withThrowingTaskGroup(of: [UInt8].self) { group in
      group.addTask { try await read(body, limit: limit, share, sink) }
      group.addTask { try await watch(share) }
      defer { group.cancelAll() }
      guard let bytes = try await group.next() else {
        preconditionFailure("BUG: two tasks and no result")
      }
      return bytes
    }
  }

  private func read(
    _ body: RequestBody, limit: Int, _ share: Share, _ sink: Sink?
  ) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    var count = 0
    do {
      for try await part in body {
        count += part.readableBytes
        guard count < limit else { throw Problem.tooLarge }
        guard await share.grow(by: part.readableBytes) else { throw Problem.tooBusy }
        guard let sink else {
          bytes.append(contentsOf: part.readableBytesView)
          continue
        }
        guard sink(part.readableBytesView) else { throw Cut() }
      }
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Cut()
    }
    return bytes
  }

  /// Fails when too little of a body came for too long, or all of it takes too long.
  private func watch(_ share: Share) async throws -> [UInt8] {
    let clock = ContinuousClock()
    let end = clock.now + limits.bodyTime
    while true {
      try await clock.sleep(for: min(limits.window, max(.zero, end - clock.now)))
      // NB: while it waits for room of ours, nothing is expected of it.
      guard clock.now < end, share.beginWindow(expecting: limits.windowBytes) else {
        throw Problem.tooSlow
      }
    }
  }

  /// A connection that ended before the request did, as those of villages do.
  struct Cut: Error {}
}

/// What one body holds of a room.
private final class Share: Sendable {
  private struct State {
    var held = 0
    var window = 0
    var isWaiting = false
  }

  private let room: Allowance
  private let patience: Duration
  private let state = Mutex(State())

  init(of room: Allowance, patience: Duration) {
    self.room = room
    self.patience = patience
  }

  /// Takes room for what has come; `false` if there is none in time.
  func grow(by bytes: Int) async -> Bool {
    state.withLock { $0.isWaiting = true }
    let isTaken = await room.take(bytes, within: patience)
    state.withLock { state in
      state.isWaiting = false
      state.window += bytes
      if isTaken { state.held += bytes }
    }
    return isTaken
  }

  /// Begins a new window; `false` if the last one brought less than expected.
  func beginWindow(expecting bytes: Int) -> Bool {
    state.withLock { state in
      defer { state.window = 0 }
      return state.isWaiting || state.window >= bytes
    }
  }

  func giveBack() {
    room.give(state.withLock { $0.held })
  }
}
