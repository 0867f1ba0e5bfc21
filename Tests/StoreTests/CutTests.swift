import Bytes
import Causality
import Model
import Reading
import Rules
import TestSupport
import Testing
import Wire
import Worlds

@testable import Store

/// One small history, and the office after each piece of it that it took in.
private struct CutHistory {
  let office: TestOffice
  let wayan: PersonID
  private let made: PersonID
  /// The office after each change that it took in, the last one whole.
  private(set) var prefixes: [Store] = []
  let one: TestLaptop
  let two: TestLaptop

  /// - Parameter seed: 0 for the history that is told here; else the story is drawn.
  init(seed: UInt64) throws {
    office = try TestOffice()
    wayan = try office.person("wayan", .surveyor, [At.renon, At.sanur])
    made = try office.person("made", .supervisor, [At.renon, At.sanur])
    one = try TestLaptop(seed: 1, office: office, for: [wayan, made])
    two = try TestLaptop(seed: 2, office: office, for: [wayan, made])
    if seed == 0 { try tell() } else { try draw(SplitMix64(seed: seed)) }
  }

  private mutating func tell() throws {
    let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
    try take()
    let other = try one.add(wayan, in: At.sanur, [At.name: .text("B")])
    try take()
    // Two who did not see each other, a decision, a delete beside an edit, and a move.
    try one.edit(record, by: wayan, [At.name: .text("satu"), At.wave: .text("w")])
    try two.edit(record, by: made, [At.name: .text("dua")])
    try take()
    try two.edit(record, by: made, act: .resolution, [At.name: .text("tiga")])
    try take()
    let seen = try two.show(other, to: made)
    let all = seen.state.registers.flatMap { register in
      register.siblings.map { Life.Seen(path: register.path, name: $0.origin) }
    }
    let life = Life(isAlive: false, seen: all.filter { $0.path != .life })
    try two.edit(seen, by: made, [.life: .life(life)])
    try one.edit(other, by: wayan, [At.outcome: .text("masih")])
    try take()
    try one.edit(record, by: wayan, [.village: .village(At.sanur)])
    try take()
    try two.edit(record, by: made, [At.outcome: .text("sampai")])
    try take()
  }

  /// Five pieces in which both laptops do whatever comes, from what they hold or held once.
  private mutating func draw(_ chance: SplitMix64) throws {
    var chance = chance
    var records: [RecordID] = []
    var views: [[ShownRecord]] = [[], []]
    for _ in 0..<5 {
      for _ in 0..<2 + chance.below(4) {
        let side = chance.below(2)
        let laptop = side == 0 ? one : two
        let person = chance.pick([wayan, made])
        guard let record = records.isEmpty || chance.chance(20) ? nil : chance.pick(records),
          try laptop.store.peek(record, form: 1) != nil
        else {
          let village = chance.pick([At.renon, At.sanur])
          records.append(
            try laptop.add(person, in: village, [At.name: .text(word(&chance))]))
          continue
        }
        var shown = try laptop.show(record, to: person)
        let old = views[side].last { $0.record == record }
        if let old, chance.chance(20) { shown = old }
        views[side].append(shown)
        laptop.clock.pass(1000)
        let life = lifeAnswer(alive: chance.yes(), seeing: shown.state, row: nil).answer
        let answers: [Path: Answer] =
          switch chance.below(8) {
          case 0: [.life: life]
          case 1: [.village: .village(chance.pick([At.renon, At.sanur]))]
          case 2: [At.visits: .whole(Int64(chance.below(9)))]
          case 3: [At.name: .text(word(&chance)), At.wave: .text(word(&chance))]
          default: [At.name: .text(word(&chance))]
          }
        let isDecision = person == made && chance.chance(30)
        do {
          try laptop.edit(shown, by: person, act: isDecision ? .resolution : .edit, answers)
        } catch is EditRefusal {
          // What was deleted is not edited.
        }
      }
      try take()
    }
  }

  private func word(_ chance: inout SplitMix64) -> Text { Text("\(chance.below(1000))") }

