import API
import Forms
import Glibc
import Logging
import ServiceLifecycle
import Store
import Testing

@Suite struct `A listening office` {
  @Test func `answers on a port of its own until it is told to stop`() async throws {
    let store = try Store.create(at: nil, role: .office)
    try store.extendDirectory(
      Preset.denpasar.founding(
        id: 7, name: "IKM Denpasar", key: try store.officeKey()))
    let (ports, port) = AsyncStream<Int>.makeStream()
    let application = buildApplication(
      store: store, host: "127.0.0.1", port: 0, logger: LogBook().logger
    ) { port.yield($0) }
    let group = ServiceGroup(
      configuration: .init(services: [application], logger: LogBook().logger))
    async let running: Void = group.run()

    for await number in ports {
      let reply = try await Socket.ask(port: number, "GET /v1/health HTTP/1.1")
      #expect(reply.hasPrefix("HTTP/1.1 200"))
      #expect(reply.contains("\r\n\r\nkulkul 0."))
      break
    }
    await group.triggerGracefulShutdown()
    try await running
  }

  @Test func `says why it cannot listen`() async throws {
    let store = try Store.create(at: nil, role: .office)
    let (descriptor, port) = try Socket.occupiedPort()
    defer { close(descriptor) }
    let error = await #expect(throws: ListenError.self) {
      try await serve(
        store: store, host: "127.0.0.1", port: port, logger: LogBook().logger, onReady: { _ in })
    }
    #expect(error?.port == port && error?.reason == .taken)
  }
}
