import Model

extension Rule {
  /// Whether the rule makes sense for the answers of one question.
  func fits(_ type: QuestionType) -> Bool {
    switch self {
    case .union:
      return type == .text || type.isSelectMultiple
    case _ where type.isSelectMultiple:
      return false
    case .ask, .fixed:
      return true
    case .latest(let then), .first(let then), .role(let then):
      return then.fits(type)
    case .max, .min:
      // Choices compare by their place in the list; texts have no order that means anything.
      return type != .text && type != .note
    case .sum, .sameOrAsk, .askIfClassChanges:
      return type.isNumber
    case .bestFix:
      return false
    }
  }

  /// Whether the rule makes sense for members that win or lose together.
  func fits(group members: [QuestionType]) -> Bool {
    switch self {
    case .ask, .fixed: true
    case .latest(let then), .first(let then), .role(let then): then.fits(group: members)
    case .sameOrAsk, .askIfClassChanges: members.contains(where: \.isNumber)
    // Latitude, longitude and radius come first, in this order.
    case .bestFix: members.count >= 3 && members[..<3].allSatisfy(\.isNumber)
    case .max, .min, .sum, .union: false
    }
  }
}
