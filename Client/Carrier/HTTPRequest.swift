/// What is asked of a server.
public struct HTTPRequest: Sendable {
  /// What a request does; the sync needs no more than these.
  public enum Method: Sendable {
    /// Fetches, without a body.
    case get
    /// Hands over a body.
    case post
  }

  /// Whether the request fetches or hands over.
  public var method: Method

  /// The whole address, scheme included, because a guessed scheme would be an unsafe one.
  public var url: String

  /// The headers in the order in which they are sent; a name may come more than once.
  public var headers: [(name: String, value: String)]

  /// The bytes that are handed over; empty for a GET.
  public var body: [UInt8]

  /// Makes a request; it is checked when it is sent.
  public init(
    _ method: Method,
    _ url: String,
    headers: [(name: String, value: String)] = [],
    body: [UInt8] = []
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }
}
