import HTTPTypes
import NIOCore
import NIOHTTPTypes
import Synchronization

/// Closes connections that are held and not used.
///
/// The framework closes a connection on which no part of a request arrives, the head included. It
/// has no word about a reply that nobody takes away, about the rest of a body that was turned away
/// unread, or about one address that opens every connection there is.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let limits: Limits
  private let census: Census
  private var peer: Peer?
  private var isBodyOpen = false
  private var alarm: Scheduled<Void>?

  init(limits: Limits, census: Census) {
    self.limits = limits
    self.census = census
  }

  func channelActive(context: ChannelHandlerContext) {
    // A proxy on this machine brings everybody's connections.
    let peer = Peer(context.remoteAddress)
    if !peer.isLocal {
      guard census.enter(peer) else { return context.close(promise: nil) }
      self.peer = peer
    }
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    alarm?.cancel()
    if let peer { census.leave(peer) }
    peer = nil
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: isBodyOpen = true
    case .body: break
    case .end: isBodyOpen = false
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head):
      let length = head.headerFields[.contentLength].flatMap { Int64($0) } ?? 0
      close(context, after: limits.replyTime + .seconds(length / Int64(limits.replyRate)))
      context.write(data, promise: promise)
    case .body: context.write(data, promise: promise)
    case .end:
      let written = promise ?? context.eventLoop.makePromise()
      context.write(data, promise: written)
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      written.futureResult.whenComplete { _ in
        let (handler, context) = bound.value
        handler.alarm?.cancel()
        // Nobody reads on what was turned away; a little later the reply has surely arrived.
        if handler.isBodyOpen { handler.close(context, after: handler.limits.linger) }
      }
    }
  }

  private func close(_ context: ChannelHandlerContext, after time: Duration) {
    alarm?.cancel()
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    alarm = context.eventLoop.scheduleTask(in: TimeAmount(time)) {
      bound.value.close(promise: nil)
    }
  }
}

/// How many connections there are from each address.
final class Census: Sendable {
  private let limit: Int
  private let counts = Mutex<[Peer: Int]>([:])

  init(limit: Int) {
    self.limit = limit
  }

  /// Counts a connection; `false` if there are enough from its address.
  func enter(_ peer: Peer) -> Bool {
    counts.withLock { counts in
      let count = counts[peer] ?? 0
      guard count < limit else { return false }
      counts[peer] = count + 1
      return true
    }
  }

  /// Takes a connection out that ended.
  func leave(_ peer: Peer) {
    counts.withLock { counts in
      let count = counts[peer] ?? 0
      counts[peer] = count > 1 ? count - 1 : nil
    }
  }
}
