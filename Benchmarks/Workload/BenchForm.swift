import Forms

/// The workload's own form of 30 questions, as sheets like any other form's.
public enum BenchForm {
  /// The sheets.
  public static var sheets: FormSheets {
    var survey = CSVWriter()
    survey.row(["type", "name", "label::English (en)", "bind::kulkul:id", "bind::kulkul:rule"])
    for (index, field) in Denpasar.fields.enumerated() {
      let type =
        switch field.kind {
        case .text: "text"
        case .integer: "integer"
        case .real: "decimal"
        }
      survey.row([type, field.name, field.name, String(16 + index), "latest"])
    }
    var choices = CSVWriter()
    choices.row(["list_name", "name", "label::English (en)"])
    var settings = CSVWriter()
    settings.row(["form_title", "form_id", "version", "default_language"])
    settings.row(["Denpasar workload", "workload", "1", "English (en)"])
    return FormSheets(survey: survey.text, choices: choices.text, settings: settings.text)
  }
}
