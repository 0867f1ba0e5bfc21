/// A value of JSON whose objects keep the order in which they were made, so that output is stable.
indirect enum JSON {
  case null
  case int(Int64)
  case string(String)
  case array([JSON])
  case object([(key: String, value: JSON)])

  /// The text, indented by two spaces a level.
  var text: String {
    var out = ""
    write(to: &out, indent: 0)
    return out
  }

  private func write(to out: inout String, indent: Int) {
    switch self {
    case .null: out += "null"
    case .int(let value): out += String(value)
    case .string(let text): Self.quote(text, to: &out)
    case .array(let values):
      Self.list(values, "[", "]", to: &out, indent: indent) { value, out in
        value.write(to: &out, indent: indent + 1)
      }
    case .object(let pairs):
      Self.list(pairs, "{", "}", to: &out, indent: indent) { pair, out in
        Self.quote(pair.key, to: &out)
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
      out += (index == 0 ? "\n" : ",\n") + String(repeating: "  ", count: indent + 1)
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
