import Bytes
import Causality
import Model
import Rules
import Testing

/// Each rule in the cases where a reader could take it for another rule.
@Suite struct SettleTests {
  @Suite struct Decisions {
    static let rules: [Rule] = [
      .latest(then: .ask), .first(then: .ask), .max, .min, .bestFix, .role(then: .ask),
      .sameOrAsk(percent: 10), .askIfClassChanges(edges: [Decimal(20)]), .fixed, .ask,
    ]

    private func decided(_ answer: Answer, at time: UInt64) -> Contender {
      said(answer, at: time, by: made, .supervisor, act: .resolution)
    }

    @Test(arguments: rules) func `No rule overturns a decision that had not seen the other`(
      _ rule: Rule
    ) {
      for time in [1, 9] as [UInt64] {
        let decision = decided(.whole(205), at: 5)
        let later = said(.whole(210), at: time, origin: name(7))
        let verdict = settle([decision, later], by: rule)
        #expect(verdict.isOpen)
        if case .open(let provisional, _) = verdict { #expect(provisional == .whole(205)) }
        let same = said(.whole(205), at: time, origin: name(8))
        #expect(!settle([decision, same], by: rule).isOpen, "who says the same is not asked")
      }
    }

    @Test func `Increments and elements gather beside a decision`() {
      let later = said(.whole(2), at: 9, origin: name(7))
      #expect(settle([decided(.whole(5), at: 5), later], by: .sum).settled == .whole(7))
      let element = said(.present, at: 9, origin: name(7))
      #expect(settle([decided(.absent, at: 5), element], by: .union).settled == .present)
    }
  }

  @Suite struct Latest {
    @Test func `The newest wins, the oldest under first`() {
      let answers = [said(.text("a"), at: 3), said(.text("b"), at: 9), said(.text("c"), at: 6)]

      #expect(settle(answers, by: .latest(then: .ask)).settled == .text("b"))
      #expect(settle(answers, by: .first(then: .ask)).settled == .text("a"))
    }

    @Test func `One clock that cannot be believed is enough, also if it did not win`() {
      let reset = said(.text("new"), at: 1, by: made, suspect: true)
      let answers = [said(.text("old"), at: 100), reset]

      #expect(settle(answers, by: .latest(then: .ask)).isOpen)
      #expect(settle(answers, by: .first(then: .ask)).isOpen)
    }

    /// The reading "any suspect" against "the winner is suspect" and "suspects never win".
    @Test func `Any suspect contender calls the second rule in every small set`() {
      var cases = Exhaustive()
      var differing = 0
      while cases.next() {
        let contenders = (0..<3).map { place in
          said(
            .whole(Int64(cases.pick(2))), at: UInt64(1 + cases.pick(3)),
            suspect: cases.pick(2) == 1,
            origin: name(1, replica: UInt64(place)))
        }
        let newest = contenders.max()
        let differ = Set(contenders.map(\.answer)).count > 1
        let isOpen = differ && contenders.contains(where: \.isSuspect)
        if differ, isOpen != newest?.isSuspect { differing += 1 }

        let verdict = settle(contenders, by: .latest(then: .ask))

        #expect(verdict.isOpen == isOpen)
        if !isOpen { #expect(verdict.settled == newest?.answer) }
      }
      #expect(differing > 400)
    }

    @Test func `The second rule sees the whole set, and is named as the one that decided`() {
      let answers = [
        said(.whole(5), at: 1), said(.whole(9), at: 2), said(.whole(7), at: 3, suspect: true),
      ]

      let settlement = settle(answers, by: .latest(then: .max)).settlement

      let expected = Settlement(answer: .whole(9), rule: .max, behind: 3, winner: name(2))
      #expect(settlement == expected)
    }
  }

  @Suite struct Extremes {
    @Test func `Decimals are compared as decimals`() {
      let answers = [said(number("9.5"), at: 1), said(number("10"), at: 2)]

      #expect(settle(answers, by: .max).settled == number("10"))
      #expect(settle(answers, by: .min).settled == number("9.5"))
    }

    @Test func `A cleared answer beats no value, from either side`() {
      let answers = [said(.whole(-5), at: 1), said(.cleared, at: 2), said(.whole(-7), at: 3)]

      #expect(settle(answers, by: .max).settled == .whole(-5))
      #expect(settle(answers, by: .min).settled == .whole(-7))
      #expect(settle(Array(answers[0...1]), by: .max).settled == .whole(-5))
    }

