/// How far a request has come, in bytes of body.
public struct CarrierProgress: Sendable, Equatable {
  /// Whether a request that was asked about goes on.
  public enum Decision: Sendable {
    /// Carries on.
    case goOn
    /// Ends the request with ``CarrierError/cancelled``.
    case cancel
  }

  /// How much of the request is out.
  public var sent: Int

  /// How long the request is.
  public var toSend: Int

  /// How much of the reply is in.
  public var received: Int

  /// How long the reply will be, or nil while that is not known.
  public var toReceive: Int?

  /// Makes a measure of progress.
  public init(sent: Int, toSend: Int, received: Int, toReceive: Int?) {
    self.sent = sent
    self.toSend = toSend
    self.received = received
    self.toReceive = toReceive
  }
}
