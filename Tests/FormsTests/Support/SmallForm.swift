import Forms

/// Writes small forms, a line of the survey sheet at a time.
enum SmallForm {
  static let columns = [
    "type", "name", "label::Bahasa Indonesia (id)", "label::English (en)", "required", "relevant",
    "constraint", "constraint_message::English (en)", "bind::kulkul:id", "bind::kulkul:rule",
    "bind::kulkul:group", "bind::kulkul:key", "bind::kulkul:private", "bind::kulkul:warning",
    "bind::kulkul:warning_message", "bind::kulkul:warning_message_id", "bind::kulkul:compare",
    "bind::kulkul:compare_message", "bind::kulkul:unique",
  ]

  /// A row of the survey sheet: its type, name and number, and whatever other cells it has, by
  /// the short names of their columns.
  static func row(
    _ type: String, _ name: String = "", _ id: Int? = nil, _ cells: [String: String] = [:]
  ) -> [String] {
    var row = Array(repeating: "", count: columns.count)
    row[0] = type
    row[1] = name
    row[8] = id.map(String.init) ?? ""
    for (column, text) in cells {
      let names = [column, "bind::kulkul:\(column)", "\(column)::English (en)"]
      for (index, header) in columns.enumerated() where names.contains(header) { row[index] = text }
    }
    return row
  }

  static func sheets(
    _ rows: [[String]], choices: [[String]] = [["warna", "merah", "Merah", "Red"]],
    settings: [String] = ["Uji", "uji", "1", "Bahasa Indonesia (id)"]
  ) -> FormSheets {
    FormSheets(
      survey: text([columns] + rows),
      choices: text([["list_name", "name", "label::ID (id)", "label::English (en)"]] + choices),
      settings: text([["form_title", "form_id", "version", "default_language"], settings]))
  }

  static func form(
    _ rows: [[String]], choices: [[String]] = [["warna", "merah", "Merah", "Red"]]
  ) throws -> Form {
    try Form(sheets(rows, choices: choices))
  }

  private static func text(_ rows: [[String]]) -> String {
    var writer = CSVWriter()
    for row in rows { writer.row(row) }
    return writer.text
  }
}
