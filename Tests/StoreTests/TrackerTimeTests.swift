import Bytes
import Causality
import Model
import Reading
import Rules
import Sync
import Testing
import Wire
import Worlds

@testable import Store

/// Faults that others found where clocks agreed, where somebody was away, and where what they had
/// been told by an office was of an office that is no more; each played here.
@Suite struct `What others lost in time` {
  private let folder: TemporaryFolder
  private let office: TestOffice
  private let wayan: PersonID
  private let made: PersonID

  init() throws {
    folder = try TemporaryFolder()
    office = try TestOffice()
    wayan = try office.person("wayan", .surveyor, TinySurvey.villages)
    made = try office.person("made", .surveyor, TinySurvey.villages)
  }

  private func laptop(_ seed: UInt64, for people: [PersonID]? = nil) throws -> TestLaptop {
    try TestLaptop(seed: seed, office: office, for: people ?? [wayan, made])
  }

  /// What a store holds of a village, to the byte.
  private func states(_ store: Store, of village: VillageCode) throws -> [String] {
    try store.read { db in
      try db.all(
        "SELECT _id, _state FROM record_1 WHERE _village = ? ORDER BY _id",
        .bits(village.number)
      ) { "\($0.text(0)) \(Hex.text($0.bytes(1)))" }
    }
  }

