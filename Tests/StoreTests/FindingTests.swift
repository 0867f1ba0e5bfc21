import Causality
import Model
import Reading
import Testing
import Wire
import Worlds

@testable import Store

@Suite struct `Finding records` {
  let laptop: TestLaptop
  let wayan: PersonID

  init() throws {
    laptop = try TestLaptop(seed: 1)
    wayan = try #require(PersonID("wayan"))
  }

  @Test func `A record is found by any prefix of its letters, in either case`() throws {
    let records = try (0..<60).map {
      try laptop.add(wayan, in: At.renon, [At.name: .text("Batik \($0)")])
    }
    for record in records {
      let short = try laptop.store.shortName(of: record)
      #expect(short.count >= RecordID.shortest)
      #expect(try laptop.store.find(prefix: short).map(\.record) == [record])
      #expect(try laptop.store.find(prefix: short.lowercased()).map(\.record) == [record])
      let first = try laptop.store.find(prefix: String(short.prefix(1))).map(\.record)
      #expect(first.allSatisfy { $0.description.hasPrefix(short.prefix(1)) })
      #expect(!first.isEmpty)
    }
    #expect(try laptop.store.find(prefix: "no!").isEmpty)
  }

  @Test func `A short name grows as soon as another record begins alike`() throws {
    let made = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik")])
    let state = try #require(try laptop.store.peek(made, form: 1)).state
    let records = [0, 1, 1 << 20, 1 << 45, 1 << 58, 1 << 70].map { distance in
      RecordID(made.number ^ distance as UInt128)
    }
    try laptop.store.write { db in
      let context = try laptop.store.context(db)
      for record in records.dropFirst() {
        let copy = StoredCopy(record: record, village: At.renon, state: state, key: nil)
        try context.table(1).put(db, copy, context: context, now: 0)
      }
    }
    for record in records {
      let shared = records.filter { $0 != record }.map { other in
        zip(record.description, other.description).prefix { $0 == $1 }.count
      }
      let length = max(RecordID.shortest, (shared.max() ?? 0) + 1)
      let short = try laptop.store.shortName(of: record)
      #expect(short == record.description.prefix(length))
      #expect(try laptop.store.find(prefix: short).map(\.record) == [record])
      let longer = String(record.description.prefix(length - 1))
      #expect(try length == RecordID.shortest || laptop.store.find(prefix: longer).count > 1)
    }
  }

  @Test func `A list leaves out what its filter says`() throws {
    let made = try #require(PersonID("made"))
    let batik = try laptop.add(
      wayan, in: At.renon, [At.name: .text("Batik_100%"), At.visits: .whole(2)])
    let moment = laptop.clock.surroundings.wall() + 1
    let perak = try laptop.add(made, in: At.sanur, [At.name: .text("Perak \"Asri\"")])
    let gone = try laptop.add(wayan, in: At.sanur, [At.name: .text("Kayu")])
    let shown = try laptop.show(gone, to: wayan)
    try laptop.edit(shown, by: wayan, [.life: .life(Life(isAlive: false, seen: seen(shown)))])

    func list(_ change: (inout RecordFilter) -> Void) throws -> [RecordID] {
      var filter = RecordFilter()
      change(&filter)
      return try laptop.store.records(form: 1, filter).map(\.record)
    }
    #expect(try list { _ in } == [perak, batik])
    #expect(try list { $0.withDeleted = true }.count == 3)
    #expect(try list { $0.deleted = true } == [gone])
    #expect(try list { $0.villages = [At.sanur] } == [perak])
    #expect(try list { $0.createdSince = moment } == [perak])
    #expect(try list { $0.touchedSince = moment } == [perak])
    #expect(try list { $0.person = made } == [perak])
    #expect(try list { $0.limit = 1 } == [perak])
    #expect(try list { $0.records = [batik] } == [batik])
    #expect(try list { $0.onlyConflicts = true } == [])
    for (text, found) in [
      ("batik_1", [batik]), ("100%", [batik]), ("\"asri\"", [perak]), ("%", [batik]), ("atiki", []),
    ] {
      #expect(
        try list {
          $0.text = text
          $0.searched = ["nama"]
        } == found, "\(text)")
    }
    // What is only shown is not searched.
    #expect(
      try list {
        $0.text = "batik_1"
        $0.columns = ["nama"]
      } == [])
    #expect(try laptop.store.counts(form: 1) == [At.renon: 1, At.sanur: 1])
    #expect(
      try laptop.store.tally(form: 1, column: "kunjungan")
        == [At.renon: ["2": 1], At.sanur: ["": 1]])
  }

  private func seen(_ shown: ShownRecord) -> [Life.Seen] {
    shown.state.registers.flatMap { register in
      register.siblings.map { Life.Seen(path: register.path, name: $0.origin) }
    }.filter { $0.path != .life }
  }
}
