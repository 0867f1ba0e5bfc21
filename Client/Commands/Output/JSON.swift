/// A value of JSON whose objects keep the order in which they were made, so that output is stable.
indirect enum JSON {
  case null
  case bool(Bool)
  case int(Int64)
  /// A number as it is written, so that decimals stay exact.
  case number(String)
  case string(String)
  /// A value that is JSON already, in one line.
  case raw(String)
  case array([JSON])
  case object([(key: String, value: JSON)])

  /// A string, or null.
  static func optional(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }

  /// A whole number.
  static func count(_ number: Int) -> JSON { .int(Int64(number)) }

  /// Whether it has no parts.
  private var isScalar: Bool {
    switch self {
    case .null, .bool, .int, .number, .string: true
    case .raw, .array, .object: false
    }
  }

  /// The text, indented by two spaces a level; arrays of plain values in one line.
  var text: String {
    var out = ""
    write(to: &out, indent: 0)
    return out
  }

  private func write(to out: inout String, indent: Int) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .int(let value): out += String(value)
    case .number(let digits), .raw(let digits): out += digits
    case .string(let text): JSON.quote(text, to: &out)
    case .array(let values) where values.allSatisfy(\.isScalar):
      out += "["
      for (index, value) in values.enumerated() {
        if index > 0 { out += ", " }
        value.write(to: &out, indent: indent)
      }
      out += "]"
    case .array(let values):
      JSON.list(values, "[", "]", to: &out, indent: indent) { value, out in
        value.write(to: &out, indent: indent + 1)
      }
    case .object(let pairs):
      JSON.list(pairs, "{", "}", to: &out, indent: indent) { pair, out in
        JSON.quote(pair.key, to: &out)
        out += ": "
        pair.value.write(to: &out, indent: indent + 1)
      }
    }
  }

  private static func list<Element>(
    _ elements: [Element], _ open: String, _ close: String, to out: inout String, indent: Int,
    _ write: (Element, inout String) -> Void
  ) {
    out += open
    for (index, element) in elements.enumerated() {
      out += index == 0 ? "\n" : ",\n"
      out += String(repeating: "  ", count: indent + 1)
      write(element, &out)
    }
    if !elements.isEmpty { out += "\n" + String(repeating: "  ", count: indent) }
    out += close
  }

  private static func quote(_ text: String, to out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