    @Test func `Different kinds, groups and no-numbers are left to people`() {
      let nan = Answer.real(bits: 0x7ff8_0000_0000_0000)
      let two = Answer.real(bits: 0x4000_0000_0000_0000)
      let three = Answer.real(bits: 0x4008_0000_0000_0000)
      for rule in [Rule.max, .min] {
        #expect(settle([said(.whole(1), at: 1), said(.text("2"), at: 2)], by: rule).isOpen)
        #expect(settle([said(nan, at: 1), said(two, at: 2)], by: rule).isOpen)
        let groups: [Answer] = [.members([.whole(1)]), .members([.whole(2)])]
        #expect(settle([said(groups[0], at: 1), said(groups[1], at: 2)], by: rule).isOpen)
      }
      #expect(settle([said(three, at: 1), said(two, at: 2)], by: .max).settled == three)
      let dates = [said(.date(9), at: 1), said(.date(-9), at: 2)]
      #expect(settle(dates, by: .max).settled == .date(9))
    }

    @Test func `Choices go by their place in the list where it is known`() {
      let list = ["sd", "smp", "sma", "s1"]
      func rank(_ answer: Answer) -> Int? {
        guard case .text(let choice) = answer else { return nil }
        return list.firstIndex(of: choice.string)
      }
      let answers = [said(.text("smp"), at: 1), said(.text("sma"), at: 2), said(.cleared, at: 3)]

      #expect(settle(answers, by: .max).settled == .text("smp"))
      #expect(settle(answers, by: .max, rank: rank).settled == .text("sma"))
      #expect(settle(answers, by: .min, rank: rank).settled == .text("smp"))
      // The rank reaches a second rule as well.
      let doubted = answers + [said(.text("sd"), at: 4, suspect: true)]
      #expect(settle(doubted, by: .latest(then: .max), rank: rank).settled == .text("sma"))
    }

    @Test func `Half a ranking ranks nothing, equal ranks go to the latest`() {
      let answers = [said(.text("a"), at: 1), said(.text("b"), at: 2), said(.text("0"), at: 3)]

      #expect(settle(answers, by: .max) { $0 == .text("b") ? 1 : nil }.isOpen)
      #expect(settle(answers, by: .max) { _ in nil }.isOpen)
      #expect(settle(answers, by: .max).settled == .text("b"))
      #expect(settle(answers, by: .max) { _ in 1 }.settled == .text("0"))
      #expect(settle(answers, by: .min) { _ in 1 }.settled == .text("0"))
    }
  }

  @Suite struct Union {
    @Test func `Whoever says it is there wins, however early`() {
      let answers = [said(.present, at: 1), said(.absent, at: 5), said(.cleared, at: 9)]

      #expect(settle(answers, by: .union).settled == .present)
      #expect(settle(Array(answers[1...]), by: .union).settled == .cleared)
    }

    @Test func `Anything else at an element is left to people`() {
      #expect(settle([said(.present, at: 1), said(.text("x"), at: 2)], by: .union).isOpen)
    }
  }

  @Suite struct Sum {
    @Test func `Equal increments add up`() {
      let answers = [said(.whole(1), at: 1), said(.whole(1), at: 2, by: made)]

      let settlement = settle(answers, by: .sum).settlement

      #expect(settlement == Settlement(answer: .whole(2), rule: .sum, behind: 2, winner: nil))
    }

    @Test func `Decimals and negative increments are exact, cleared ones add nothing`() {
      let answers = [
        said(number("0.1"), at: 1), said(number("0.2"), at: 2), said(.cleared, at: 3),
        said(.whole(-1), at: 4),
      ]

      #expect(settle(answers, by: .sum).settled == number("-0.7"))
      #expect(settle([said(.cleared, at: 1)], by: .sum).settled == .whole(0))
    }

    @Test func `Too many digits are left to people, and cancel in any order`() {
      let huge = Answer.whole(999_999_999_999_999_999)
      let tiny = number("0.000000000000001")
      let minus = Answer.whole(-999_999_999_999_999_999)
      let overflow = [said(huge, at: 1), said(huge, at: 2)]

      #expect(settle(overflow, by: .sum).isOpen)
      #expect(settle(overflow, by: .sum).sides.count == 1)
      #expect(settle([said(huge, at: 1), said(tiny, at: 2)], by: .sum).isOpen)
      for order in [huge, huge, minus].permutations {
        let answers = order.enumerated().map { said($1, at: UInt64($0 + 1)) }
        #expect(settle(answers, by: .sum).settled == huge)
      }
    }

    @Test func `A hostile multitude does not overflow`() {
      let huge = Answer.whole(999_999_999_999_999_999)
      let answers = (1...180_000).map { said(huge, at: UInt64($0)) }

      #expect(settle(answers, by: .sum).isOpen)
    }