  /// Lets both laptops hand in what they have; a round without news is no new cut.
  private mutating func take() throws {
    for laptop in [one, two, one] {
      try laptop.sync(office)
      if try prefixes.last?.vectors() == office.store.vectors() { continue }
      prefixes.append(try office.store.copy(to: nil))
    }
  }

  /// The office as it is in the end, with a checked backup from when it was as it is in `prefix`.
  func office(backedUpAt prefix: Store) throws -> TestOffice {
    let store = try office.store.copy(to: nil)
    try store.setWatermark(try store.prepareWatermark(of: prefix, without: []))
    return TestOffice(over: store, clock: office.clock)
  }

  func copy(of laptop: TestLaptop) throws -> TestLaptop {
    TestLaptop(
      store: try laptop.store.copy(to: nil), clock: laptop.clock, key: laptop.key,
      device: laptop.device)
  }

  private func states(_ store: Store) throws -> [String] {
    try store.read { db in
      try db.all("SELECT _id, _village, _state FROM record_1 ORDER BY _id, _village") {
        "\($0.text(0)) \($0.integer(1)) \(Hex.text($0.bytes(2)))"
      }
    }
  }

  func expect(_ store: Store, isWhatThereIs comment: Comment) throws {
    #expect(try store.vectors() == office.store.vectors(), comment)
    #expect(try states(store) == states(office.store), comment)
    #expect(try store.verify().problems == [], comment)
  }

  /// Lets a laptop hear of a backup and drop all that it may, which is what the backup has and an
  /// earlier one, of which it heard before, had not.
  func drop(_ laptop: TestLaptop, upTo prefix: Store, from before: Store?, _ comment: Comment)
    throws
  {
    try laptop.sync(try office(backedUpAt: prefix))
    for village in [At.renon, At.sanur] {
      let count = { (store: Store?) in
        try store?.vector(of: village).entries.reduce(0) { $0 + Int($1.count) } ?? 0
      }
      let fresh = try count(prefix) - count(before)
      #expect(
        try laptop.store.truncate(village) == (fresh > 0 ? .dropped(changes: fresh) : .nothing),
        comment)
    }
    let based = try laptop.store.read { db in try Cuts.villages(db) }
    #expect(try based == prefix.vectors().map(\.village), comment)
    try expect(laptop.store, isWhatThereIs: comment)
  }
}

/// One small history, cut wherever it can be cut: whoever begins with a snapshot there, whoever drops
/// what is before, once or twice, and whoever gets every change hold the same, to the byte.
@Suite struct `A history cut anywhere` {
  @Test(arguments: 0...6 as ClosedRange<UInt64>)
  func `A snapshot and the changes after it are what all changes are`(seed: UInt64) throws {
    let history = try CutHistory(seed: seed)
    #expect(history.prefixes.count > 6)
    for (index, prefix) in history.prefixes.enumerated() {
      let office = try history.office(backedUpAt: prefix)
      let newcomer = try TestLaptop(
        seed: 40 + UInt64(index), office: office, for: [history.wayan])
      try newcomer.sync(office)
      try history.expect(newcomer.store, isWhatThereIs: "begun at cut \(index)")
      let based = try newcomer.store.read { db in try Cuts.villages(db) }
      let whole = try prefix.vectors().map(\.village)
      #expect(based == whole, "begun at cut \(index)")
    }
  }

  @Test(arguments: 0...6 as ClosedRange<UInt64>)
  func `A history that is dropped up to any cut, and then to any later one, is the same`(
    seed: UInt64
  ) throws {
    let history = try CutHistory(seed: seed)
    for (name, laptop) in [("one", history.one), ("two", history.two)] {
      for (index, prefix) in history.prefixes.enumerated() {
        let dropped = try history.copy(of: laptop)
        try history.drop(dropped, upTo: prefix, from: nil, "\(name), cut \(index)")
        for (next, later) in history.prefixes.enumerated() where next > index {
          try history.drop(
            history.copy(of: dropped), upTo: later, from: prefix,
            "\(name), cuts \(index), \(next)")
        }
      }
    }
  }
}
