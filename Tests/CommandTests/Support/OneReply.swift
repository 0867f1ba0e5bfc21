import Foundation
import Glibc
import Testing

/// A server on this machine that answers the first request with the same bytes whatever it asks, when
/// something has happened meanwhile.
struct OneReply {
  let port: UInt16
  private let listener: Int32

  init(_ reply: [UInt8], after meanwhile: @escaping @Sendable () -> Void = {}) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(listener >= 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { some in
        bind(listener, some, length) == 0 && listen(listener, 1) == 0
          && getsockname(listener, some, &length) == 0
      }
    }
    try #require(isBound)
    self.listener = listener
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread {
      let peer = accept(listener, nil, nil)
      guard peer >= 0 else { return }
      // NB: the request is small, and all of it has come when the laptop has no more to say.
      var buffer = [UInt8](repeating: 0, count: 65536)
      var patience = timeval(tv_sec: 0, tv_usec: 200_000)
      setsockopt(
        peer, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
      while recv(peer, &buffer, buffer.count, 0) > 0 {}
      meanwhile()
      _ = send(peer, reply, reply.count, Int32(MSG_NOSIGNAL))
      Glibc.close(peer)
    }
  }

  func close() {
    shutdown(listener, Int32(SHUT_RDWR))
    Glibc.close(listener)
  }
}
