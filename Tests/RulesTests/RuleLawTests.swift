import Causality
import Model
import Rules
import Testing

/// No rule has an exception to what all rules promise.
///
/// Method: one law checker, over every small set of contenders that differ in whatever a rule may
/// look at.
@Suite struct RuleLawTests {
  /// Answers of every kind that some rule reads, and one that none does.
  static let answers: [Answer] = [
    .cleared, .whole(10), .whole(11), .whole(25), .text("pcs"), .present, .absent,
    .members([.whole(12), .text("kg")]), fix("-8.65", "115.21", "5"),
    fix("-8.6515", "115.21", "3"), fix("-8.65", "115.21"),
    .unknown(kind: 77, bytes: [1]), .real(bits: 0x7ff8_0000_0000_0000),
  ]

  /// Names in an order that has nothing to do with stamps, one step of the tie-break after another.
  static let names: [Name] = [
    name(2, replica: 9, village: sanur), name(7, replica: 9, village: pemogan),
    name(2, replica: 3, village: sanur), name(2, replica: 9, village: sanur, tag: 1),
    name(1, replica: 9, village: sanur),
  ]

  /// Earlier or later, with a clock to be believed or not, of one role or another, as an edit or a
  /// decision: the bits of ``contender(_:_:_:)``.
  static let manners = [0, 1, 2, 6, 13]

  static func contender(_ place: Int, _ answer: Answer, _ manner: Int) -> Contender {
    let isHigh = manner & 4 != 0
    return said(
      answer, at: manner & 1 == 0 ? 5 : 6, by: isHigh ? ketut : [wayan, made][place % 2],
      isHigh ? .supervisor : .surveyor, suspect: manner & 2 != 0,
      act: manner & 8 != 0 ? .resolution : .edit, origin: names[place])
  }

  @Test(arguments: everyRule)
  func `Any two contenders obey every law`(rule: Rule) {
    var cases = Exhaustive()
    var count = 0
    while cases.next() {
      let contenders = [0, 1].map {
        Self.contender($0, cases.pick(of: Self.answers), cases.pick(of: Self.manners))
      }
      if let broken = brokenLaw(contenders, by: rule) {
        Issue.record("\(broken): \(rule), \(contenders)")
        return
      }
      count += 1
    }
    #expect(count == 13 * 13 * 5 * 5)
  }

  @Test(arguments: everyRule)
  func `Any three contenders obey every law`(rule: Rule) {
    var cases = Exhaustive()
    let manners = [0, 3, 5]
    let answers: [Answer] = [.cleared, .whole(10), .whole(11), fix("-8.65", "115.21")]
    while cases.next() {
      let contenders = [0, 1, 2].map {
        Self.contender($0, cases.pick(of: answers), cases.pick(of: manners))
      }
      if let broken = brokenLaw(contenders, by: rule) {
        Issue.record("\(broken): \(rule), \(contenders)")
        return
      }
    }
  }

  @Test(arguments: usualRules)
  func `Any four contenders of three answers obey every law`(rule: Rule) {
    let families: [[Answer]] = [
      [.whole(100), .whole(109), .whole(118)], [.present, .absent, .cleared],
      [
        fix("-8.65", "115.21", "3"), fix("-8.65072", "115.21", "9"), fix("-8.64928", "115.21", "9"),
      ],
    ]
    var cases = Exhaustive()
    while cases.next() {
      let family = cases.pick(of: families)
      let stamps = cases.pick(of: [0, 5])
      let contenders = [0, 1, 2, 3].map { place in
        Self.contender(place, cases.pick(of: family), place == 2 ? stamps : place & 1)
      }
      if let broken = brokenLaw(contenders, by: rule) {
        Issue.record("\(broken): \(rule), \(contenders)")
        return
      }
    }
  }

  @Test func `Nothing is settled where nothing stands`() {
    for rule in everyRule { #expect(settle([], by: rule) == .unanswered) }
  }

  @Test func `An origin that is claimed twice counts once, whichever comes first`() {
    let one = said(.whole(1), at: 1)
    let two = said(.whole(2), at: 2, origin: one.origin)
    for rule in everyRule {
      #expect(settle([one, two], by: rule) == settle([two, one], by: rule))
      #expect(settle([one, two], by: rule) == settle([one], by: rule))
    }
  }

  @Test func `Ties go by village, replica, counter and hash`() {
    let steps = [
      name(9, replica: 9, village: pemogan), name(9, replica: 1), name(1, replica: 2),
      name(2, replica: 2, tag: 1), name(2, replica: 2, tag: 2),
    ]
    for (index, low) in steps.enumerated() {
      for high in steps[(index + 1)...] {
        let contenders = [
          said(.whole(1), at: 3, origin: low), said(.whole(2), at: 3, origin: high),
        ]
        #expect(settle(contenders, by: .latest(then: .ask)).settled == .whole(2))
        #expect(settle(contenders, by: .first(then: .ask)).settled == .whole(1))
      }
    }
  }

  @Test func `The example in the documentation holds`() {
    let contenders = [said(.whole(1), at: 1), said(.whole(2), at: 2, by: made)]

    #expect(settle(contenders, by: .latest(then: .ask)).settled == .whole(2))
    #expect(settle(contenders, by: .fixed).isOpen)
  }
}
