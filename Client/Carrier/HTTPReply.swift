/// What a server answered, complete to the last byte.
public struct HTTPReply: Sendable, Equatable {
  /// The HTTP status; a redirect or a refusal is a reply like any other.
  public var status: Int

  /// The type that the server gave the body, parameters included, as it wrote it.
  public var contentType: String?

  /// The bytes of the body.
  public var body: [UInt8]

  /// Makes a reply, as tests and carriers without a network do.
  public init(status: Int, contentType: String? = nil, body: [UInt8] = []) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }
}
