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

  let port: UInt16
  private let listener: Int32
  private let target: UInt16
  private let limits = Mutex(Int.max)
  private let state = Mutex(Count())

  /// Listens at any port that is free, and hands on to another one.
  init(to target: Int) throws(StrangerError) {
    self.target = UInt16(target)
    (listener, port) = try Stranger.listener()
  }

  deinit { _ = Glibc.close(listener) }

  /// How many bytes pass on a connection; all at first.
  var limit: Int {
    get { limits.withLock { $0 } }
    set { limits.withLock { $0 = newValue } }
  }

  var count: Count { state.withLock { $0 } }

  /// Hands on in a thread of its own until the body has ended.
  func carrying<Result>(_ body: () throws -> Result) throws -> Result {
    var thread = pthread_t()
    let box = Unmanaged.passRetained(self)
    pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer else { return nil }
        let line = Unmanaged<CuttingLine>.fromOpaque(pointer).takeRetainedValue()
        while line.carryOne() {}
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
    let office = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard Stranger.with(port: target, { connect(office, $0, $1) == 0 }) else {
      _ = Glibc.close(client)
      _ = Glibc.close(office)
      return true
    }
    let isCut = pump(client, office)
    if isCut {
      // On a line what arrives is read while more is on its way; here it would all be of one moment.
      usleep(30_000)
      state.withLock { $0.cuts += 1 }
    }
    _ = Glibc.close(client)
    _ = Glibc.close(office)
    return true
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
        var sent = 0
        while sent < count {
          let done = buffer[sent..<count].withUnsafeBytes {
            send(waiting[1 - index].fd, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
          }
          guard done > 0 else { return false }
          sent += done
        }
      }
    }
    return true
  }
}
