import Causality
import Model
import Reading
import Sync
import Testing
import Wire
import Worlds

@testable import Store

@Suite struct `Moving a record` {
  let office: TestOffice
  let one: TestLaptop
  let two: TestLaptop
  let wayan: PersonID
  let made: PersonID

  /// Wayan works in Renon alone, Made in Renon and Sanur.
  init() throws {
    office = try TestOffice()
    wayan = try office.person("wayan", .surveyor, [At.renon])
    made = try office.person("made", .surveyor, [At.renon, At.sanur])
    one = try TestLaptop(seed: 1, office: office, for: [wayan])
    two = try TestLaptop(seed: 2, office: office, for: [made])
  }

  private func shared() throws -> RecordID {
    let record = try one.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    try one.sync(office)
    try two.sync(office)
    return record
  }

  private func syncAll() throws {
    for _ in 0..<2 {
      try one.sync(office)
      try two.sync(office)
    }
  }

  private func copies(_ store: Store, _ record: RecordID) throws -> [VillageCode: RecordState] {
    try store.read { db in
      Dictionary(
        uniqueKeysWithValues: try store.context(db).table(1).copies(db, record)
          .map { ($0.village, $0.state) })
    }
  }

  private func journal(_ store: Store) throws -> Int {
    try store.read { db in try db.first("SELECT count(*) FROM journal") { Int($0.integer(0)) } ?? 0
    }
  }

  @Test func `A moved record lives in its new village, with all its answers and origins`() throws {
    let record = try shared()
    let before = try #require(try copies(office.store, record)[At.renon])
    try two.edit(record, by: made, [.village: .village(At.sanur)])
    #expect(try two.store.records(form: 1).first?.isInTransit == true)
    try syncAll()

    #expect(try two.reading(record).home == At.sanur)
    #expect(try two.store.peek(record, form: 1)?.village == At.sanur)
    let there = try #require(try copies(two.store, record)[At.sanur])
    #expect(there.siblings(at: At.name) == before.siblings(at: At.name))
    #expect(before.origins.allSatisfy { there.accounts(for: $0.name) })
    #expect(try copies(one.store, record)[At.sanur] == nil, "Wayan does not work there")
    #expect(try one.store.records(form: 1).map(\.home) == [At.sanur])
    #expect(try office.store.counts(form: 1) == [At.sanur: 1])
  }

