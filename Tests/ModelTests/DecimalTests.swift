import Bytes
import Model
import TestSupport
import Testing

/// Exact decimals, against whole numbers of 128 bits that count 10⁻¹⁵.
struct DecimalTests {
  static let greatest: Int64 = 999_999_999_999_999_999

  static func power(_ exponent: Int) -> Int128 {
    (0..<exponent).reduce(1) { product, _ in product * 10 }
  }

  /// The number in units of 10⁻¹⁵.
  static func units(_ number: Decimal) -> Int128 {
    Int128(number.unscaled) * power(15 - Int(number.scale))
  }

  /// What text means, in units of 10⁻¹⁵, read by taking it apart rather than digit by digit.
  static func units(_ text: String) -> Int128? {
    var digits = Substring(text)
    let isNegative = digits.hasPrefix("-")
    if isNegative || digits.hasPrefix("+") { digits.removeFirst() }
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.contains(where: { !$0.isEmpty }) else { return nil }
    guard parts.joined().allSatisfy({ "0123456789".contains($0) }) else { return nil }
    let whole = parts[0].drop { $0 == "0" }
    var places = parts.count == 2 ? parts[1] : ""
    while places.last == "0" { places.removeLast() }
    let significant = (whole + places).drop { $0 == "0" }
    guard places.count <= 15, significant.count <= 18 else { return nil }
    let magnitude = (Int128(significant) ?? 0) * power(15 - places.count)
    return isNegative ? -magnitude : magnitude
  }

  static let small: [Decimal] = {
    var all: Set<Decimal> = []
    for unscaled in -25...25 as ClosedRange<Int64> {
      for scale in 0...3 as ClosedRange<UInt8> {
        Decimal(unscaled: unscaled, scale: scale).map { _ = all.insert($0) }
      }
    }
    return all.sorted()
  }()

