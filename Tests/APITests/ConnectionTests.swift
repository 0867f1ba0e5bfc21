import Forms
import Logging
import NIOCore
import ServiceLifecycle
import Store
import Testing

@testable import API

@Suite struct `Connections that are held` {
  /// Runs an office that listens, with small limits, while something is done.
  private func serving(
    _ limits: Limits, _ body: (Int) async throws -> Void
  ) async throws {
    let store = try Store.create(at: nil, role: .office)
    try store.extendDirectory(
      Preset.denpasar.founding(
        id: 7, name: "IKM Denpasar", key: try store.officeKey()))
    let (ports, port) = AsyncStream<Int>.makeStream()
    let application = buildApplication(
      store: store, host: "127.0.0.1", port: 0, logger: LogBook().logger, limits: limits
    ) { port.yield($0) }
    let group = ServiceGroup(
      configuration: .init(services: [application], logger: LogBook().logger))
    async let running: Void = group.run()
    for await number in ports {
      try await body(number)
      break
    }
    await group.triggerGracefulShutdown()
    try await running
  }

  private static var limits: Limits {
    var limits = Limits()
    limits.idle = .milliseconds(300)
    limits.window = .milliseconds(200)
    limits.linger = .milliseconds(100)
    return limits
  }

  @Test func `A head that does not end is not waited for`() async throws {
    try await serving(Self.limits) { port in
      let reply = try await Socket.drip(port: port, "GET /v1/health HTTP/1.1\r\nHost: o")
      #expect(reply.isEmpty)
    }
  }

  @Test func `A body that does not come is answered, and the connection closed`() async throws {
    var limits = Self.limits
    // NB: a busy machine may keep the dripping up longer than a connection may be silent.
    limits.idle = .seconds(60)
    try await serving(limits) { port in
      let reply = try await Socket.drip(
        port: port, "POST /v1/join HTTP/1.1\r\nHost: o\r\nContent-Length: 60000\r\n\r\nab")
      #expect(reply.hasPrefix("HTTP/1.1 408"))
    }
  }

  @Test func `The rest of a body that was turned away is not read for ever`() async throws {
    var limits = Self.limits
    limits.idle = .seconds(60)
    limits.window = .seconds(60)
    try await serving(limits) { port in
      let reply = try await Socket.drip(
        port: port,
        "POST /v1/join HTTP/1.1\r\nHost: o\r\nContent-Length: 99999999999\r\n\r\nab")
      #expect(reply.hasPrefix("HTTP/1.1 413"))
    }
  }

  @Test func `One address does not get every connection`() throws {
    let census = Census(limit: 2)
    let one = Peer(try SocketAddress(ipAddress: "203.0.113.9", port: 1))
    let other = Peer(try SocketAddress(ipAddress: "203.0.113.10", port: 1))
    #expect(census.enter(one) && census.enter(one) && !census.enter(one))
    #expect(census.enter(other))
    census.leave(one)
    #expect(census.enter(one) && !census.enter(one))
    #expect(Peer(try SocketAddress(ipAddress: "::1", port: 1)).isLocal)
    #expect(!one.isLocal)
  }
}
