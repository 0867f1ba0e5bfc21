import Glibc

/// A socket that listens at a port of the loopback.
struct Loopback: Sendable {
  struct Failure: Error {
    let number: Int32
  }

  let port: UInt16
  private let listener: Int32

  /// Listens at a port, or at any that is free.
  init(at port: UInt16 = 0) throws(Failure) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var yes: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var chosen = port
    let isListening = Self.with(port: port) { address, size in
      var size = size
      guard bind(listener, address, size) == 0, listen(listener, 8) == 0,
        getsockname(listener, address, &size) == 0
      else { return false }
      chosen = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        UInt16(bigEndian: $0.pointee.sin_port)
      }
      return true
    }
    guard isListening else {
      let number = errno
      _ = Glibc.close(listener)
      throw Failure(number: number)
    }
    self.listener = listener
    self.port = chosen
  }

  func close() { _ = Glibc.close(listener) }

  /// Waits for somebody to connect, and does something with the connection; false when nobody can any
  /// more.
  func serveOne(_ body: (Int32) -> Void) -> Bool {
    let client = accept(listener, nil, nil)
    guard client >= 0 else { return false }
    body(client)
    _ = Glibc.close(client)
    return true
  }

  /// Serves one connection after another in a thread of its own until the body has ended.
  func serving<Result>(
    _ serve: @escaping @Sendable (Int32) -> Void, until body: () throws -> Result
  ) throws -> Result {
    let server = Server(loopback: self, serve: serve)
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer else { return nil }
        let server = Unmanaged<Server>.fromOpaque(pointer).takeRetainedValue()
        while server.loopback.serveOne(server.serve) {}
        return nil
      }, Unmanaged.passRetained(server).toOpaque())
    defer {
      shutdown(listener, Int32(SHUT_RDWR))
      pthread_join(thread, nil)
    }
    return try body()
  }

  private final class Server: Sendable {
    let loopback: Loopback
    let serve: @Sendable (Int32) -> Void

    init(loopback: Loopback, serve: @escaping @Sendable (Int32) -> Void) {
      self.loopback = loopback
      self.serve = serve
    }
  }

  /// Connects to a port, does something with the connection, and hangs up.
  ///
  /// - Returns: `nil` if nobody listens there.
  static func connected<Result>(to port: UInt16, _ body: (Int32) -> Result) -> Result? {
    let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { _ = Glibc.close(connection) }
    guard with(port: port, { connect(connection, $0, $1) == 0 }) else { return nil }
    return body(connection)
  }

  /// Sends all of some bytes; false if they cannot be sent.
  @discardableResult
  static func send(_ bytes: ArraySlice<UInt8>, to socket: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private static func with(
    port: UInt16, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Bool
  ) -> Bool {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
