/// Something that makes choices: an exhaustive ``Gen`` or a seeded ``SplitMix64``.
///
/// A generator of cases that is written against this protocol serves both: with few choices it is
/// run through *all* of them, with many it is run by seeds.
public protocol Choosing {
  /// Chooses a number from 0 up to, and without, `bound`.
  mutating func below(_ bound: Int) -> Int
}

extension Choosing {
  /// Chooses yes or no.
  public mutating func yes() -> Bool {
    below(2) == 1
  }

  /// Chooses an element.
  ///
  /// - Precondition: `elements` is not empty.
  public mutating func pick<Element>(_ elements: some Collection<Element>) -> Element {
    elements[elements.index(elements.startIndex, offsetBy: below(elements.count))]
  }

  /// Chooses some of the elements, and keeps their order.
  public mutating func some<Element>(of elements: some Sequence<Element>) -> [Element] {
    elements.filter { _ in yes() }
  }

  /// Chooses an order of the elements.
  public mutating func order<Element>(of elements: some Sequence<Element>) -> [Element] {
    var rest = Array(elements)
    var ordered: [Element] = []
    while !rest.isEmpty { ordered.append(rest.remove(at: below(rest.count))) }
    return ordered
  }

  /// Chooses a list of at most `length` elements.
  public mutating func list<Element>(
    upTo length: Int, of elements: some Collection<Element>
  ) -> [Element] {
    (0..<below(length + 1)).map { _ in pick(elements) }
  }
}

/// Goes through every combination of choices, one combination for each turn of a loop.
///
/// The choices of a turn are remembered with their bounds; the next turn repeats them up to the
/// last one that can still be raised, as one counts with digits of unequal bases. Which choices
/// are asked for may depend on those made before, so no case has to be written down as a list.
///
/// ```swift
/// var gen = Gen()
/// while !gen.done() {
///   let word = gen.list(upTo: 3, of: "ab")  // "", a, aa, aaa, aab, ab, …: each once
/// }
/// ```
///
/// - Invariant: between turns the values before `position` are those of the last turn.
public struct Gen: Choosing, Sendable {
  private struct Choice: Sendable {
    var value: Int
    let bound: Int
  }

  private var choices: [Choice] = []
  private var position = 0
  private var isStarted = false

  /// Makes a generator that has not begun.
  public init() {}

  /// Goes on to the next combination; whether there is none left.
  public mutating func done() -> Bool {
    defer { position = 0 }
    if !isStarted {
      isStarted = true
      return false
    }
    precondition(position == choices.count, "BUG: a turn asked for fewer choices than before")
    while let last = choices.last {
      if last.value + 1 < last.bound {
        choices[choices.count - 1].value += 1
        return false
      }
      choices.removeLast()
    }
    return true
  }

  /// Chooses a number from 0 up to, and without, `bound`; in the course of the loop, every one.
  public mutating func below(_ bound: Int) -> Int {
    precondition(isStarted, "BUG: ask done() before the first choice")
    precondition(bound > 0, "BUG: nothing to choose from")
    defer { position += 1 }
    if position == choices.count { choices.append(Choice(value: 0, bound: bound)) }
    precondition(choices[position].bound == bound, "BUG: a turn is not a function of its choices")
    return choices[position].value
  }
}
