import Causality
import Model

/// One sibling together with what the rules may ask about it.
///
/// Rules decide by the answer, by when and by whom it was given and whether its clock may be
/// believed; nothing else. All of that is in the change itself or in the directory version that the
/// change cites, so every replica makes the same contender of the same sibling.
///
/// Contenders are in ascending order of stamp, then of village, replica, counter and hash of the
/// origin. That order is the tie-break of every rule; the last of several is called the latest. The
/// remaining fields only make the order total where two contenders wrongly claim one origin.
public struct Contender: Hashable, Sendable {
  /// The identity of the answer.
  public let origin: Name
  /// The answer.
  public let answer: Answer
  /// When it was given, by its author's clock.
  public let stamp: Stamp
  /// Whether the evidence in the change contradicts the stamp.
  public let isSuspect: Bool
  /// Who answers for it.
  public let person: PersonID
  /// What that person was allowed, in the directory version that the change cites.
  public let role: Role
  /// In what capacity that person wrote.
  public let act: Act

  /// Makes a contender of its parts.
  public init(
    origin: Name, answer: Answer, stamp: Stamp, isSuspect: Bool = false, person: PersonID,
    role: Role, act: Act = .edit
  ) {
    self.origin = origin
    self.answer = answer
    self.stamp = stamp
    self.isSuspect = isSuspect
    self.person = person
    self.role = role
    self.act = act
  }

  /// Makes a contender of a sibling, its authorship and the role that its author had.
  public init(_ sibling: Sibling, author: Authorship, role: Role) {
    self.init(
      origin: sibling.origin, answer: sibling.answer, stamp: author.stamp,
      isSuspect: author.isSuspect, person: author.person, role: role, act: author.act)
  }

  /// Whether it is a decision by someone who may decide.
  ///
  /// Anyone can write the word into a change; the role is what makes it count.
  public var isDecision: Bool { act == .resolution && role.mayResolve }
}

extension Contender: Comparable {
  /// Orders by stamp, then by origin: the tie-break of every rule.
  public static func < (left: Contender, right: Contender) -> Bool {
    if left.stamp != right.stamp { return left.stamp < right.stamp }
    if left.origin != right.origin { return left.origin < right.origin }
    if left.answer != right.answer { return left.answer < right.answer }
    if left.isSuspect != right.isSuspect { return right.isSuspect }
    if left.person != right.person { return left.person < right.person }
    if left.role != right.role { return left.role < right.role }
    return left.act.rawValue < right.act.rawValue
  }
}

extension [Contender] {
  /// The contenders in ascending order, each origin once.
  var distinct: [Contender] {
    guard count > 1 else { return self }
    var origins = Set<Name>(minimumCapacity: count)
    return sorted().filter { origins.insert($0.origin).inserted }
  }

  /// Whether two of the answers are different.
  var differ: Bool {
    guard let first else { return false }
    return contains { $0.answer != first.answer }
  }

  /// Whether the clock of one of them may not be believed.
  var hasSuspect: Bool { contains(where: \.isSuspect) }
}
