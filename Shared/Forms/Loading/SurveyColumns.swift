import Model

/// Reads the cells of one row of the survey sheet into what they mean.
struct SurveyColumns {
  let table: SheetTable
  let labels: LanguageColumns
  private let hints: LanguageColumns
  private let constraintMessages: LanguageColumns
  private let warnings: [(column: String, messages: LanguageColumns)]
  private let comparisonMessages: LanguageColumns

  init(_ table: SheetTable, default language: String) throws(FormError) {
    try table.require(["type", "name", "bind::kulkul:id"])
    self.table = table
    labels = LanguageColumns("label", in: table, default: language)
    hints = LanguageColumns("hint", in: table, default: language)
    constraintMessages = LanguageColumns("constraint_message", in: table, default: language)
    warnings = table.headers.filter(SurveyColumns.isWarning).map { column in
      (column, SurveyColumns.messages(of: column, in: table, default: language))
    }
    comparisonMessages = SurveyColumns.messages(
      of: SurveyColumns.comparison, in: table, default: language)
  }

  private static let comparison = "bind::kulkul:compare"

  /// The columns with what is said if an attribute finds something: `…_message`, `…_message_id`.
  private static func messages(
    of column: String, in table: SheetTable, default language: String
  ) -> LanguageColumns {
    let prefix = column + "_message"
    let columns = table.headers.enumerated().compactMap {
      index, header -> (language: String, index: Int)? in
      if header == prefix { return ("en", index) }
      guard header.hasPrefix(prefix + "_") else { return nil }
      return (String(header.dropFirst(prefix.count + 1)), index)
    }
    return LanguageColumns(columns: columns, default: language)
  }

  /// `bind::kulkul:warning`, `bind::kulkul:warning2` and so on.
  private static func isWarning(_ header: String) -> Bool {
    let prefix = "bind::kulkul:warning"
    return header.hasPrefix(prefix)
      && header.utf8.dropFirst(prefix.utf8.count).allSatisfy { (48...57).contains($0) }
  }

  func type(_ row: CSVRow) -> String { table.cell(row, "type") }

  func labels(_ row: CSVRow) -> Words { labels.words(row, in: table) }

  func hints(_ row: CSVRow) -> Words { hints.words(row, in: table) }

  func constraintMessage(_ row: CSVRow) -> Words { constraintMessages.words(row, in: table) }

  func group(_ row: CSVRow) -> String? { filled(row, "bind::kulkul:group") }

  func key(_ row: CSVRow) -> String? { filled(row, "bind::kulkul:key") }

  func name(_ row: CSVRow) throws(FormError) -> String {
    let name = table.cell(row, "name")
    guard Name.isValid(name) else { throw table.error(row, .malformedName(name)) }
    return name
  }

  func id(_ row: CSVRow) throws(FormError) -> FieldID {
    let text = table.cell(row, "bind::kulkul:id")
    // NB: a place is encoded with its number shifted by two bits.
    guard let number = UInt32(text), number >= FieldID.firstOfForm, number < 1 << 30 else {
      throw table.error(row, .malformedID(text))
    }
    return FieldID(number)
  }

  func rule(_ row: CSVRow) throws(FormError) -> Rule? {
    guard let text = filled(row, "bind::kulkul:rule") else { return nil }
    guard let rule = Rule(text) else { throw table.error(row, .unknownRule(text)) }
    return rule
  }

  func comparison(_ row: CSVRow) throws(FormError) -> Comparison? {
    guard let text = filled(row, SurveyColumns.comparison) else { return nil }
    guard let comparison = Comparison(text) else {
      throw table.error(row, .unknownComparison(text))
    }
    return comparison
  }

  func comparisonMessage(_ row: CSVRow) -> Words { comparisonMessages.words(row, in: table) }

  func isPrivate(_ row: CSVRow) throws(FormError) -> Bool {
    try flag(row, "bind::kulkul:private")
  }

  func isUnique(_ row: CSVRow) throws(FormError) -> Bool {
    try flag(row, "bind::kulkul:unique")
  }

  private func flag(_ row: CSVRow, _ column: String) throws(FormError) -> Bool {
    guard let text = filled(row, column) else { return false }
    guard let flag = SurveyColumns.flag(text) else {
      throw table.error(row, .malformedFlag(column: column, text))
    }
    return flag
  }

  func required(_ row: CSVRow) throws(FormError) -> Expression? {
    switch SurveyColumns.flag(table.cell(row, "required")) {
    case true?: try expression("true()", row, "required")
    case false?: nil
    case nil: try expression(row, "required")
    }
  }

  func expression(_ row: CSVRow, _ column: String) throws(FormError) -> Expression? {
    guard let text = filled(row, column) else { return nil }
    return try expression(text, row, column)
  }

  func warnings(_ row: CSVRow) throws(FormError) -> [Check] {
    var checks: [Check] = []
    for warning in warnings {
      guard let expression = try expression(row, warning.column) else { continue }
      let message = warning.messages.words(row, in: table)
      checks.append(Check(expression: expression, message: message))
    }
    return checks
  }

  private func expression(
    _ text: String, _ row: CSVRow, _ column: String
  ) throws(FormError) -> Expression {
    do {
      return try Expression(text)
    } catch {
      throw table.error(row, .expression(column: column, error))
    }
  }

  private func filled(_ row: CSVRow, _ column: String) -> String? {
    let text = table.cell(row, column)
    return text.isEmpty ? nil : text
  }

  private static func flag(_ text: String) -> Bool? {
    if text.isEmpty { return nil }
    return switch text.lowercased() {
    case "yes", "true", "true()": true
    case "no", "false", "false()": false
    default: nil
    }
  }
}
