import Causality
import Model
import Rules
import Testing

/// What an answer may replace.
@Suite struct NamingTests {
  static let surveyor = Writer(person: wayan, role: .surveyor)
  static let supervisor = Writer(person: ketut, role: .supervisor)

  /// Every shape of sibling that naming can tell apart, with names that do not order as stamps do.
  static let pool: [Contender] = {
    var pool: [Contender] = []
    for answer in [Answer.whole(10), .whole(25)] {
      for (person, role) in [
        (wayan, Role.surveyor), (made, .surveyor), (ketut, .supervisor), (wayan, .supervisor),
      ] {
        let index = UInt64(pool.count)
        pool.append(
          said(
            answer, at: 5 + index % 3, by: person, role, suspect: index % 5 == 4,
            origin: name(1, replica: index * 5 % 8)))
      }
    }
    return pool
  }()

  static let writers = [
    surveyor, supervisor, Writer(person: wayan, role: .supervisor),
    Writer(person: nyoman, role: .surveyor), Writer(person: made, role: .viewer),
  ]

  @Test(arguments: everyRule)
  func `Every small view obeys the laws of writing`(rule: Rule) {
    for size in 0...3 {
      for view in Self.pool.combinations(of: size) {
        for writer in Self.writers {
          for act in [Act.edit, .resolution] {
            guard let broken = brokenWriting(view, by: rule, writer, act) else { continue }
            Issue.record("\(broken): \(rule), \(writer), \(act), \(view)")
            return
          }
        }
      }
    }
  }

  /// The office sees only what was named, and judges as if it had seen the whole view.
  @Test(arguments: everyRule)
  func `The office accepts exactly what some view would have offered`(rule: Rule) {
    let views = (0...4).flatMap { Self.pool.combinations(of: $0) }
    for writer in Self.writers {
      var offered = Set<[Name]>()
      for view in views { offered.insert(named(view, rule: rule, writer: writer, act: .edit)) }
      for view in views {
        let names = view.map(\.origin).sorted()
        let isAccepted = mayReplace(view, rule: rule, writer: writer, act: .edit)
        guard isAccepted != offered.contains(names) else { continue }
        Issue.record("accepted \(isAccepted): \(rule), \(writer), \(view)")
        return
      }
    }
  }

  @Test func `A settled question is replaced as a whole`() {
    let view = [said(.whole(1), at: 1, by: made), said(.whole(2), at: 2, by: ketut, .supervisor)]
    for rule in [Rule.latest(then: .ask), .max, .min, .askIfClassChanges(edges: [])] {
      #expect(
        named(view, rule: rule, writer: Self.surveyor, act: .edit) == view.map(\.origin), "\(rule)")
    }
  }

  @Test func `In an open conflict an edit replaces its author's own answers alone`() {
    let view = [
      said(.whole(1), at: 1), said(.whole(2), at: 2, by: made), said(.whole(3), at: 3),
    ]

    let mine = [view[0].origin, view[2].origin]
    #expect(named(view, rule: .ask, writer: Self.surveyor, act: .edit) == mine)
    #expect(named(view, rule: .ask, writer: Self.supervisor, act: .edit).isEmpty)
    let all = view.map(\.origin)
    #expect(named(view, rule: .ask, writer: Self.supervisor, act: .resolution) == all)
  }

  @Test func `What is set once is not replaced by others, even when nobody objects`() {
    let view = [said(.text("1234"), at: 1, by: made)]
    for rule in [Rule.fixed, .first(then: .ask), .role(then: .fixed)] {
      #expect(named(view, rule: rule, writer: Self.surveyor, act: .edit).isEmpty)
      #expect(!mayReplace(view, rule: rule, writer: Self.surveyor, act: .edit))
      let author = Writer(person: made, role: .surveyor)
      #expect(mayReplace(view, rule: rule, writer: author, act: .edit))
      #expect(mayReplace(view, rule: rule, writer: Self.supervisor, act: .resolution))
    }
  }

  @Test func `Nobody replaces an answer of someone above, not even what was once one's own`() {
    let rule = Rule.role(then: .latest(then: .ask))
    let verified = said(.whole(3), at: 1, by: ketut, .supervisor)
    let promoted = said(.whole(3), at: 2, by: wayan, .supervisor)
    let mine = said(.whole(4), at: 3)
    let other = said(.whole(4), at: 4, by: made)
    let view = [verified, promoted, mine, other]

    let names = named(view, rule: rule, writer: Self.surveyor, act: .edit)

    #expect(names == [mine.origin, other.origin])
    #expect(!mayReplace([verified], rule: rule, writer: Self.surveyor, act: .edit))
    #expect(!mayReplace([promoted], rule: rule, writer: Self.surveyor, act: .edit))
    #expect(
      named(view, rule: rule, writer: Self.supervisor, act: .edit) == view.map(\.origin).sorted())
  }

  @Test func `A dispute among those below does not let one of them clear the other away`() {
    let view = [
      said(.whole(3), at: 1, by: ketut, .supervisor), said(.whole(4), at: 2),
      said(.whole(5), at: 3, by: made),
    ]

    let names = named(view, rule: .role(then: .ask), writer: Self.surveyor, act: .edit)

    #expect(settle(view, by: .role(then: .ask)).settled == .whole(3))
    #expect(names == [view[1].origin])
  }

  @Test func `A hostile naming is refused`() {
    let mine = said(.whole(1), at: 1)
    let theirs = said(.whole(2), at: 2, by: made)
    let conflict = [mine, theirs]

    #expect(!mayReplace(conflict, rule: .ask, writer: Self.surveyor, act: .edit))
    #expect(!mayReplace(conflict, rule: .ask, writer: Self.surveyor, act: .resolution))
    #expect(!mayReplace(conflict, rule: .ask, writer: Self.surveyor, act: .office))
    #expect(!mayReplace([mine], rule: .sum, writer: Self.surveyor, act: .edit))
    #expect(!mayReplace([theirs, theirs], rule: .fixed, writer: Self.surveyor, act: .edit))
    #expect(mayReplace(conflict, rule: .ask, writer: Self.supervisor, act: .resolution))
    #expect(mayReplace(conflict, rule: .sum, writer: Self.supervisor, act: .resolution))
  }

  @Test func `The office's word counts from the office and from an admin`() {
    let view = [said(.whole(1), at: 1), said(.whole(2), at: 2, by: made)]
    for writer in [Writer(person: .office, role: .viewer), Writer(person: nyoman, role: .admin)] {
      #expect(named(view, rule: .fixed, writer: writer, act: .office) == view.map(\.origin))
    }
    #expect(named(view, rule: .fixed, writer: Self.supervisor, act: .office).isEmpty)
  }

  @Test func `Whether choices are in conflict goes by their rank here too`() {
    let view = [said(.text("a"), at: 1), said(.text("b"), at: 2, by: made)]
    let half: (Answer) -> Int? = { $0 == .text("a") ? 1 : nil }

    #expect(named(view, rule: .max, writer: Self.surveyor, act: .edit).count == 2)
    #expect(named(view, rule: .max, writer: Self.surveyor, act: .edit, rank: half).count == 1)
    #expect(!mayReplace(view, rule: .max, writer: Self.surveyor, act: .edit, rank: half))
  }
}
