import Carrier
import Glibc
import Testing
import Wire

@testable import Courier

/// What a laptop takes from whoever answers in the place of its office, over a line that breaks off.
@Suite(.timeLimit(.minutes(2)))
struct PorterTests {
  private let porter = Porter(carrier: Carrier(), session: "session") { _ in }

  /// A proxy that the environment names would stand between the tests and loopback.
  private static let withoutProxy: Void = { _ = setenv("no_proxy", "127.0.0.1", 1) }()

  init() {
    Self.withoutProxy
  }

  private func carry(to server: TinyServer) throws -> HTTPReply {
    try porter.carry(
      HTTPRequest(.post, server.url, body: [1, 2, 3]), question: server.url + "passage")
  }

  @Test(arguments: ["-1", "-5", "-9223372036854775808", "4", "9223372036854775807", "x", ""])
  func `An office that has less than nothing of a message, or more than all, has said nothing`(
    _ count: String
  ) throws {
    try TinyServer.run { request, connection in
      if request.head.hasPrefix("POST") { return .close }
      connection.reply(200, type: MediaType.message, Array(count.utf8))
      return .keep
    } _: { server in
      let error = try #require(throws: CarrierError.self) { try carry(to: server) }
      #expect(error.isCut, "\(error)")
      #expect(server.requests.count == 2, "asked once, and not told anything again")
    }
  }

  @Test func `Replies that break off again and again fill no memory, and come to an end`() throws {
    let part = [UInt8](repeating: 7, count: 10 << 20)
    try TinyServer.run { request, connection in
      if request.head.hasPrefix("POST") {
        connection.write(
          "HTTP/1.1 200 OK\r\nContent-Type: \(MediaType.message)\r\n"
            + "Content-Length: \(part.count + 1)\r\n\r\n")
        connection.write(part)
        return .close
      }
      connection.reply(200, type: MediaType.message, Array("3".utf8))
      return .keep
    } _: { server in
      let limit = CarrierLimits.standard.maximumReplyBytes
      #expect(throws: CarrierError.tooLarge(limit: limit)) { try carry(to: server) }
      #expect(server.requests.count { $0.head.hasPrefix("POST") } == limit / part.count + 1)
    }
  }

  @Test func `What is brought in parts is no longer than what is brought at once`() throws {
    let limit = CarrierLimits.standard.maximumReplyBytes
    let part = [UInt8](repeating: 7, count: limit / 2 + 1)
    try TinyServer.run { request, connection in
      if request.head.hasPrefix("GET") {
        connection.reply(200, type: MediaType.message, Array("3".utf8))
        return .keep
      }
      let isFirst = request.header(Passage.header)?.hasSuffix("/0") == true
      connection.write(
        "HTTP/1.1 200 OK\r\nContent-Type: \(MediaType.message)\r\n"
          + "Content-Length: \(part.count + (isFirst ? 1 : 0))\r\n\r\n")
      connection.write(part)
      return .close
    } _: { server in
      let error = try #require(throws: CarrierError.self) { try carry(to: server) }
      #expect(error == .tooLarge(limit: limit))
    }
  }
}
