/// A value that an expression of a form works with.
///
/// The rules are those of XPath 1.0 as survey tools apply them: an answer that was not given is the
/// empty string, a comparison with a missing number is false, and nothing is ever an error once
/// the expression was read. Days and times are values of their own, so that they print as dates and
/// compare as numbers of days.
public enum XPathValue: Hashable, Sendable {
  /// Text; empty where there is no answer.
  case string(String)
  /// A number; NaN where something was none.
  case number(Double)
  /// True or false.
  case boolean(Bool)
  /// A day, counted from 1970-01-01.
  case date(Int32)
  /// A time on the survey's wall clock, in milliseconds since 1970-01-01 00:00.
  case dateTime(Int64)
  /// The answers of several rows or elements, none of them a list itself.
  case nodes([XPathValue])

  /// No answer.
  public static let empty = XPathValue.string("")

  /// The values as one: the only one of a list is itself.
  static func of(_ values: [XPathValue]) -> XPathValue {
    values.count == 1 ? values[0] : .nodes(values)
  }

  /// The value as text; of a list, the first one's.
  public var string: String {
    switch self {
    case .string(let text): text
    case .number(let number): XPathNumber.text(number)
    case .boolean(let flag): flag ? "true" : "false"
    case .date(let day): CivilDate(daysSince1970: day).description
    case .dateTime(let wall): CivilTime.text(ofWallClock: wall, separator: "T", seconds: true)
    case .nodes(let values): values.first?.string ?? ""
    }
  }

  /// The value as a number: of a day, the days since 1970; NaN if it is none.
  public var number: Double {
    switch self {
    case .string(let text): XPathNumber.number(text)
    case .number(let number): number
    case .boolean(let flag): flag ? 1 : 0
    case .date(let day): Double(day)
    case .dateTime(let wall): Double(wall) / Double(CivilTime.day)
    case .nodes(let values): values.first?.number ?? .nan
    }
  }

  /// Whether the value counts as true: text that is not empty, a number that is not zero.
  public var boolean: Bool {
    switch self {
    case .string(let text): !text.isEmpty
    case .number(let number): number != 0 && !number.isNaN
    case .boolean(let flag): flag
    case .date, .dateTime: true
    case .nodes(let values): values.count == 1 ? values[0].boolean : !values.isEmpty
    }
  }

  /// Whether it is no answer.
  public var isEmpty: Bool {
    switch self {
    case .string(let text): text.isEmpty
    case .number, .boolean, .date, .dateTime: false
    case .nodes(let values): values.allSatisfy(\.isEmpty)
    }
  }

  /// What a comparison tries one by one: no rows at all compare as no answer.
  var alternatives: [XPathValue] {
    guard case .nodes(let values) = self else { return [self] }
    return values.isEmpty ? [.empty] : values
  }
}

extension XPathValue {
  /// Whether some value of the left equals (or differs from) some value of the right.
  static func equals(_ left: XPathValue, _ right: XPathValue, negated: Bool) -> Bool {
    for a in left.alternatives {
      for b in right.alternatives where same(a, b) != negated { return true }
    }
    return false
  }

  /// Whether some value of the left stands so to some value of the right, as numbers.
  static func relates(
    _ left: XPathValue, _ right: XPathValue, by holds: (Double, Double) -> Bool
  ) -> Bool {
    for a in left.alternatives {
      for b in right.alternatives {
        let (x, y) = (a.number(beside: b), b.number(beside: a))
        if holds(x, y) { return true }
      }
    }
    return false
  }

  private static func same(_ left: XPathValue, _ right: XPathValue) -> Bool {
    switch (left, right) {
    case (.boolean, _), (_, .boolean): left.boolean == right.boolean
    case (.number, _), (_, .number): left.number == right.number
    case (.date, .dateTime), (.dateTime, .date): left.number == right.number
    case (.dateTime, .string), (.string, .dateTime):
      left.number(beside: right) == right.number(beside: left)
    default: left.string.utf8.elementsEqual(right.string.utf8)
    }
  }

