import Model

extension [Contender] {
  /// The answer that stands in for a decision, so that reports never break.
  ///
  /// A decision by a person comes first, the latest if there are several: whoever decided saw the
  /// sides, and an edit that came in from elsewhere did not see the decision. Then the latest whose
  /// clock may be believed, since a wrong clock could otherwise keep its answer on top for years;
  /// then the latest.
  ///
  /// - Precondition: the contenders ascend, and there is one.
  var provisional: Answer {
    precondition(!isEmpty, "BUG: a conflict about nothing")
    let chosen = last(where: \.isDecision) ?? last { !$0.isSuspect } ?? self[count - 1]
    return chosen.answer
  }

  /// Equal answers together, the side with the earliest contender first.
  ///
  /// A side therefore keeps its place when others join it.
  ///
  /// - Precondition: the contenders ascend.
  var sides: [Side] {
    var order: [Answer] = []
    var groups: [Answer: [Contender]] = [:]
    for contender in self {
      if groups[contender.answer] == nil { order.append(contender.answer) }
      groups[contender.answer, default: []].append(contender)
    }
    return order.map { Side(answer: $0, contenders: groups[$0] ?? []) }
  }
}
