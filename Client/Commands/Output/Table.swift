/// How a piece of text stands out on a terminal.
enum Style: String {
  case plain = ""
  case bold = "1"
  case dim = "2"
  case warning = "33"
  case alarm = "31"

  /// The text in this style, if there are colours.
  func callAsFunction(_ text: String, coloured: Bool) -> String {
    coloured && self != .plain ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
  }
}

/// One cell of a table.
struct Cell: ExpressibleByStringLiteral {
  let text: String
  let style: Style

  init(_ text: String, _ style: Style = .plain) {
    self.text = text
    self.style = style
  }

  init(stringLiteral value: String) {
    self.init(value)
  }
}

/// Rows under headings, in columns as wide as they need to be.
struct Table {
  /// One column.
  struct Column {
    let heading: String
    let isNumber: Bool
    /// Whether it gives way where the terminal is too narrow.
    let isElastic: Bool

    init(_ heading: Label, isNumber: Bool = false, isElastic: Bool = false) {
      self.heading = heading.text
      self.isNumber = isNumber
      self.isElastic = isElastic
    }
  }

  let columns: [Column]
  var rows: [[Cell]] = []

  private static let gap = "  "
  private static let narrowest = 8
  private static let smallest = 3

  init(_ columns: [Column]) {
    self.columns = columns
  }

  /// The lines, cut to a width if there is one.
  func lines(width: Int?, coloured: Bool) -> [String] {
    var widths = columns.map { $0.heading.count }
    for row in rows {
      for (index, cell) in row.enumerated() {
        widths[index] = max(widths[index], Plain.oneLine(cell.text).count)
      }
    }
    if let width { shrink(&widths, to: width) }
    let head = columns.map { Cell($0.heading, .dim) }
    return ([head] + rows).map { line($0, widths, coloured: coloured) }
  }

  private func line(_ cells: [Cell], _ widths: [Int], coloured: Bool) -> String {
    var line = ""
    var pending = ""
    for (index, cell) in cells.enumerated() {
      let text = Plain.cut(Plain.oneLine(cell.text), to: widths[index])
      let space = String(repeating: " ", count: widths[index] - text.count)
      if columns[index].isNumber { pending += space }
      if !text.isEmpty {
        line += pending + cell.style(text, coloured: coloured)
        pending = ""
      }
      if !columns[index].isNumber { pending += space }
      pending += Self.gap
    }
    return line
  }

  /// Makes columns narrower until the lines fit.
  ///
  /// Elastic ones give way first, then whatever is wide. The first column names the row and numbers
  /// would lie if they were cut, so those are the last.
  private func shrink(_ widths: inout [Int], to width: Int) {
    var excess = widths.reduce(0, +) + Self.gap.count * (widths.count - 1) - width
    let stages: [(Column, Int) -> Int?] = [
      { column, _ in column.isElastic ? Self.narrowest : nil },
      { column, index in column.isNumber || index == 0 ? nil : Self.narrowest },
      { column, index in column.isNumber || index == 0 ? nil : Self.smallest },
      { _, _ in Self.smallest },
    ]
    for least in stages {
      while excess > 0 {
        let giving = columns.indices.filter { index in
          least(columns[index], index).map { widths[index] > $0 } ?? false
        }
        guard let widest = giving.max(by: { widths[$0] < widths[$1] }) else { break }
        widths[widest] -= 1
        excess -= 1
      }
    }
  }
}

/// Text from others, made fit for a line on a terminal.
enum Plain {
  /// Without line ends, tabs and control characters.
  static func oneLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var plain = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": plain.append("⏎")
      case "\t": plain.append(" ")
      default: plain.append(isControl(scalar) ? "\u{FFFD}" : scalar)
      }
    }
    return String(plain)
  }

  /// At most so many characters, the last an ellipsis if some are missing.
  static func cut(_ text: String, to width: Int) -> String {
    text.count <= width ? text : String(text.prefix(max(0, width - 1))) + "…"
  }

  /// The lines of a sentence that is too long for a terminal, broken between words; lines after the
  /// first stand a little further in.
  static func wrap(_ text: String, to width: Int?) -> [String] {
    guard let width, text.count > width else { return [text] }
    let indent = String(repeating: " ", count: text.prefix { $0 == " " }.count)
    var lines: [String] = []
    var line = indent
    for word in text.dropFirst(indent.count).split(separator: " ", omittingEmptySubsequences: false)
    {
      let isFirst = line.count == (lines.isEmpty ? indent.count : indent.count + 4)
      if !isFirst, line.count + 1 + word.count > width {
        lines.append(line)
        line = indent + "    " + word
      } else {
        line += (isFirst ? "" : " ") + word
      }
    }
    return lines + [line]
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    // Also what turns the direction of writing: it could make one value look like another.
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
      || (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
  }
}
