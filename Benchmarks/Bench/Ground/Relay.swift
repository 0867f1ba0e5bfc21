import Foundation

/// Hands connections on to a server on this machine, and counts the bytes each way.
///
/// A laptop keeps its office's address, and each server gets another port; so laptops know the relay.
final class Relay: @unchecked Sendable {
  /// What went through.
  struct Count {
    var up = 0
    var down = 0
  }

  /// The port of the server.
  var target: UInt16 {
    get { lock.withLock { port } }
    set { lock.withLock { port = newValue } }
  }

  /// What went through since the last ``reset()``.
  var carried: Count { lock.withLock { count } }

  /// The address that laptops know.
  let address: String

  private let lock = NSLock()
  private let listener: Int32
  private var port: UInt16 = 0
  private var count = Count()

  init() throws {
    let (socket, port) = try Self.listen()
    listener = socket
    address = "http://127.0.0.1:\(port)"
    let thread = Thread { [weak self] in
      while true {
        let client = accept(socket, nil, nil)
        guard client >= 0, let relay = self else { return }
        relay.begin(client)
      }
    }
    thread.start()
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    Glibc.close(listener)
  }

  /// Begins to count anew.
  func reset() { lock.withLock { count = Count() } }

  /// A port that nobody listens at just now.
  static func freePort() throws -> UInt16 {
    let (socket, port) = try listen()
    Glibc.close(socket)
    return port
  }

  private static func listen() throws -> (socket: Int32, port: UInt16) {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard bind(socket, address, length) == 0, Glibc.listen(socket, 64) == 0 else {
          return Int32(-1)
        }
        return getsockname(socket, address, &length)
      }
    }
    guard code == 0 else { throw BenchError.unexpected("no port on this machine") }
    return (socket, UInt16(bigEndian: address.sin_port))
  }

  private static func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    address.sin_port = port.bigEndian
    return address
  }

  private func begin(_ client: Int32) {
    let server = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = Self.loopback(target)
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else {
      Glibc.close(client)
      Glibc.close(server)
      return
    }
    let up = Thread { self.pump(client, server) { $0.up += $1 } }
    up.start()
    let down = Thread {
      self.pump(server, client) { $0.down += $1 }
      // NB: whoever ends the reply ends the connection, and the other half ends with it.
      shutdown(client, Int32(SHUT_RDWR))
      shutdown(server, Int32(SHUT_RDWR))
      usleep(1000)
      Glibc.close(client)
      Glibc.close(server)
    }
    down.start()
  }

  private func pump(_ from: Int32, _ to: Int32, _ note: (inout Count, Int) -> Void) {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let size = recv(from, &buffer, buffer.count, 0)
      guard size > 0 else { break }
      lock.withLock { note(&count, size) }
      var sent = 0
      while sent < size {
        let done = buffer[sent...].withUnsafeBytes {
          send(to, $0.baseAddress, size - sent, Int32(MSG_NOSIGNAL))
        }
        guard done > 0 else { return }
        sent += done
      }
    }
    shutdown(to, Int32(SHUT_WR))
  }
}
