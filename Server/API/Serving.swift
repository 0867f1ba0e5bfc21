import Glibc
import Hummingbird
import Logging
import NIOCore
import Store
import Synchronization

/// Why the office could not begin to listen.
public struct ListenError: Error, Hashable, Sendable {
  /// What stands in the way.
  public enum Reason: Hashable, Sendable {
    /// Another program listens there.
    case taken
    /// The address is not one of this machine's.
    case foreignAddress
    /// Only the system's administrator may listen there.
    case forbidden
    /// Something else, in the system's words.
    case other(String)
  }

  /// The address.
  public let host: String
  /// The port.
  public let port: Int
  /// What stands in the way.
  public let reason: Reason
}

/// Serves laptops until the process is asked to end; requests under way are finished first.
///
/// - Parameters:
///   - store: the office's store.
///   - host: the address to listen on.
///   - port: the port; zero for any that is free.
///   - logger: where one line per sync goes.
///   - onReady: told the port once laptops can come.
/// - Throws: ``ListenError`` if it could not begin.
public func serve(
  store: Store, host: String, port: Int, logger: Logger,
  onReady: @escaping @Sendable (Int) -> Void
) async throws {
  let isReady = Atomic(false)
  let application = buildApplication(
    store: store, host: host, port: port, logger: logger,
    onReady: { port in
      isReady.store(true, ordering: .sequentiallyConsistent)
      onReady(port)
    })
  do {
    try await application.runService()
  } catch {
    guard !isReady.load(ordering: .sequentiallyConsistent) else { throw error }
    throw ListenError(host: host, port: port, reason: ListenError.Reason(error))
  }
}

extension ListenError.Reason {
  init(_ error: any Error) {
    switch (error as? IOError)?.errnoCode {
    case EADDRINUSE: self = .taken
    case EADDRNOTAVAIL: self = .foreignAddress
    case EACCES: self = .forbidden
    default:
      self = error is SocketAddressError ? .foreignAddress : .other("\(error)")
    }
  }
}