    @Test func `What is no number is left to people unless it stands alone`() {
      #expect(settle([said(.text("3"), at: 1), said(.whole(1), at: 2)], by: .sum).isOpen)
      #expect(settle([said(.text("3"), at: 1), said(.text("3"), at: 2)], by: .sum).isOpen)
      #expect(settle([said(.text("3"), at: 1)], by: .sum).settled == .text("3"))
    }
  }

  @Suite struct Roles {
    @Test func `The highest role wins, however old and often contradicted`() {
      let answers = [
        said(.whole(3), at: 1, by: ketut, .supervisor), said(.whole(4), at: 8),
        said(.whole(4), at: 9, by: made),
      ]

      let settlement = settle(answers, by: .role(then: .latest(then: .ask))).settlement

      #expect(settlement?.answer == .whole(3))
      #expect(settlement?.rule == .role(then: .latest(then: .ask)))
      #expect(settlement?.behind == 3)
    }

    @Test func `The next rule decides among the highest, not among all`() {
      let answers = [
        said(.whole(3), at: 1, by: ketut, .supervisor),
        said(.whole(5), at: 2, by: nyoman, .supervisor), said(.whole(9), at: 9),
      ]

      let settlement = settle(answers, by: .role(then: .latest(then: .ask))).settlement

      #expect(settlement?.answer == .whole(5))
      #expect(settlement?.rule == .latest(then: .ask))
    }

    @Test func `A surveyor's bad clock does not disturb two supervisors`() {
      let answers = [
        said(.whole(3), at: 1, by: ketut, .supervisor),
        said(.whole(5), at: 2, by: nyoman, .supervisor), said(.whole(9), at: 9, suspect: true),
      ]

      #expect(settle(answers, by: .role(then: .latest(then: .ask))).settled == .whole(5))
    }

    @Test func `An open conflict shows those who were outranked, and stands by those who were not`()
    {
      let answers = [
        said(.whole(3), at: 1, by: ketut, .supervisor),
        said(.whole(5), at: 2, by: nyoman, .supervisor), said(.whole(9), at: 9),
      ]

      let verdict = settle(answers, by: .role(then: .ask))

      #expect(verdict.answer == .whole(5))
      #expect(verdict.sides.map(\.answer) == [.whole(3), .whole(5), .whole(9)])
    }
  }

  @Suite struct SameOrAsk {
    static let tenPerCent = Rule.sameOrAsk(percent: 10)

    @Test func `The whole span counts, not the steps and not the distance to the latest`() {
      let answers = [
        said(.whole(100), at: 1), said(.whole(118), at: 2), said(.whole(109), at: 3),
      ]
      #expect(settle(answers, by: Self.tenPerCent).isOpen)
      #expect(settle([answers[0], answers[2]], by: Self.tenPerCent).settled == .whole(109))
      #expect(settle([answers[1], answers[2]], by: Self.tenPerCent).settled == .whole(109))
    }

    @Test(arguments: [
      ("100", "111", true), ("100", "112", false), ("90", "100", true), ("89.99", "100", false),
      ("0", "1", false), ("-100", "100", false), ("-100", "-90", true), ("-100", "-89", false),
      ("0.1", "0.09", true), ("0.1", "0.089999999999999", false),
      ("999999999999999999", "-999999999999999999", false),
    ])
    func `The tolerance is of the larger magnitude, exactly`(a: String, b: String, isSame: Bool) {
      let verdict = settle([said(number(a), at: 1), said(number(b), at: 2)], by: Self.tenPerCent)

      #expect(verdict.settled == (isSame ? number(b) : nil))
    }

    @Test func `An amount is compared by its number if the unit is the same`() {
      let tons = Answer.members([.whole(1), .text("t")])
      let kilos = Answer.members([.whole(1000), .text("kg")])
      let more = Answer.members([.whole(1050), .text("kg")])
      let unitFirst = Answer.members([.text("kg"), .whole(1050)])
      let bare = Answer.members([.whole(1000)])

      #expect(settle([said(kilos, at: 1), said(more, at: 2)], by: Self.tenPerCent).settled == more)
      for other in [tons, unitFirst, bare, .whole(1000), .cleared, .text("kg")] {
        #expect(settle([said(kilos, at: 1), said(other, at: 2)], by: Self.tenPerCent).isOpen)
      }
      #expect(settle([said(bare, at: 1), said(.whole(1000), at: 2)], by: Self.tenPerCent).isOpen)
    }

    @Test func `Numbers in different places of a group are not compared`() {
      let left = Answer.group([.whole(1000), .present])
      let right = Answer.group([.present, .whole(1000)])

      #expect(settle([said(left, at: 1), said(right, at: 2)], by: Self.tenPerCent).isOpen)
    }

