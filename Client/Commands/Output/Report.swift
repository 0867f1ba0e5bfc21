import ArgumentParser
import Bytes

/// In which form data is printed.
enum Format: String, ExpressibleByArgument, CaseIterable {
  /// For people.
  case table
  /// For programs; docs/CLI_JSON.md says what is in it.
  case json
}

/// What a command found out, for people and for programs alike.
struct Report {
  /// A part of a report as people see it.
  enum Block {
    /// A line by itself.
    case line(String, Style = .plain)
    /// Labels and values.
    case pairs([(label: String, value: Cell)])
    /// Rows under headings.
    case table(Table)
    /// An empty line.
    case gap
  }

  /// What the JSON is of.
  let kind: String
  /// What programs get, beside version and kind.
  var fields: [(key: String, value: JSON)]
  /// What people get.
  var blocks: [Block]

  init(
    _ kind: String, fields: [(key: String, value: JSON)] = [], blocks: [Block] = []
  ) {
    self.kind = kind
    self.fields = fields
    self.blocks = blocks
  }

  /// The version of the JSON; raised when a field changes its meaning or goes.
  static let version: Int64 = 1

  /// The report for programs.
  var json: JSON {
    .object(
      [(key: "version", value: .int(Self.version)), (key: "kind", value: .string(kind))] + fields)
  }
}

/// The single place where a report becomes text.
struct Renderer {
  let console: Console
  let format: Format

  /// Prints a report.
  func print(_ report: Report) {
    switch format {
    case .json: console.print(report.json.text)
    case .table: for block in report.blocks { print(block) }
    }
  }

  private func print(_ block: Report.Block) {
    let coloured = console.isColoured(.out)
    switch block {
    case .gap: console.print("")
    case .line(let text, let style):
      for line in Plain.wrap(text, to: console.width(.out)) {
        console.print(style(line, coloured: coloured))
      }
    case .table(let table):
      for line in table.lines(width: console.width(.out), coloured: coloured) {
        console.print(line)
      }
    case .pairs(let pairs):
      let width = pairs.map(\.label.count).max() ?? 0
      for pair in pairs {
        let space = String(repeating: " ", count: width - pair.label.count)
        let value = pair.value.style(Plain.oneLine(pair.value.text), coloured: coloured)
        console.print(Style.dim(pair.label, coloured: coloured) + space + "  " + value)
      }
    }
  }
}
