import Forms

/// The words of an interview.
enum InterviewWords: Phrase {
  case keys
  case noCommand(String)
  case heading(String)
  case choice(Int, String, String)
  case wrong(AnswerError)
  case wayOut(group: String?)
  case groupCleared(String)
  case openGroup(String)
  case help(String, String, QuestionType, isCount: Bool)

  var text: String {
    switch self {
    case .keys:
      "? explains, < goes back, Enter keeps or skips, - clears, :s saves, :q leaves a draft"
    case .noCommand(let word):
      "  There is no command \(word). These there are: :s saves, :q leaves a draft, ? explains, "
        + "< goes back, - clears."
    case .heading(let text): "\n\(text)"
    case .choice(let number, let name, let label):
      "  \(number)  \(label)" + (label == name ? "" : " (\(name))")
    case .wrong(let error): "  \(AnswerWords.text(error)). \(AnswerWords.hint(error))"
    case .wayOut(let group?):
      "  Or type - to leave all of \"\(group)\" unanswered, < to go back, :q to leave a draft."
    case .wayOut(nil): "  Or type < to go back, :q to leave a draft."
    case .groupCleared(let group): "  All of \"\(group)\" is unanswered."
    case .openGroup(let group):
      "  \"\(group)\" is in conflict. Answer all of it to say what is so, or press Enter past all of "
        + "it."
    case .help(let name, let hint, let type, let isCount):
      "  "
        + ([name, Self.how(type, isCount: isCount), hint].filter { !$0.isEmpty })
        .joined(separator: ". ")
    }
  }

  private static func how(_ type: QuestionType, isCount: Bool) -> String {
    if isCount { return "Type how many more" }
    return switch type {
    case .text: "Type a text"
    case .integer: "Type a whole number"
    case .decimal: "Type a number, with a point before decimals"
    case .date: "Type a date, such as 2026-11-22"
    case .dateTime: "Type a time, such as 2026-11-22 10:15"
    case .selectOne: "Type the number or the name of one choice"
    case .selectMultiple: "Type numbers or names of choices, with commas between"
    case .note: ""
    }
  }
}
