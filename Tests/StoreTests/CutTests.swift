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

/// One small history, cut wherever it can be cut: whoever begins with a snapshot there, whoever drops
/// what is before, once or twice, and whoever gets every change hold the same, to the byte.
@Suite struct `A history cut anywhere` {
  private let office: TestOffice
  private let wayan: PersonID
  private let made: PersonID
  /// The office after each change that it took in, the last one whole.
  private var prefixes: [Store] = []
  private let one: TestLaptop
  private let two: TestLaptop

  init() throws {
    office = try TestOffice()
    wayan = try office.person("wayan", .surveyor, [At.renon, At.sanur])
    made = try office.person("made", .supervisor, [At.renon, At.sanur])
    one = try TestLaptop(seed: 1, office: office, for: [wayan, made])
    two = try TestLaptop(seed: 2, office: office, for: [wayan, made])
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

  private mutating func take() throws {
    for laptop in [one, two, one] {
      try laptop.sync(office)
      prefixes.append(try office.store.copy(to: nil))
    }
  }

  /// The office as it is in the end, with a checked backup from when it was as it is in `prefix`.
  private func office(backedUpAt prefix: Store) throws -> TestOffice {
    let store = try office.store.copy(to: nil)
    try store.setWatermark(try store.prepareWatermark(of: prefix, without: []))
    return TestOffice(over: store, clock: office.clock)
  }

  private func copy(of laptop: TestLaptop) throws -> TestLaptop {
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

  private func expect(_ store: Store, isWhatThereIs comment: Comment) throws {
    #expect(try store.vectors() == office.store.vectors(), comment)
    #expect(try states(store) == states(office.store), comment)
    #expect(try store.verify().problems == [], comment)
  }

  @Test func `A snapshot and the changes after it are what all changes are`() throws {
    for (index, prefix) in prefixes.enumerated() {
      let office = try office(backedUpAt: prefix)
      let newcomer = try TestLaptop(seed: 40 + UInt64(index), office: office, for: [wayan])
      try newcomer.sync(office)
      try expect(newcomer.store, isWhatThereIs: "begun at cut \(index)")
      let based = try newcomer.store.read { db in try Cuts.villages(db) }
      let whole = try prefix.vectors().map(\.village)
      #expect(based == whole, "begun at cut \(index)")
    }
  }

  @Test func `A history that is dropped up to any cut, and then to any later one, is the same`()
    throws
  {
    for (index, prefix) in prefixes.enumerated() {
      let first = try office(backedUpAt: prefix)
      let dropped = try copy(of: two)
      try dropped.sync(first)
      for village in [At.renon, At.sanur] {
        #expect(try dropped.store.truncate(village) != .differs, "cut \(index)")
      }
      try expect(dropped.store, isWhatThereIs: "cut \(index)")
      for (next, later) in prefixes.enumerated() where next > index {
        let second = try office(backedUpAt: later)
        let again = try copy(of: dropped)
        try again.sync(second)
        for village in [At.renon, At.sanur] {
          #expect(try again.store.truncate(village) != .differs, "cuts \(index), \(next)")
        }
        try expect(again.store, isWhatThereIs: "cuts \(index), \(next)")
      }
    }
  }
}
