import Glibc
import Synchronization

/// A real HTTP server on loopback that serves one connection at a time, as one closure says.
///
/// It speaks just enough HTTP to be spoken to, and lets a test break it anywhere: the closure
/// writes whatever bytes it likes, and decides whether the connection lives on. Leaving the scope
/// of ``run(_:_:)`` ends the thread and every connection.
final class TinyServer: Sendable {
  typealias Handler = @Sendable (Request, borrowing Connection) -> After

  /// What becomes of a connection when a request was dealt with.
  enum After {
    case keep
    case close
  }

  struct Request: Sendable {
    var head: String
    var body: [UInt8]

    /// The value of a header, or nil when the request has none of that name.
    func header(_ name: String) -> String? {
      for line in head.split(separator: "\r\n").dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1)
        if parts.first?.lowercased() == name.lowercased() {
          return parts.dropFirst().first.map { String($0.drop { $0 == " " }) } ?? ""
        }
      }
      return nil
    }
  }

  let port: UInt16
  var url: String { "http://127.0.0.1:\(port)/" }

  /// What was asked, in order, and over how many connections.
  var requests: [Request] { state.withLock { $0.requests } }
  var connections: Int { state.withLock { $0.connections } }

  /// What a server does that does not wait for a request.
  enum Greeting {
    case speak(String)
    case leave
  }

  private struct State {
    var requests: [Request] = []
    var connections = 0
    var live: Int32?
    var isStopping = false
  }

  private let listener: Int32
  private let greeting: Greeting?
  private let handler: Handler
  private let state = Mutex(State())

  private init(
    _ greeting: Greeting?, _ handler: @escaping Handler
  ) throws(SocketFailure) {
    (listener, port) = try boundSocket()
    self.greeting = greeting
    self.handler = handler
    guard listen(listener, 16) == 0 else { throw SocketFailure("listen") }
  }

  /// Runs a server for as long as `body` does.
  static func run<Result>(
    _ handler: @escaping Handler, _ body: (TinyServer) throws -> Result
  ) throws -> Result {
    try run(TinyServer(nil, handler), body)
  }

  /// Runs a server that listens to nobody for as long as `body` does.
  static func run<Result>(
    greeting: Greeting, _ body: (TinyServer) throws -> Result
  ) throws -> Result {
    try run(TinyServer(greeting) { _, _ in .close }, body)
  }

  private static func run<Result>(
    _ server: TinyServer, _ body: (TinyServer) throws -> Result
  ) throws -> Result {
    var thread = pthread_t()
    let started = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<TinyServer>.fromOpaque(context).takeRetainedValue().serve()
        return nil
      }, Unmanaged.passRetained(server).toOpaque())
    guard started == 0 else { throw SocketFailure("pthread_create") }
    defer {
      server.stop()
      pthread_join(thread, nil)
      close(server.listener)
    }
    return try body(server)
  }

  private func serve() {
    while true {
      let socket = accept(listener, nil, nil)
      guard socket >= 0 else { return }
      let isWelcome = state.withLock { state in
        guard !state.isStopping else { return false }
        state.connections += 1
        state.live = socket
        return true
      }
      if isWelcome { converse(over: Connection(socket: socket)) }
      // Forgotten before it is closed: another socket may get its number at once.
      state.withLock { $0.live = nil }
      close(socket)
    }
  }

  private func converse(over connection: borrowing Connection) {
    switch greeting {
    case .leave: return
    case .speak(let words):
      connection.write(words)
      connection.waitForPeerToLeave()
      return
    case nil: break
    }
    while let request = connection.readRequest() {
      state.withLock { $0.requests.append(request) }
      if handler(request, connection) == .close { return }
    }
  }

  private func stop() {
    state.withLock { state in
      state.isStopping = true
      shutdown(listener, Int32(SHUT_RDWR))
      if let live = state.live { shutdown(live, Int32(SHUT_RDWR)) }
    }
  }
}

/// The server's end of one connection.
struct Connection: ~Copyable {
  fileprivate let socket: Int32

  /// Writes bytes as they are; a peer that went away is no failure of the test.
  func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes {
        send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return }
      rest = rest.dropFirst(sent)
    }
  }

  func write(_ text: String) {
    write(Array(text.utf8))
  }

  /// Writes a whole reply.
  func reply(_ status: Int, type: String? = nil, _ body: [UInt8] = []) {
    let typeLine = type.map { "Content-Type: \($0)\r\n" } ?? ""
    write("HTTP/1.1 \(status) Whatever\r\n\(typeLine)Content-Length: \(body.count)\r\n\r\n")
    write(body)
  }

  /// Stalls until the other side has had enough.
  func waitForPeerToLeave() {
    while !read(atMost: 1024).isEmpty {}
  }

  fileprivate func readRequest() -> TinyServer.Request? {
    var bytes: [UInt8] = []
    let blankLine = Array("\r\n\r\n".utf8)
    while true {
      let received = read(atMost: 64 << 10)
      guard !received.isEmpty else { return nil }
      let searchStart = max(0, bytes.count - blankLine.count)
      bytes += received
      guard let end = bytes[searchStart...].firstRange(of: blankLine) else { continue }

      var request = TinyServer.Request(
        head: String(decoding: bytes[..<end.lowerBound], as: UTF8.self),
        body: Array(bytes[end.upperBound...]))
      let length = request.header("Content-Length").flatMap { Int($0) } ?? 0
      while request.body.count < length {
        let more = read(atMost: 64 << 10)
        guard !more.isEmpty else { return nil }
        request.body += more
      }
      return request
    }
  }

  private func read(atMost count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = max(0, recv(socket, buffer.baseAddress, buffer.count, 0))
    }
  }
}

/// A port of loopback that belongs to this process and on which nothing listens.
struct SilentPort: ~Copyable {
  let port: UInt16
  private let socket: Int32

  init() throws(SocketFailure) {
    (socket, port) = try boundSocket()
  }

  deinit {
    close(socket)
  }
}

struct SocketFailure: Error {
  let call: String
  let code: Int32

  init(_ call: String) {
    self.call = call
    code = errno
  }
}

/// Binds a socket to a free port of loopback.
private func boundSocket() throws(SocketFailure) -> (socket: Int32, port: UInt16) {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  guard descriptor >= 0 else { throw SocketFailure("socket") }

  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let isNamed = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
    }
  }
  guard isNamed else {
    let failure = SocketFailure("bind")
    close(descriptor)
    throw failure
  }
  return (descriptor, UInt16(bigEndian: address.sin_port))
}
