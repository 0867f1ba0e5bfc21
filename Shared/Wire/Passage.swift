import Bytes

/// How far a request and its reply have come over a line that breaks off: one *passage*, which a laptop
/// names by a number of its own, so that what has arrived of either is not sent again.
///
/// ```
/// Kulkul-Passage: 0f3c…/2/81920/612345/0
/// ```
public struct Passage: Hashable, Sendable {
  /// The header that says it.
  public static let header = "Kulkul-Passage"
  /// How many letters the number of a session has.
  private static let sessionLength = 32

  /// The number of the laptop's session, 128 random bits in hexadecimal: who does not know it can
  /// neither go on with a passage nor take its reply.
  public let session: String
  /// Which passage of the session: one is under way at a time.
  public let number: Int
  /// Where in the request the body begins.
  public var start: Int
  /// How long the whole request is.
  public let total: Int
  /// How much of the reply the laptop has.
  public var received: Int

  /// Makes the label of a passage that is just begun.
  public init(session: String, number: Int, total: Int) {
    self.session = session
    self.number = number
    start = 0
    self.total = total
    received = 0
  }

  /// Makes the number of a session.
  public static func session(_ first: UInt64, _ second: UInt64) -> String {
    var writer = ByteWriter()
    writer.fixed64(first)
    writer.fixed64(second)
    return Hex.text(writer.bytes)
  }

  /// The header's value.
  public var text: String { "\(session)/\(number)/\(start)/\(total)/\(received)" }

  /// Reads a header's value; `nil` if it is none.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0].utf8.count == Self.sessionLength,
      parts[0].utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
    else { return nil }
    let numbers = parts.dropFirst().compactMap { Int($0) }
    guard numbers.count == 4, numbers.allSatisfy({ $0 >= 0 }), numbers[1] <= numbers[2] else {
      return nil
    }
    self.init(session: String(parts[0]), number: numbers[0], total: numbers[2])
    start = numbers[1]
    received = numbers[3]
  }
}
