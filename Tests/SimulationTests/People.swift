import Bytes
import Causality
import Model
import Reading
import Rules
import Store
import TestSupport
import Worlds

/// What people do at laptops and at the office: they look, and write from what they were shown.
extension SimulatedWorld {
  func add(on laptop: SimulatedLaptop, count: Int) throws {
    let person = random.pick(laptop.people)
    var edits: [Edit] = []
    for _ in 0..<count {
      // NB: the laptop may not have heard of every village that the person works in by now.
      let known = try directory(of: laptop.store).person(person)?.scope
      let mine = villages.filter { !laptop.hasJoined || known?.contains($0) ?? false }
      guard !mine.isEmpty else { return }
      let village = random.pick(mine)
      let wishes = try (0..<(1 + random.below(4))).map { _ in try wish(nil, at: laptop.store) }
      edits.append(
        Edit(form: 1, village: village, record: nil, person: person, wishes: wishes))
    }
    let saved = try laptop.store.save(edits)
    for (edit, one) in zip(edits, saved) {
      try told(edit, one, view: nil, store: laptop.store, column: laptop.column)
    }
  }

  /// Somebody looks at a record: now, or what they looked at before.
  func look(on laptop: SimulatedLaptop) throws -> (person: PersonID, view: SeenRecord)? {
    if random.chance(swarm.oldViewPercent), !laptop.oldViews.isEmpty {
      return random.pick(laptop.oldViews)
    }
    let person = random.pick(laptop.people)
    if random.chance(30), let kept = laptop.views[person], !kept.isEmpty {
      let record = random.pick(oracle.byAge(Array(kept.keys)))
      if let view = kept[record] { return (person, view) }
    }
    var filter = RecordFilter()
    filter.withDeleted = true
    let rows = try laptop.store.records(form: 1, filter)
    if rows.isEmpty { return nil }
    let some = oracle.byAge(rows.map(\.record)).prefix(
      random.chance(80) ? swarm.hotRecords : rows.count)
    return (person, try show(random.pick(some), on: laptop, to: person))
  }

  func show(
    _ record: RecordID, on laptop: SimulatedLaptop, to person: PersonID
  ) throws -> SeenRecord {
    let shown = try laptop.store.show([(record, 1)], to: person)[0]
    let view = try seen(shown)
    if let older = laptop.views[person]?[record] {
      laptop.oldViews.append((person, older))
      if laptop.oldViews.count > 6 { laptop.oldViews.removeFirst() }
    }
    laptop.views[person, default: [:]][record] = view
    return view
  }

  func seen(_ shown: ShownRecord) throws -> SeenRecord {
    var answers: [Path: Set<Int>] = [:]
    for register in shown.state.registers {
      for sibling in register.siblings {
        let number = oracle.number(of: sibling.origin, at: register.path)
        try hold(.given, number != nil, "\(shown.record) shows an answer that nobody gave")
        if let number { answers[register.path, default: []].insert(number) }
      }
    }
    return SeenRecord(
      record: shown.record, village: shown.village, state: shown.state, answers: answers)
  }

  func edit(on laptop: SimulatedLaptop) throws {
    guard let (person, view) = try look(on: laptop) else { return }
    let wishes = try (0..<(1 + random.below(3))).map { _ in try wish(view, at: laptop.store) }
    try save(wishes, .edit, person, view, on: laptop)
  }

  /// Somebody saves while a reply is on its way, and goes on from there when it has come.
  func overtake() throws {
    let flown = laptops.filter { if case .homeward? = $0.flight { true } else { false } }
    guard !flown.isEmpty else { return }
    let laptop = random.pick(flown)
    guard case .homeward(let session, let reply)? = laptop.flight,
      let (person, view) = try look(on: laptop)
    else { return }
    try save([wish(view, at: laptop.store)], .edit, person, view, on: laptop)
    try bringHome(session, reply, to: laptop)
    guard let view = laptop.views[person]?[view.record] else { return }
    try save(
      (0..<2).map { _ in try wish(view, at: laptop.store) }, .edit, person, view, on: laptop)
  }

  func resolve(on laptop: SimulatedLaptop) throws {
    guard let (person, view) = try lookForConflict(on: laptop) ?? look(on: laptop) else { return }
    let (_, role) = try knowledge(laptop.store, person)
    guard role.mayResolve else { return }
    let open = view.answers.filter { $0.value.count > 1 && $0.key.field != .life }.keys.sorted()
    guard !open.isEmpty else { return }
    let path = random.pick(open)
    let sides = (view.answers[path] ?? []).sorted().map { oracle.given[$0].answer }
    try save([Wish(path, random.pick(sides))], .resolution, person, view, on: laptop)
  }

