import Glibc
import Synchronization

/// A line to a server of this machine that is cut whenever so many bytes have passed on a connection.
///
/// What was handed on arrives; whoever sends is told nothing of it, as on a line that breaks.
final class CuttingLine: Sendable {
  struct Count {
    var up = 0
    var down = 0
    var cuts = 0
  }

  private let loopback: Loopback
  private let target: UInt16
  private let limits = Mutex(Int.max)
  private let state = Mutex(Count())

  /// Listens at any port that is free, and hands on to another one.
  init(to target: Int) throws(Loopback.Failure) {
    self.target = UInt16(target)
    loopback = try Loopback()
  }

  deinit { loopback.close() }

  var port: UInt16 { loopback.port }

  /// How many bytes pass on a connection; all at first.
  var limit: Int {
    get { limits.withLock { $0 } }
    set { limits.withLock { $0 = newValue } }
  }

  var count: Count { state.withLock { $0 } }

  /// Hands on in a thread of its own until the body has ended.
  func carrying<Result>(_ body: () throws -> Result) throws -> Result {
    try loopback.serving({ [self] in carry($0) }, until: body)
  }

  private func carry(_ client: Int32) {
    _ = Loopback.connected(to: target) { office in
      guard pump(client, office) else { return }
      // On a line what arrives is read while more is on its way; here it would all be of one moment.
      usleep(30_000)
      state.withLock { $0.cuts += 1 }
    }
  }

  /// Hands bytes on both ways; true if the line was cut, false if one side ended.
  private func pump(_ client: Int32, _ office: Int32) -> Bool {
    var left = limit
    var buffer = [UInt8](repeating: 0, count: 1024)
    while left > 0 {
      var waiting = [client, office].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      guard poll(&waiting, 2, 30_000) > 0 else { return false }
      for index in 0..<2 where waiting[index].revents != 0 && left > 0 {
        let count = recv(waiting[index].fd, &buffer, min(left, buffer.count), 0)
        guard count > 0 else { return false }
        left -= count
        state.withLock { state in
          if index == 0 { state.up += count } else { state.down += count }
        }
        guard Loopback.send(buffer[..<count], to: waiting[1 - index].fd) else { return false }
      }
    }
    return true
  }
}
