import Carrier
import Glibc
import Testing

/// The carrier against a real server over real sockets.
@Suite(.timeLimit(.minutes(1)))
struct CarrierTests {
  let carrier = Carrier()

  /// A proxy that the environment names would stand between the tests and loopback.
  private static let withoutProxy: Void = { _ = setenv("no_proxy", "127.0.0.1", 1) }()

  init() {
    Self.withoutProxy
  }

  // MARK: Replies

  @Test func `A reply comes back whole`() throws {
    try TinyServer.run { _, connection in
      connection.reply(200, type: "text/plain; charset=utf-8", Array("kulkul".utf8))
      return .keep
    } _: { server in
      let reply = try carrier.send(HTTPRequest(.get, server.url))

      #expect(
        reply
          == HTTPReply(
            status: 200, contentType: "text/plain; charset=utf-8", body: Array("kulkul".utf8)))
    }
  }

  @Test func `A megabyte goes there and back unchanged`() throws {
    let body = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    try TinyServer.run { request, connection in
      connection.reply(200, request.body)
      return .keep
    } _: { server in
      let reply = try carrier.send(HTTPRequest(.post, server.url, body: body))

      #expect(reply.body == body)
      #expect(reply.contentType == nil)
    }
  }

  @Test func `A chunked reply with trailers comes back whole`() throws {
    try TinyServer.run { _, connection in
      connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      connection.write("4\r\nkulk\r\n2\r\nul\r\n0\r\nX-Sum: 6\r\n\r\n")
      return .keep
    } _: { server in
      let reply = try carrier.send(HTTPRequest(.get, server.url))

      #expect(reply.body == Array("kulkul".utf8))
    }
  }

  @Test(arguments: [301, 404, 500])
  func `A refusal or a redirect is a reply`(status: Int) throws {
    try TinyServer.run { _, connection in
      connection.write("HTTP/1.1 \(status) No\r\nLocation: /elsewhere\r\nContent-Length: 4\r\n\r\n")
      connection.write("gone")
      return .keep
    } _: { server in
      let reply = try carrier.send(HTTPRequest(.get, server.url))

      #expect(reply.status == status)
      #expect(reply.body == Array("gone".utf8))
      #expect(server.requests.count == 1)
    }
  }

  @Test func `An empty reply is a reply`() throws {
    try TinyServer.run { _, connection in
      connection.write("HTTP/1.1 204 Nothing\r\n\r\n")
      return .keep
    } _: { server in
      let reply = try carrier.send(HTTPRequest(.post, server.url))

      #expect(reply == HTTPReply(status: 204))
    }
  }

  // MARK: Requests

  @Test func `Only the request's own headers are sent`() throws {
    try TinyServer.run { _, connection in
      connection.reply(200)
      return .keep
    } _: { server in
      var request = HTTPRequest(.post, server.url, body: Array(repeating: 7, count: 2 << 20))
      request.headers = [("X-Village", "Sanur Kaja"), ("X-Empty", "")]
      _ = try carrier.send(request)

      let received = try #require(server.requests.first)
      #expect(received.head.hasPrefix("POST / HTTP/1.1\r\n"))
      #expect(received.header("X-Village") == "Sanur Kaja")
      #expect(received.header("X-Empty") == "")
      #expect(received.header("Expect") == nil)
      #expect(received.header("Content-Type") == nil)
      #expect(received.body.count == 2 << 20)
    }
  }

  @Test func `A content type that was given is sent`() throws {
    try TinyServer.run { _, connection in
      connection.reply(200)
      return .keep
    } _: { server in
      let headers = [(name: "content-type", value: "application/json")]
      _ = try carrier.send(HTTPRequest(.post, server.url, headers: headers, body: [0x7B, 0x7D]))

      #expect(server.requests.first?.header("Content-Type") == "application/json")
    }
  }

  @Test(
    arguments: [
      ("", "x"), ("Two words", "x"), ("X-Colon:", "x"), ("X-Village", "Sanur\r\nAdmin: yes"),
      ("X-Village", "Sanur\nKaja"), ("X-Village", "Sanur\0"),
    ] as [(Quoted, Quoted)])
  func `A header that would break the request is refused`(name: Quoted, value: Quoted) {
    let header = (name: name.text, value: value.text)
    #expect(throws: CarrierError.badHeader(name.text)) {
      try carrier.send(HTTPRequest(.get, "http://127.0.0.1:9/", headers: [header]))
    }
  }

  // MARK: One handle, many requests

  @Test func `Requests share a connection`() throws {
    try TinyServer.run { request, connection in
      connection.reply(200, request.body)
      return .keep
    } _: { server in
      let first = try carrier.send(HTTPRequest(.post, server.url, body: [1, 2, 3]))
      let second = try carrier.send(HTTPRequest(.get, server.url))
      let third = try carrier.send(HTTPRequest(.post, server.url, body: [4]))

      #expect([first, second, third].map(\.body) == [[1, 2, 3], [], [4]])
      #expect(server.connections == 1)
      #expect(server.requests.map { $0.head.prefix(4) } == ["POST", "GET ", "POST"])
    }
  }

  @Test func `A connection that closed between two requests is opened anew`() throws {
    try TinyServer.run { request, connection in
      connection.reply(200, request.body)
      return .close
    } _: { server in
      for byte in UInt8(1)...3 {
        let reply = try carrier.send(HTTPRequest(.post, server.url, body: [byte]))
        #expect(reply.body == [byte])
        // NB: that it closed must have come here; a request that crosses with it is broken off, since
        // libcurl sends no body a second time by itself.
        usleep(200_000)
      }

      #expect(server.connections == 3)
    }
  }

  @Test func `A request after a failure knows nothing of it`() throws {
    try TinyServer.run { request, connection in
      connection.reply(200, request.body)
      return .keep
    } _: { server in
      var limits = CarrierLimits.standard
      limits.maximumReplyBytes = 2
      #expect(throws: CarrierError.tooLarge(limit: 2)) {
        try carrier.send(HTTPRequest(.post, server.url, body: [1, 2, 3]), limits: limits)
      }

      let reply = try carrier.send(HTTPRequest(.post, server.url, body: [1, 2, 3]))
      #expect(reply.body == [1, 2, 3])
    }
  }

  // MARK: Addresses

  @Test(
    arguments: [
      "", "kulkul", "127.0.0.1:9/", "://127.0.0.1/", "http://", "http://127.0.0.1:port/",
      "http://127.0.0.1 /", "http://127.0.0.1/\0", "http://127.0.0.1/\r\nX: y",
      "file:///etc/hostname", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "kulkul://127.0.0.1/",
    ] as [Quoted])
  func `What is no web address is refused`(url: Quoted) throws {
    let error = #expect(throws: CarrierError.self) {
      try carrier.send(HTTPRequest(.get, url.text))
    }
    #expect(error?.kind == "badAddress")
  }

  @Test func `A port on which nothing listens is unreachable`() throws {
    let silent = try SilentPort()
    let url = "http://127.0.0.1:\(silent.port)/"

    let error = #expect(throws: CarrierError.self) {
      try carrier.send(HTTPRequest(.get, url))
    }
    #expect(error?.kind == "unreachable")
  }

  @Test func `A server without TLS is not trusted`() throws {
    try TinyServer.run(greeting: .speak("HTTP/1.1 400 Bad Request\r\n\r\n")) { server in
      let error = #expect(throws: CarrierError.self) {
        try carrier.send(HTTPRequest(.get, "https://127.0.0.1:\(server.port)/"))
      }
      #expect(error?.kind == "untrusted")
    }
  }

  @Test func `A handshake that breaks off is cut`() throws {
    try TinyServer.run(greeting: .leave) { server in
      let error = #expect(throws: CarrierError.self) {
        try carrier.send(HTTPRequest(.get, "https://127.0.0.1:\(server.port)/"))
      }
      #expect(error?.kind == "cut")
    }
  }

  // MARK: Servers that fail half-way

  @Test func `A silent server times out`() throws {
    try TinyServer.run { _, connection in
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nkul")
      connection.waitForPeerToLeave()
      return .close
    } _: { server in
      var limits = CarrierLimits.standard
      limits.lowSpeedSeconds = 1
      #expect(throws: CarrierError.timedOut) {
        try carrier.send(HTTPRequest(.get, server.url), limits: limits)
      }
    }
  }

  @Test func `A request that takes too long altogether times out`() throws {
    try TinyServer.run { _, connection in
      connection.waitForPeerToLeave()
      return .close
    } _: { server in
      var limits = CarrierLimits.standard
      limits.totalSeconds = 1
      #expect(throws: CarrierError.timedOut) {
        try carrier.send(HTTPRequest(.get, server.url), limits: limits)
      }
    }
  }

  @Test(
    arguments: [
      "",
      "HTTP/1.1 200 OK\r\nContent-Le",
      "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nkul",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nkul",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nkul\r\n",
    ] as [Quoted])
  func `A reply that breaks off is cut`(part: Quoted) throws {
    try TinyServer.run { _, connection in
      connection.write(part.text)
      return .close
    } _: { server in
      let error = #expect(throws: CarrierError.self) {
        try carrier.send(HTTPRequest(.post, server.url, body: [1]))
      }
      #expect(error?.kind == "cut")
    }
  }

  @Test func `What is no HTTP is told apart from a bad address`() throws {
    try TinyServer.run { _, connection in
      connection.write("<html>Welcome to the hotel</html>")
      return .close
    } _: { server in
      let error = #expect(throws: CarrierError.self) {
        try carrier.send(HTTPRequest(.get, server.url))
      }
      #expect(error?.kind == "notHTTP")
    }
  }

  // MARK: Limits

  @Test(
    arguments: ["Content-Length: 6\r\n\r\nkulkul", "Connection: close\r\n\r\nkulkul"] as [Quoted])
  func `A reply over the limit is refused, announced or not`(rest: Quoted) throws {
    try TinyServer.run { _, connection in
      connection.write("HTTP/1.1 200 OK\r\n\(rest.text)")
      return .close
    } _: { server in
      var limits = CarrierLimits.standard
      for limit in [0, 5] {
        limits.maximumReplyBytes = limit
        #expect(throws: CarrierError.tooLarge(limit: limit)) {
          try carrier.send(HTTPRequest(.get, server.url), limits: limits)
        }
      }
      limits.maximumReplyBytes = 6
      let reply = try carrier.send(HTTPRequest(.get, server.url), limits: limits)
      #expect(reply.body == Array("kulkul".utf8))
    }
  }

  @Test func `A server that never stops sending headers is refused`() throws {
    try TinyServer.run { _, connection in
      connection.write("HTTP/1.1 200 OK\r\n")
      let line = "X-Filler: " + String(repeating: "x", count: 1000) + "\r\n"
      for _ in 0..<1000 { connection.write(line) }
      return .close
    } _: { server in
      let error = #expect(throws: CarrierError.self) {
        try carrier.send(HTTPRequest(.get, server.url))
      }
      #expect(error == .tooLarge(limit: 256 << 10))
    }
  }

  @Test func `The limit of the headers is each reply's own`() throws {
    try TinyServer.run { _, connection in
      let line = "X-Filler: " + String(repeating: "x", count: 1000) + "\r\n"
      connection.write("HTTP/1.1 204 Nothing\r\n")
      for _ in 0..<100 { connection.write(line) }
      connection.write("\r\n")
      return .keep
    } _: { server in
      for _ in 1...4 {
        let reply = try carrier.send(HTTPRequest(.get, server.url))
        #expect(reply.status == 204)
      }
    }
  }

  // MARK: Progress

  @Test func `Progress tells how far both bodies have come`() throws {
    let body = [UInt8](repeating: 1, count: 1 << 20)
    try TinyServer.run { request, connection in
      connection.reply(200, Array(request.body.prefix(1000)))
      return .keep
    } _: { server in
      var last = CarrierProgress(sent: 0, toSend: 0, received: 0, toReceive: nil)
      _ = try carrier.send(HTTPRequest(.post, server.url, body: body)) { progress in
        #expect(progress.sent >= last.sent && progress.received >= last.received)
        last = progress
        return .goOn
      }

      #expect(
        last == CarrierProgress(sent: 1 << 20, toSend: 1 << 20, received: 1000, toReceive: 1000))
    }
  }

  @Test func `A request is cancelled while its server stalls`() throws {
    try TinyServer.run { request, connection in
      if request.head.hasPrefix("GET /stall") {
        connection.waitForPeerToLeave()
        return .close
      }
      connection.reply(200)
      return .keep
    } _: { server in
      #expect(throws: CarrierError.cancelled) {
        try carrier.send(HTTPRequest(.get, server.url + "stall")) { _ in
          server.requests.isEmpty ? .goOn : .cancel
        }
      }

      let reply = try carrier.send(HTTPRequest(.get, server.url))
      #expect(reply.status == 200)
    }
  }
}

/// Text that a test log shows with its line breaks escaped.
struct Quoted: ExpressibleByStringLiteral, CustomTestStringConvertible, Sendable {
  var text: String

  init(stringLiteral text: String) {
    self.text = text
  }

  var testDescription: String { text.debugDescription }
}

extension CarrierError {
  /// The name of the case, for those whose words are libcurl's.
  fileprivate var kind: String {
    switch self {
    case .libraryMissing: "libraryMissing"
    case .badAddress: "badAddress"
    case .badHeader: "badHeader"
    case .unreachable: "unreachable"
    case .timedOut: "timedOut"
    case .cut: "cut"
    case .notHTTP: "notHTTP"
    case .untrusted: "untrusted"
    case .tooLarge: "tooLarge"
    case .cancelled: "cancelled"
    case .other: "other"
    }
  }
}
