/// Reads a regular expression.
///
/// What one tool reads in one way and the next in another is refused rather than guessed: a brace that
/// is no count, a bracket inside a class, possessive counts, set operations.
struct PatternParser {
  /// What is wrong with a pattern; a form says no more than that it is.
  struct Malformed: Error {}

  /// The most groups.
  private static let groupLimit = 50
  /// The largest count.
  private static let countLimit = 1000

  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var groups = 0
  /// What is looked ahead for, in the order in which it was read to its end.
  private(set) var aheads: [PatternNode] = []

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
  }

  mutating func parse() throws(Malformed) -> PatternNode {
    let node = try alternatives()
    guard next == nil else { throw Malformed() }
    return node
  }

  private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  private mutating func pass(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    index += 1
    return true
  }

  private mutating func alternatives() throws(Malformed) -> PatternNode {
    var nodes = [try sequence()]
    while pass("|") { nodes.append(try sequence()) }
    return nodes.count == 1 ? nodes[0] : .choice(nodes)
  }

  private mutating func sequence() throws(Malformed) -> PatternNode {
    var nodes: [PatternNode] = []
    while let scalar = next, scalar != "|", scalar != ")" {
      let node = try atom()
      if case .assertion = node {
        guard try count() == nil else { throw Malformed() }
        nodes.append(node)
      } else {
        nodes.append(try counted(node))
      }
    }
    return nodes.count == 1 ? nodes[0] : .sequence(nodes)
  }

  // MARK: Counts

  private mutating func counted(_ node: PatternNode) throws(Malformed) -> PatternNode {
    guard let (from, to) = try count() else { return node }
    // A lazy count chooses another way and matches the same texts.
    _ = pass("?")
    guard try count() == nil else { throw Malformed() }
    return .repeated(node, from: from, to: to)
  }

  private mutating func count() throws(Malformed) -> (from: Int, to: Int?)? {
    if pass("*") { return (0, nil) }
    if pass("+") { return (1, nil) }
    if pass("?") { return (0, 1) }
    guard pass("{") else { return nil }
    let from = try number()
    var to: Int? = from
    if pass(",") { to = next == "}" ? nil : try number() }
    guard pass("}"), to.map({ $0 >= from }) ?? true else { throw Malformed() }
    return (from, to)
  }

  private mutating func number() throws(Malformed) -> Int {
    var number: Int?
    while let digit = next, ("0"..."9").contains(digit) {
      number = (number ?? 0) * 10 + Int(digit.value - 48)
      guard number ?? 0 <= Self.countLimit else { throw Malformed() }
      index += 1
    }
    guard let number else { throw Malformed() }
    return number
  }

  // MARK: Atoms

  private mutating func atom() throws(Malformed) -> PatternNode {
    guard let scalar = next else { throw Malformed() }
    index += 1
    switch scalar {
    case "(": return try group()
    case "[": return .one(try set())
    case "\\": return try escape()
    case ".": return .one(ScalarSet.lineEnds.negated)
    case "^": return .assertion(.start)
    case "$": return .assertion(.end)
    case "*", "+", "?", "{", "}", "]": throw Malformed()
    default: return .one(ScalarSet(ranges: [scalar.value...scalar.value]))
    }
  }

  private mutating func group() throws(Malformed) -> PatternNode {
    groups += 1
    guard groups <= Self.groupLimit else { throw Malformed() }
    var isAheadWanted: Bool?
    if pass("?") {
      if pass("=") {
        isAheadWanted = true
      } else if pass("!") {
        isAheadWanted = false
      } else if !pass(":") {
        throw Malformed()
      }
    }
    let node = try alternatives()
    guard pass(")") else { throw Malformed() }
    guard let isAheadWanted else { return node.asGroup }
    aheads.append(node)
    return .assertion(.ahead(aheads.count - 1, isWanted: isAheadWanted))
  }

  private mutating func escape() throws(Malformed) -> PatternNode {
    if pass("b") { return .assertion(.boundary(isWanted: true)) }
    if pass("B") { return .assertion(.boundary(isWanted: false)) }
    return .one(try escaped())
  }

  /// What stands after a backslash, as characters.
  private mutating func escaped() throws(Malformed) -> ScalarSet {
    guard let scalar = next else { throw Malformed() }
    index += 1
    switch scalar {
    case "d": return .digits
    case "D": return ScalarSet.digits.negated
    case "w": return .word
    case "W": return ScalarSet.word.negated
    case "s": return .space
    case "S": return ScalarSet.space.negated
    case "n": return ScalarSet(ranges: [10...10])
    case "r": return ScalarSet(ranges: [13...13])
    case "t": return ScalarSet(ranges: [9...9])
    default:
      guard Self.plain.contains(scalar) else { throw Malformed() }
      return ScalarSet(ranges: [scalar.value...scalar.value])
    }
  }

  private static let plain = Set(".^$|?*+()[]{}\\/-,:'\"@&_".unicodeScalars)

  // MARK: Classes

  private mutating func set() throws(Malformed) -> ScalarSet {
    let isNegated = pass("^")
    var set = ScalarSet(ranges: [])
    var isEmpty = true
    while !pass("]") {
      let first = try member()
      isEmpty = false
      guard next == "-", index + 1 < scalars.count, scalars[index + 1] != "]" else {
        set.insert(first)
        continue
      }
      index += 1
      let last = try member()
      guard let low = first.only, let high = last.only, low <= high else { throw Malformed() }
      set.insert(low...high)
    }
    guard !isEmpty else { throw Malformed() }
    set.isNegated = isNegated
    return set
  }

  private mutating func member() throws(Malformed) -> ScalarSet {
    guard let scalar = next else { throw Malformed() }
    index += 1
    if scalar == "\\" { return try escaped() }
    // NB: a doubled sign is a set operation to some engines, and so is a bracket.
    guard scalar != "[", scalar != next || !Self.doubled.contains(scalar) else {
      throw Malformed()
    }
    return ScalarSet(ranges: [scalar.value...scalar.value])
  }

  private static let doubled = Set("&-~|".unicodeScalars)
}

extension ScalarSet {
  /// The only character of the set.
  fileprivate var only: UInt32? {
    ranges.count == 1 && ranges[0].count == 1 && !isNegated ? ranges[0].lowerBound : nil
  }
}

extension PatternNode {
  /// The node as one that can be counted: an assertion in brackets can.
  fileprivate var asGroup: PatternNode {
    if case .assertion = self { .sequence([self]) } else { self }
  }
}
