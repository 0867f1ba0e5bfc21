import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Store

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
  buildApplication(
    store: store, host: host, port: port, logger: logger, limits: Limits(), onReady: onReady)
}

func buildApplication(
  store: Store, host: String, port: Int, logger: Logger, limits: Limits,
  onReady: @escaping @Sendable (Int) -> Void = { _ in }
) -> some ApplicationProtocol {
  // The framework speaks when something is wrong; what is done is the office's own to log.
  var framework = logger
  framework.logLevel = max(.warning, logger.logLevel)
  let census = Census(limit: limits.peerConnections)
  return Application(
    router: buildRouter(
      store: store, logger: logger, limits: limits, context: OfficeContext.self),
    server: .http1(
      configuration: .init(
        additionalChannelHandlers: [ConnectionGuard(limits: limits, census: census)],
        idleTimeout: TimeAmount(limits.idle),
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: 8 << 10, maxHeaderListSize: 16 << 10, maxHeaderFieldCount: 64))),
    configuration: ApplicationConfiguration(
      address: .hostname(host, port: port),
      availableConnectionsDelegate: MaximumAvailableConnections(
        limits.connections, logger: framework)),
    onServerRunning: { channel in onReady(channel.localAddress?.port ?? port) },
    logger: framework)
}

/// Makes what answers requests, which tests ask without a network.
///
/// - Parameters:
///   - limits: how much, and for how long, anybody may take of what everybody needs.
///   - context: what the framework hands on with each request.
func buildRouter<Context: RemoteAddressRequestContext>(
  store: Store, logger: Logger, limits: Limits = Limits(), context: Context.Type
) -> Router<Context> {
  let router = Router(context: context)
  router.add(middleware: ProblemResponse(logger: logger))
  Counter(store: store, limits: limits, logger: logger).addRoutes(to: router)
  return router
}
