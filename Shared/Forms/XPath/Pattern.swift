/// A regular expression that was found to be well-formed when its form was loaded.
///
/// It matches whole texts, by Unicode scalars and with ASCII meanings of `\d`, `\w`, `\s` and `\b`, so
/// that the same answer passes on every laptop. Only what all survey tools share is accepted:
/// characters, classes, groups, counts, alternatives, and looking ahead.
///
/// The match takes time in proportion to the text, whatever the pattern. Engines that try one way after
/// the other take time that doubles with every letter for patterns as plain as `([a-z]+ ?)*`, and an
/// answer of thirty letters then stops the laptop of everyone who holds it. Here all ways are followed
/// at once (Thompson, 1968). What is looked ahead for is found out beforehand for every position of
/// the text, from its end to its beginning, so that looking ahead takes no longer either.
struct Pattern: Sendable {
  /// The longest pattern in bytes.
  static let limit = 500

  private let whole: PatternProgram
  /// What is looked ahead for; what stands inside another stands before it.
  private let aheads: [PatternProgram]

  /// Compiles a pattern; `nil` if it is malformed or of a kind that is not supported.
  init?(_ text: String) {
    guard text.utf8.count <= Pattern.limit else { return nil }
    do {
      var parser = PatternParser(text)
      let node = try parser.parse()
      whole = try PatternProgram(node, isReversed: false)
      aheads = try parser.aheads.map { try PatternProgram($0, isReversed: true) }
    } catch {
      return nil
    }
  }

  /// Whether all of the text fits.
  func matches(_ text: String) -> Bool {
    var subject = PatternSubject(text)
    for ahead in aheads { subject.note(ahead.beginnings(in: subject)) }
    return whole.matches(subject)
  }
}

/// A part of a pattern.
indirect enum PatternNode: Sendable {
  /// One character.
  case one(ScalarSet)
  /// Nothing, at a position of which this is so.
  case assertion(PatternAssertion)
  /// One after the other.
  case sequence([PatternNode])
  /// One of several.
  case choice([PatternNode])
  /// The same several times; without end if there is no upper count.
  case repeated(PatternNode, from: Int, to: Int?)
}

/// What can be asked of a position.
enum PatternAssertion: Sendable {
  /// The text begins here.
  case start
  /// The text ends here.
  case end
  /// A word begins or ends here, or neither.
  case boundary(isWanted: Bool)
  /// What is looked for follows, or does not.
  case ahead(Int, isWanted: Bool)
}

/// Characters, as ranges of scalars or as all others.
struct ScalarSet: Sendable {
  private(set) var ranges: [ClosedRange<UInt32>]
  var isNegated = false

  static let digits = ScalarSet(ranges: [48...57])
  static let word = ScalarSet(ranges: [48...57, 65...90, 95...95, 97...122])
  static let space = ScalarSet(ranges: [9...13, 32...32])
  static let lineEnds = ScalarSet(ranges: [10...13, 0x85...0x85, 0x2028...0x2029])

  var negated: ScalarSet { ScalarSet(ranges: ranges, isNegated: !isNegated) }

  func contains(_ scalar: UInt32) -> Bool {
    ranges.contains { $0.contains(scalar) } != isNegated
  }

  mutating func insert(_ range: ClosedRange<UInt32>) { ranges.append(range) }

  /// Takes another set in, which may be one of all others.
  mutating func insert(_ other: ScalarSet) {
    guard other.isNegated else {
      ranges += other.ranges
      return
    }
    var next: UInt32 = 0
    for range in other.ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > next { ranges.append(next...range.lowerBound - 1) }
      next = max(next, range.upperBound + 1)
    }
    ranges.append(next...0x10_ffff)
  }
}