  /// The number of a value; text beside a day or time is read as one.
  private func number(beside other: XPathValue) -> Double {
    guard case .string(let text) = self else { return number }
    switch other {
    case .date, .dateTime:
      if let date = CivilDate(text) { return Double(date.daysSince1970) }
      guard let wall = CivilTime.instant(text, zoneOffsetMinutes: 0) else { return .nan }
      return Double(wall) / Double(CivilTime.day)
    default: return number
    }
  }
}

/// Numbers as XPath reads and writes them: without exponents.
enum XPathNumber {
  /// The number that text stands for, NaN if it stands for none.
  static func number(_ text: String) -> Double {
    var digits: [UInt8] = []
    var hasDigit = false
    var hasPoint = false
    for byte in text.utf8.trimmed {
      switch byte {
      case 48...57: hasDigit = true
      case 45 where digits.isEmpty: break
      case 46 where !hasPoint: hasPoint = true
      default: return .nan
      }
      digits.append(byte)
    }
    guard hasDigit else { return .nan }
    if digits.last == 46 { digits.removeLast() }
    return Double(String(decoding: digits, as: UTF8.self)) ?? .nan
  }

  /// The shortest text that reads as the number.
  static func text(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
    if number == number.rounded(), abs(number) < 1e15 { return String(Int64(number)) }
    let short = number.description
    guard let mark = short.firstIndex(of: "e") else { return short }
    let exponent = Int(short[short.index(after: mark)...]) ?? 0
    return expanded(short[..<mark], exponent: exponent)
  }

  private static func expanded(_ mantissa: Substring, exponent: Int) -> String {
    let sign = mantissa.hasPrefix("-") ? "-" : ""
    let parts = mantissa.drop { $0 == "-" }.split(separator: ".")
    let whole = parts.first ?? "0"
    let fraction = parts.count > 1 && parts[1] != "0" ? parts[1] : ""
    let digits = String(whole) + fraction
    let point = whole.utf8.count + exponent
    if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
    let missing = point - digits.utf8.count
    if missing >= 0 { return sign + digits + String(repeating: "0", count: missing) }
    return sign + digits.prefix(point) + "." + digits.dropFirst(point)
  }
}

extension Collection where Element == UInt8 {
  /// The bytes without the white space at both ends.
  var trimmed: SubSequence {
    guard let first = firstIndex(where: { !isWhite($0) }) else { return self[endIndex...] }
    var end = first
    var index = first
    while index != endIndex {
      let next = self.index(after: index)
      if !isWhite(self[index]) { end = next }
      index = next
    }
    return self[first..<end]
  }

  private func isWhite(_ byte: UInt8) -> Bool {
    byte == 32 || (9...13).contains(byte)
  }
}

extension String {
  /// The text without the white space at both ends, also that of other alphabets and the marks
  /// without width, which come along from spreadsheets and which nobody sees.
  var trimmed: String {
    guard let first = utf8.first, let last = utf8.last else { return self }
    // Nearly every cell of a sheet is trimmed as it stands.
    if (33...127).contains(first) && (33...127).contains(last) { return self }
    let plain = Substring(utf8.trimmed)
    guard plain.utf8.first ?? 0 >= 128 || plain.utf8.last ?? 0 >= 128 else { return String(plain) }
    var scalars = plain.unicodeScalars
    while let first = scalars.first, first.isBlank { scalars.removeFirst() }
    while let last = scalars.last, last.isBlank { scalars.removeLast() }
    return String(Substring(scalars))
  }
}

extension Unicode.Scalar {
  // NB: a list of our own, so that no library's table decides what is an answer.
  fileprivate var isBlank: Bool {
    switch value {
    case 9...13, 32, 0xa0, 0x1680, 0x2000...0x200b, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff:
      true
    default: false
    }
  }
}
