import Bytes
import Fieldwork
import Forms

/// What checks found, in the form's words where it has any.
struct FindingWords {
  /// How grave it is now.
  enum Severity {
    /// It keeps the record from being saved.
    case error
    /// It was so before.
    case standing
    /// It is unusual.
    case warning
  }

  let finding: Finding
  let severity: Severity
  let language: String

  init(_ finding: Finding, _ severity: Severity, language: String) {
    self.finding = finding
    self.severity = severity
    self.language = language
  }

  /// The line that is said.
  var text: String {
    switch severity {
    case .error: "  \(what)"
    case .standing: "Still wrong: \(what)"
    case .warning: "Warning: \(what)"
    }
  }

  /// The question and what is the matter with its answer.
  var what: String {
    "\(name): \(message)"
  }

  /// What is the matter.
  var message: String {
    if let words = finding.message?.lookup(language), !words.isEmpty { return words }
    return switch finding.kind {
    case .required: "must be answered"
    case .constraint: "breaks a check of the form"
    case .type: "is of another kind than the question wants"
    case .range: "is longer or larger than the question takes"
    case .unknownChoice: "is none of the choices"
    case .lower: "is below what stood there"
    case .otherClass: "is in another class than in the row before"
    }
  }

  /// For programs.
  var json: JSON {
    .object([
      ("question", .string(name)), ("kind", .string("\(finding.kind)")),
      ("severity", .string("\(finding.severity)")), ("message", .string(message)),
    ])
  }

  private var name: String {
    guard let row = finding.row, let repeatName = finding.question.repeatName else {
      return finding.question.name
    }
    return "\(repeatName)[\(row)].\(finding.question.name)"
  }
}
