import Bytes
import Causality
import Rules
import Testing

@testable import Model

/// Deleting, keeping and what nobody saw.
@Suite struct LivenessTests {
  static let row = Row(FieldID(140), "abcd")
  static let otherRow = Row(FieldID(140), "efgh")
  static let question = Path(field: FieldID(61))
  static let author = Authorship(
    person: wayan, device: DeviceID(1), stamp: Stamp(number: 1))

  static func state(_ changes: [(UInt64, [PlacedAnswer])]) -> RecordState {
    var state = RecordState()
    for (counter, answers) in changes { state.apply(name(counter), by: author, answers) }
    return state
  }

  static func place(_ path: Path, _ answer: Answer = .whole(1), over: [UInt64] = [])
    -> PlacedAnswer
  {
    PlacedAnswer(path: path, replaces: over.map { name($0) }, answer: answer)
  }

  /// Applies the life that someone gives who is shown `view`.
  static func give(
    _ alive: Bool, _ counter: UInt64, to state: inout RecordState, seeing view: RecordState,
    row: Row? = nil
  ) {
    let (replaces, answer) = lifeAnswer(alive: alive, seeing: view, row: row)
    let path = Path(row: row, field: .life)
    state.apply(
      name(counter), by: author, [PlacedAnswer(path: path, replaces: replaces, answer: answer)])
  }

  static let created = state([(1, [place(.life, .life(.alive)), place(question)])])

  @Test func `A record nobody deleted is alive`() {
    let reading = lifeReading(of: Self.created, row: nil)

    #expect(reading == LifeReading(liveness: .alive, deletes: [], unseen: []))
    #expect(lifeReading(of: RecordState(), row: nil).liveness == .alive)
    #expect(lifeReading(of: Self.created, row: Self.row).liveness == .alive)
  }

  @Test func `A record deleted with everything seen is deleted, and comes back`() {
    var state = Self.created
    Self.give(false, 2, to: &state, seeing: state)

    let reading = lifeReading(of: state, row: nil)
    #expect(reading.liveness == .deleted)
    #expect(reading.deletes.map(\.origin) == [name(2)])
    #expect(reading.unseen.isEmpty)
    #expect(state.siblings(at: Self.question).count == 1)

    Self.give(true, 3, to: &state, seeing: state)

    #expect(lifeReading(of: state, row: nil).liveness == .alive)
    #expect(state.siblings(at: .life).map(\.origin) == [name(3)])
  }

  @Test(arguments: [
    Path(field: FieldID(61)), Path(field: FieldID(62), element: "x"), .village,
    Path(field: .review), Path(field: .alias, element: "other"),
    Path(row: row, field: FieldID(142)),
  ])
  func `An answer that no delete has seen makes it contested`(path: Path) {
    var state = Self.created
    let view = state
    state.apply(name(5), by: Self.author, [Self.place(path, .whole(9), over: [1])])

    Self.give(false, 2, to: &state, seeing: view)

    let reading = lifeReading(of: state, row: nil)
    #expect(reading.liveness == .contested)
    #expect(reading.unseen == [Life.Seen(path: path, name: name(5))])
  }

  @Test func `A row brought back unseen speaks against a delete of the record, one gone does not`()
  {
    let path = Path(row: Self.row, field: .life)
    var state = Self.created
    state.apply(name(5), by: Self.author, [Self.place(path, .life(.alive))])
    Self.give(false, 6, to: &state, seeing: state, row: Self.row)
    let view = state

    var back = view
    Self.give(true, 7, to: &back, seeing: view, row: Self.row)
    Self.give(false, 8, to: &back, seeing: view)
    #expect(lifeReading(of: back, row: nil).liveness == .contested)
    #expect(lifeReading(of: back, row: nil).unseen == [Life.Seen(path: path, name: name(7))])

    var gone = Self.created
    gone.apply(name(5), by: Self.author, [Self.place(path, .life(.alive))])
    let before = gone
    Self.give(false, 6, to: &gone, seeing: before, row: Self.row)
    Self.give(false, 8, to: &gone, seeing: before)
    #expect(lifeReading(of: gone, row: nil).liveness == .deleted)
  }

