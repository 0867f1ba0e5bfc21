import Foundation

/// The figures as a table for people.
public enum FigureTable {
  private static let head = [
    "row", "what", "figure", "unit", "±", "ratio", "±", "runs", "wanted", "to",
  ]

  /// The table, in Markdown, below what it is of.
  ///
  /// - Parameter commit: what was measured; with `-dirty` behind it if the tree was not what was
  ///   committed, and empty if nobody said.
  public static func text(_ figures: [Figure], records: Int, commit: String) -> String {
    let what = commit.isEmpty ? "A commit that was not named" : "Commit \(commit)"
    return "\(what), \(number(Double(records))) records.\n\n" + table(figures)
  }

  private static func table(_ figures: [Figure]) -> String {
    let rows = [head] + figures.map(cells)
    let widths = head.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    var lines = rows.map { row in
      "| "
        + zip(row, widths).map { cell, width in
          cell + String(repeating: " ", count: width - cell.count)
        }.joined(separator: " | ") + " |"
    }
    lines.insert(
      "|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|", at: 1
    )
    return lines.joined(separator: "\n") + "\n"
  }

  private static func cells(_ figure: Figure) -> [String] {
    [
      figure.row, figure.what, number(figure.value.median), figure.unit,
      percent(figure.value), figure.ratio.map { number($0.median) } ?? "",
      figure.ratio.map(percent) ?? "", String(figure.value.values.count), wanted(figure),
      figure.baseline ?? "",
    ]
  }

  private static func wanted(_ figure: Figure) -> String {
    guard let reach = figure.reach, let isReached = figure.isReached else { return "" }
    let sign =
      switch reach {
      case .atLeast(let least): "≥ " + number(least)
      case .atMost(let most): "≤ " + number(most)
      }
    return sign + (isReached ? " yes" : " NO")
  }

  private static func percent(_ spread: Spread) -> String {
    spread.values.count < 2 ? "" : String(format: "%.0f %%", spread.deviation * 100)
  }

  /// A number with three digits that count, and its thousands apart.
  public static func number(_ value: Double) -> String {
    let magnitude = abs(value)
    if magnitude == 0 { return "0" }
    if magnitude < 10 { return String(format: magnitude < 1 ? "%.3f" : "%.2f", value) }
    if magnitude < 100 { return String(format: "%.1f", value) }
    var digits = Array(String(Int(magnitude.rounded())))
    var place = digits.count - 3
    while place > 0 {
      digits.insert(",", at: place)
      place -= 3
    }
    return (value < 0 ? "-" : "") + String(digits)
  }
}
