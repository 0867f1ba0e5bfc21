import Model

/// `best-fix`: the position with the smallest radius, while all lie within 100 m of each other.
///
/// A fix is a group of latitude, longitude, accuracy and whatever else was read with them; it wins
/// or loses as a whole, because a latitude of one reading with a longitude of another is a place
/// where nobody was. A radius that is missing or not above zero means that the device did not know
/// it, and is the worst there is, not the best. Of equal radii the latest wins.
///
/// Every pair is measured, not only the best fix with the others: two readings 80 m to either side
/// of it are 160 m apart, and one of them was another building. Fixes without coordinates lose to
/// those with; half a coordinate, or one that is not on Earth, is left to people. So are more positions
/// than anybody reads without looking at the others: to measure thousands of them takes a store minutes.
///
/// - Complexity: O(fixes) and at most 64² / 2 distances.
func bestFix(of field: [Contender]) -> Contender? {
  var fixes: [(contender: Contender, position: Position, radius: Int128)] = []
  for contender in field {
    switch Reading(contender.answer) {
    case .malformed: return nil
    case .nowhere: continue
    case .fix(let position, let radius): fixes.append((contender, position, radius))
    }
  }
  let positions = Array(Set(fixes.map(\.position)))
  guard positions.count <= mostPositions else { return nil }
  for (index, position) in positions.enumerated() {
    for other in positions[(index + 1)...] where position.isFar(from: other) { return nil }
  }
  guard var best = fixes.first else { return nil }
  for fix in fixes.dropFirst() where fix.radius <= best.radius { best = fix }
  return best.contender
}

/// How many positions are measured against each other.
private let mostPositions = 64

/// What a rule can read in an answer that should be a position.
private enum Reading {
  /// A position and its radius, in units of 10⁻¹⁵ m.
  case fix(Position, radius: Int128)
  /// No coordinates.
  case nowhere
  /// Something else.
  case malformed

  init(_ answer: Answer) {
    switch answer {
    case .cleared: self = .nowhere
    case .group:
      switch (answer.member(0), answer.member(1), answer.member(2)) {
      case (.cleared, .cleared, _): self = .nowhere
      case (.number(let latitude), .number(let longitude), let accuracy):
        guard let position = Position(latitude: latitude, longitude: longitude),
          let radius = Reading.radius(accuracy)
        else {
          self = .malformed
          return
        }
        self = .fix(position, radius: radius)
      default: self = .malformed
      }
    default: self = .malformed
    }
  }

  private static func radius(_ accuracy: Answer) -> Int128? {
    switch accuracy {
    case .cleared: .max
    case .number(let metres): metres.exact > 0 ? metres.exact : .max
    default: nil
    }
  }
}
