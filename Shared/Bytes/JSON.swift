/// A value of JSON whose objects keep the order in which they were made, so that output is stable.
public indirect enum JSON: Sendable {
  /// Nothing.
  case null
  /// Yes or no.
  case bool(Bool)
  /// A whole number.
  case int(Int64)
  /// A number as it is written, so that decimals stay exact.
  case number(String)
  /// Text.
  case string(String)
  /// A value that is JSON already, in one line.
  case raw(String)
  /// Values in order.
  case array([JSON])
  /// Named values, in the order in which they were given.
  case object([(key: String, value: JSON)])

  /// A string, or null.
  public static func optional(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }

  /// A whole number.
  public static func count(_ number: Int) -> JSON { .int(Int64(number)) }

  /// Whether it has no parts.
  private var isScalar: Bool {
    switch self {
    case .null, .bool, .int, .number, .string: true
    case .raw, .array, .object: false
    }
  }

  /// The text, indented by two spaces a level; arrays of plain values in one line.
  public var text: String {
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
    case .string(let text): out += JSONText.quoted(text)
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
        out += JSONText.quoted(pair.key)
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
}

/// Strings as JSON writes them.
public enum JSONText {
  /// A string in quotes; control characters of both ranges are escaped, so that no terminal obeys
  /// what somebody typed into a survey.
  public static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case _ where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
