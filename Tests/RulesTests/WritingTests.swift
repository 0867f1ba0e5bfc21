import Bytes
import Causality
import Model
import Rules
import Testing

/// What rules promise of reading holds only if writing plays along.
///
/// Method: two laptops and every history of a few steps, in which people write by
/// the names they are offered and laptops exchange what they hold; after each everything meets.
@Suite struct WritingTests {
  /// Two laptops that hold the same record, and a note of everything that was ever written.
  struct World {
    static let path = Path(field: FieldID(20))
    static let roles: [PersonID: Role] = [
      wayan: .surveyor, made: .surveyor, ketut: .supervisor,
    ]

    let rule: Rule
    var laptops = [RecordState(), RecordState()]
    var counters: [UInt64] = [0, 0]
    var clock: UInt64 = 0
    /// Every answer that was given, and by which kind of act it was replaced.
    var given: [Name: Contender] = [:]
    var replacements: [(replaced: Name, by: Contender)] = []
    var refused = 0
    var cutShort = 0

    init(_ rule: Rule) { self.rule = rule }

    func view(_ laptop: Int) -> [Contender] {
      laptops[laptop].siblings(at: Self.path).compactMap { sibling in
        laptops[laptop].author(of: sibling.origin).map {
          Contender(sibling, author: $0, role: Self.roles[$0.person] ?? .viewer)
        }
      }
    }

    mutating func write(_ answer: Answer, on laptop: Int, by person: PersonID, as act: Act) {
      let seen = view(laptop)
      let writer = Writer(person: person, role: Self.roles[person] ?? .viewer)
      let names = named(seen, rule: rule, writer: writer, act: act)
      let replaced = seen.filter { names.contains($0.origin) }
      if !mayReplace(replaced, rule: rule, writer: writer, act: act) { refused += 1 }
      if act == .edit, settle(seen, by: rule).isOpen {
        if replaced.contains(where: { $0.person != person }) { cutShort += 1 }
      }
      clock += 1
      counters[laptop] += 1
      let author = Authorship(
        person: person, device: DeviceID(UInt32(laptop + 1)), stamp: Stamp(number: clock), act: act)
      let origin = name(counters[laptop], replica: UInt64(laptop + 1))
      let placed = PlacedAnswer(path: Self.path, replaces: names, answer: answer)
      laptops[laptop].apply(origin, by: author, [placed])
      let contender = Contender(
        Sibling(origin: origin, answer: answer), author: author, role: writer.role)
      given[origin] = contender
      for name in names { replacements.append((name, contender)) }
    }

    mutating func exchange(from: Int, to: Int) {
      laptops[to].merge(laptops[from])
    }

    mutating func meet() {
      exchange(from: 0, to: 1)
      exchange(from: 1, to: 0)
    }

    var agrees: Bool { laptops[0] == laptops[1] }
  }

  /// What must hold after every history under every rule.
  static func brokenPromise(_ world: World) -> String? {
    if world.refused > 0 { return "the office refuses an honest change" }
    if world.cutShort > 0 { return "an edit replaced another's side of a conflict" }
    let standing = Set(world.view(0).map(\.origin))
    let replaced = Set(world.replacements.map(\.replaced))
    if standing.union(replaced) != Set(world.given.keys) { return "an answer was lost" }
    if !standing.isDisjoint(with: replaced) { return "a replaced answer stands" }
    return nil
  }

  /// One step of a history, chosen from all there are.
  static func step(_ world: inout World, _ cases: inout Exhaustive, number: Int) {
    switch cases.pick(7) {
    case 0: world.write(.whole(Int64(number)), on: 0, by: wayan, as: .edit)
    case 1: world.write(.whole(1), on: 0, by: wayan, as: .edit)
    case 2: world.write(.whole(1), on: 1, by: made, as: .edit)
    case 3: world.write(.whole(Int64(30 * number)), on: 1, by: ketut, as: .edit)
    case 4: world.write(.whole(7), on: 0, by: ketut, as: .resolution)
    case 5: world.exchange(from: 0, to: 1)
    default: world.exchange(from: 1, to: 0)
    }
  }