  @Test func `A delete beside a keep is contested although everything was seen`() {
    var state = Self.created
    let view = state
    Self.give(false, 2, to: &state, seeing: view)
    Self.give(true, 3, to: &state, seeing: view)

    let reading = lifeReading(of: state, row: nil)

    #expect(reading.liveness == .contested)
    #expect(reading.deletes.map(\.origin) == [name(2)])
    #expect(reading.unseen.isEmpty)
  }

  @Test func `What is neither alive nor deleted does not agree with a delete`() {
    var state = Self.created
    let view = state
    Self.give(false, 2, to: &state, seeing: view)
    let strange = Self.place(.life, .unknown(kind: 99, bytes: []), over: [1])
    state.apply(name(3), by: Self.author, [strange])

    #expect(lifeReading(of: state, row: nil).liveness == .contested)
  }

  @Test func `Two deletes that each saw one half hide the whole`() {
    var left = Self.created
    var right = Self.created
    left.apply(name(2), by: Self.author, [Self.place(Path(field: FieldID(70)))])
    right.apply(name(3), by: Self.author, [Self.place(Path(field: FieldID(50)))])
    Self.give(false, 4, to: &left, seeing: left)
    #expect(lifeReading(of: left, row: nil).liveness == .deleted)
    var halfway = left
    halfway.merge(right)
    #expect(lifeReading(of: halfway, row: nil).liveness == .contested)
    Self.give(false, 5, to: &right, seeing: right)

    left.merge(right)

    #expect(lifeReading(of: left, row: nil).deletes.count == 2)
    #expect(lifeReading(of: left, row: nil).liveness == .deleted)
  }

  @Test func `The same answer elsewhere was not seen`() {
    var state = Self.created
    let elsewhere = Life.Seen(path: Path(field: FieldID(62)), name: name(1))
    let delete = Answer.life(Life(isAlive: false, seen: [elsewhere]))
    state.apply(name(2), by: Self.author, [Self.place(.life, delete, over: [1])])

    let reading = lifeReading(of: state, row: nil)

    #expect(reading.unseen == [Life.Seen(path: Self.question, name: name(1))])
    #expect(reading.liveness == .contested)
  }

  @Test func `Many deletes of many answers take no longer than their number`() throws {
    func siblings(_ numbers: Range<UInt64>, _ answer: Answer) -> [Sibling] {
      numbers.map { Sibling(origin: name($0), answer: answer) }
    }
    let gone = Answer.life(Life(isAlive: false))
    let origins = (1...15_000).map {
      RecordState.Origin(name: name($0), isMove: false, author: Self.author)
    }
    let state = RecordState(
      origins: origins,
      registers: [
        .init(path: .life, siblings: Siblings(siblings(1..<5001, gone))),
        .init(path: Self.question, siblings: Siblings(siblings(5001..<10_001, .whole(1)))),
        .init(
          path: Path(row: Self.row, field: .life),
          siblings: Siblings(siblings(10_001..<15_001, gone))),
      ])
    var reading = lifeReading(of: RecordState(), row: nil)
    let time = ContinuousClock().measure { reading = lifeReading(of: state, row: nil) }
    #expect(reading.liveness == .contested && time < .seconds(10))
    #expect(reading.deletes.count == 5000 && reading.unseen.count == 5000)
  }

