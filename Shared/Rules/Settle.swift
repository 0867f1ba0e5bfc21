import Causality
import Model

/// Settles what stands at one place.
///
/// This is one function of the whole *set* of contenders, never a fold over pairs: with a tolerance
/// or a distance a fold gives another result for another order of arrival. It is total, and neither
/// the order nor the repetition of its input matters, so replicas that hold the same changes give
/// the same verdict.
///
/// Except under `sum` the first step is always the same: equal answers are no conflict. Except under
/// `sum` and `union` the second is, too: where somebody's decision stands beside a different answer
/// that it had not seen, no rule overturns the one or passes over the other; a person is asked again.
///
/// ```swift
/// settle([wayan, made], by: .latest(then: .ask))  // the later of the two
/// settle([wayan, made], by: .fixed)               // .open, unless they gave the same answer
/// ```
///
/// - Parameters:
///   - contenders: What stands there, in any order; each origin counts once.
///   - rule: How the form wants it settled.
///   - rank: The position of a choice in its list, which `max` and `min` go by; `nil` for an answer
///     that has none.
public func settle(
  _ contenders: [Contender], by rule: Rule, rank: ((Answer) -> Int?)? = nil
) -> Verdict {
  let field = contenders.distinct
  if field.isEmpty { return .unanswered }
  if rule.yieldsToDecisions, field.differ, field.contains(where: \.isDecision) {
    return .open(provisional: field.provisional, sides: field.sides)
  }
  switch decide(field, by: rule, rank: rank) {
  case .winner(let winner, let rule):
    return .settled(
      Settlement(
        answer: winner.answer, rule: rule, behind: field.count, winner: winner.origin))
  case .total(let total, let rule):
    return .settled(
      Settlement(answer: .number(total), rule: rule, behind: field.count, winner: nil))
  case .undecided(let candidates):
    return .open(provisional: candidates.provisional, sides: field.sides)
  }
}

extension Rule {
  /// Whether a decision stands against the rule.
  ///
  /// Increments add up and elements gather whoever gave
  /// them.
  fileprivate var yieldsToDecisions: Bool {
    switch self {
    case .sum, .union: false
    default: true
    }
  }
}

/// What one rule says of ascending, distinct contenders, of which there is at least one.
enum Decision {
  /// One of them wins.
  case winner(Contender, by: Rule)
  /// They add up.
  case total(Decimal, by: Rule)
  /// A person must choose; the provisional answer is of one of these.
  case undecided([Contender])
}

/// Applies a rule, and where it falls back on a second one, that.
func decide(_ field: [Contender], by rule: Rule, rank: ((Answer) -> Int?)?) -> Decision {
  precondition(!field.isEmpty, "BUG: a rule was asked about nothing")
  if case .sum = rule { return total(of: field) }
  if !field.differ { return .winner(field[field.count - 1], by: rule) }
  let winner: Contender?
  switch rule {
  case .latest(let then):
    if field.hasSuspect { return decide(field, by: then, rank: rank) }
    winner = field.last
  case .first(let then):
    if field.hasSuspect { return decide(field, by: then, rank: rank) }
    winner = field.first
  case .role(let then):
    let highest = field.ofHighestRole
    if highest.differ { return decide(highest, by: then, rank: rank) }
    winner = highest.last
  case .max: winner = extreme(of: field, isLargest: true, rank: rank)
  case .min: winner = extreme(of: field, isLargest: false, rank: rank)
  case .union: winner = presence(in: field)
  case .bestFix: winner = bestFix(of: field)
  case .sameOrAsk(let percent): winner = isSame(field, percent: percent) ? field.last : nil
  case .askIfClassChanges(let edges):
    winner = isOneClass(field, edges: edges) && !field.hasSuspect ? field.last : nil
  case .sum, .fixed, .ask: winner = nil
  }
  return winner.map { .winner($0, by: rule) } ?? .undecided(field)
}
