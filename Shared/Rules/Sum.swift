import Model

/// `sum`: the total of all increments.
///
/// Each answer is an increment of its own, so two people who both counted one visitor counted two:
/// this is the only rule under which equal answers do not fall together. An increment replaces
/// nothing. A decision that sets the total is an increment too, one that replaced the increments it
/// had seen; those that come later add to it.
///
/// A cleared answer adds nothing. What is no number, or adds up to more digits than there are, is
/// left to people rather than dropped; only an answer that stands alone is taken as it is, because
/// one answer is no conflict. Everything is added before the digits are counted, so that large
/// numbers of opposite sign may cancel in any order.
///
/// - Precondition: the contenders ascend, and there is one.
func total(of field: [Contender]) -> Decision {
  var total: Int128 = 0
  for contender in field {
    switch contender.answer {
    case .cleared: continue
    case .number(let increment):
      let (sum, overflows) = total.addingReportingOverflow(increment.exact)
      if overflows { return .undecided(field) }
      total = sum
    default: return field.count == 1 ? .winner(contender, by: .sum) : .undecided(field)
    }
  }
  return Decimal(exact: total).map { .total($0, by: .sum) } ?? .undecided(field)
}
