import Glibc

/// A server on the loopback that is no office: to whoever connects it says one thing, and hangs up.
final class Stranger: Sendable {
  let port: UInt16
  private let listener: Int32
  private let says: String

  /// Listens at a port, or at any that is free.
  init(at port: UInt16 = 0, says: String) throws(StrangerError) {
    self.says = says
    (listener, self.port) = try Self.listener(at: port)
  }

  /// A socket that listens on the loopback, and its port.
  static func listener(at port: UInt16 = 0) throws(StrangerError) -> (Int32, UInt16) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var yes: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var chosen = port
    let isListening = with(port: port) { address, size in
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
      _ = Glibc.close(listener)
      throw StrangerError(number: errno)
    }
    return (listener, chosen)
  }

  /// Does something with the address of a port on the loopback.
  static func with(
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

  deinit { _ = Glibc.close(listener) }

  /// Answers in a thread of its own until the body has ended.
  func answering<Result>(_ body: () throws -> Result) throws -> Result {
    let answerer = Answerer(stranger: self)
    var thread = pthread_t()
    let box = Unmanaged.passRetained(answerer)
    pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<Answerer>.fromOpaque(pointer).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    defer {
      shutdown(listener, Int32(SHUT_RDWR))
      pthread_join(thread, nil)
    }
    return try body()
  }

  fileprivate func answerOne() -> Bool {
    let connection = accept(listener, nil, nil)
    guard connection >= 0 else { return false }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    _ = recv(connection, &buffer, buffer.count, 0)
    let bytes = Array(says.utf8)
    _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    shutdown(connection, Int32(SHUT_WR))
    // Whatever else was sent is read, so that hanging up does not take back what was said.
    while recv(connection, &buffer, buffer.count, 0) > 0 {}
    _ = Glibc.close(connection)
    return true
  }
}

struct StrangerError: Error {
  let number: Int32
}

private final class Answerer: Sendable {
  private let stranger: Stranger

  init(stranger: Stranger) {
    self.stranger = stranger
  }

  func run() {
    while stranger.answerOne() {}
  }
}
