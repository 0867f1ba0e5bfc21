import Model

/// A place on Earth, and how far it is from another, in integers alone.
///
/// A verdict must be the same on every machine, so no library's sine or root is asked: those may
/// differ in the last bit, and the last bit decides at 100 m. Coordinates are whole numbers of
/// 10⁻⁷ degrees (11 mm). The distance is that of a flat map at the middle latitude, on a sphere of
/// 6,371,008.8 m; the cosine is a polynomial in 30-bit fractions, off by less than 10⁻⁷.
///
/// Within Indonesia (11° S to 6° N) and up to 10 km this is within 0.01 % of the great circle on
/// that sphere, which itself is within 0.6 % of the ellipsoid. From one end of the country to the
/// other, and within a few hundred metres of a pole, it is rough; but then rules ask no more of it
/// than on which side of 100 m it lies.
public struct Position: Hashable, Sendable {
  /// Degrees north in units of 10⁻⁷, from −90 to 90 degrees.
  public let latitude: Int64
  /// Degrees east in units of 10⁻⁷, from −180 to 180 degrees.
  public let longitude: Int64

  private static let quarterTurn: Int64 = 900_000_000
  private static let turn: Int64 = 4 * quarterTurn
  private static let fractionBits: Int64 = 30

  /// Rounds coordinates in degrees; `nil` if they are not on Earth.
  public init?(latitude: Decimal, longitude: Decimal) {
    guard latitude >= Decimal(-90), latitude <= Decimal(90), longitude >= Decimal(-180),
      longitude <= Decimal(180)
    else { return nil }
    self.latitude = Position.rounded(latitude)
    self.longitude = Position.rounded(longitude)
  }

  /// The distance in whole millimetres, rounded down.
  public func millimetres(to other: Position) -> Int64 {
    let northward = abs(latitude - other.latitude)
    let around = abs(longitude - other.longitude)
    let eastward = min(around, Position.turn - around)
    let middle = abs(latitude + other.latitude) / 2
    let y = Int128(northward << Position.fractionBits)
    let x = Int128(eastward * Position.cosine(middle))
    let units = Position.root(UInt128(x * x + y * y))
    // One unit of latitude is 11,119,508 nm.
    return Int64(((units * 11_119_508) >> Position.fractionBits) / 1_000_000)
  }

  /// Whether the other place is more than 100 m away.
  func isFar(from other: Position) -> Bool {
    millimetres(to: other) > 100_000
  }

  /// The nearest multiple of 10⁻⁷ degrees, halves away from zero.
  private static func rounded(_ degrees: Decimal) -> Int64 {
    let unit: Int128 = 100_000_000
    let half = degrees.exact < 0 ? -unit / 2 : unit / 2
    return Int64((degrees.exact + half) / unit)
  }

  /// The cosine of an angle of 0 to 90 degrees in units of 10⁻⁷, times 2³⁰: its power series up to
  /// the 14th power, whose next term is below 10⁻⁹.
  private static func cosine(_ angle: Int64) -> Int64 {
    // 10⁻⁷ degrees are 1.874033 · 2⁻³⁰ radians.
    let radians = angle * 1_874_033 / 1_000_000
    let square = (radians * radians) >> fractionBits
    var term: Int64 = 1 << fractionBits
    var sum = term
    for power in stride(from: Int64(2), through: 14, by: 2) {
      term = -((term * square) >> fractionBits) / (power * (power - 1))
      sum += term
    }
    return max(0, sum)
  }

  /// The largest number whose square is not above the given one.
  private static func root(_ square: UInt128) -> UInt128 {
    var root: UInt128 = 0
    var bit: UInt128 = 1 << 63
    while bit > 0 {
      let candidate = root | bit
      if candidate * candidate <= square { root = candidate }
      bit >>= 1
    }
    return root
  }
}
