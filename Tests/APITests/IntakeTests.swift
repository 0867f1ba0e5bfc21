import HTTPTypes
import Hummingbird
import Model
import NIOCore
import Testing
import Wire

@testable import API

@Suite struct `What many and slow bodies cost` {
  /// Limits under which a test need not wait long.
  private static var limits: Limits {
    var limits = Limits()
    limits.body = (1 << 20) + 1
    limits.smallBody = 1 << 10
    limits.room = 1 << 20
    limits.roomPatience = .milliseconds(50)
    limits.window = .seconds(2)
    limits.windowBytes = 100
    return limits
  }

  /// A body whose parts a test sends, and its request.
  private struct Slow {
    let body: RequestBody
    let parts: AsyncStream<ByteBuffer>.Continuation

    init() {
      let (stream, parts) = AsyncStream<ByteBuffer>.makeStream()
      body = RequestBody(asyncSequence: stream)
      self.parts = parts
    }

    func send(_ count: Int) {
      parts.yield(ByteBuffer(repeating: 0, count: count))
    }
  }

  private static let proof =
    Proof(device: DeviceID(1), signature: [UInt8](repeating: 0, count: 64)).header

  private func post(
    _ body: RequestBody, length: Int?, to office: TestOffice
  ) async throws -> Reply {
    try await office.send(
      .post, "/v1/sync", body, proof: Self.proof, length: length.map(String.init))
  }

  private func post(_ bytes: Int, to office: TestOffice) async throws -> Reply {
    try await post(
      RequestBody(buffer: ByteBuffer(repeating: 0, count: bytes)), length: bytes, to: office)
  }

  @Test func `Who announces much and sends nothing holds nothing`() async throws {
    let office = try TestOffice(limits: Self.limits)
    let idle = (0..<4).map { _ in Slow() }
    try await withThrowingTaskGroup(of: Problem?.self) { group in
      for slow in idle {
        group.addTask { try await post(slow.body, length: 1 << 20, to: office).problem }
      }
      // Whatever is announced, the whole room is there for what comes.
      #expect(try await post(1 << 20, to: office).problem == .unknownDevice)
      for try await problem in group { #expect(problem == .tooSlow) }
    }
  }

  @Test func `A body that comes in drops is not waited for`() async throws {
    let office = try TestOffice(limits: Self.limits)
    for length in [nil, 900, 1 << 20] {
      let slow = Slow()
      async let reply = post(slow.body, length: length, to: office)
      slow.send(500)
      let dropping = Task {
        while !Task.isCancelled {
          slow.send(1)
          try await Task.sleep(for: .milliseconds(100))
        }
      }
      #expect(try await reply.problem == .tooSlow)
      dropping.cancel()
    }
    #expect(office.log.lines.filter { $0.contains("tooSlow") }.count == 3)
  }

  @Test func `A body that keeps coming is taken, up to the longest time there is`() async throws {
    for (parts, time, problem) in [
      (3, Duration.seconds(60), Problem.unknownDevice), (1000, .milliseconds(500), .tooSlow),
    ] {
      var limits = Self.limits
      limits.window = .seconds(60)
      limits.bodyTime = time
      let office = try TestOffice(limits: limits)
      let slow = Slow()
      async let reply = post(slow.body, length: nil, to: office)
      let sending = Task {
        for _ in 0..<parts {
          slow.send(100)
          try await Task.sleep(for: .milliseconds(10))
        }
        slow.parts.finish()
      }
      #expect(try await reply.problem == problem)
      sending.cancel()
    }
  }

  @Test func `Small requests pass while large ones fill the room`() async throws {
    var limits = Self.limits
    // NB: on a machine with other things to do the large one must not run out of time before it is met.
    limits.window = .seconds(600)
    limits.bodyTime = .seconds(600)
    let office = try TestOffice(limits: limits)
    let slow = Slow()
    defer { slow.parts.finish() }
    async let first = post(slow.body, length: 1 << 20, to: office)
    slow.send((1 << 20) - 1)
    // NB: small ones that follow one another without a pause can take the room that the large one waits for.
    var full: Reply
    var tries = 0
    repeat {
      try await Task.sleep(for: .milliseconds(20))
      full = try await post(4096, to: office)
      tries += 1
    } while full.problem != .tooBusy && tries < 5_000
    try #require(full.problem == .tooBusy)
    #expect(full.retryAfter == "10")
    #expect(try await post(1 << 10, to: office).problem == .unknownDevice)
    #expect(try await office.send(.post, "/v1/join", [1, 2], length: "2").problem == .malformed)
    slow.send(1)
    slow.parts.finish()
    #expect(try await first.problem == .unknownDevice)
    #expect(try await post(1 << 20, to: office).problem == .unknownDevice, "the room is free again")
  }

  @Test func `A request to join is short`() async throws {
    let office = try TestOffice()
    let reply = try await office.send(.post, "/v1/join", [1], length: "262145")
    #expect(reply.problem == .tooLarge)
  }
}
