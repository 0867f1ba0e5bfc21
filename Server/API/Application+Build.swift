import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Store

/// How long a connection may be silent between requests, in seconds.
private let idleSeconds: Int64 = 120
/// How many laptops may be connected at once; more wait for one to leave.
private let connectionLimit = 512

/// Makes the office's HTTP application over its store, listening nowhere yet.
///
/// - Parameters:
///   - store: the office's store.
///   - host: the address to listen on.
///   - port: the port; zero for any that is free.
///   - logger: where one line per sync goes.
///   - onReady: told the port once laptops can come.
public func buildApplication(
  store: Store, host: String, port: Int, logger: Logger,
  onReady: @escaping @Sendable (Int) -> Void = { _ in }
) -> some ApplicationProtocol {
  // The framework speaks when something is wrong; what is done is the office's own to log.
  var framework = logger
  framework.logLevel = max(.warning, logger.logLevel)
  return Application(
    router: buildRouter(store: store, logger: logger, context: BasicRequestContext.self),
    server: .http1(configuration: .init(idleTimeout: .seconds(idleSeconds))),
    configuration: ApplicationConfiguration(
      address: .hostname(host, port: port),
      availableConnectionsDelegate: MaximumAvailableConnections(
        connectionLimit, logger: framework)),
    onServerRunning: { channel in onReady(channel.localAddress?.port ?? port) },
    logger: framework)
}

/// Makes what answers requests, which tests ask without a network.
///
/// - Parameters:
///   - bodyLimit: the number of bytes at which a body is too large.
///   - context: what the framework hands on with each request.
package func buildRouter<Context: RequestContext>(
  store: Store, logger: Logger, bodyLimit: Int? = nil, context: Context.Type
) -> Router<Context> {
  let router = Router(context: context)
  router.add(middleware: ProblemResponse(logger: logger))
  Counter(store: store, intake: Intake(limit: bodyLimit ?? Intake.limit), logger: logger)
    .addRoutes(to: router)
  return router
}
