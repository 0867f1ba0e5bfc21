import Bytes
import Forms
import GRDB
import Model
import Reading
import Rules
import TestSupport
import Testing
import Worlds

@testable import Store

/// What is unique by the form: `nama`, a text, and `puncak`, a number.
@Suite struct `Answers that should be unique` {
  let office: TestOffice
  let one: TestLaptop
  let two: TestLaptop
  let wayan: PersonID
  let made: PersonID

  static let peak = Path(field: TinySurvey.Field.most)

  /// Wayan works in Renon alone, Made in Renon and Sanur.
  init() throws {
    office = try TestOffice()
    try Self.publish(2, unique: ["nama", "puncak"], at: office)
    wayan = try office.person("wayan", .surveyor, [At.renon])
    made = try office.person("made", .supervisor, [At.renon, At.sanur])
    one = try TestLaptop(seed: 1, office: office, for: [wayan])
    two = try TestLaptop(seed: 2, office: office, for: [made])
  }

  private static func publish(_ version: Int, unique: Set<String>, at office: TestOffice) throws {
    let sheets = TinySurvey.sheets(version: version, rules: ["puncak": "ask"])
    let lines = sheets.survey.split(separator: "\n")
    let rows = lines.dropFirst().map { line in
      let name = line.split(separator: ",", omittingEmptySubsequences: false)[1]
      return "\(line),\(unique.contains(String(name)) ? "yes" : "")\n"
    }
    try office.store.extendDirectory([
      .form(
        id: 1, survey: "\(lines[0]),bind::kulkul:unique\n" + rows.joined(),
        choices: sheets.choices, settings: sheets.settings)
    ])
  }

  private func syncAll() throws {
    for _ in 0..<2 {
      try one.sync(office)
      try two.sync(office)
    }
  }

