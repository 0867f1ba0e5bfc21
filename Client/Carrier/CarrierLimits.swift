/// How long a request may take and how much a reply may bring.
///
/// A slow network is no fault, so what ends a request is silence rather than length: it may last as
/// long as bytes keep coming.
public struct CarrierLimits: Sendable, Equatable {
  /// How long the connection, TLS included, may take to come about.
  public var connectTimeoutSeconds: Int

  /// The speed below which a connection counts as silent; zero turns the check off.
  public var lowSpeedBytesPerSecond: Int

  /// How long a connection may be silent, as it also is while the server thinks.
  public var lowSpeedSeconds: Int

  /// How long the other side may leave what was sent to it unacknowledged.
  ///
  /// After that the connection is taken for lost. What the server thinks about does not count: its
  /// system acknowledges meanwhile.
  public var lossSeconds: Int

  /// How long the whole request may take, or nil for as long as it moves.
  public var totalSeconds: Int?

  /// How many bytes of body are taken, so that memory is bounded whatever a server sends.
  public var maximumReplyBytes: Int

  /// Makes limits.
  ///
  /// - Precondition: times are at least a second (zero would mean a default of libcurl's own) and
  ///   nothing is negative.
  public init(
    connectTimeoutSeconds: Int,
    lowSpeedBytesPerSecond: Int,
    lowSpeedSeconds: Int,
    lossSeconds: Int = 20,
    totalSeconds: Int? = nil,
    maximumReplyBytes: Int
  ) {
    precondition(connectTimeoutSeconds > 0, "BUG: a connect timeout of no time")
    precondition(lowSpeedBytesPerSecond >= 0, "BUG: a negative speed")
    precondition(lowSpeedSeconds > 0, "BUG: a silence of no time")
    precondition(lossSeconds > 0, "BUG: a loss of no time")
    precondition(totalSeconds ?? 1 > 0, "BUG: a request of no time")
    precondition(maximumReplyBytes >= 0, "BUG: a negative reply")
    self.connectTimeoutSeconds = connectTimeoutSeconds
    self.lowSpeedBytesPerSecond = lowSpeedBytesPerSecond
    self.lowSpeedSeconds = lowSpeedSeconds
    self.lossSeconds = lossSeconds
    self.totalSeconds = totalSeconds
    self.maximumReplyBytes = maximumReplyBytes
  }

  /// Patient with a village's network, and no more than 64 MiB of reply.
  public static let standard = CarrierLimits(
    connectTimeoutSeconds: 30,
    lowSpeedBytesPerSecond: 1,
    lowSpeedSeconds: 60,
    maximumReplyBytes: 64 << 20)
}
