/// Text that is equal, hashed and ordered by its UTF-8 bytes.
///
/// Swift's `String` calls "é" written as one scalar and as two equal. Replicas compare bytes, so
/// two answers that differ in bytes must differ here too, and their order must not depend on a
/// Unicode table that another version of the program lacks.
public struct Text: Hashable, Comparable, Sendable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  /// The text.
  public let string: String

  /// Makes text of a string.
  public init(_ string: String) {
    self.string = string
  }

  /// Makes text of a literal.
  public init(stringLiteral value: String) {
    string = value
  }

  /// The text itself.
  public var description: String { string }

  /// Whether there is no byte in it.
  public var isEmpty: Bool { string.isEmpty }

  /// Whether both have the same bytes.
  public static func == (left: Text, right: Text) -> Bool {
    let length = left.string.utf8.count
    if length != right.string.utf8.count { return false }
    // NB: where both lie in memory as they are, they are compared there at once.
    let isEqual = left.string.utf8.withContiguousStorageIfAvailable { left in
      right.string.utf8.withContiguousStorageIfAvailable { right in
        left.elementsEqual(right)
      }
    }
    return (isEqual ?? nil) ?? left.string.utf8.elementsEqual(right.string.utf8)
  }

  /// Whether the bytes of the left come before those of the right.
  public static func < (left: Text, right: Text) -> Bool {
    !right.isEmpty && left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
  }

  /// Feeds the bytes to the hasher.
  public func hash(into hasher: inout Hasher) {
    for byte in string.utf8 { hasher.combine(byte) }
    hasher.combine(0xff as UInt8)
  }
}