  /// Somebody who may decide looks, mostly, at what is to be decided.
  private func lookForConflict(
    on laptop: SimulatedLaptop
  ) throws -> (person: PersonID, view: SeenRecord)? {
    let judges = try laptop.people.filter { try knowledge(laptop.store, $0).role.mayResolve }
    guard !judges.isEmpty, random.chance(70) else { return nil }
    var filter = RecordFilter()
    filter.onlyConflicts = true
    let rows = try laptop.store.records(form: 1, filter)
    if rows.isEmpty { return nil }
    let person = random.pick(judges)
    return (person, try show(random.pick(oracle.byAge(rows.map(\.record))), on: laptop, to: person))
  }

  func live(on laptop: SimulatedLaptop, alive: Bool, inRow: Bool) throws {
    guard let (person, view) = try look(on: laptop) else { return }
    var row: Row?
    if inRow {
      let rows = Set(view.answers.keys.compactMap(\.row)).sorted()
      guard !rows.isEmpty else { return }
      row = random.pick(rows)
    }
    if alive, (view.answers[Path(row: row, field: .life)] ?? []).isEmpty { return }
    let (_, answer) = lifeAnswer(alive: alive, seeing: view.state, row: row)
    let (_, role) = try knowledge(laptop.store, person)
    let act: Act = role.mayResolve && random.yes() ? .resolution : .edit
    try save([Wish(Path(row: row, field: .life), answer)], act, person, view, on: laptop)
  }

  func move(on laptop: SimulatedLaptop) throws {
    guard let (person, view) = try look(on: laptop) else { return }
    try save([Wish(.village, .village(random.pick(villages)))], .edit, person, view, on: laptop)
  }

  func editAtOffice() throws {
    guard let person = Self.supervisor else { return }
    var filter = RecordFilter()
    filter.withDeleted = true
    let rows = oracle.byAge(try office.store.records(form: 1, filter).map(\.record))
    guard !rows.isEmpty else { return }
    let record = random.pick(rows.prefix(swarm.hotRecords))
    let kept = random.yes() ? office.views[record] : nil
    let view = try kept ?? seen(try office.store.show([(record, 1)], to: person)[0])
    office.views[record] = view
    let isResolution = random.yes()
    let wishes = try (0..<(isResolution ? 1 : 1 + random.below(2))).map { _ in
      try wish(view, at: office.store)
    }
    let edit = Edit(
      form: 1, village: view.village, record: record, person: person,
      act: isResolution ? .resolution : .edit, view: view.state, wishes: wishes)
    if let saved = try attempt(edit, view: view, store: office.store, column: 0) {
      office.views[record] = try told(edit, saved, view: view, store: office.store, column: 0)
    }
  }

  func save(
    _ wishes: [Wish], _ act: Act, _ person: PersonID, _ view: SeenRecord,
    on laptop: SimulatedLaptop
  ) throws {
    let edit = Edit(
      form: 1, village: view.village, record: view.record, person: person, act: act,
      view: view.state, wishes: wishes)
    guard let saved = try attempt(edit, view: view, store: laptop.store, column: laptop.column)
    else { return }
    laptop.views[person, default: [:]][view.record] = try told(
      edit, saved, view: view, store: laptop.store, column: laptop.column)
  }

  /// Saves, or finds that the person was rightly turned away.
  func attempt(
    _ edit: Edit, view: SeenRecord, store: Store, column: Int
  ) throws -> Saved? {
    let writesLife = edit.wishes.contains { $0.path == .life }
    let isGone = oracle.life(view.answers, row: nil) == .deleted && !writesLife
    let lives = Set(edit.wishes.filter { $0.path.field == .life }.compactMap(\.path.row))
    let goneRow = Set(edit.wishes.compactMap(\.path.row)).subtracting(lives).contains {
      oracle.life(view.answers, row: $0) == .deleted
    }
    do {
      let saved = try store.save(edit)
      try hold(
        .written, !isGone && !goneRow, "\(edit.person) wrote in what was seen deleted")
      return saved
    } catch EditRefusal.deleted {
      try hold(.admitted, isGone, "a living record was called deleted")
      return nil
    } catch EditRefusal.deletedRow {
      try hold(.admitted, goneRow, "a living row was called deleted")
      return nil
    } catch StoreError.noRecord where edit.record != nil {
      // The village that the record lives in was let go.
      try hold(
        .admitted, try store.peek(view.record, form: 1) == nil, "a record was called missing")
      return nil
    } catch StoreError.noView {
      // So it was, and the record is known by a copy in another village alone.
      let held = try store.vector(of: view.village)
      try hold(.admitted, held.isEmpty, "what was shown of \(view.record) is unknown")
      return nil
    } catch EditRefusal.village(let person, let village) {
      let isKnown = try directory(of: store).person(person)?.scope.contains(village) ?? false
      try hold(.admitted, !isKnown, "\(person) was kept out of \(village)")
      return nil
    }
  }
}
