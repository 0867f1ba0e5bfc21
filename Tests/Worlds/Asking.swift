import Store
import Sync
import Wire

/// A session that did not begin with a request.
private struct NoRequest: Error {}

extension Store {
  /// A session that has its first request to send.
  ///
  /// - Parameter budget: the most bytes of changes that the request may bring.
  public func beginSession(
    budget limit: Int = SyncSession.budget
  ) throws -> (session: SyncSession, request: SyncRequest) {
    var session = SyncSession()
    guard case .gather(let budget, let refused, let handsIn) = session.start(),
      case .send(let request) = session.gathered(
        try syncMaterial(budget: min(budget, limit), without: refused, handsIn: handsIn))
    else { throw NoRequest() }
    return (session, request)
  }

  /// What a session sends first, for a test that carries the reply itself, or loses it.
  public func firstRequest(budget: Int = SyncSession.budget) throws -> SyncRequest {
    try beginSession(budget: budget).request
  }
}

/// Hands bytes out from their beginning as a file does, never more than was asked for.
public func source(of bytes: [UInt8]) -> (Int) -> [UInt8] {
  var rest = bytes[...]
  return { most in
    let some = Array(rest.prefix(most))
    rest = rest.dropFirst(some.count)
    return some
  }
}
