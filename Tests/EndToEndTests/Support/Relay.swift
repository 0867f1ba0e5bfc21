import Glibc
import Synchronization

/// A proxy on the loopback that hands on what it is asked for, one connection after another.
final class Relay: Sendable {
  private let loopback: Loopback
  private let count = Mutex(0)

  /// Listens at any port that is free.
  init() throws(Loopback.Failure) {
    loopback = try Loopback()
  }

  deinit { loopback.close() }

  var address: String { "http://127.0.0.1:\(loopback.port)" }
  /// How many requests it handed on.
  var carried: Int { count.withLock { $0 } }

  /// Hands on in a thread of its own until the body has ended.
  func relaying<Result>(_ body: () throws -> Result) throws -> Result {
    try loopback.serving({ [self] in carry($0) }, until: body)
  }

  private func carry(_ client: Int32) {
    guard let (head, rest) = Self.head(from: client), let request = Request(head) else { return }
    _ = Loopback.connected(to: request.port) { office in
      count.withLock { $0 += 1 }
      Loopback.send((Array(request.head.utf8) + rest)[...], to: office)
      Self.pump(client, office)
    }
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
        Loopback.send(buffer[..<count], to: waiting[1 - index].fd)
      }
    }
  }
}
