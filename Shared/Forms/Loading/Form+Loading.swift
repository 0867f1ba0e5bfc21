import Model

extension Form {
  /// Loads a form from its three sheets.
  ///
  /// - Throws: the first thing found that makes the sheets no form.
  public convenience init(_ sheets: FormSheets) throws(FormError) {
    let settings = try FormSettings(Array(sheets.settings.utf8))
    let lists = try Form.lists(Array(sheets.choices.utf8), default: settings.defaultLanguage)
    let table = try SheetTable(Array(sheets.survey.utf8), sheet: .survey)
    let columns = try SurveyColumns(table, default: settings.defaultLanguage)
    var loader = SurveyLoader(columns, lists: lists)
    self.init(
      settings: settings, languages: columns.labels.languages, lists: lists,
      items: try loader.load(), sheets: sheets)
    guard settings.nameQuestion == nil || nameQuestion?.mayName == true else {
      throw FormError(sheet: .settings, line: 0, fact: .malformedSetting("instance_name"))
    }
  }

  private static func lists(
    _ bytes: [UInt8], default language: String
  ) throws(FormError) -> [String: ChoiceList] {
    let table = try SheetTable(bytes, sheet: .choices)
    try table.require(["list_name", "name"])
    let labels = LanguageColumns("label", in: table, default: language)
    var lists: [String: ChoiceList] = [:]
    for row in table.rows {
      let list = table.cell(row, "list_name")
      guard Name.isValid(list) else { throw table.error(row, .malformedName(list)) }
      let name = table.cell(row, "name")
      guard isChoiceName(name) else { throw table.error(row, .malformedChoice(name)) }
      let choice = Choice(name: name, labels: labels.words(row, in: table))
      guard lists[list, default: ChoiceList()].add(choice) else {
        throw table.error(row, .duplicateChoice(name))
      }
    }
    return lists
  }

  /// Choices are listed with commas, semicolons and spaces between them, and `-` stands for none;
  /// they are compared byte by byte, so they have no letters that can be written in two ways.
  private static func isChoiceName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= Name.limit && name != "-"
      && name.utf8.allSatisfy { byte in
        (33...126).contains(byte) && byte != Byte.comma && byte != Byte.semicolon
      }
  }
}

extension Question {
  /// Whether a record can be called by its answer: there is one, and only one.
  fileprivate var mayName: Bool { repeatName == nil && type != .note && !hasElements }
}
