import Forms

/// What is asked at a terminal.
enum Prompt: Phrase {
  case village
  case isItThat(Village, others: [Village])
  case value(String, label: String)
  case question(number: Int, of: Int, label: String, current: String?)
  case more(number: Int, of: Int, label: String, total: String, pending: String?)
  case anotherRow(String, count: Int)
  case keepDespite
  case save

  var text: String {
    switch self {
    case .village: "Village: "
    case .isItThat(let village, let others):
      "There are also \(Grammar.list(others.map(\.name))). "
        + "Is it \(village.name) itself? [y/N] "
    case .value(let name, let label): name == label ? "\(name): " : "\(label) (\(name)): "
    case .question(let number, let all, let label, let current):
      "[\(number)/\(all)] \(label)" + (current.map { " [\($0)]" } ?? "") + ": "
    case .more(let number, let all, let label, let total, let pending):
      "[\(number)/\(all)] \(label): \(total) so far. How many more"
        + (pending.map { " [\($0)]" } ?? "") + ": "
    case .anotherRow(let label, let count):
      count == 0 ? "\(label): add one? [y/N] " : "\(label): \(count) so far; add another? [y/N] "
    case .keepDespite: "Keep it all the same? [y/N] "
    case .save: "Save? [Y/n] "
    }
  }

  /// Whether an answer to a yes-or-no question means yes; an empty one does not.
  static func isYes(_ answer: String?) -> Bool {
    guard let word = answer?.lowercased() else { return false }
    return ["y", "yes", "ya"].contains(word)
  }
}