  /// What a store lists, by record.
  private func listed(_ store: Store) throws -> [RecordID: Int] {
    var filter = RecordFilter()
    filter.onlyConflicts = true
    let rows = try store.records(form: 1, filter)
    #expect(try store.toDecide(form: 1, around: TinySurvey.villages).checks == rows.sum)
    #expect(
      try store.records(form: 1).filter { $0.derived > 0 }.map(\.record) == rows.map(\.record))
    return Dictionary(uniqueKeysWithValues: rows.map { ($0.record, $0.derived) })
  }

  /// The same, by reading every record and comparing it with every other.
  private func expected(_ store: Store) throws -> [RecordID: Int] {
    let standing = try store.standing()
    var holders: [UniqueAnswer: [RecordID]] = [:]
    for row in try store.records(form: 1) {
      let copy = try #require(try store.peek(row.record, form: 1))
      let reading = RecordReading(
        record: row.record, state: copy.state, copy: copy.village, form: standing.forms[1],
        directory: standing.directory)
      for answer in reading.uniqueAnswers { holders[answer, default: []].append(row.record) }
    }
    var counts: [RecordID: Int] = [:]
    for (answer, records) in holders {
      let found = try store.holders(form: 1, of: [answer])[0]
      #expect(found == Array(records.sorted { $0.description < $1.description }.prefix(6)))
      for record in records where records.count > 1 { counts[record, default: 0] += 1 }
    }
    return counts
  }

  @Test func `They are found where both records are held, and nowhere before`() throws {
    let batik = try one.add(wayan, in: At.renon, [At.name: .text("9120001234567")])
    let tahu = try two.add(
      made, in: At.sanur, [At.name: .text("9120001234567"), Self.peak: .whole(4)])
    try two.add(made, in: At.renon, [At.name: .text("9120001234568"), Self.peak: .whole(5)])
    #expect(try listed(one.store).isEmpty && listed(two.store).isEmpty)
    try syncAll()

    #expect(try listed(office.store) == [batik: 1, tahu: 1])
    #expect(try listed(two.store) == [batik: 1, tahu: 1])
    #expect(try listed(one.store).isEmpty, "Wayan's laptop holds one of them")
    #expect(try two.store.toDecide(form: 1, around: [At.sanur]).checks == 1)
    #expect(try office.store.verify().isClean && two.store.verify().isClean)
  }

  @Test func `Deleted records and copies left behind do not count`() throws {
    let batik = try two.add(made, in: At.renon, [Self.peak: .whole(12)])
    let tahu = try two.add(made, in: At.renon, [Self.peak: .whole(12)])
    try syncAll()
    #expect(try listed(office.store) == [batik: 1, tahu: 1])

    let shown = try two.show(tahu, to: made)
    let delete = lifeAnswer(alive: false, seeing: shown.state, row: nil).answer
    try two.edit(shown, by: made, [.life: delete])
    try two.edit(batik, by: made, [.village: .village(At.sanur)])
    try syncAll()
    #expect(try listed(office.store).isEmpty && listed(two.store).isEmpty)
    #expect(try office.store.holders(form: 1, of: expectedAnswers(two, batik)) == [[batik]])
  }

  private func expectedAnswers(_ laptop: TestLaptop, _ record: RecordID) throws -> [UniqueAnswer] {
    try laptop.reading(record).uniqueAnswers
  }

  @Test func `Answers that are empty are nobody's`() throws {
    let batik = try two.add(made, in: At.renon, [Self.peak: .whole(12)])
    try two.add(made, in: At.renon, [Self.peak: .whole(13)])
    try two.edit(batik, by: made, [Self.peak: .cleared])
    try two.add(made, in: At.renon, [At.outcome: .text("buka")])
    #expect(try listed(two.store).isEmpty)
    let form = try #require(try two.store.standing().forms[1])
    let name = try #require(form.question(named: "nama"))
    #expect(UniqueAnswer(.text(""), to: name) == nil && UniqueAnswer(.cleared, to: name) == nil)
    #expect(UniqueAnswer(nil, to: name) == nil)
    let wave = try #require(form.question(named: "wave"))
    #expect(UniqueAnswer(.text("x"), to: wave) == nil, "the form does not say that it is unique")
  }

  @Test func `Another edition of the form says anew what is unique`() throws {
    let batik = try two.add(
      made, in: At.renon, [At.name: .text("Sari"), Self.peak: .whole(1), At.wave: .text("2026")])
    let tahu = try two.add(
      made, in: At.sanur, [At.name: .text("Sari"), Self.peak: .whole(1), At.wave: .text("2026")])
    try syncAll()
    #expect(try listed(two.store) == [batik: 2, tahu: 2])

    try Self.publish(3, unique: ["wave"], at: office)
    try syncAll()
    #expect(try listed(two.store) == [batik: 1, tahu: 1])
    try Self.publish(4, unique: [], at: office)
    try syncAll()
    for store in [office.store, two.store] {
      #expect(try listed(store).isEmpty)
      let indexes = try store.read { db in
        try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE name GLOB '*_unique_*'")
      }
      #expect(indexes.isEmpty)
    }
  }

  @Test func `Stores that hold the same list the same, whatever happened before`() throws {
    var random = SplitMix64(seed: 20_261_122)
    var records: [RecordID] = []
    for _ in 0..<160 {
      let (laptop, person) = random.below(2) == 0 ? (one, wayan) : (two, made)
      let held = try laptop.store.records(form: 1).map(\.record)
      let number = Answer.whole(Int64(random.below(5)))
      switch random.below(8) {
      case 0...1:
        let village = person == made && random.below(2) == 0 ? At.sanur : At.renon
        records.append(
          try laptop.add(
            person, in: village, [At.name: .text("n\(random.below(6))"), Self.peak: number]))
      case 2...3 where !held.isEmpty:
        let record = held[random.below(held.count)]
        if try laptop.reading(record).life.liveness == .deleted { continue }
        if try laptop.reading(record).home != At.renon, person == wayan { continue }
        try laptop.edit(record, by: person, [Self.peak: number])
      case 4 where !held.isEmpty && person == made:
        let record = held[random.below(held.count)]
        let shown = try laptop.show(record, to: person)
        let isAlive = random.below(3) == 0
        let life = lifeAnswer(alive: isAlive, seeing: shown.state, row: nil).answer
        try laptop.edit(shown, by: person, [.life: life])
      case 5 where !held.isEmpty && person == made:
        let record = held[random.below(held.count)]
        let to = random.below(2) == 0 ? At.renon : At.sanur
        try laptop.edit(record, by: person, [.village: .village(to)])
      case 6: try laptop.sync(office)
      default: break
      }
      #expect(try listed(laptop.store) == expected(laptop.store))
    }
    try syncAll()
    try syncAll()
    let all = try expected(office.store)
    #expect(!all.isEmpty)
    #expect(try listed(office.store) == all)
    #expect(try two.store.vectors() == office.store.vectors())
    #expect(try listed(two.store) == all)
    #expect(try listed(one.store) == expected(one.store))
  }

  @Test func `Looking one up takes a step into an index, and a save looks nothing up`() throws {
    try two.add(made, in: At.renon, [At.name: .text("Sari")])
    try two.store.read { db in
      let unique = try two.store.context(db).table(1).unique
      for sql in [
        "SELECT _id\(unique.sharedByRow) FROM record_1 WHERE _id = 'x'",
        "SELECT _id FROM record_1 WHERE \(unique.needsLook)",
        """
        SELECT _id FROM record_1 WHERE nama = 'x' AND nama <> '' AND _shown = 1 AND _life <> 1
        ORDER BY _id LIMIT 6
        """,
      ] {
        let plan = try GRDB.Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql).map {
          $0["detail"] as String
        }
        #expect(plan.contains { $0.contains("record_1_unique_16") }, "\(plan)")
        #expect(!plan.contains { $0.contains("ORDER BY") }, "\(plan)")
        #expect(
          plan.allSatisfy { !$0.contains("SCAN record_1") || $0.contains("INDEX") }, "\(plan)")
      }
    }
  }
}

extension [RecordRow] {
  fileprivate var sum: Int { reduce(0) { $0 + $1.derived } }
}