  @Test func `A late edit in the old village comes after, and nothing is carried twice`() throws {
    let record = try shared()
    try two.edit(record, by: made, [.village: .village(At.sanur)])
    try two.sync(office)
    try one.edit(record, by: wayan, [At.name: .text("Batik Asih")])
    try syncAll()

    #expect(
      try two.reading(record).state.siblings(at: At.name).map(\.answer) == [.text("Batik Asih")])
    let count = try journal(office.store)
    try syncAll()
    #expect(try journal(office.store) == count)
    #expect(try one.sync(office).rounds == 1)
  }

  @Test func `A record that moves back is at home again, with what was written away`() throws {
    let record = try shared()
    try two.edit(record, by: made, [.village: .village(At.sanur)])
    try syncAll()
    try two.edit(record, by: made, [At.name: .text("Batik Asih")])
    try two.edit(record, by: made, [.village: .village(At.renon)])
    try syncAll()

    for laptop in [one, two] {
      #expect(try laptop.store.peek(record, form: 1)?.village == At.renon)
      #expect(
        try laptop.reading(record).state.siblings(at: At.name).map(\.answer)
          == [.text("Batik Asih")])
    }
    #expect(try copies(one.store, record)[At.renon] == copies(two.store, record)[At.renon])
  }

  @Test func `Two homes are one conflict with one provisional home everywhere`() throws {
    let ketut = try office.person("ketut", .supervisor, nil)
    let record = try shared()
    let head = try TestLaptop(seed: 3, office: office, for: [ketut])
    try head.sync(office)
    try two.edit(record, by: made, [.village: .village(At.sanur)])
    try head.edit(record, by: ketut, [.village: .village(At.kesiman)])
    for _ in 0..<2 {
      try syncAll()
      try head.sync(office)
    }

    let homes = try [office.store, head.store, two.store, one.store].map {
      try #require(try $0.records(form: 1).first)
    }
    #expect(Set(homes.map(\.home)).count == 1)
    #expect(homes.allSatisfy { $0.conflicts == 1 })
    #expect(try office.store.counts(form: 1).values.reduce(0, +) == 1)

    try head.edit(record, by: ketut, act: .resolution, [.village: .village(At.sanur)])
    for _ in 0..<2 {
      try head.sync(office)
      try syncAll()
    }
    for store in [office.store, head.store, two.store, one.store] {
      let row = try #require(try store.records(form: 1).first)
      #expect(row.home == At.sanur && row.conflicts == 0)
      #expect(try store.verify().isClean)
    }
  }

  @Test func `A standalone laptop carries its own records`() throws {
    let alone = try TestLaptop(seed: 4)
    let record = try alone.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    try alone.edit(record, by: wayan, [.village: .village(At.sanur)])
    #expect(try alone.store.peek(record, form: 1)?.village == At.sanur)
    try alone.edit(record, by: wayan, [At.name: .text("Batik Asih")])
    try alone.edit(record, by: wayan, [.village: .village(At.renon)])
    #expect(try alone.store.peek(record, form: 1)?.village == At.renon)
    #expect(
      try alone.reading(record).state.siblings(at: At.name).map(\.answer)
        == [.text("Batik Asih")])
    #expect(try alone.store.verify().isClean)
  }

  @Test func `A copy that hears of no moves any more does not hide the home`() throws {
    let nyoman = try office.person("nyoman", .surveyor, [At.sanur])
    let alone = try TestLaptop(seed: 4)
    let record = try alone.add(nyoman, in: At.renon, [At.name: .text("Batik Sari")])
    try alone.join(office, for: [nyoman])
    try alone.sync(office)
    let ketut = try office.person("ketut", .supervisor, nil)
    let head = try TestLaptop(seed: 3, office: office, for: [ketut])
    try head.sync(office)
    try head.edit(record, by: ketut, [.village: .village(At.sanur)])
    try head.sync(office)
    try alone.sync(office)

    #expect(try alone.store.peek(record, form: 1)?.village == At.sanur)
    let rows = try alone.store.records(form: 1)
    #expect(rows.map(\.home) == [At.sanur] && rows.map(\.village) == [At.sanur])
    try alone.edit(record, by: nyoman, [At.name: .text("Batik Asih")])
    #expect(try alone.sync(office).refusals.isEmpty)
  }

  /// A laptop must not write, in the village to which a record was carried, over an answer that has
  /// not come there: the answer would come later and stand beside what replaced it.
  @Test func `An edit from a view of the old village is written there`() throws {
    let record = try shared()
    try two.edit(record, by: made, [.village: .village(At.sanur)])
    var session = Held(laptop: two, office: office)
    try session.ask()
    try two.edit(record, by: made, [At.name: .text("Batik Asih")])
    let view = try two.show(record, to: made)
    try session.take()
    #expect(try two.store.peek(record, form: 1)?.village == At.sanur)

    let saved = try two.edit(view, by: made, [At.name: .text("Batik Asri")])
    #expect(saved.village == At.renon)
    try syncAll()
    for store in [two.store, office.store] {
      #expect(
        try store.peek(record, form: 1)?.state.siblings(at: At.name).map(\.answer)
          == [.text("Batik Asri")])
    }
    #expect(try copies(two.store, record) == copies(office.store, record))
  }

  /// What names an answer that was carried into a village waits for the carry, even where the answer
  /// itself is held from the village that it was given in.
  @Test func `A change waits for the carry that brings what it names`() throws {
    let record = try shared()
    try two.edit(record, by: made, [.village: .village(At.sanur)])
    try syncAll()
    let carried = try office.store.vector(of: At.sanur)
    try two.edit(record, by: made, [At.name: .text("Batik Asih")])
    try syncAll()

    let late = try TestLaptop(seed: 5, office: office, for: [made]).store
    func frames(_ village: VillageCode, beyond vector: VersionVector) throws -> [Frame] {
      try office.store.frames(
        missingAt: [VillageVector(village: village, vector: vector)], budget: .max
      ).frames
    }
    for frame in try frames(At.renon, beyond: VersionVector()) { _ = try late.ingest(frame) }
    for frame in try frames(At.sanur, beyond: carried) {
      #expect(try late.ingest(frame).applied == 0)
    }
    for frame in try frames(At.sanur, beyond: VersionVector()) { _ = try late.ingest(frame) }
    #expect(try late.waitingCount() == 0)
    #expect(try copies(late, record)[At.sanur] == copies(office.store, record)[At.sanur])
  }

  /// A carry says itself what it accounts for.
  ///
  /// Whoever works in the new village alone never gets the changes that its answers came with.
  @Test func `A carry is applied where nothing is held of the village that it comes from`() throws {
    let nyoman = try office.person("nyoman", .surveyor, [At.sanur])
    let there = try TestLaptop(seed: 6, office: office, for: [nyoman])
    let record = try shared()
    try two.edit(record, by: made, [At.name: .text("Batik Asih")])
    try two.edit(record, by: made, [.village: .village(At.sanur)])
    try two.sync(office)
    #expect(try there.sync(office).waiting == 0)
    #expect(try there.store.waitingCount() == 0)
    #expect(try there.store.vector(of: At.renon).isEmpty)
    #expect(try copies(there.store, record) == [At.sanur: copies(office.store, record)[At.sanur]])
    try there.edit(record, by: nyoman, [At.outcome: .text("buka")])
    #expect(try there.sync(office).isAllSent)

    // What is written late in the old village comes by another carry, and back by a third.
    try one.edit(record, by: wayan, [At.wave: .text("w")])
    try syncAll()
    try there.sync(office)
    try two.edit(record, by: made, [.village: .village(At.renon)])
    try syncAll()
    try there.sync(office)
    for store in [one.store, two.store, there.store, office.store] {
      #expect(try store.waitingCount() == 0)
      #expect(try store.verify().isClean)
    }
    let home = try copies(one.store, record)[At.renon]
    #expect(home?.siblings(at: At.outcome).map(\.answer) == [.text("buka")])
    #expect(home?.siblings(at: At.wave).map(\.answer) == [.text("w")])
  }
}

/// A sync whose reply is on its way while people go on working.
private struct Held {
  let laptop: TestLaptop
  let office: TestOffice
  var reply: SyncReply?

  mutating func ask() throws {
    let material = try laptop.store.syncMaterial(budget: 1 << 20)
    let request = SyncRequest(
      survey: 7, device: laptop.device, epoch: material.epoch,
      digest: Digest.vectors(material.held), directory: material.directory, isComplete: true,
      villages: material.held, frames: material.frames, unsent: 0, budget: 1 << 20)
    reply = try laptop.send(request, to: office)
  }

  mutating func take() throws {
    guard let reply else { return }
    _ = try laptop.store.absorb(reply, isNewOffice: false)
  }
}
