import Causality
import Model
import Reading
import Testing
import Wire
import Worlds

@testable import Store

/// What people have seen by their own edits, which the journal says, and the record that `@` means.
@Suite struct `What was seen by writing` {
  let wayan: PersonID
  let made: PersonID

  init() throws {
    wayan = try #require(PersonID("wayan"))
    made = try #require(PersonID("made"))
  }

  private func views(_ laptop: TestLaptop) throws -> Int64 {
    try laptop.store.read { db in
      try db.first("SELECT count(*) FROM view") { $0.integer(0) } ?? 0
    }
  }

  private func token(_ saved: Saved) -> ViewToken {
    ViewToken(of: saved.view, masked: saved.masked, record: saved.record)
  }

  private func latest(
    _ laptop: TestLaptop, _ record: RecordID, _ person: PersonID
  ) throws -> RecordState? {
    try laptop.store.latestView(of: record, form: 1, for: person)?.state
  }

  @Test func `An edit of what was shown last writes no view, and its author has seen it`() throws {
    let laptop = try TestLaptop(seed: 1)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    let other = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    let shown = try laptop.show(record, to: wayan)
    #expect(try laptop.show(record, to: made).token == shown.token)
    let before = try views(laptop)
    let saved = try laptop.edit(shown, by: wayan, [At.name: .text("B")])

    #expect(try views(laptop) == before)
    #expect(try latest(laptop, record, wayan) == saved.view)
    #expect(saved.view != shown.state)
    // The same token stands for what somebody else was shown, who has not seen the change.
    #expect(try latest(laptop, record, made) == shown.state)
    #expect(try laptop.store.view(token(saved), of: record)?.state == saved.view)
    #expect(try laptop.store.view(token(saved), of: other) == nil)
    #expect(try laptop.store.verify().isClean)

    let next = try laptop.edit(
      laptop.show(record, to: wayan), by: wayan, [At.name: .text("C"), At.wave: .text("1")])
    #expect(try latest(laptop, record, wayan) == next.view)
    #expect(try laptop.store.view(token(saved), of: record)?.state == saved.view)
  }

  @Test func `Two edits of one view are two things that were seen`() throws {
    let laptop = try TestLaptop(seed: 1)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    let shown = try laptop.show(record, to: wayan)
    let first = try laptop.edit(shown, by: wayan, [At.name: .text("B")])
    let second = try laptop.edit(shown, by: wayan, [At.wave: .text("2")])
    #expect(try latest(laptop, record, wayan) == second.view)
    #expect(!second.view.accounts(for: try #require(first.change).name))
    for saved in [first, second] {
      #expect(try laptop.store.view(token(saved), of: record)?.state == saved.view)
    }
  }

  @Test func `What somebody else wrote here meanwhile was not seen`() throws {
    let laptop = try TestLaptop(seed: 1)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    let shown = try laptop.show(record, to: wayan)
    _ = try laptop.show(record, to: made)
    let theirs = try laptop.edit(shown, by: made, [At.name: .text("B")])
    let saved = try laptop.edit(shown, by: wayan, [At.wave: .text("2")])
    #expect(try latest(laptop, record, wayan) == saved.view)
    #expect(try latest(laptop, record, made) == theirs.view)
    #expect(!saved.view.accounts(for: try #require(theirs.change).name))
  }

  @Test func `What was shown long ago is written down with the edit, to be kept as long`() throws {
    let laptop = try TestLaptop(seed: 1)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    let shown = try laptop.show(record, to: wayan)
    let before = try views(laptop)
    laptop.clock.pass(Seen.spanMilliseconds + 1)
    let saved = try laptop.edit(shown, by: wayan, [At.name: .text("B")])
    #expect(try views(laptop) == before + 1)
    #expect(try latest(laptop, record, wayan) == saved.view)
  }

  @Test func `What was seen so is kept for as long as anything that was shown`() throws {
    let day: Int64 = 86_400_000
    let laptop = try TestLaptop(seed: 1)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    let shown = try laptop.show(record, to: wayan)
    laptop.clock.pass(Seen.spanMilliseconds)
    let saved = try laptop.edit(shown, by: wayan, [At.name: .text("B")])
    // What wayan has seen last is something else now.
    try laptop.edit(shown, by: wayan, [At.wave: .text("2")])
    laptop.clock.pass(Int64(Store.viewDays) * day)
    _ = try laptop.show(record, to: made)
    #expect(try laptop.store.view(token(saved), of: record)?.state == saved.view)
    laptop.clock.pass(2 * day)
    _ = try laptop.show(record, to: made)
    #expect(try laptop.store.view(token(saved), of: record) == nil)
  }

  @Test func `A draft that was begun from it keeps it`() throws {
    let day: Int64 = 86_400_000
    let laptop = try TestLaptop(seed: 1)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    let saved = try laptop.edit(
      laptop.show(record, to: wayan), by: wayan, [At.name: .text("B")])
    var draft = Draft(
      person: wayan, form: 1, village: At.renon, record: record, token: token(saved))
    try laptop.store.keep(&draft)
    laptop.clock.pass(200 * day)
    try laptop.edit(record, by: wayan, [At.name: .text("C")])
    #expect(try laptop.store.view(token(saved), of: record)?.state == saved.view)
  }