    @Test func `Extreme tolerances do not overflow`() {
      let pair = [
        said(.whole(999_999_999_999_999_999), at: 1), said(.whole(-999_999_999_999_999_999), at: 2),
      ]

      #expect(settle(pair, by: .sameOrAsk(percent: .max)).settled == pair[1].answer)
      #expect(settle(pair, by: .sameOrAsk(percent: .min)).isOpen)
      #expect(settle(pair, by: .sameOrAsk(percent: 199)).isOpen)
    }
  }

  @Suite struct Classes {
    static let small = Rule.askIfClassChanges(edges: [Decimal(20), Decimal(100)])

    @Test func `The latest wins within a class, and an edge belongs to the class above`() {
      func verdict(_ a: Int64, _ b: Int64) -> Answer? {
        settle([said(.whole(a), at: 1), said(.whole(b), at: 2)], by: Self.small).settled
      }
      #expect(verdict(19, 1) == .whole(1))
      #expect(verdict(19, 20) == nil)
      #expect(verdict(20, 99) == .whole(99))
      #expect(verdict(99, 100) == nil)
      #expect(verdict(100, 7_000_000) == .whole(7_000_000))
    }

    @Test func `A group has the size of its members together`() {
      let eighteen = Answer.members([.whole(12), .whole(6)])
      let nineteen = Answer.members([.cleared, .whole(19), .text("orang")])
      let twenty = Answer.members([.whole(10), .whole(10)])
      let pair = [said(eighteen, at: 1), said(nineteen, at: 2)]

      #expect(settle(pair, by: Self.small).settled == nineteen)
      #expect(settle(pair + [said(twenty, at: 3)], by: Self.small).isOpen)
    }

    @Test func `What has no size is left to people`() {
      let unclear = Answer.members([.whole(1), .real(bits: 0)])
      for other in [Answer.cleared, .text("1"), .members([.text("1")]), unclear] {
        #expect(settle([said(.whole(1), at: 1), said(other, at: 2)], by: Self.small).isOpen)
      }
    }

    @Test func `A clock that cannot be believed leaves it open`() {
      let pair = [said(.whole(1), at: 1), said(.whole(2), at: 2, suspect: true)]

      #expect(settle(pair, by: Self.small).isOpen)
    }
  }

  @Suite struct Asking {
    @Test(arguments: [Rule.fixed, .ask])
    func `Different answers stand side by side`(rule: Rule) {
      let answers = [
        said(.text("x"), at: 4), said(.text("y"), at: 2, by: made), said(.text("x"), at: 1),
      ]

      let verdict = settle(answers, by: rule)

      let expected = [
        Side(answer: .text("x"), contenders: [answers[2], answers[0]]),
        Side(answer: .text("y"), contenders: [answers[1]]),
      ]
      #expect(verdict == .open(provisional: .text("x"), sides: expected))
    }

    @Test func `A decision is shown first, then whom the clock does not speak against`() {
      let believed = said(.text("believed"), at: 1)
      let doubted = said(.text("doubted"), at: 9, suspect: true)
      let decided = said(
        .text("decided"), at: 2, by: ketut, .supervisor, suspect: true, act: .resolution)
      let newer = said(.text("newer"), at: 3, by: ketut, .supervisor, act: .resolution)
      let pretended = said(.text("pretended"), at: 8, act: .resolution)

      #expect(settle([believed, doubted], by: .ask).answer == .text("believed"))
      #expect(settle([believed, doubted, decided], by: .ask).answer == .text("decided"))
      #expect(settle([newer, doubted, decided], by: .ask).answer == .text("newer"))
      #expect(settle([newer, pretended, believed], by: .ask).answer == .text("newer"))
      let worse = said(.text("worse"), at: 10, suspect: true)
      #expect(settle([doubted, worse], by: .ask).answer == .text("worse"))
    }
  }

  @Test func `A contender takes everything over from its change`() {
    let evidence = ClockEvidence(trusted: 1_000_000, elapsed: nil)
    let author = Authorship(
      person: made, device: DeviceID(7), stamp: Stamp(milliseconds: 5), evidence: evidence,
      act: .resolution)

    let contender = Contender(
      Sibling(origin: name(3), answer: .whole(1)), author: author, role: .supervisor)

    let expected = Contender(
      origin: name(3), answer: .whole(1), stamp: Stamp(milliseconds: 5), isSuspect: true,
      person: made, role: .supervisor, act: .resolution)
    #expect(contender == expected)
    #expect(contender.isDecision)
  }
}
