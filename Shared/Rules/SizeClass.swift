import Model

/// `ask-if-class-changes`: whether all numbers fall into one class.
///
/// The class of a number is how many of the edges it reaches, so 19 and 20 workers are two classes
/// under the edge 20. The number of a group is the total of its members; members that are no
/// numbers, such as a unit, do not count, but one that might be a number and cannot be read exactly
/// leaves the class unknown. Unknown classes are never the same.
func isOneClass(_ field: [Contender], edges: [Decimal]) -> Bool {
  let limits = edges.map(\.exact)
  var common: Int?
  for contender in field {
    guard let size = contender.answer.size else { return false }
    let reached = limits.count { $0 <= size }
    if reached != common ?? reached { return false }
    common = reached
  }
  return true
}

extension Answer {
  fileprivate var size: Int128? {
    switch self {
    case .number(let number): return number.exact
    case .group(let members):
      var total: Int128?
      for member in members {
        switch member {
        case .number(let number): total = (total ?? 0) + number.exact
        case .real, .unknown: return nil
        default: continue
        }
      }
      return total
    default: return nil
    }
  }
}