  @Test func `It is written down before its change leaves the journal`() throws {
    for isAside in [true, false] {
      let laptop = try TestLaptop(seed: 1)
      let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
      let saved = try laptop.edit(
        laptop.show(record, to: wayan), by: wayan, [At.name: .text("B")])
      let dot = try #require(saved.change).dot
      try laptop.store.write { db in
        if isAside {
          let row = try #require(try Streams.row(db, dot.stream))
          try Branches.putAside(db, row, from: dot.counter)
        } else {
          try Cuts.drop(db, dot.stream, upTo: dot.counter)
        }
      }
      #expect(try latest(laptop, record, wayan) == saved.view)
      #expect(try laptop.store.view(token(saved), of: record)?.state == saved.view)
    }
  }

  @Test func `It is there when the village is let go, and under a new word`() throws {
    let laptop = try TestLaptop(seed: 1)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    let saved = try laptop.edit(
      laptop.show(record, to: wayan), by: wayan, [At.name: .text("B")])
    try laptop.store.write { db in try Cuts.drop(db, At.renon) }
    #expect(try latest(laptop, record, wayan) == saved.view)

    let office = try TestOffice()
    let nyoman = try office.person("nyoman", .surveyor, [At.renon])
    let alone = try TestLaptop(seed: 2)
    try alone.store.setPerson(wayan)
    let own = try alone.add(wayan, in: At.renon, [At.name: .text("A")])
    let edited = try alone.edit(alone.show(own, to: wayan), by: wayan, [At.name: .text("B")])
    try alone.join(office, for: [nyoman])
    #expect(try latest(alone, own, nyoman) == edited.view)
  }

  // MARK: The last record

  @Test func `The last record is the one that was saved or shown last`() throws {
    let laptop = try TestLaptop(seed: 1)
    #expect(try laptop.store.lastRecord() == nil)
    let first = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    let second = try laptop.add(wayan, in: At.sanur, [At.name: .text("B")])
    #expect(try laptop.store.lastRecord() == second)
    try laptop.store.setLastRecord(first)
    #expect(try laptop.store.lastRecord() == first)
    let shown = try laptop.show(second, to: wayan)
    try laptop.edit(shown, by: wayan, [At.name: .text("C")])
    #expect(try laptop.store.lastRecord() == second)
    let third = try laptop.add(wayan, in: At.renon, [At.name: .text("D")])
    #expect(try laptop.store.lastRecord() == third)
    // What says nothing new was saved all the same.
    try laptop.edit(shown, by: wayan, [At.name: .text("C")])
    #expect(try laptop.store.lastRecord() == second)
    // What the laptop carries, being its own office, nobody saved.
    try laptop.edit(first, by: wayan, [.village: .village(At.kesiman)])
    let fourth = try laptop.add(wayan, in: At.kesiman, [At.name: .text("E")])
    let moved = try laptop.show(third, to: wayan)
    let staying = try laptop.show(fourth, to: wayan)
    func edit(_ shown: ShownRecord, _ wish: Wish) -> Edit {
      Edit(
        form: 1, village: shown.village, record: shown.record, person: wayan, view: shown.state,
        wishes: [wish])
    }
    _ = try laptop.store.save([
      edit(moved, Wish(.village, .village(At.kesiman))),
      edit(staying, Wish(At.name, .text("F"))),
    ])
    #expect(try laptop.store.lastRecord() == fourth)
  }

  @Test func `The last record stays so when its change leaves the journal`() throws {
    let laptop = try TestLaptop(seed: 1)
    let first = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    let second = try laptop.add(wayan, in: At.sanur, [At.name: .text("B")])
    try laptop.store.write { db in
      _ = try Incarnations.mint(db, surroundings: laptop.store.surroundings)
    }
    #expect(try laptop.store.lastRecord() == second)
    let third = try laptop.add(wayan, in: At.sanur, [At.name: .text("C")])
    let stream = try laptop.store.read { db in
      StreamID(village: At.sanur, replica: try Incarnations.current(db))
    }
    try laptop.store.write { db in
      let row = try #require(try Streams.row(db, stream))
      try Branches.putAside(db, row, from: 1)
    }
    #expect(try laptop.store.lastRecord() == third)
    let fourth = try laptop.add(wayan, in: At.renon, [At.name: .text("D")])
    #expect(try laptop.store.lastRecord() == fourth)
    try laptop.store.setLastRecord(first)
    #expect(try laptop.store.lastRecord() == first)
  }

  @Test func `What does not read costs a view and nothing else`() throws {
    let laptop = try TestLaptop(seed: 1)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("A")])
    let shown = try laptop.show(record, to: wayan)
    try laptop.edit(shown, by: wayan, [At.name: .text("B")])
    let stream = try laptop.store.read { db in
      StreamID(village: At.renon, replica: try Incarnations.current(db))
    }
    try laptop.store.write { db in
      try db.run("UPDATE journal SET content = x'00' WHERE seen IS NOT NULL")
      _ = try Incarnations.mint(db, surroundings: laptop.store.surroundings)
    }
    #expect(try laptop.store.lastRecord() == record)
    #expect(try latest(laptop, record, wayan) == shown.state)
    #expect(try !laptop.store.verify().problems.isEmpty)
    try laptop.store.write { db in
      let row = try #require(try Streams.row(db, stream))
      try Branches.putAside(db, row, from: 2)
    }
    #expect(try latest(laptop, record, wayan) == shown.state)
  }
}
