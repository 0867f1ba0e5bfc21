import Causality
import Model

/// What a rule makes of everything that stands at one place.
///
/// A verdict is a view: it is derived when it is read, never stored as a change and never sent. So
/// a new rule book rewrites no history, and an open conflict is a value that reports can show like
/// any other.
public enum Verdict: Hashable, Sendable {
  /// Nothing stands there: the question was never asked.
  case unanswered
  /// The rule decided.
  case settled(Settlement)
  /// A person must decide; until then the provisional answer stands in for the decision.
  ///
  /// The sides hold everything that stands, also what a rule such as `role` had set aside, because
  /// whoever resolves the conflict replaces all of it and must have seen it. There are two sides at
  /// least, save where increments do not add up.
  case open(provisional: Answer, sides: [Side])

  /// Whether a person must decide.
  public var isOpen: Bool {
    if case .open = self { true } else { false }
  }

  /// The answer to show: the settled one or the provisional one.
  public var answer: Answer? {
    switch self {
    case .unanswered: nil
    case .settled(let settlement): settlement.answer
    case .open(let provisional, _): provisional
    }
  }
}

/// What a rule decided.
public struct Settlement: Hashable, Sendable {
  /// The answer that counts.
  public let answer: Answer
  /// The rule that decided: the question's own, or the second rule that it fell back to.
  public let rule: Rule
  /// How many answers stand at the place, the winner included.
  public let behind: Int
  /// Whose answer it is; `nil` where it is a total.
  public let winner: Name?

  /// Makes a settlement.
  public init(answer: Answer, rule: Rule, behind: Int, winner: Name?) {
    self.answer = answer
    self.rule = rule
    self.behind = behind
    self.winner = winner
  }
}

/// One side of a conflict: everyone who gave the same answer.
public struct Side: Hashable, Sendable {
  /// The answer.
  public let answer: Answer
  /// Who gave it, the earliest first.
  public let contenders: [Contender]

  /// Makes a side.
  public init(answer: Answer, contenders: [Contender]) {
    self.answer = answer
    self.contenders = contenders
  }
}
