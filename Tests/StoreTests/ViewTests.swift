import Bytes
import Causality
import Model
import Reading
import Rules
import Store
import Testing
import Wire
import Worlds

@Suite struct `Views and drafts` {
  let laptop: TestLaptop
  let wayan: PersonID
  let made: PersonID

  init() throws {
    laptop = try TestLaptop(seed: 1)
    wayan = try #require(PersonID("wayan"))
    made = try #require(PersonID("made"))
  }

  @Test func `The token of what is shown is the same until something changes`() throws {
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    let first = try laptop.show(record, to: wayan)
    #expect(try laptop.show(record, to: made).token == first.token)
    #expect(ViewToken(of: first.state, record: record) == first.token)

    try laptop.edit(record, by: made, [At.outcome: .text("tutup")])
    let second = try laptop.show(record, to: wayan)
    #expect(second.token != first.token)
    #expect(try laptop.store.view(first.token, of: record)?.state == first.state)
    #expect(ViewToken(first.token.description) == first.token)
    #expect(ViewToken("no token") == nil)
  }

  @Test func `Who created a record has seen what they wrote, and nobody else has`() throws {
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    let view = try #require(
      try laptop.store.latestView(of: record, form: 1, for: wayan)?.state)
    #expect(view.siblings(at: At.name).map(\.answer) == [.text("Batik Sari")])
    #expect(try laptop.store.latestView(of: record, form: 1, for: made) == nil)