  private func expectAgreement(
    _ stores: [Store], on villages: [VillageCode] = TinySurvey.villages
  ) throws {
    for village in villages {
      let vector = try stores[0].vector(of: village)
      let states = try states(stores[0], of: village)
      for store in stores.dropFirst() {
        #expect(try store.vector(of: village) == vector)
        #expect(try self.states(store, of: village) == states)
      }
    }
    for store in stores { #expect(try store.verify().problems == []) }
  }

  /// github.com/pointfreeco/sqlite-data/pull/506: two devices write one field with the same timestamp,
  /// each prefers its own answer to an equal stamp, and what is preferred on taking in is not sent: one
  /// device shows its own answer for ever, and says that all is synced.
  @Test(arguments: [false, true])
  func `sqlite-data 506: of two answers with one stamp all show the same`(
    isSecondFirst: Bool
  ) throws {
    let one = try laptop(1)
    let two = try laptop(2)
    let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
    try one.sync(office)
    try two.sync(office)
    two.clock.jump(one.clock.surroundings.wall() - two.clock.surroundings.wall())
    // Under `ask`, under `latest`, and a row of one key that both insert.
    let mine: [Path: Answer] = [
      At.name: .text("mine"), At.outcome: .text("mine"), At.value: .whole(1),
    ]
    let theirs: [Path: Answer] = [
      At.name: .text("theirs"), At.outcome: .text("theirs"), At.value: .whole(2),
    ]
    let first = try one.edit(record, by: wayan, mine)
    let second = try two.edit(record, by: made, theirs)
    #expect(first.change?.content.author.stamp == second.change?.content.author.stamp)
    for laptop in isSecondFirst ? [two, one, two] : [one, two, one] { try laptop.sync(office) }
    let third = try laptop(3)
    try third.sync(office)

    let readings = try [one, two, third].map { try $0.reading(record) }
    for path in [At.outcome, At.value] {
      let shown = Set(readings.map { $0.verdict(at: path).answer })
      #expect(shown.count == 1 && shown != [nil], "\(path) shows \(shown)")
      #expect(readings.allSatisfy { !$0.verdict(at: path).isOpen })
      let sides = readings[0].state.siblings(at: path).map(\.answer)
      #expect(sides.count == 2, "what does not count stands behind what does")
    }
    for reading in readings {
      #expect(reading.verdict(at: At.name).isOpen)
      #expect(reading.conflictCount == 1)
    }
    for laptop in [one, two, third] { #expect(try laptop.store.unsentCount() == 0) }
    try expectAgreement([office.store, one.store, two.store, third.store])
  }

  /// github.com/apache/couchdb/issues/3897: the target of a replication is deleted and made again while
  /// it goes on; the checkpoint is written to the new one, and what the old one had been sent is never
  /// sent again.
  @Test(arguments: [false, true], 0..<6)
  func `couchdb 3897: what an office acknowledged that is no more is sent again`(
    isSaid: Bool, rounds: Int
  ) throws {
    let one = try laptop(1)
    let two = try laptop(2)
    for village in TinySurvey.villages {
      try one.add(wayan, in: village, [At.name: .text("before")])
    }
    try one.sync(office)
    let backup = try office.store.copy(to: nil)
    var records: [RecordID] = []
    for number in 0..<20 {
      let village = TinySurvey.villages[number % 5]
      records.append(try one.add(wayan, in: village, [At.name: .text(Text("\(number)"))]))
    }
    // In the middle of a session, after so many of its rounds, the office's disk is the older one.
    if isSaid { try backup.beginAgain() }
    try backup.mint()
    let restored = TestOffice(over: backup, clock: office.clock)
    var asked = 0
    try one.weigh(most: 1) {
      asked += 1
      return asked > rounds ? restored : office
    }
    #expect(asked > rounds)
    #expect(try one.sync(restored).isAllSent)
    #expect(try one.store.unsentCount() == 0)
    try two.sync(restored)
    try one.sync(restored)
    for record in records {
      for store in [restored.store, two.store] {
        #expect(try store.peek(record, form: 1) != nil)
      }
    }
    try expectAgreement([restored.store, one.store, two.store])
  }

  /// Ditto's devices are evicted after a time, and what they bring later is lost; here there is no time
  /// after which an absent laptop loses anything, whatever is dropped and given to others meanwhile.
  @Test func `Ditto's late device: who was away for years hands everything in`() throws {
    let late = try laptop(1, for: [wayan])
    let other = try laptop(2, for: [made])
    let record = try late.add(wayan, in: At.renon, [At.name: .text("A")])
    try late.sync(office)
    try other.sync(office)
    try late.edit(record, by: wayan, [At.outcome: .text("dulu")])
    let unsent = try late.add(wayan, in: At.renon, [At.name: .text("belum")])
    let kept = try late.add(wayan, in: At.sanur, [At.name: .text("tetap")])

    // The village is given to somebody else, and each year what is in a backup is dropped.
    try office.person("wayan", .surveyor, [At.sanur])
    let nyoman = try office.person("nyoman", .surveyor, [At.renon])
    let heir = try laptop(3, for: [nyoman])
    for year in 1...5 {
      for laptop in [other, heir] { laptop.clock.pass(365 * 86_400_000) }
      office.clock.pass(365 * 86_400_000)
      try heir.sync(office)
      try heir.edit(record, by: nyoman, [At.name: .text(Text("tahun \(year)"))])
      try heir.sync(office)
      try other.sync(office)
      _ = try office.store.backUp(to: folder.path("backup.db"), replacing: true)
      for laptop in [other, heir] {
        try laptop.sync(office)
        guard case .dropped = try laptop.store.truncate(At.renon) else {
          Issue.record("nothing was dropped in year \(year)")
          return
        }
      }
    }

    late.clock.pass(5 * 365 * 86_400_000)
    #expect(try late.store.unsentCount() == 3)
    let summary = try late.sync(office)
    #expect(summary.isAllSent && summary.sent == 3 && summary.released.isEmpty)
    #expect(try office.store.quarantined().isEmpty)
    for laptop in [other, heir] { try laptop.sync(office) }
    for store in [office.store, other.store, heir.store] {
      #expect(try store.waitingCount() == 0)
      let state = try #require(try store.peek(record, form: 1)).state
      #expect(state.siblings(at: At.outcome).map(\.answer) == [.text("dulu")])
      #expect(state.siblings(at: At.name).map(\.answer) == [.text("tahun 5")])
      #expect(try store.peek(unsent, form: 1) != nil)
    }
    // What is not of its people any more leaves the laptop when a backup has it, and not before.
    _ = try office.store.backUp(to: folder.path("backup.db"), replacing: true)
    #expect(try late.store.peek(unsent, form: 1) != nil)
    #expect(try late.sync(office).released == [At.renon])
    #expect(try late.sync(office).isAllSent)
    #expect(try late.store.peek(kept, form: 1) != nil)
    #expect(try late.store.waitingCount() == 0)
    try other.sync(office)
    try expectAgreement([office.store, other.store, heir.store], on: [At.renon])
    try expectAgreement([office.store, other.store, late.store], on: [At.sanur])
  }
}
