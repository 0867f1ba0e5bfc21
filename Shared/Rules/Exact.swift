import Model

/// Exact arithmetic for rules: every decimal at one scale.
///
/// A decimal has at most 18 digits and 15 places, so in units of 10⁻¹⁵ it is below 10³³. An
/// `Int128` holds 1.7 × 10³⁸: room for a hundredfold of any value, and for the total of a group.
extension Decimal {
  /// Places of the common scale.
  private static let places: UInt8 = 15

  /// The number in units of 10⁻¹⁵.
  var exact: Int128 {
    var digits = Int128(unscaled)
    for _ in stride(from: scale, to: Self.places, by: 1) { digits *= 10 }
    return digits
  }

  /// Makes the number of so many units of 10⁻¹⁵; `nil` if it has more digits than a decimal.
  init?(exact units: Int128) {
    var digits = units
    var scale = Self.places
    while scale > 0, digits % 10 == 0 {
      digits /= 10
      scale -= 1
    }
    guard let small = Int64(exactly: digits) else { return nil }
    self.init(unscaled: small, scale: scale)
  }
}
