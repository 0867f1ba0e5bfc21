import ArgumentParser
import Bytes
import Forms

/// In which form data is printed.
enum Format: String {
  /// For people.
  case table
  /// For programs.
  case json
  /// For spreadsheets.
  case csv
}

/// The single place where a report becomes text, and where formats are told apart.
struct Renderer {
  let console: Console
  let zone: Zone

  private static let gap = "  "

  /// Prints a report on stdout.
  func print(_ report: Report, as format: Format) {
    switch format {
    case .json: console.print(report.json.text)
    case .csv: for table in report.tables { printSheet(table) }
    case .table:
      printFacts(report.facts)
      var isFirst = report.facts.isEmpty
      for table in report.tables {
        if table.rows.isEmpty {
          if let notice = table.empty { console.say(notice) }
          continue
        }
        if !isFirst { console.print("") }
        isFirst = false
        print(table)
      }
    }
  }

  private func printSheet(_ table: Report.Table) {
    var writer = CSVWriter()
    writer.row(table.columns.map(\.key))
    for row in table.rows { writer.row(row.map(\.field)) }
    console.write(writer.text)
  }

  private func printFacts(_ facts: [Report.Fact]) {
    let width = facts.map(\.label.text.count).max() ?? 0
    for fact in facts {
      let label = fact.label.text
      let space = String(repeating: " ", count: width - label.count)
      console.print(console.dim(label) + space + Self.gap + fact.value.text(in: zone))
    }
  }

  private func print(_ table: Report.Table) {
    let rows = table.rows.map { $0.map { $0.text(in: zone) } }
    let total = table.total.map { $0.map { $0.text(in: zone) } }
    let headings = table.columns.map(\.heading.text)
    var widths = headings.map(\.count)
    for row in rows + [total].compactMap(\.self) {
      for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) }
    }
    console.print(console.dim(line(headings, table.columns, widths)))
    for row in rows { console.print(line(row, table.columns, widths)) }
    if let total { console.print(console.bold(line(total, table.columns, widths))) }
  }

  /// The cells of a row in their columns, without spaces after the last.
  private func line(
    _ cells: [String], _ columns: [Report.Table.Column], _ widths: [Int]
  ) -> String {
    var line = ""
    var space = ""
    for (index, cell) in cells.enumerated() {
      let padding = String(repeating: " ", count: widths[index] - cell.count)
      line += space + (columns[index].isNumber ? padding : "") + cell
      space = (columns[index].isNumber ? "" : padding) + Self.gap
    }
    return line
  }
}
