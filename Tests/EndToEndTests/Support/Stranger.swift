import Glibc

/// A server on the loopback that is no office: to whoever connects it says one thing, and hangs up.
final class Stranger: Sendable {
  private let loopback: Loopback
  private let says: String

  /// Listens at a port, or at any that is free.
  init(at port: UInt16 = 0, says: String) throws(Loopback.Failure) {
    self.says = says
    loopback = try Loopback(at: port)
  }

  deinit { loopback.close() }

  var port: UInt16 { loopback.port }

  /// Answers in a thread of its own until the body has ended.
  func answering<Result>(_ body: () throws -> Result) throws -> Result {
    try loopback.serving({ [says] in Self.answer(says, to: $0) }, until: body)
  }

  private static func answer(_ says: String, to connection: Int32) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    _ = recv(connection, &buffer, buffer.count, 0)
    Loopback.send(Array(says.utf8)[...], to: connection)
    shutdown(connection, Int32(SHUT_WR))
    // Whatever else was sent is read, so that hanging up does not take back what was said.
    while recv(connection, &buffer, buffer.count, 0) > 0 {}
  }
}