  @Test func `A row has a life of its own`() {
    let inRow = Path(row: Self.row, field: FieldID(142))
    let inOther = Path(row: Self.otherRow, field: FieldID(142))
    let before = Path(row: Row(FieldID(139), "abcd"), field: FieldID(142))
    var state = Self.state([
      (1, [Self.place(.life, .life(.alive)), Self.place(Self.question)]),
      (2, [Self.place(before), Self.place(inRow), Self.place(inOther)]),
    ])
    let view = state
    Self.give(false, 3, to: &state, seeing: view, row: Self.row)

    #expect(state.siblings(at: .life).map(\.origin) == [name(1)])
    #expect(lifeReading(of: state, row: Self.row).liveness == .deleted)
    #expect(lifeReading(of: state, row: Self.otherRow).liveness == .alive)
    #expect(lifeReading(of: state, row: nil).liveness == .alive)

    var elsewhere = state
    elsewhere.apply(name(4), by: Self.author, [Self.place(inOther, over: [2])])
    #expect(lifeReading(of: elsewhere, row: Self.row).liveness == .deleted)

    state.apply(name(5), by: Self.author, [Self.place(inRow, over: [2])])
    #expect(lifeReading(of: state, row: Self.row).liveness == .contested)
  }

  @Test func `The list of what was seen holds exactly the answers in scope`() throws {
    let inRow = Path(row: Self.row, field: FieldID(142))
    let state = Self.state([
      (1, [Self.place(.life, .life(.alive)), Self.place(.village), Self.place(Self.question)]),
      (2, [Self.place(inRow), Self.place(Path(row: Self.row, field: .life), .life(.alive))]),
    ])

    let record = lifeAnswer(alive: false, seeing: state, row: nil)
    let row = lifeAnswer(alive: true, seeing: state, row: Self.row)

    let inScope = [
      Life.Seen(path: .village, name: name(1)), Life.Seen(path: Self.question, name: name(1)),
      Life.Seen(path: Path(row: Self.row, field: .life), name: name(2)),
      Life.Seen(path: inRow, name: name(2)),
    ]
    #expect(record.replaces == [name(1)])
    #expect(record.answer == .life(Life(isAlive: false, seen: inScope)))
    #expect(row.replaces == [name(2)])
    #expect(row.answer == .life(Life(isAlive: true, seen: [inScope[3]])))
  }

  /// Every history of a few steps on two laptops, against the definition in plain sets.
  @Test func `Every small history reads as the definition says`() {
    var cases = Exhaustive()
    var counts: [Liveness: Int] = [:]
    while cases.next() {
      var laptops = [Self.created, Self.created]
      for counter in UInt64(2)...5 {
        let laptop = cases.pick(2)
        switch cases.pick(5) {
        case 0: Self.give(false, counter, to: &laptops[laptop], seeing: laptops[laptop])
        case 1: Self.give(true, counter, to: &laptops[laptop], seeing: laptops[laptop])
        case 2:
          let seen = laptops[laptop].siblings(at: Self.question).map(\.origin)
          let edit = PlacedAnswer(path: Self.question, replaces: seen, answer: .whole(2))
          laptops[laptop].apply(name(counter), by: Self.author, [edit])
        case 3:
          let path = Path(row: Self.row, field: FieldID(142))
          laptops[laptop].apply(name(counter), by: Self.author, [Self.place(path)])
        default: laptops[laptop].merge(laptops[1 - laptop])
        }
      }
      laptops[0].merge(laptops[1])
      laptops[1].merge(laptops[0])
      let reading = lifeReading(of: laptops[0], row: nil)
      counts[reading.liveness, default: 0] += 1
      #expect(reading == lifeReading(of: laptops[1], row: nil))
      #expect(reading.liveness == Self.definition(laptops[0]))
    }
    #expect(Set(counts.keys) == [.alive, .deleted, .contested])
  }

  private static func definition(_ state: RecordState) -> Liveness {
    var seen = Set<Life.Seen>()
    var deletes = 0
    var others = 0
    for sibling in state.siblings(at: .life) {
      if case .life(let life) = sibling.answer, !life.isAlive {
        deletes += 1
        seen.formUnion(life.seen)
      } else {
        others += 1
      }
    }
    if deletes == 0 { return .alive }
    let live = state.registers.filter { $0.path != .life }.flatMap { register in
      register.siblings.filter { sibling in
        if case .life(let life) = sibling.answer { life.isAlive } else { true }
      }.map { Life.Seen(path: register.path, name: $0.origin) }
    }
    return others == 0 && seen.isSuperset(of: live) ? .deleted : .contested
  }
}
