import Bytes
import Causality
import Model
import Reading
import Store

/// What the oracle is told of each save, and what a save may have written.
extension SimulatedWorld {
  /// What a store knows of the rules and of a person when that person writes there.
  func knowledge(_ store: Store, _ person: PersonID) throws -> (version: Int, role: Role) {
    if laptops.contains(where: { $0.store === store && !$0.hasJoined }) { return (0, .supervisor) }
    return (try formCount(store) - 1, try directory(of: store).person(person)?.role ?? .viewer)
  }

  /// How many versions of the form a store has heard of.
  func formCount(_ store: Store) throws -> Int {
    try directory(of: store).entries.count { if case .form = $0 { true } else { false } }
  }

  /// Tells the oracle what was saved, and checks that it is what the writer's view allows.
  @discardableResult
  func told(
    _ edit: Edit, _ saved: Saved, view before: SeenRecord?, store: Store, column: Int
  ) throws -> SeenRecord? {
    let (version, role) = try knowledge(store, edit.person)
    var latest: [Path: Answer] = [:]
    for wish in edit.wishes { latest[wish.path] = wish.answer }
    let expected = latest.filter { path, answer in
      edit.act != .edit
        || !oracle.isRepetition(
          answer, of: before?.answers[path] ?? [], at: path, by: edit.person, version: version)
    }
    let written = saved.change?.content.answers ?? []
    let paths = Set(written.filter { latest[$0.path] != nil }.map(\.path))
    let unwritten = Set(expected.keys).subtracting(paths)
    let said = try self.said(edit, saved, expected, unwritten, before, store: store)
    try hold(
      .written, paths.isSubset(of: expected.keys) && said.places == unwritten,
      "\(edit.person) wrote at \(paths.count) places, not at \(expected.count)")
    var view =
      before
      ?? SeenRecord(
        record: saved.record, village: saved.village, state: RecordState(), answers: [:])
    if edit.record == nil { oracle.born(saved.record, in: saved.village) }
    guard let change = saved.change else {
      view.see(said.answers, of: oracle)
      view.state = saved.view
      return view
    }
    try noteHead(change.dot, change.name.tag, "\(edit.person)")
    for placed in written {
      let path = placed.path
      let seen = view.answers[path] ?? []
      let replaced = oracle.replaceable(
        at: path, in: before?.answers ?? [:], by: edit.person, role: role,
        isResolution: edit.act == .resolution, version: version)
      let named = Set(placed.replaces.compactMap { oracle.number(of: $0, at: path) })
      try hold(
        .seen, named == replaced,
        "\(edit.person) replaced \(named.sorted()) and not \(replaced.sorted()) of "
          + "\(seen.sorted()) at \(path.row?.id.string ?? "")\(path.field.number)")
      let author = change.content.author
      let number = oracle.take(
        Given(
          record: saved.record, path: path, answer: placed.answer, origin: change.origin,
          person: edit.person, role: role, isResolution: edit.act == .resolution,
          stamp: author.stamp, isSuspect: Self.isSuspect(author), seen: seen, replaced: replaced,
          seenAnywhere: view.anywhere, version: version, evidence: author.evidence,
          hasHeard: author.directory > 0 && author.device != .standalone))
      note(
        column,
        "\(edit.person) \(saved.record.description.prefix(5)) "
          + "\(path.row?.id.string ?? "")\(path.field.number)\(path.element) #\(number)"
          + (replaced.isEmpty ? "" : " over \(replaced.sorted())"))
    }
    // NB: all of one change was written in one breath, so none of it was seen by the rest of it.
    view.see(said.answers, of: oracle)
    view.see(
      written.compactMap { oracle.number(of: change.origin, at: $0.path) }, of: oracle)
    view.state = saved.view
    view.village = saved.village
    return view
  }

  /// Where an edit left out what its author had said from the same view before, and what all was said
  /// by those changes: an equal answer of theirs stands, and nothing that it would replace does.
  func said(
    _ edit: Edit, _ saved: Saved, _ expected: [Path: Answer], _ unwritten: Set<Path>,
    _ before: SeenRecord?, store: Store
  ) throws -> (places: Set<Path>, answers: [Int]) {
    guard let before, !unwritten.isEmpty else { return ([], []) }
    let (version, role) = try knowledge(store, edit.person)
    let news = saved.view.origins.map(\.name).filter {
      !before.state.accounts(for: $0) && $0 != saved.change?.origin
    }
    let copy = try store.peek(saved.record, form: 1).flatMap {
      $0.village == saved.village ? $0.state : nil
    }
    let places = unwritten.filter { path in
      if edit.act != .resolution, oracle.settling(path, version: version) == .sum { return false }
      let replaced = oracle.replaceable(
        at: path, in: before.answers, by: edit.person, role: role,
        isResolution: edit.act == .resolution, version: version)
      let mayStand = Set(
        (copy?.siblings(at: path) ?? []).compactMap { oracle.number(of: $0.origin, at: path) })
      let seen = (before.answers[path] ?? []).map { oracle.given[$0] }
      let isDecided =
        edit.act == .resolution && !seen.isEmpty
        && seen.allSatisfy {
          $0.isResolution && $0.role >= .supervisor && $0.answer == expected[path]
        }
      return isDecided
        || replaced.isDisjoint(with: mayStand)
          && news.contains { name in
            oracle.number(of: name, at: path).map { number in
              let given = oracle.given[number]
              return given.person == edit.person && given.answer == expected[path]
                && given.isResolution == (edit.act == .resolution)
            } ?? false
          }
    }
    let answers = news.flatMap { name in
      (oracle.places[saved.record] ?? [:]).keys.compactMap { oracle.number(of: name, at: $0) }
    }
    return (Set(places), answers.sorted())
  }

  /// Whether the evidence in a change speaks against its stamp.
  static func isSuspect(_ author: Authorship) -> Bool {
    guard let evidence = author.evidence else { return false }
    let time = author.stamp.milliseconds
    if time < evidence.trusted { return true }
    guard let elapsed = evidence.elapsed else {
      return time - evidence.trusted > 90 * 24 * 3600 * 1000
    }
    return abs(time - evidence.trusted - elapsed) > 15 * 60 * 1000
  }
}
