/// What the settings sheet says about the form as a whole.
struct FormSettings {
  let id: UInt32
  let name: String
  let version: String
  let title: Words
  let defaultLanguage: String
  /// The question whose answer names a record, if `instance_name` says one.
  let nameQuestion: String?

  init(_ bytes: [UInt8]) throws(FormError) {
    let table = try SheetTable(bytes, sheet: .settings)
    try table.require(["form_id", "version"])
    guard let row = table.rows.first else {
      throw FormError(sheet: .settings, line: 0, fact: .malformedSetting("form_id"))
    }
    name = table.cell(row, "form_id")
    guard Name.isValid(name) else { throw table.error(row, .malformedSetting("form_id")) }
    version = table.cell(row, "version")
    guard !version.isEmpty, version.utf8.count <= Name.limit else {
      throw table.error(row, .malformedSetting("version"))
    }
    let number = table.cell(row, "kulkul:form")
    guard let id = number.isEmpty ? 1 : UInt32(number), id > 0 else {
      throw table.error(row, .malformedSetting("kulkul:form"))
    }
    self.id = id
    let language = LanguageColumns.code(table.cell(row, "default_language"))
    defaultLanguage = language
    title = LanguageColumns("form_title", in: table, default: language).words(row, in: table)
    let naming = table.cell(row, "instance_name")
    guard naming.isEmpty || (naming.hasPrefix("${") && naming.hasSuffix("}")) else {
      throw table.error(row, .malformedSetting("instance_name"))
    }
    nameQuestion = naming.isEmpty ? nil : String(naming.dropFirst(2).dropLast())
  }
}
