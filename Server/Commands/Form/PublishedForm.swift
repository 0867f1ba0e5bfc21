import Forms
import Model

/// A form as it was published once.
struct PublishedForm {
  /// The version of the directory that says so.
  let since: UInt64
  let form: Form

  /// Every edition of every form, oldest first.
  static func all(in directory: Directory) throws -> [PublishedForm] {
    try directory.entries.enumerated().compactMap { index, entry in
      guard case .form(_, let survey, let choices, let settings) = entry else { return nil }
      return PublishedForm(
        since: UInt64(index) + 1,
        form: try Form(FormSheets(survey: survey, choices: choices, settings: settings)))
    }
  }
}
