import Bytes
import Causality
import Fieldwork
import Forms
import Model

/// What is said of an answer that should be unique and is not.
struct SharedWords {
  let shared: SharedAnswer

  init(_ shared: SharedAnswer) {
    self.shared = shared
  }

  /// The most records that a line names.
  private static let limit = 3

  /// The line that is said when it is given.
  var text: String { "Warning: \(shared.question.name): \(Self.message(shared))" }

  /// What is the matter.
  static func message(_ shared: SharedAnswer) -> String {
    "should be unique; \(holders(shared))"
  }

  /// Who else has it: it names records and never the answer, which may be private.
  static func holders(_ shared: SharedAnswer) -> String {
    let named = shared.others.prefix(limit).map { other in
      other.short + (other.name.map { " (\(Plain.oneLine($0)))" } ?? "")
        + " in \(other.village ?? other.home.description)"
    }
    let more = shared.others.count > limit ? ["others"] : []
    return "\(Grammar.list(named + more)) "
      + (named.count + more.count == 1 ? "has" : "have") + " it too"
  }

  /// For programs.
  var json: JSON {
    let others = shared.others.map { other in
      JSON.object([
        ("id", .string(other.record.description)), ("letters", .string(other.short)),
        ("name", .optional(other.name)), ("village", .string(other.home.description)),
      ])
    }
    return .object([
      ("question", .string(shared.question.name)), ("kind", .string("shared")),
      ("severity", .string("warning")), ("message", .string(Self.message(shared))),
      ("others", .array(others)),
    ])
  }
}
