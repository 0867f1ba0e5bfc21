import Bytes
import Causality
import Model
import Reading
import Rules
import Sync
import TestSupport
import Testing
import Wire
import Worlds

@testable import Store

/// History that is in a checked backup, and what may be dropped for it.
@Suite struct `Dropped history` {
  let folder: TemporaryFolder
  let office: TestOffice
  let wayan: PersonID
  let made: PersonID

  init() throws {
    folder = try TemporaryFolder()
    office = try TestOffice()
    wayan = try office.person("wayan", .surveyor, TinySurvey.villages)
    made = try office.person("made", .supervisor, TinySurvey.villages)
  }

  func laptop(_ seed: UInt64, for people: [PersonID]? = nil) throws -> TestLaptop {
    try TestLaptop(seed: seed, office: office, for: people ?? [wayan, made])
  }

  func backUp(_ name: String = "backup.db") throws {
    _ = try office.store.backUp(to: folder.path(name), replacing: true)
  }

  /// The office as it was at a backup; one that is put back a second time goes to another file.
  func putBack(_ name: String, as other: String? = nil) throws -> TestOffice {
    let file = folder.path(other ?? "back-\(name)")
    let surroundings = office.clock.surroundings
    _ = try Store.putBack(
      folder.path(name), at: file, replacing: false, surroundings: surroundings)
    return TestOffice(
      over: try Store.open(at: file, surroundings: surroundings), clock: office.clock)
  }

  /// Some records, edited, deleted and moved.
  func work(_ laptop: TestLaptop) throws -> [RecordID] {
    var records: [RecordID] = []
    for number in 0..<12 {
      records.append(
        try laptop.add(wayan, in: At.renon, [At.name: .text(Text("usaha \(number)"))]))
    }
    for record in records.prefix(6) {
      try laptop.edit(record, by: wayan, [At.name: .text("baru"), At.wave: .text("w")])
    }
    try laptop.edit(records[0], by: wayan, [.life: .life(Life(isAlive: false, seen: []))])
    try laptop.edit(records[1], by: wayan, [.village: .village(At.sanur)])
    return records
  }

  func expectAgreement(_ stores: [Store]) throws {
    let first = try #require(stores.first)
    for store in stores {
      #expect(try store.vectors() == first.vectors())
      #expect(try store.verify().problems == [])
      for form in try store.standing().forms.keys {
        #expect(try states(store, form) == states(first, form))
      }
    }
  }

  func states(_ store: Store, _ form: UInt32) throws -> [String] {
    try store.read { db in
      try db.all("SELECT _id, _village, _state FROM record_\(form) ORDER BY _id, _village") {
        "\($0.text(0)) \($0.integer(1)) \(Hex.text($0.bytes(2)))"
      }
    }
  }

  func journaled(_ store: Store) throws -> Int64 {
    try store.read { db in try db.first("SELECT count(*) FROM journal") { $0.integer(0) } ?? 0 }
  }

