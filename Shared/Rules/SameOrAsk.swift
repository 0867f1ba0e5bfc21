import Model

/// `same-or-ask`: whether all numbers lie within so many per cent of each other.
///
/// The measure is the span of the whole set against its largest magnitude, (max − min) · 100 ≤
/// p · max(|min|, |max|). Comparing neighbours or pairs would let a chain of small steps lead
/// anywhere, and would depend on the order. Groups such as an amount with its unit are compared by
/// their first number, if everything else in them is equal. Where that gives no number for one of
/// them, a cleared answer included, they are not the same.
///
/// The clocks are not asked: within the tolerance it does not matter who was later.
func isSame(_ field: [Contender], percent: Int) -> Bool {
  guard let amounts = amounts(of: field), let low = amounts.min(), let high = amounts.max() else {
    return false
  }
  // Beyond 200 per cent everything is the same; without the bound the product could overflow.
  let bounded = Int128(max(0, min(percent, 200)))
  return (high - low) * 100 <= bounded * max(abs(low), abs(high))
}

/// The number of each answer, if all of them have one and are equal but for it.
private func amounts(of field: [Contender]) -> [Int128]? {
  let measures = field.compactMap { Measure($0.answer) }
  guard measures.count == field.count, let first = measures.first else { return nil }
  let isComparable = measures.allSatisfy {
    $0.place == first.place && $0.others == first.others
  }
  return isComparable ? measures.map(\.amount) : nil
}

/// A number, or the first number of a group with what is beside it.
private struct Measure {
  let amount: Int128
  /// The number's position in its group; `nil` for a number alone.
  let place: Int?
  let others: [Answer]

  init?(_ answer: Answer) {
    if case .number(let number) = answer {
      (amount, place, others) = (number.exact, nil, [])
      return
    }
    guard case .group(var members) = answer else { return nil }
    for (index, member) in members.enumerated() {
      guard case .number(let number) = member else { continue }
      members.remove(at: index)
      (amount, place, others) = (number.exact, index, members)
      return
    }
    return nil
  }
}