    try laptop.edit(record, by: made, [At.name: .text("Batik Sekar")])
    #expect(try laptop.store.latestView(of: record, form: 1, for: wayan)?.state == view)
  }

  @Test func `A draft goes with the change that finishes it`() throws {
    var draft = Draft(person: wayan, form: 1, village: At.renon, record: nil, token: nil)
    draft.wishes = [Wish(At.name, .text("Batik Sari"))]
    try laptop.store.keep(&draft)
    let edit = Edit(
      form: 1, village: At.renon, record: nil, person: wayan, wishes: draft.wishes)

    // Where nothing is saved, the draft stays.
    var refused = edit
    refused.form = 99
    #expect(throws: StoreError.self) { try laptop.store.save(refused, finishing: draft) }
    #expect(try laptop.store.drafts(of: wayan).count == 1)

    _ = try laptop.store.save(edit, finishing: draft)
    #expect(try laptop.store.drafts(of: wayan).isEmpty)
  }

  @Test func `Of two terminals that go on with a draft one saves it, the other is told`() throws {
    var begun = Draft(person: wayan, form: 1, village: At.renon, record: nil, token: nil)
    begun.wishes = [Wish(At.name, .text("Batik Sari"))]
    try laptop.store.keep(&begun)
    let first = try #require(try laptop.store.drafts(of: wayan).first)
    let second = try #require(try laptop.store.drafts(of: wayan).first)
    let edit = Edit(
      form: 1, village: At.renon, record: nil, person: wayan, wishes: begun.wishes)

    _ = try laptop.store.save(edit, finishing: first)
    #expect(isElsewhere { _ = try laptop.store.save(edit, finishing: second) })
    #expect(try laptop.store.records(form: 1).count == 1)
    var late = second
    #expect(isElsewhere { try laptop.store.keep(&late) })
    #expect(isElsewhere { try laptop.store.discard(second) })
    #expect(try laptop.store.drafts(of: wayan).isEmpty)
  }

  @Test func `Who keeps a draft that was kept elsewhere since writes over nothing`() throws {
    var begun = Draft(person: wayan, form: 1, village: At.renon, record: nil, token: nil)
    begun.wishes = [Wish(At.name, .text("Batik Sari"))]
    try laptop.store.keep(&begun)
    var other = try #require(try laptop.store.drafts(of: wayan).first)
    other.wishes.append(Wish(At.outcome, .text("tutup")))
    try laptop.store.keep(&other)
    try laptop.store.keep(&other)

    #expect(isElsewhere { try laptop.store.keep(&begun) })
    #expect(isElsewhere { try laptop.store.discard(begun) })
    let edit = Edit(
      form: 1, village: At.renon, record: nil, person: wayan, wishes: begun.wishes)
    #expect(isElsewhere { _ = try laptop.store.save(edit, finishing: begun) })
    #expect(try laptop.store.records(form: 1).isEmpty)
    #expect(try laptop.store.drafts(of: wayan).first?.wishes == other.wishes)
    _ = try laptop.store.save(edit, finishing: other)
    #expect(try laptop.store.drafts(of: wayan).isEmpty)
  }

  private func isElsewhere(_ body: () throws -> Void) -> Bool {
    do {
      try body()
      return false
    } catch StoreError.draftElsewhere {
      return true
    } catch {
      return false
    }
  }

  @Test func `An edit names what its author was shown, not what came since`() throws {
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    let shown = try laptop.show(record, to: wayan)
    try laptop.edit(record, by: made, [At.name: .text("Batik Sekar")])

    let saved = try laptop.edit(shown, by: wayan, [At.name: .text("Batik Asih")])
    #expect(saved.unseen == [At.name])
    let reading = try laptop.reading(record)
    #expect(reading.verdict(at: At.name).isOpen)
    #expect(
      reading.state.siblings(at: At.name).map(\.answer)
        == [.text("Batik Sekar"), .text("Batik Asih")])
  }

  @Test func `A person's own second save is no conflict with the first`() throws {
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    let shown = try laptop.show(record, to: wayan)
    try laptop.edit(shown, by: wayan, [At.name: .text("Batik Asih")])
    let view = try #require(
      try laptop.store.latestView(of: record, form: 1, for: wayan)?.state)
    let saved = try laptop.store.save(
      Edit(
        form: 1, village: At.renon, record: record, person: wayan, view: view,
        wishes: [Wish(At.name, .text("Batik Asri"))]))
    #expect(
      saved.view == (try laptop.store.latestView(of: record, form: 1, for: wayan)?.state))
    #expect(try laptop.reading(record).conflictCount == 0)
  }

  @Test func `An answer equal to the one in the view is not written`() throws {
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    let shown = try laptop.show(record, to: wayan)
    try laptop.edit(record, by: made, [At.name: .text("Batik Sekar")])

    let saved = try laptop.edit(shown, by: wayan, [At.name: .text("Batik Sari")])
    #expect(saved.change == nil)
    #expect(
      try laptop.reading(record).state.siblings(at: At.name).map(\.answer)
        == [.text("Batik Sekar")])
  }

  @Test func `A view that is of no copy here is refused`() throws {
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    let other = try TestLaptop(seed: 2)
    let strange = try other.add(wayan, in: At.renon, [At.name: .text("Batik Sekar")])
    let view = try other.show(strange, to: wayan).state
    let error = #expect(throws: StoreError.self) {
      try laptop.store.save(
        Edit(
          form: 1, village: At.renon, record: record, person: wayan, view: view,
          wishes: [Wish(At.name, .text("Batik Asri"))]))
    }
    guard case .noView? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(
      try laptop.reading(record).state.siblings(at: At.name).map(\.answer)
        == [.text("Batik Sari")])
  }

  @Test func `A draft is kept whole until it is thrown away`() throws {
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    let token = try laptop.show(record, to: wayan).token
    var draft = Draft(person: wayan, form: 1, village: At.renon, record: record, token: token)
    draft.wishes = [
      Wish(At.name, .text("Batik \u{1F3B5}")),
      Wish(
        Path(row: Row(TinySurvey.Field.products, "AB"), field: TinySurvey.Field.stock), .whole(3)),
    ]
    draft.position = 4
    try laptop.store.keep(&draft)
    var fresh = Draft(person: wayan, form: 1, village: At.sanur, record: nil, token: nil)
    laptop.clock.pass(5000)
    try laptop.store.keep(&fresh)

    let kept = try laptop.store.drafts(of: wayan)
    #expect(kept.map(\.village) == [At.sanur, At.renon])
    #expect(kept[1].wishes == draft.wishes)
    #expect(kept[1].position == 4 && kept[1].token == token && kept[1].record == record)
    #expect(try laptop.store.drafts(of: made).isEmpty)

    draft.wishes.removeLast()
    try laptop.store.keep(&draft)
    #expect(try laptop.store.drafts(of: wayan).count == 2)
    try laptop.store.discard(draft)
    try laptop.store.discard(fresh)
    #expect(try laptop.store.drafts(of: wayan).isEmpty)
    #expect(try laptop.store.records(form: 1).count == 1, "a draft is no change")
  }

  @Test func `Nothing is saved that others could not read`() throws {
    let vectors = try laptop.store.vectors()
    let long = String(repeating: "x", count: Answer.textLimit + 1)
    #expect(throws: (any Error).self) {
      try laptop.add(wayan, in: At.renon, [At.name: .text(long)])
    }
    let reason = String(repeating: "x", count: 5000)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    let shown = try laptop.show(record, to: wayan)
    #expect(throws: (any Error).self) {
      try laptop.store.save(
        Edit(
          form: 1, village: At.renon, record: record, person: wayan, view: shown.state,
          wishes: [Wish(At.name, .text("Batik"))], reason: reason))
    }
    #expect(vectors.isEmpty)
    #expect(try laptop.store.vectors().first?.vector.total == 1)
    #expect(try laptop.store.verify().isClean)
  }

  @Test func `What is said twice from one view is written once`() throws {
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    let shown = try laptop.show(record, to: wayan)
    let first = try laptop.edit(
      shown, by: wayan, [At.name: .text("Batik Asih"), At.outcome: .text("tutup")])
    let second = try laptop.edit(
      shown, by: wayan, [At.name: .text("Batik Asih"), At.outcome: .text("tutup")])
    #expect(first.change != nil && second.change == nil)
    #expect(second.view == first.view)

    // What is new beside it is written, and no more.
    let third = try laptop.edit(
      shown, by: wayan, [At.name: .text("Batik Asih"), At.wave: .text("2")])
    #expect(third.change?.content.answers.map(\.path) == [At.wave])
    #expect(third.view.siblings(at: At.name).map(\.answer) == [.text("Batik Asih")])

    // The same words of another person are that person's.
    let other = try laptop.edit(shown, by: made, [At.name: .text("Batik Asih")])
    #expect(other.change != nil)
    // An increment counts each time.
    for _ in 0..<2 { try laptop.edit(shown, by: wayan, [At.visits: .number(Decimal(1))]) }
    #expect(try laptop.reading(record).verdict(at: At.visits).answer == .number(Decimal(2)))
  }

  @Test func `A view is forgotten when nobody can be about to use it`() throws {
    let day: Int64 = 86_400_000
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    let old = try laptop.show(record, to: nil)
    try laptop.edit(record, by: made, [At.name: .text("Batik Satu")])
    let drafted = try laptop.show(record, to: nil)
    var draft = Draft(
      person: wayan, form: 1, village: At.renon, record: record, token: drafted.token)
    try laptop.store.keep(&draft)
    try laptop.edit(record, by: made, [At.name: .text("Batik Dua")])
    let latest = try laptop.show(record, to: wayan)
    try laptop.edit(record, by: made, [At.name: .text("Batik Tiga")])
    let again = try laptop.show(record, to: nil)
    try laptop.edit(record, by: made, [At.name: .text("Batik Empat")])

    laptop.clock.pass(Int64(Store.viewDays - 1) * day)
    _ = try laptop.show(record, to: nil)
    for view in [old, drafted, latest, again] {
      #expect(try laptop.store.view(view.token, of: record) != nil, "within the time")
    }
    // Whoever is shown a thing again may cite it for as long again.
    laptop.clock.pass(2 * day)
    _ = try laptop.show(record, to: made)

    #expect(try laptop.store.view(old.token, of: record) == nil)
    // What an edit came to is known for as long as what it was made from.
    #expect(try laptop.store.view(again.token, of: record)?.state == again.state)
    #expect(try laptop.store.view(drafted.token, of: record)?.state == drafted.state)
    #expect(try laptop.store.view(latest.token, of: record)?.state == latest.state)
    #expect(
      try laptop.store.latestView(of: record, form: 1, for: wayan)?.state == latest.state)
    try laptop.store.discard(draft)
    laptop.clock.pass(day)
    _ = try laptop.show(record, to: made)
    #expect(try laptop.store.view(drafted.token, of: record) == nil)
    #expect(try laptop.store.verify().isClean)
  }

  @Test func `A view that is shown again is kept from then on`() throws {
    let day: Int64 = 86_400_000
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    let shown = try laptop.show(record, to: nil)
    laptop.clock.pass(60 * day)
    #expect(try laptop.show(record, to: nil).token == shown.token)
    laptop.clock.pass(60 * day)
    try laptop.edit(record, by: made, [At.name: .text("Batik Satu")])
    #expect(try laptop.store.view(shown.token, of: record) != nil)
  }
}