  static func random(_ count: Int, seed: Int) -> [Decimal] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in random.decimal() }
  }

  // MARK: Reading and printing

  @Test(arguments: [
    ("0", "0"), ("-0", "0"), ("+0.00", "0"), ("007", "7"), ("12", "12"), ("-8.65", "-8.65"),
    ("+0.5", "0.5"), (".5", "0.5"), ("5.", "5"), ("1.500", "1.5"), ("-0.050", "-0.05"),
    ("100", "100"), ("0.000000000000001", "0.000000000000001"),
    ("999999999999999999", "999999999999999999"), ("-999.999999999999999", "-999.999999999999999"),
    ("999999999999999999.000", "999999999999999999"),
  ])
  func `A number is read and printed in its shortest form`(text: String, printed: String) throws {
    let number = try #require(Decimal(text))

    #expect(number.description == printed)
    #expect(Decimal(printed) == number)
  }

  @Test(arguments: [
    "", "-", "+", ".", "-.", "1.2.3", "1,5", "1e3", " 1", "1 ", "--1", "1-", "0x1", "٣", "NaN",
    "1000000000000000000", "0.0000000000000001", "1234567890123456789", "1234567890.123456789",
    "99999999999999999.99",
  ])
  func `What is no number, or too long for one, is refused`(text: String) {
    #expect(Decimal(text) == nil)
  }

  @Test func `Every short text means what it says`() {
    var gen = Gen()
    while !gen.done() {
      let text = gen.list(upTo: 5, of: ["0", "1", "9", ".", "-", "+"]).joined()
      if Decimal(text).map(Self.units) != Self.units(text) { Issue.record("\(text)") }
    }
  }

  @Test func `Random long texts mean what they say`() {
    var random = SplitMix64(seed: 5)
    for _ in 0..<3000 {
      func digits(upTo length: Int) -> String {
        let isMostlyZero = random.yes()
        return (0..<random.below(length + 1)).map { _ in
          isMostlyZero && random.chance(85) ? "0" : String(random.below(10))
        }.joined()
      }
      let text =
        random.pick(["", "-", "+"]) + digits(upTo: 20) + random.pick(["", "."])
        + digits(upTo: 20)
      if Decimal(text).map(Self.units) != Self.units(text) { Issue.record("\(text)") }
    }
  }

  @Test(arguments: [255, 256, 300, 100_000])
  func `Any number of zeros can be read`(count: Int) {
    let zeros = String(repeating: "0", count: count)

    #expect(Decimal("0." + zeros) == .zero)
    #expect(Decimal(zeros + "7") == Decimal(7))
    #expect(Decimal("7." + zeros) == Decimal(7))
    #expect(Decimal("0." + zeros + "1") == nil)
    #expect(Decimal("1" + zeros) == nil)
  }

  @Test func `What is printed is read again, and nothing shorter would do`() {
    for number in Self.small + Self.random(2000, seed: 6) {
      let text = number.description
      if Decimal(text) != number { Issue.record("\(text)") }
      if text.contains("."), text.hasSuffix("0") || text.hasSuffix(".") { Issue.record("\(text)") }
      if Self.units(text) != Self.units(number) { Issue.record("\(text)") }
    }
  }

  // MARK: One value, one representation

  @Test func `Equal values have one representation`() {
    var gen = Gen()
    while !gen.done() {
      let unscaled = Int64(gen.below(221) - 110)
      let scale = UInt8(gen.below(5))
      let number = Decimal(unscaled: unscaled, scale: scale)
      let finer = Decimal(unscaled: unscaled * 1000, scale: scale + 3)

      if number == nil || number != finer { Issue.record("\(unscaled) at \(scale)") }
      if let number, number.scale > 0, number.unscaled % 10 == 0 { Issue.record("\(number)") }
    }
  }

  @Test func `A number has at most 18 digits and 15 decimals`() {
    #expect(Decimal(unscaled: Self.greatest, scale: 15) != nil)
    #expect(Decimal(unscaled: -Self.greatest, scale: 15) != nil)
    #expect(Decimal(unscaled: Self.greatest + 1, scale: 0) == nil)
    #expect(Decimal(unscaled: .min, scale: 0) == nil)
    #expect(Decimal(unscaled: 1, scale: 16) == nil)
    #expect(Decimal(unscaled: 10, scale: 16) == Decimal(unscaled: 1, scale: 15))
    #expect(Decimal(unscaled: 0, scale: .max) == .zero)
    #expect(Decimal(.max) == Decimal(Self.greatest))
    #expect(Decimal(.min) == Decimal(-Self.greatest))
  }

  @Test func `Only a whole number is whole`() {
    #expect(Decimal(-7).whole == -7)
    #expect(Decimal("70.0")?.whole == 70)
    #expect(Decimal("0.5")?.whole == nil)
    #expect(Decimal("-8.65")?.approximation == -8.65)
  }

  // MARK: Comparing and adding

  @Test func `Small numbers compare as their values do`() {
    for a in Self.small {
      for b in Self.small {
        let (left, right) = (Self.units(a), Self.units(b))
        if (a < b) != (left < right) || (a == b) != (left == right) { Issue.record("\(a), \(b)") }
      }
    }
  }

  @Test func `Numbers of all lengths compare as their values do, to the last digit`() {
    for a in Self.random(2000, seed: 7) {
      for b in [a, Decimal(unscaled: a.unscaled + 1, scale: a.scale), Decimal(a.unscaled)] {
        guard let b else { continue }
        let (left, right) = (Self.units(a), Self.units(b))
        if (a < b) != (left < right) || (b < a) != (right < left) || (a == b) != (left == right) {
          Issue.record("\(a), \(b)")
        }
      }
    }
    #expect(Decimal.read("0.1") < Decimal.read("0.100000000000001"))
    #expect(Decimal.read("999999999999999998") < Decimal.read("999999999999999999"))
  }

  @Test func `Sums are exact, or none`() {
    let greatestSum = Int128(Self.greatest) * Self.power(15)
    let numbers = Self.small.filter { $0.unscaled.magnitude < 8 } + Self.random(150, seed: 8)
    for a in numbers {
      for b in numbers {
        let units = Self.units(a) + Self.units(b)
        if let sum = a.adding(b) {
          if Self.units(sum) != units { Issue.record("\(a) + \(b) = \(sum)") }
        } else {
          // There is none only where no 18 digits would do.
          var digits = units
          while digits != 0, digits % 10 == 0 { digits /= 10 }
          let isTooLong = digits.magnitude > Self.greatest || units.magnitude > greatestSum
          if !isTooLong { Issue.record("\(a) + \(b)") }
        }
      }
    }
    #expect(Decimal(Self.greatest).adding(Decimal(1)) == nil)
    #expect(Decimal.read("0.1").adding(Decimal.read("0.2")) == Decimal("0.3"))
  }
}