  @Test(arguments: usualRules)
  func `No history loses an answer or cuts a conflict short`(rule: Rule) {
    var cases = Exhaustive()
    var histories = 0
    while cases.next() {
      var world = World(rule)
      for number in 1...4 { Self.step(&world, &cases, number: number) }
      world.meet()
      histories += 1
      guard let broken = world.agrees ? Self.brokenPromise(world) : "the laptops differ" else {
        continue
      }
      Issue.record("\(broken): \(rule), \(world.given)")
      return
    }
    #expect(histories == 7 * 7 * 7 * 7)
  }

  @Test func `Any increments on any laptops in any order add up`() {
    var cases = Exhaustive()
    while cases.next() {
      var world = World(.sum)
      var increments: Int64 = 0
      for _ in 1...6 {
        switch cases.pick(4) {
        case 0:
          world.write(.whole(1), on: 0, by: wayan, as: .edit)
          increments += 1
        case 1:
          world.write(.whole(1), on: 1, by: made, as: .edit)
          increments += 1
        case 2: world.exchange(from: 0, to: 1)
        default: world.exchange(from: 1, to: 0)
        }
      }
      world.meet()
      #expect(world.agrees)
      let total = settle(world.view(0), by: .sum).answer
      #expect(total == (increments == 0 ? nil : .whole(increments)))
    }
  }

  @Test func `Setting the total counts what came later or was not seen on top`() {
    var world = World(.sum)
    world.write(.whole(5), on: 0, by: wayan, as: .edit)
    world.exchange(from: 0, to: 1)
    world.write(.whole(2), on: 1, by: made, as: .edit)

    world.write(.whole(10), on: 0, by: ketut, as: .resolution)
    world.write(.whole(1), on: 0, by: wayan, as: .edit)
    world.meet()

    #expect(settle(world.view(1), by: .sum).settled == .whole(13))
  }

  @Test func `An answer set once is replaced by its author or by a decision alone`() {
    var cases = Exhaustive()
    var worldsWithReplacement = 0
    while cases.next() {
      var world = World(.fixed)
      for number in 1...5 { Self.step(&world, &cases, number: number) }
      for (replaced, by) in world.replacements {
        #expect(by.act == .resolution || by.person == world.given[replaced]?.person)
      }
      if !world.replacements.isEmpty { worldsWithReplacement += 1 }
    }
    #expect(worldsWithReplacement > 1000)
  }

  @Test func `A second registrar who sees the number and types another makes a conflict`() {
    var world = World(.fixed)
    world.write(.text("1234"), on: 0, by: wayan, as: .edit)
    world.exchange(from: 0, to: 1)

    world.write(.text("9999"), on: 1, by: made, as: .edit)

    let verdict = settle(world.view(1), by: .fixed)
    #expect(verdict.sides.map(\.answer) == [.text("1234"), .text("9999")])

    world.write(.text("1234"), on: 1, by: ketut, as: .resolution)

    #expect(settle(world.view(1), by: .fixed).settled == .text("1234"))
    #expect(world.view(1).count == 1)
  }

  @Test func `A surveyor who retypes a verified answer does not replace it`() {
    let rule = Rule.role(then: .latest(then: .ask))
    var world = World(rule)
    world.write(.whole(3), on: 0, by: ketut, as: .edit)

    world.write(.whole(4), on: 0, by: wayan, as: .edit)

    #expect(settle(world.view(0), by: rule).settled == .whole(3))
    #expect(world.view(0).count == 2)
  }

  @Test func `Saving twice is no conflict with oneself`() {
    for rule in everyRule where !isSum(rule) {
      var world = World(rule)
      world.write(.whole(3), on: 0, by: wayan, as: .edit)
      world.write(.whole(40), on: 0, by: wayan, as: .edit)
      #expect(settle(world.view(0), by: rule).settled == .whole(40), "\(rule)")
    }
  }
}
