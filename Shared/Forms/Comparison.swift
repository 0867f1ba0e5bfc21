import Bytes
import Model

/// What an answer is compared with that no expression can name: the answer that it takes the place
/// of, or that of the row before.
///
/// Expressions see one record as it would be, and in it one row. What schooling was recorded before
/// and what was sold last year lie outside that, so a form declares the comparison by its name. What
/// it finds is a warning, never an error: people do correct what was too high.
public enum Comparison: Hashable, Sendable {
  /// A later answer is not below the one that stood.
  case rises
  /// In a repeat whose key is a whole number, the answer is in the same class as that of the row
  /// whose key is one less. The class of a number is how many of the edges it reaches.
  case keepsClass(edges: [Decimal])

  /// Reads a comparison as forms write it: `rises`, `keeps-class(5,20)`; `nil` if it is none.
  public init?(_ text: String) {
    if text == "rises" {
      self = .rises
      return
    }
    guard let (name, edges) = Rule.arguments(of: text), name == "keeps-class", !edges.isEmpty,
      edges == edges.sorted()
    else { return nil }
    self = .keepsClass(edges: edges)
  }

  /// Whether answers of a type can be compared so.
  func fits(_ type: QuestionType) -> Bool {
    switch self {
    case .rises: Rule.max.fits(type)
    case .keepsClass: type.isNumber
    }
  }
}

extension Comparison: CustomStringConvertible {
  /// The comparison as forms write it.
  public var description: String {
    switch self {
    case .rises: "rises"
    case .keepsClass(let edges):
      "keeps-class(\(edges.map(\.description).joined(separator: ",")))"
    }
  }
}

extension Place {
  /// What the question's comparison says of an answer.
  func compare(_ answer: Answer) -> [Finding] {
    let message = question.comparisonMessage.isEmpty ? nil : question.comparisonMessage
    switch question.comparison {
    case nil: return []
    case .rises?:
      guard let before = source.earlierAnswer(to: question, row: row),
        checker.isBelow(answer, before, question)
      else { return [] }
      return [finding(.lower, severity: .warning, message: message)]
    case .keepsClass(let edges)?:
      guard case .number(let number) = answer, let (row, answer) = lastAnswer,
        case .number(let last) = answer,
        edges.count(where: { $0 <= number }) != edges.count(where: { $0 <= last }),
        source.rows(of: row.repeated).contains(row.id)
      else { return [] }
      return [finding(.otherClass, severity: .warning, message: message)]
    }
  }

  /// The answer in the row whose key is one less, also if the row is not there any more.
  private var lastAnswer: (row: (repeated: Repeat, id: Text), answer: Answer)? {
    guard let row, let number = Int64(row.string), number > .min,
      let repeated = question.repeatName.flatMap({ checker.form.repeat(named: $0) })
    else { return nil }
    let last = Text(String(number - 1))
    return source.answer(to: question, row: last).map { ((repeated, last), $0) }
  }
}

extension FormChecker {
  /// Whether an answer lies below another of its kind; false where the two cannot be compared.
  fileprivate func isBelow(_ answer: Answer, _ other: Answer, _ question: Question) -> Bool {
    switch (answer, other) {
    case (.number(let number), .number(let before)): return number < before
    case (.date(let day), .date(let before)): return day < before
    case (.instant(let instant), .instant(let before)): return instant < before
    case (.text(let choice), .text(let before)):
      guard let list = question.type.list, let rank = form.rank(of: choice.string, in: list),
        let rankBefore = form.rank(of: before.string, in: list)
      else { return false }
      return rank < rankBefore
    default: return false
    }
  }
}
