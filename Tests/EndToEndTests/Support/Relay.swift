import Glibc
import Synchronization

/// A proxy on the loopback that hands on what it is asked for, one connection after another.
final class Relay: Sendable {
  let port: UInt16
  private let listener: Int32
  private let count = Mutex(0)

  /// Listens at any port that is free.
  init() throws(StrangerError) {
    (listener, port) = try Stranger.listener()
  }

  deinit { _ = Glibc.close(listener) }

  var address: String { "http://127.0.0.1:\(port)" }
  /// How many requests it handed on.
  var carried: Int { count.withLock { $0 } }

  /// Hands on in a thread of its own until the body has ended.
  func relaying<Result>(_ body: () throws -> Result) throws -> Result {
    var thread = pthread_t()
    let box = Unmanaged.passRetained(self)
    pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer else { return nil }
        let relay = Unmanaged<Relay>.fromOpaque(pointer).takeRetainedValue()
        while relay.carryOne() {}
        return nil
      }, box.toOpaque())
    defer {
      shutdown(listener, Int32(SHUT_RDWR))
      pthread_join(thread, nil)
    }
    return try body()
  }

  private func carryOne() -> Bool {
    let client = accept(listener, nil, nil)
    guard client >= 0 else { return false }
    defer { _ = Glibc.close(client) }
    guard let (head, rest) = Self.head(from: client), let request = Request(head) else {
      return true
    }
    let office = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { _ = Glibc.close(office) }
    guard Stranger.with(port: request.port, { connect(office, $0, $1) == 0 }) else { return true }
    count.withLock { $0 += 1 }
    Self.send(Array(request.head.utf8) + rest, to: office)
    Self.pump(client, office)
    return true
  }

  /// A request's head without what proxies are asked, and where it goes.
  private struct Request {
    let head: String
    let port: UInt16

    init?(_ text: String) {
      guard let first = text.firstMatch(of: /^(\w+) http:\/\/[\d.]+:(\d+)(\/\S*) HTTP\/1\.1/),
        let port = UInt16(first.2)
      else { return nil }
      let lines = text.split(separator: "\r\n").dropFirst().filter {
        !$0.lowercased().hasPrefix("connection:") && !$0.lowercased().hasPrefix("proxy-")
      }
      head =
        "\(first.1) \(first.3) HTTP/1.1\r\n" + lines.joined(separator: "\r\n")
        + "\r\nConnection: close\r\n\r\n"
      self.port = port
    }
  }

  private static func head(from socket: Int32) -> (String, [UInt8])? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let end = Array("\r\n\r\n".utf8)
    while true {
      let count = recv(socket, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      bytes += buffer[..<count]
      if let found = bytes.firstRange(of: end) {
        return (
          String(decoding: bytes[..<found.lowerBound], as: UTF8.self),
          Array(bytes[found.upperBound...])
        )
      }
    }
  }

  /// Hands bytes on both ways until one side has ended.
  private static func pump(_ client: Int32, _ office: Int32) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      var waiting = [client, office].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      guard poll(&waiting, 2, 30_000) > 0 else { return }
      for index in 0..<2 where waiting[index].revents != 0 {
        let count = recv(waiting[index].fd, &buffer, buffer.count, 0)
        guard count > 0 else { return }
        send(Array(buffer[..<count]), to: waiting[1 - index].fd)
      }
    }
  }

  private static func send(_ bytes: [UInt8], to socket: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
