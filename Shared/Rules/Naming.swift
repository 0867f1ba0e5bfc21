import Causality
import Model

/// Who is about to write.
public struct Writer: Hashable, Sendable {
  /// The person.
  public let person: PersonID
  /// What the person may do.
  public let role: Role

  /// Names a writer.
  public init(person: PersonID, role: Role) {
    self.person = person
    self.role = role
  }
}

/// The siblings that a new answer may replace, of those its author was shown at the place.
///
/// Rules settle only what nobody replaced, so a rule that could be replaced away at will would be
/// none: a question that is set once would be set by whoever came last. Hence a rule speaks here as
/// well as in ``settle(_:by:rank:)``:
///
/// - an increment under `sum` replaces nothing;
/// - under `fixed` and `first` people replace only their own answers;
/// - under `role` nobody replaces an answer of someone above them, and among equals the next rule
///   says whether it protects others' answers;
/// - in an open conflict people replace only their own answers, whatever the rule;
/// - otherwise an edit replaces everything that was shown.
///
/// A resolution replaces everything shown, if the writer may resolve; an act of the office too, if
/// the writer is the office or an admin. The same words from anyone else replace nothing.
///
/// - Returns: names in ascending order.
public func named(
  _ contenders: [Contender], rule: Rule, writer: Writer, act: Act,
  rank: ((Answer) -> Int?)? = nil
) -> [Name] {
  let field = contenders.distinct
  let replaceable: [Contender]
  switch act {
  case .resolution: replaceable = writer.role.mayResolve ? field : []
  case .office:
    let isOffice = writer.person == .office || writer.role >= .admin
    replaceable = isOffice ? field : []
  case .edit:
    let allowed = field.filter { rule.lets(writer, replace: $0) }
    let isDisputed =
      settle(field, by: rule, rank: rank).isOpen || settle(allowed, by: rule, rank: rank).isOpen
    replaceable = isDisputed ? allowed.filter { $0.person == writer.person } : allowed
  }
  return replaceable.map(\.origin).sorted()
}

/// Whether a change may replace the siblings that it names at a place.
///
/// It may if these are what its author would have named when shown exactly them. That is as much as
/// to say "when shown at least them": whatever more was shown and not named could only have made
/// the author name less. The office thus needs no record of what was on anyone's screen.
///
/// A change that names nothing passes; that a person may write at all, or may call the change a
/// resolution, is for the office to check beside this.
public func mayReplace(
  _ replaced: [Contender], rule: Rule, writer: Writer, act: Act, rank: ((Answer) -> Int?)? = nil
) -> Bool {
  let allowed = named(replaced, rule: rule, writer: writer, act: act, rank: rank)
  return allowed.count == Set(replaced.map(\.origin)).count
}

extension Rule {
  /// Whether an ordinary edit may replace an answer, as far as the two alone are concerned.
  fileprivate func lets(_ writer: Writer, replace contender: Contender) -> Bool {
    switch self {
    case .sum: false
    case .fixed, .first: contender.person == writer.person
    case .role(let then):
      contender.role < writer.role
        || contender.role == writer.role && then.lets(writer, replace: contender)
    case .latest, .max, .min, .union, .bestFix, .sameOrAsk, .askIfClassChanges, .ask: true
    }
  }
}