  @Test func `A laptop drops what a checked backup has, and sees what it saw`() throws {
    let laptop = try laptop(1)
    let other = try self.laptop(2)
    let records = try work(laptop)
    try laptop.sync(office)
    #expect(try laptop.store.truncate(At.renon) == .nothing)
    try backUp()
    try laptop.sync(office)
    let held = try laptop.store.vector(of: At.renon)
    #expect(try laptop.store.truncate(At.renon) == .dropped(changes: Int(held.total)))
    #expect(try laptop.store.truncate(At.renon) == .nothing)
    #expect(try laptop.store.vector(of: At.renon) == held)
    #expect(try laptop.store.isHistoryWhole(of: records[2]) == false)
    #expect(try laptop.store.verify().problems == [])

    // It goes on working on what it has no history of, and others on the same.
    try other.sync(office)
    try laptop.edit(records[2], by: wayan, [At.name: .text("sesudah")])
    try other.edit(records[2], by: made, [At.outcome: .text("lain")])
    for laptop in [laptop, other, laptop] { #expect(try laptop.sync(office).isAllSent) }
    try expectAgreement([office.store, laptop.store, other.store])

    // And drops again, with what came since.
    try backUp()
    try laptop.sync(office)
    #expect(try laptop.store.truncate(At.renon) == .dropped(changes: 2))
    try expectAgreement([office.store, laptop.store, other.store])
  }

  @Test func `What no backup has is not dropped`() throws {
    let laptop = try laptop(1)
    _ = try work(laptop)
    try laptop.sync(office)
    try backUp("early.db")
    let late = try laptop.add(wayan, in: At.renon, [At.name: .text("baru saja")])
    try laptop.sync(office)
    let before = try laptop.store.vector(of: At.renon).total
    #expect(try laptop.store.truncate(At.renon) == .dropped(changes: Int(before) - 1))
    #expect(try laptop.store.history(of: late).count == 1)
    try expectAgreement([office.store, laptop.store])
  }

  @Test func `A history that comes to something else is kept`() throws {
    let laptop = try laptop(1)
    let records = try work(laptop)
    try laptop.sync(office)
    try backUp()
    try laptop.sync(office)
    // A state is not what it is made of, as a fault of the program would leave it.
    try laptop.store.write { db in
      let entry = try #require(try Watermarks.entry(db, of: At.renon))
      try db.run("DELETE FROM watermark")
      try Watermarks.write(
        db,
        WatermarkEntry(
          village: At.renon, vector: entry.vector, digest: Digest.sha256([1]),
          signature: entry.signature))
    }
    #expect(try laptop.store.truncate(At.renon) == .differs)
    #expect(try laptop.store.history(of: records[2]).count == 2)
  }

  @Test func `A watermark that the office did not sign drops nothing`() throws {
    let laptop = try laptop(1)
    _ = try work(laptop)
    try laptop.sync(office)
    let vector = try laptop.store.vector(of: At.renon)
    let forged = Watermark(
      id: 1,
      villages: [
        WatermarkEntry(
          village: At.renon, vector: vector, digest: .start,
          signature: [UInt8](repeating: 1, count: 64))
      ])
    try laptop.store.write { db in try laptop.store.keepWatermark(db, forged) }
    #expect(try laptop.store.read { db in try Watermarks.id(db) } == nil)
    #expect(try laptop.store.truncate(At.renon) == .nothing)
  }

  @Test func `A new laptop begins with a snapshot and goes on with changes`() throws {
    let laptop = try laptop(1)
    let records = try work(laptop)
    try laptop.sync(office)
    try backUp()
    try laptop.edit(records[3], by: wayan, [At.name: .text("sesudah")])
    try laptop.sync(office)

    let newcomer = try self.laptop(3)
    let summary = try newcomer.sync(office)
    let total = try office.store.vectors().reduce(0) { $0 + $1.vector.total }
    #expect(UInt64(summary.received) == total)
    #expect(try journaled(newcomer.store) == 1)
    try expectAgreement([office.store, laptop.store, newcomer.store])
    #expect(try newcomer.sync(office).rounds == 1)

    // What it says is taken, and it can hand on what came after its snapshot.
    try newcomer.edit(records[3], by: made, [At.name: .text("akhir")])
    #expect(try newcomer.sync(office).isAllSent)
    try laptop.sync(office)
    try expectAgreement([office.store, laptop.store, newcomer.store])
  }

  @Test func `Who recorded before the first sync keeps that beside the snapshot`() throws {
    let laptop = try laptop(1)
    _ = try work(laptop)
    try laptop.sync(office)
    try backUp()
    let newcomer = try self.laptop(3)
    let own = try newcomer.add(wayan, in: At.renon, [At.name: .text("sendiri")])
    #expect(try newcomer.sync(office).isAllSent)
    #expect(try newcomer.store.history(of: own).count == 1)
    try laptop.sync(office)
    try expectAgreement([office.store, laptop.store, newcomer.store])
    #expect(try journaled(newcomer.store) == 1)
  }

  @Test func `A snapshot of which a part is missing stands for nothing`() throws {
    let laptop = try laptop(1)
    for number in 0..<40 {
      let letters = (0..<9000).map { UInt8(97 + ($0 * $0 + number) % 26) }
      let long = Text(String(decoding: letters, as: UTF8.self))
      try laptop.add(wayan, in: At.renon, [At.name: .text(long)])
    }
    try laptop.sync(office)
    try backUp()
    let newcomer = try self.laptop(3)
    func round(budget: Int) throws -> SyncReply {
      let material = try newcomer.store.syncMaterial(budget: budget)
      let reply = try newcomer.send(
        SyncRequest(
          survey: material.survey, device: material.device, epoch: material.epoch,
          digest: Digest.vectors(material.held), directory: material.directory,
          directoryTag: material.directoryTag, isComplete: true, villages: material.held,
          frames: [], unsent: 0, budget: budget, watermark: material.watermark,
          snapshots: material.snapshots),
        to: office)
      return reply
    }
    let first = try round(budget: 1)
    #expect(first.status == .more)
    #expect(first.snapshots.map(\.index) == [0])
    #expect((first.snapshots.first?.count ?? 0) > 1)
    _ = try newcomer.store.absorb(first, isNewOffice: false)
    #expect(try newcomer.store.vectors().isEmpty)
    #expect(try newcomer.store.verify().records == 0)
    // The office remembers no more than that, so the next round goes on where this one ended.
    let request = try newcomer.store.firstRequest(budget: 1)
    #expect(try newcomer.send(request, to: office).snapshots.map(\.index) == [1])
    // A part that comes twice, and one that comes before its turn, change nothing.
    _ = try newcomer.store.absorb(first, isNewOffice: false)
    // A newer backup begins it again.
    try laptop.add(wayan, in: At.renon, [At.name: .text("lagi")])
    try laptop.sync(office)
    try backUp("later.db")
    try newcomer.sync(office)
    try laptop.sync(office)
    try expectAgreement([office.store, laptop.store, newcomer.store])
    #expect(try journaled(newcomer.store) == 0)
  }

  @Test func `A damaged snapshot is not taken, and the changes are asked for instead`() throws {
    let laptop = try laptop(1)
    _ = try work(laptop)
    try laptop.sync(office)
    try backUp()
    try office.store.write { db in
      let bytes = try db.first("SELECT bytes FROM snapshot WHERE part = 0") { $0.bytes(0) }
      var broken = try #require(bytes)
      broken[broken.count - 1] ^= 1
      try db.run("UPDATE snapshot SET bytes = ?", .blob(broken))
    }
    let newcomer = try self.laptop(3)
    #expect(try newcomer.sync(office).isAllSent)
    try expectAgreement([office.store, laptop.store, newcomer.store])
    #expect(try journaled(newcomer.store) == journaled(office.store))
  }

  @Test func `A restored office is fed by whoever dropped what its backup has`() throws {
    let laptop = try laptop(1)
    let records = try work(laptop)
    try laptop.sync(office)
    try backUp()
    try laptop.sync(office)
    #expect(try laptop.store.truncate(At.renon) != .nothing)
    try laptop.edit(records[3], by: wayan, [At.name: .text("sesudah")])
    try laptop.sync(office)

    // The office goes back to what the backup holds.
    _ = try Store.putBack(
      folder.path("backup.db"), at: folder.path("office.db"), replacing: false,
      surroundings: office.clock.surroundings)
    let restored = TestOffice(
      over: try Store.open(
        at: folder.path("office.db"), surroundings: office.clock.surroundings),
      clock: office.clock)
    #expect(try laptop.sync(restored).isAllSent)
    try laptop.sync(restored)
    try expectAgreement([restored.store, laptop.store])
    let reading = try laptop.reading(records[3])
    #expect(reading.state.siblings(at: At.name).map(\.answer) == [.text("sesudah")])
    let newcomer = try TestLaptop(seed: 9, office: restored, for: [wayan])
    try newcomer.sync(restored)
    try laptop.sync(restored)
    try expectAgreement([restored.store, laptop.store, newcomer.store])
  }

  @Test func `Who created a record and dropped its history edits from what they wrote`() throws {
    let laptop = try laptop(1)
    let other = try self.laptop(2)
    let alone = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    let shared = try laptop.add(wayan, in: At.renon, [At.name: .text("B")])
    try laptop.sync(office)
    try other.sync(office)
    try other.edit(shared, by: made, [At.name: .text("lain")])
    try other.sync(office)
    try laptop.sync(office)
    try backUp()
    try laptop.sync(office)
    #expect(try laptop.store.truncate(At.renon) == .dropped(changes: 3))
    for (record, name) in [(alone, Text("A")), (shared, "B")] {
      let view = try #require(try laptop.store.latestView(of: record, form: 1, for: wayan))
      #expect(view.state.siblings(at: At.name).map(\.answer) == [.text(name)])
      #expect(try laptop.store.latestView(of: record, form: 1, for: made) == nil)
    }
  }

  @Test func `A village that is somebody else's now is let go when a backup has it`() throws {
    let laptop = try laptop(1, for: [wayan])
    let other = try self.laptop(2, for: [made])
    let records = try work(laptop)
    try laptop.sync(office)
    let sanur = try laptop.add(wayan, in: At.sanur, [At.name: .text("tetap")])
    let replica = try laptop.store.standing().replica
    try backUp()
    try office.person("wayan", .surveyor, [At.sanur])
    let late = try laptop.add(wayan, in: At.renon, [At.name: .text("masih")])
    // Nothing goes that only laptops have beside the office.
    #expect(try laptop.sync(office).released == [])
    #expect(try laptop.sync(office).released == [])
    #expect(try laptop.store.peek(late, form: 1) != nil)
    try backUp()
    #expect(try laptop.sync(office).released == [At.renon])
    #expect(try laptop.store.peek(records[4], form: 1) == nil)
    #expect(try laptop.store.vector(of: At.renon).isEmpty)
    #expect(try laptop.store.peek(sanur, form: 1) != nil)
    #expect(try laptop.store.verify().problems == [])
    #expect(try laptop.sync(office).rounds <= 2)
    #expect(try laptop.sync(office).isAllSent)
    try other.sync(office)
    #expect(try other.store.peek(late, form: 1) != nil)

    // Given back, it begins again, and no dot is used twice.
    try office.person("wayan", .surveyor, [At.renon, At.sanur])
    try laptop.sync(office)
    #expect(try laptop.store.peek(records[4], form: 1) != nil)
    #expect(try laptop.store.standing().replica != replica)
    try laptop.add(wayan, in: At.renon, [At.name: .text("lagi")])
    #expect(try laptop.sync(office).isAllSent)
    try other.sync(office)
    try laptop.sync(office)
    try expectAgreement([office.store, laptop.store, other.store])
  }

  @Test func `A village with a draft in it is not let go`() throws {
    let laptop = try laptop(1, for: [wayan])
    _ = try work(laptop)
    try laptop.sync(office)
    var draft = Draft(
      person: wayan, form: 1, village: At.renon, record: nil, token: nil)
    try laptop.store.keep(&draft)
    try office.person("wayan", .surveyor, [At.sanur])
    try backUp()
    #expect(try laptop.sync(office).released == [])
    try laptop.store.discard(draft)
    #expect(try laptop.sync(office).released == [At.renon])
  }

  @Test func `Nothing of a village that is not theirs is in the watermark of a laptop`() throws {
    let laptop = try laptop(1)
    _ = try work(laptop)
    try laptop.sync(office)
    try backUp()
    let nyoman = try office.person("nyoman", .surveyor, [At.kesiman])
    let stranger = try self.laptop(4, for: [nyoman])
    let reply = try stranger.send(
      SyncRequest(
        survey: 7, device: stranger.device, epoch: 0, digest: Digest.vectors([]), directory: 0,
        isComplete: true,
        villages: [VillageVector(village: At.renon, vector: VersionVector())], frames: [],
        unsent: 0, budget: 1 << 20),
      to: office)
    #expect(reply.snapshots.isEmpty && reply.frames.isEmpty)
    let mark = try #require(reply.watermark)
    #expect(mark.villages.allSatisfy { $0.village == At.kesiman || $0.vector.isEmpty })
    #expect(mark.villages.allSatisfy { $0.village == At.kesiman || $0.digest == nil })
  }

  @Test func `A copy of a disk that began with a snapshot still hands its branch in`() throws {
    let laptop = try laptop(1)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    let twin = try laptop.twin()
    try laptop.sync(office)
    try self.laptop(2).sync(office)
    let other = try self.laptop(5)
    try other.add(made, in: At.renon, [At.name: .text("lain")])
    try other.sync(office)
    try backUp()
    try laptop.edit(record, by: wayan, [At.wave: .text("satu")])
    try laptop.sync(office)
    // The copy has written at the same dot, and takes the snapshot before the office has its branch.
    try twin.edit(record, by: made, [At.outcome: .text("dua")])
    #expect(try twin.sync(office).isAllSent)
    #expect(try journaled(twin.store) > 0)
    try twin.sync(office)
    try laptop.sync(office)
    try other.sync(office)
    try expectAgreement([office.store, laptop.store, twin.store, other.store])
    let state = try #require(try office.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.wave).map(\.answer) == [.text("satu")])
    #expect(state.siblings(at: At.outcome).map(\.answer) == [.text("dua")])
  }

  @Test func `Who says again what they said before its history went is not beside themselves`()
    throws
  {
    let laptop = try laptop(1)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    let shown = try laptop.show(record, to: wayan)
    try laptop.edit(shown, by: wayan, [At.name: .text("B")])
    try laptop.sync(office)
    try backUp()
    try laptop.sync(office)
    #expect(try laptop.store.truncate(At.renon) == .dropped(changes: 2))
    let again = try laptop.edit(shown, by: wayan, [At.name: .text("B"), At.wave: .text("w")])
    #expect(again.change?.content.answers.map(\.path) == [At.wave])
    #expect(again.view.siblings(at: At.name).map(\.answer) == [.text("B")])
  }
}
