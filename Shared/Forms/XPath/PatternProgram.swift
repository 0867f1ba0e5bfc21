/// A part of a pattern as a program whose ways are all followed at once.
struct PatternProgram: Sendable {
  private enum Step: Sendable {
    case one(ScalarSet)
    case assertion(PatternAssertion)
    case either(Int, Int)
    case jump(Int)
    case end
  }

  /// The most steps: counts are written out, and each step may be tried at each character.
  private static let limit = 5000

  private var steps: [Step] = []
  private let isReversed: Bool
  private var effort = 0

  /// Writes the program of a part; one that is reversed reads the text from its end.
  init(_ node: PatternNode, isReversed: Bool) throws(PatternParser.Malformed) {
    self.isReversed = isReversed
    try write(node)
    steps.append(.end)
  }

  /// Whether all of the text fits.
  func matches(_ subject: PatternSubject) -> Bool {
    var ways = Ways(count: steps.count)
    follow(0, at: 0, of: subject, into: &ways)
    for position in subject.scalars.indices {
      if ways.isEmpty { return false }
      ways = step(ways, over: subject.scalars[position], to: position + 1, of: subject)
    }
    return ways.isAtEnd
  }

  /// At which positions a part of the text begins that fits; the program must be reversed.
  func beginnings(in subject: PatternSubject) -> [Bool] {
    var found = [Bool](repeating: false, count: subject.scalars.count + 1)
    var ways = Ways(count: steps.count)
    for position in found.indices.reversed() {
      if position < subject.scalars.count {
        ways = step(ways, over: subject.scalars[position], to: position, of: subject)
      }
      // The part may end anywhere.
      follow(0, at: position, of: subject, into: &ways)
      found[position] = ways.isAtEnd
    }
    return found
  }

  private func step(
    _ ways: Ways, over scalar: UInt32, to position: Int, of subject: PatternSubject
  ) -> Ways {
    var next = Ways(count: steps.count)
    for place in ways.places {
      guard case .one(let set) = steps[place], set.contains(scalar) else { continue }
      follow(place + 1, at: position, of: subject, into: &next)
    }
    return next
  }

  /// Goes from a step to all that can be reached from it without reading.
  private func follow(
    _ start: Int, at position: Int, of subject: PatternSubject, into ways: inout Ways
  ) {
    var open = [start]
    while let place = open.popLast() {
      guard ways.visit(place) else { continue }
      switch steps[place] {
      case .one: ways.places.append(place)
      case .assertion(let assertion):
        if subject.holds(assertion, at: position) { open.append(place + 1) }
      case .either(let left, let right): open += [right, left]
      case .jump(let target): open.append(target)
      case .end: ways.isAtEnd = true
      }
    }
  }

  // MARK: Writing

  private mutating func write(_ node: PatternNode) throws(PatternParser.Malformed) {
    // NB: counted apart from the steps, because nothing a thousand times a thousand times is none.
    effort += 1
    guard effort <= 4 * Self.limit, steps.count < Self.limit else {
      throw PatternParser.Malformed()
    }
    switch node {
    case .one(let set): steps.append(.one(set))
    case .assertion(let assertion): steps.append(.assertion(assertion))
    case .sequence(let nodes):
      for node in isReversed ? nodes.reversed() : nodes { try write(node) }
    case .choice(let nodes): try write(choice: nodes[...])
    case .repeated(let node, let from, let to):
      for _ in 0..<from { try write(node) }
      guard let to else { return try write(loop: node) }
      var exits: [Int] = []
      for _ in from..<to {
        exits.append(steps.count)
        steps.append(.either(steps.count + 1, 0))
        try write(node)
      }
      for exit in exits { steps[exit] = .either(exit + 1, steps.count) }
    }
  }

  private mutating func write(
    choice nodes: ArraySlice<PatternNode>
  ) throws(PatternParser.Malformed) {
    var ends: [Int] = []
    for node in nodes.dropLast() {
      let fork = steps.count
      steps.append(.either(fork + 1, 0))
      try write(node)
      ends.append(steps.count)
      steps.append(.jump(0))
      steps[fork] = .either(fork + 1, steps.count)
    }
    if let last = nodes.last { try write(last) }
    for end in ends { steps[end] = .jump(steps.count) }
  }

  private mutating func write(loop node: PatternNode) throws(PatternParser.Malformed) {
    let fork = steps.count
    steps.append(.either(fork + 1, 0))
    try write(node)
    steps.append(.jump(fork))
    steps[fork] = .either(fork + 1, steps.count)
  }
}

/// The steps at which the ways through a program stand at one position.
private struct Ways {
  var places: [Int] = []
  var isAtEnd = false
  private var visited: [Bool]

  init(count: Int) {
    visited = [Bool](repeating: false, count: count)
  }

  var isEmpty: Bool { places.isEmpty && !isAtEnd }

  /// Notes a step; `false` if a way stood there already.
  mutating func visit(_ place: Int) -> Bool {
    if visited[place] { return false }
    visited[place] = true
    return true
  }
}

/// A text that is matched, with what is known of its positions.
struct PatternSubject {
  let scalars: [UInt32]
  private var aheads: [[Bool]] = []

  init(_ text: String) {
    scalars = text.unicodeScalars.map(\.value)
  }

  /// Notes at which positions the next thing begins that is looked ahead for.
  mutating func note(_ beginnings: [Bool]) { aheads.append(beginnings) }

  func holds(_ assertion: PatternAssertion, at position: Int) -> Bool {
    switch assertion {
    case .start: position == 0
    case .end: position == scalars.count
    case .boundary(let isWanted): (isWord(position - 1) != isWord(position)) == isWanted
    case .ahead(let index, let isWanted): aheads[index][position] == isWanted
    }
  }

  private func isWord(_ position: Int) -> Bool {
    scalars.indices.contains(position) && ScalarSet.word.contains(scalars[position])
  }
}
