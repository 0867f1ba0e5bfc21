/// The workload "denpasar": records of 30 questions in 43 villages, and edits of them, from one
/// fixed seed.
///
/// The draws are made in the order in which the fields are written; the CSV of 4,045 records has the
/// SHA-256 016e89a7936411cc83e342d9287d052b13338eeaf3fbaa4a7797625275912487, so that figures can be
/// compared with those that others reach on the same bytes.
public enum Denpasar {
  /// The seed of everything.
  public static let seed: UInt64 = 20_260_101
  /// How many villages there are.
  public static let villages = 43

  /// What kind of value a field has.
  public enum Kind: Sendable {
    /// Text.
    case text
    /// A whole number.
    case integer
    /// A number with six decimals, kept in millionths.
    case real
  }

  /// A value of a field.
  public enum Value: Hashable, Sendable {
    /// Text.
    case text(String)
    /// A whole number.
    case integer(Int64)
    /// Millionths.
    case real(Int64)

    /// The value as the CSV has it.
    public var csv: String {
      switch self {
      case .text(let text): text
      case .integer(let number): String(number)
      case .real(let millionths): Denpasar.decimal(millionths)
      }
    }

    /// The value in the fewest letters from which it comes back.
    public var short: String {
      switch self {
      case .text(let text): text
      case .integer(let number): String(number)
      case .real(let millionths): String(Double(millionths) / 1_000_000)
      }
    }

    /// The value as JSON.
    var json: String {
      // NB: the workload's texts are words of ASCII, so nothing in them is escaped.
      if case .text(let text) = self { "\"" + text + "\"" } else { short }
    }
  }

  /// The fields in order.
  public static let fields: [(name: String, kind: Kind)] = [
    ("name", .text), ("owner", .text), ("street", .text), ("house_no", .integer),
    ("banjar", .text), ("phone", .text), ("category", .text), ("subcat", .integer),
    ("status", .integer), ("emp_m", .integer), ("emp_f", .integer), ("founded", .integer),
    ("revenue", .integer), ("area", .integer), ("lat", .real), ("lon", .real),
    ("gps_acc", .integer), ("permit", .text), ("tax_id", .text), ("internet", .integer),
    ("signage", .integer), ("opens", .integer), ("closes", .integer), ("interviewer", .text),
    ("visit_date", .text), ("visits", .integer), ("photo", .text), ("legal", .text),
    ("kbli", .text), ("notes", .text),
  ]

  /// The identifier of a record in the workload's own files.
  public static func identifier(_ index: Int) -> String {
    "V\(padded(index % villages, 2))-\(padded(index / villages, 6))"
  }

  /// The values of a record, in the order of the fields.
  ///
  /// - Parameter terms: the words that its texts are made of; the workload has Denpasar's.
  public static func record(_ index: Int, of terms: Terms = .denpasar) -> [Value] {
    var r = SplitMix(seed ^ (UInt64(index) &* 0xD134_2543_DE82_EF95))
    let village = Int64(index % villages)
    var values: [Value] = []
    values.reserveCapacity(fields.count)
    let first = capitalized(r.pick(terms.words))
    let second = r.pick(terms.names)
    values.append(.text("\(first) \(second) \(r.below(90) + 1)"))
    let given = r.pick(terms.names)
    values.append(.text("\(given) \(r.pick(terms.names))"))
    let street = capitalized(r.pick(terms.words))
    values.append(.text("\(terms.street) \(street) \(capitalized(r.pick(terms.words)))"))
    values.append(.integer(Int64(r.below(300) + 1)))
    values.append(.text(r.pick(terms.quarters)))
    values.append(.text("08" + padded(r.below(10_000_000_000), 10)))
    values.append(.text(terms.category + padded(r.below(24) + 1, 2)))
    values.append(.integer(Int64(r.below(100))))
    values.append(.integer(Int64(r.below(5) + 1)))
    values.append(.integer(Int64(r.below(12))))
    values.append(.integer(Int64(r.below(12))))
    values.append(.integer(Int64(1950 + r.below(76))))
    values.append(.integer(Int64(r.below(9) + 1)))
    values.append(.integer(Int64(4 + r.below(2000))))
    values.append(.real(-8_700_000 + village * 3000 + Int64(r.below(20000))))
    values.append(.real(115_180_000 + village * 2000 + Int64(r.below(30000))))
    values.append(.integer(Int64(r.below(30) + 1)))
    values.append(.text(String((0..<10).map { _ in r.pick(alphanumeric) })))
    values.append(.text(padded(r.below(1_000_000_000_000_000), 15)))
    values.append(.integer(Int64(r.below(2))))
    values.append(.integer(Int64(r.below(2))))
    values.append(.integer(Int64(5 + r.below(7))))
    values.append(.integer(Int64(15 + r.below(9))))
    values.append(.text(terms.interviewer + padded(Int(village) * 3 + r.below(3), 3)))
    let month = r.below(12) + 1
    values.append(.text("2026-\(padded(month, 2))-\(padded(r.below(28) + 1, 2))"))
    values.append(.integer(Int64(r.below(4) + 1)))
    let photo = String(r.below(1 << 32), radix: 16)
    values.append(
      .text(terms.photo + String(repeating: "0", count: 8 - photo.count) + photo + terms.picture))
    values.append(.text(r.pick(terms.legal)))
    values.append(.text(padded(1000 + r.below(98000), 5)))
    values.append(.text(note(&r, of: terms)))
    return values
  }

  static func note(_ r: inout SplitMix, of terms: Terms = .denpasar) -> String {
    var text = ""
    while text.utf8.count < 60 { text += r.pick(terms.words) + " " }
    text = String(text.prefix(60))
    return text.hasSuffix(" ") ? text.dropLast() + "." : text
  }

  static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }

  static func decimal(_ millionths: Int64) -> String {
    let magnitude = millionths.magnitude
    return (millionths < 0 ? "-" : "") + String(magnitude / 1_000_000) + "."
      + padded(Int(magnitude % 1_000_000), 6)
  }

  private static func capitalized(_ word: String) -> String {
    word.prefix(1).uppercased() + word.dropFirst()
  }

  private static let alphanumeric = Array("ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
}
