import Bytes

/// An exact decimal number of at most 18 digits.
///
/// Money, coordinates and counts are decimals: 0.1 is 0.1, and equal values have equal bytes.
///
/// - Invariant: `scale` is at most 15 and the last digit of `unscaled` is not zero unless `scale`
///   is, so equal values have one representation.
public struct Decimal: Hashable, Sendable {
  /// The digits, as if there were no decimal point.
  public let unscaled: Int64
  /// How many of the digits stand after the point.
  public let scale: UInt8

  static let greatest: Int64 = 999_999_999_999_999_999
  static let greatestScale: UInt8 = 15

  /// Makes a whole number; those beyond 18 digits become the largest there is.
  public init(_ whole: Int64) {
    unscaled = max(-Self.greatest, min(Self.greatest, whole))
    scale = 0
  }

  /// Makes `unscaled / 10^scale`, or `nil` if it has more than 18 digits or 15 decimals.
  public init?(unscaled: Int64, scale: UInt8) {
    guard unscaled >= -Self.greatest, unscaled <= Self.greatest else { return nil }
    var digits = unscaled
    var places = scale
    while places > 0, digits % 10 == 0 {
      digits /= 10
      places -= 1
    }
    guard places <= Self.greatestScale else { return nil }
    self.unscaled = digits
    self.scale = places
  }

  /// Reads `-8.65`, `12` or `+0.5`; `nil` if it is anything else or too long.
  public init?(_ text: String) {
    var digits: Int64 = 0
    var places: UInt8 = 0
    var seen = false
    var point = false
    var negative = false
    for (index, character) in text.utf8.enumerated() {
      switch character {
      case 43, 45:
        guard index == 0 else { return nil }
        negative = character == 45
      case 46:
        guard !point else { return nil }
        point = true
      case 48...57:
        seen = true
        guard digits < 100_000_000_000_000_000 else {
          // Only zeros after the point may follow the 18th digit.
          guard point, character == 48 else { return nil }
          continue
        }
        digits = digits * 10 + Int64(character - 48)
        // NB: never past 255, or a long row of zeros would overflow; 16 places are too many anyway.
        if point, places < .max { places += 1 }
      default: return nil
      }
    }
    guard seen else { return nil }
    self.init(unscaled: negative ? -digits : digits, scale: places)
  }

  /// The nearest floating-point number, for evaluating a form's expressions.
  public var approximation: Double {
    var divisor = 1.0
    for _ in 0..<scale { divisor *= 10 }
    return Double(unscaled) / divisor
  }

  /// The number if it is whole.
  public var whole: Int64? { scale == 0 ? unscaled : nil }

  /// Zero.
  public static let zero = Decimal(0)

  /// The digits of this number at another scale, exactly.
  func digits(at places: UInt8) -> Int128 {
    var digits = Int128(unscaled)
    for _ in scale..<max(scale, places) { digits *= 10 }
    return digits
  }

  /// The exact sum, or `nil` if it has more than 18 digits.
  public func adding(_ other: Decimal) -> Decimal? {
    let places = max(scale, other.scale)
    var sum = digits(at: places) + other.digits(at: places)
    var left = places
    while left > 0, sum % 10 == 0 {
      sum /= 10
      left -= 1
    }
    guard let small = Int64(exactly: sum) else { return nil }
    return Decimal(unscaled: small, scale: left)
  }
}

extension Decimal: Comparable {
  /// Compares by value, exactly.
  public static func < (left: Decimal, right: Decimal) -> Bool {
    let places = max(left.scale, right.scale)
    return left.digits(at: places) < right.digits(at: places)
  }
}

extension Decimal: CustomStringConvertible {
  /// The shortest exact form, with a point: `-8.65`.
  public var description: String {
    if scale == 0 { return String(unscaled) }
    let digits = String(unscaled.magnitude)
    let padded = String(repeating: "0", count: max(0, Int(scale) + 1 - digits.utf8.count)) + digits
    let point = padded.index(padded.endIndex, offsetBy: -Int(scale))
    return (unscaled < 0 ? "-" : "") + padded[..<point] + "." + padded[point...]
  }
}

extension Decimal {
  func encode(to writer: inout ByteWriter) {
    writer.byte(scale)
    writer.signed(unscaled)
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.position
    let scale = try reader.byte()
    let unscaled = try reader.signed()
    guard let value = Decimal(unscaled: unscaled, scale: scale), value.scale == scale else {
      throw .malformedNumber(at: start)
    }
    self = value
  }
}
