/// Walks through every combination of some choices, the last choice fastest.
///
/// ```swift
/// var cases = Exhaustive()
/// while cases.next() { use(cases.pick(2), cases.pick(3)) }  // six times
/// ```
///
/// How many choices there are may depend on the choices before.
struct Exhaustive {
  private var digits: [(value: Int, count: Int)] = []
  private var position = 0
  private var isFirst = true

  /// Goes to the next combination; false once all were there.
  mutating func next() -> Bool {
    position = 0
    if isFirst {
      isFirst = false
      return true
    }
    while let last = digits.popLast() {
      guard last.value + 1 < last.count else { continue }
      digits.append((last.value + 1, last.count))
      return true
    }
    return false
  }

  /// One number from zero to below `count`.
  mutating func pick(_ count: Int) -> Int {
    precondition(count > 0, "BUG: nothing to pick from")
    if position == digits.count { digits.append((0, count)) }
    defer { position += 1 }
    return digits[position].value
  }

  /// One element.
  mutating func pick<Element>(of elements: [Element]) -> Element {
    elements[pick(elements.count)]
  }

  /// Every subset, in the order of the elements.
  mutating func subset<Element>(of elements: [Element]) -> [Element] {
    elements.filter { _ in pick(2) == 1 }
  }
}

extension Array {
  /// Every order of the elements.
  var permutations: [[Element]] {
    if count < 2 { return [self] }
    return indices.flatMap { index in
      var rest = self
      let chosen = rest.remove(at: index)
      return rest.permutations.map { [chosen] + $0 }
    }
  }

  /// Every choice of so many elements, in their order.
  func combinations(of size: Int) -> [[Element]] {
    if size == 0 { return [[]] }
    return indices.flatMap { index in
      Array(self[(index + 1)...]).combinations(of: size - 1).map { [self[index]] + $0 }
    }
  }
}
