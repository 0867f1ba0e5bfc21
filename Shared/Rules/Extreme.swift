import Model

/// `max` and `min`: the contender whose value lies furthest in one direction.
///
/// Values are compared by their type: decimals as decimals, dates as dates, and choices by their
/// position in the list where the caller knows it (the highest education, not the last in the
/// alphabet). Emptying a question is no value, so a cleared answer loses to any; values of
/// different kinds, or of a kind without an order, are left to people. So are choices of which the
/// list does not know every one: half a ranking ranks nothing, and the alphabet is no ranking.
func extreme(
  of field: [Contender], isLargest: Bool, rank: ((Answer) -> Int?)?
) -> Contender? {
  let values = field.filter { $0.answer != .cleared }
  if let rank {
    let ranks = values.compactMap { rank($0.answer) }
    return ranks.count == values.count ? values.extreme(by: ranks, isLargest: isLargest) : nil
  }
  let kind = values.first?.answer.kind
  guard values.allSatisfy({ $0.answer.kind == kind && $0.answer.isOrdered }) else { return nil }
  return values.extreme(by: values.map(\.answer), isLargest: isLargest)
}

extension [Contender] {
  /// The contender with the largest or smallest of the values; of several the latest.
  fileprivate func extreme<Value: Comparable>(by values: [Value], isLargest: Bool) -> Contender? {
    guard var best = indices.first else { return nil }
    for index in indices.dropFirst() {
      let isFurther = isLargest ? values[index] > values[best] : values[index] < values[best]
      if isFurther || values[index] == values[best] { best = index }
    }
    return self[best]
  }
}

extension Answer {
  /// Whether `max` and `min` mean anything for an answer of this kind.
  fileprivate var isOrdered: Bool {
    switch self {
    case .number, .text, .date, .instant: true
    case .real(let bits): !Double(bitPattern: bits).isNaN
    default: false
    }
  }
}
