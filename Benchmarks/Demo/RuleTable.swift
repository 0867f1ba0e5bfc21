import Forms
import Model
import Store

/// What each rule of the form had to do: how often answers met under it, how many of those it
/// settled by itself, and how many it left to a person.
///
/// Rules that no question of the form has are named, so that nobody takes their absence for work.
struct RuleTable {
  /// Every rule there is, in the order in which the documents list them.
  private static let words = [
    "latest", "first", "max", "min", "union", "sum", "best-fix", "role", "same-or-ask",
    "ask-if-class-changes", "fixed", "ask",
  ]

  private let rulings: Rulings
  /// The rules that questions of the form have, in that order.
  private let rules: [String]

  init(_ rulings: Rulings, form: Form) {
    self.rulings = rulings
    let names = Set(form.registers.map(\.rule.description))
    rules = Self.words.flatMap { word in names.filter { Self.word($0) == word }.sorted() }
  }

  /// Prints the table; if it is to be complete, a rule without any work is a failure.
  func say(isComplete: Bool) throws {
    Narration.say(Self.line("rule", "met", "settled", "left"))
    for rule in rules {
      let settled = rulings.settled[rule] ?? 0
      let left = rulings.open[rule] ?? 0
      Narration.say(
        Self.line(rule, String(settled + left), String(settled), String(left)))
      if isComplete, settled + left == 0 {
        throw DemoError.disagreement("the rule \(rule) had nothing to do")
      }
    }
    let unused = Self.words.filter { word in !rules.contains { Self.word($0) == word } }
    if !unused.isEmpty {
      Narration.say("  (No question of this form has \(unused.joined(separator: ", ")).)")
    }
  }

  /// The rule without its edges, percentage or second rule.
  private static func word(_ rule: String) -> String {
    String(rule.prefix { $0 != "(" && $0 != " " })
  }

  private static func line(_ rule: String, _ numbers: String...) -> String {
    var line = "  " + rule + String(repeating: " ", count: max(0, 46 - rule.count))
    for number in numbers {
      line += String(repeating: " ", count: max(1, 9 - number.count)) + number
    }
    return line
  }
}
