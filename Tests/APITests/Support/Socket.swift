import Dispatch
import Glibc
import Testing

/// The least of a network that a test of a listening office needs.
enum Socket {
  /// Sends a request without a body to a port of this machine, and reads to the end of the reply.
  ///
  /// It waits on a thread of its own: those of the tests are the ones that answer.
  static func ask(port: Int, _ line: String) async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue(label: "socket").async {
        continuation.resume(with: Result { try exchange(port: port, line) })
      }
    }
  }

  /// Sends the beginning of a request, then a byte now and then, until the other end closes.
  ///
  /// - Returns: what was replied.
  static func drip(port: Int, _ beginning: String) async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue(label: "socket").async {
        continuation.resume(with: Result { try dripping(port: port, beginning) })
      }
    }
  }

  private static func dripping(port: Int, _ beginning: String) throws -> String {
    let descriptor = try open()
    defer { close(descriptor) }
    try #require(withAddress(port: port) { connect(descriptor, $0, $1) } == 0)
    let request = Array(beginning.utf8)
    try #require(write(descriptor, request, request.count) == request.count)
    var reply: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    // At most a minute: far longer than any limit that a test sets, also where the machine is busy.
    for _ in 0..<1200 {
      var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      if Glibc.poll(&poll, 1, 50) > 0 {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return String(decoding: reply, as: UTF8.self) }
        reply += buffer[..<count]
      }
      _ = send(descriptor, "x", 1, Int32(MSG_NOSIGNAL))
    }
    throw StillOpen()
  }

  /// The other end did not close.
  struct StillOpen: Error {}

  private static func exchange(port: Int, _ line: String) throws -> String {
    let descriptor = try open()
    defer { close(descriptor) }
    let isConnected = withAddress(port: port) { connect(descriptor, $0, $1) } == 0
    try #require(isConnected)
    let request = Array((line + "\r\nHost: office\r\nConnection: close\r\n\r\n").utf8)
    try #require(write(descriptor, request, request.count) == request.count)
    var reply: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return String(decoding: reply, as: UTF8.self) }
      reply += buffer[..<count]
    }
  }

  /// A port of this machine on which something else listens.
  static func occupiedPort() throws -> (descriptor: Int32, port: Int) {
    let descriptor = try open()
    try #require(withAddress(port: 0) { bind(descriptor, $0, $1) } == 0)
    try #require(listen(descriptor, 1) == 0)
    // The members of `sockaddr_in` are of one C module in one build and of another in the next.
    var address = [UInt8](repeating: 0, count: MemoryLayout<sockaddr_in>.size)
    var length = socklen_t(address.count)
    let isNamed = address.withUnsafeMutableBytes {
      getsockname(descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
    }
    try #require(isNamed == 0)
    return (descriptor, Int(address[2]) << 8 | Int(address[3]))
  }

  private static func open() throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(descriptor >= 0)
    return descriptor
  }

  private static func withAddress(
    port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = [UInt8](repeating: 0, count: MemoryLayout<sockaddr_in>.size)
    withUnsafeBytes(of: sa_family_t(AF_INET)) { address.replaceSubrange(0..<$0.count, with: $0) }
    address.replaceSubrange(2..<8, with: [UInt8(port >> 8), UInt8(port & 0xFF), 127, 0, 0, 1])
    let length = socklen_t(address.count)
    return address.withUnsafeBytes {
      $0.withMemoryRebound(to: sockaddr.self) { addresses in
        addresses.baseAddress.map { body($0, length) } ?? -1
      }
    }
  }
}
