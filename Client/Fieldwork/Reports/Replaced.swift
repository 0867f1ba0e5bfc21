import Causality
import Forms
import Model
import Store

/// The answers that a check of the store found replaced, by whom and at which question.
public struct Replaced: Sendable {
  /// What one person replaced.
  public struct Count: Sendable {
    /// The person; `nil` where the change that replaced them is not held here.
    public let replacer: PersonID?
    /// How many answers.
    public let number: Int
    /// How many of each question, the most first.
    public let questions: [(question: String, number: Int)]
  }

  /// One answer.
  public struct Line: Sendable {
    /// What was replaced, and by whom.
    public let replacement: Replacement
    /// The place.
    public let place: PlaceName
    /// The answer as it is shown, private ones masked.
    public let text: String
  }

  /// What each person replaced, whoever replaced most first.
  public let counts: [Count]
  /// Each answer, if they were listed, in the order in which they were given.
  public let lines: [Line]

  /// Reads what a check found.
  public init(_ report: VerifyReport, at place: Workplace) {
    let forms = place.standing.forms
    var byPerson: [PersonID?: [String: Int]] = [:]
    for (kind, number) in report.replacements {
      let name = Self.name(of: kind.field, in: forms[kind.form])
      byPerson[kind.replacer, default: [:]][name, default: 0] += number
    }
    counts = byPerson.map { replacer, questions in
      Count(
        replacer: replacer, number: questions.values.reduce(0, +),
        questions: questions.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
          .map { (question: $0.key, number: $0.value) })
    }.sorted { left, right in
      if left.number != right.number { return left.number > right.number }
      return left.replacer?.description ?? "~" < right.replacer?.description ?? "~"
    }
    lines = report.list.compactMap { replacement in
      guard let form = forms[replacement.form] else { return nil }
      let display = place.display(form)
      let namer = PlaceNamer(display, rows: replacement.path.row.map { [$0] } ?? [])
      return Line(
        replacement: replacement, place: namer.name(of: replacement.path),
        text: display.text(replacement.answer, at: replacement.path))
    }
  }

  private static func name(of field: FieldID, in form: Form?) -> String {
    switch field {
    case .village: PlaceName.village
    case .life: ".life"
    default: form?.register(field: field)?.name ?? "#\(field.number)"
    }
  }
}
