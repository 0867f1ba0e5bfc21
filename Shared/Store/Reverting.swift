import Causality
import GRDB
import Model
import Reading
import Rules
import Wire

/// Undoes a change that the office refuses and that others hold already.
///
/// A laptop that was handed a change by another cannot know whether its author had the right to it,
/// and may have written on top of it. Kept out of the office's vector it would keep out all of that
/// too. So the office holds it, and at once writes changes of its own behind it: at each place they
/// replace the answer that was refused and put back what it had replaced, in the name and with the
/// stamp of whoever had said so, so that the rules settle it as before. Several siblings come back as
/// several changes, for one change has one answer at a place. Where nothing had been answered the
/// question is cleared, the choice unticked; a record or row that the change created is deleted, with
/// all of it seen. What was refused stays in the journal, and its record's history shows it.
///
/// It is an ordinary replacing: what somebody else wrote at the place meanwhile is not touched, and
/// stands beside what is put back.
enum Reverting {
  /// One answer that puts something back, and in whose name.
  private struct Return {
    let author: Authorship
    let placed: PlacedAnswer
    /// What stood there under another origin before.
    let former: Name?
  }

  /// Writes what undoes a change.
  ///
  /// - Parameters:
  ///   - change: the change, which is held by now.
  ///   - before: the state of its record in the village before it.
  ///   - authoring: the office's hand, opened after the change's stream was closed.
  static func revert(
    _ change: Change, before: RecordState, authoring: inout Authoring
  ) throws {
    let made = Set(
      change.content.answers.compactMap { placed in
        isCreation(placed, in: before) ? placed.path.row : nil
      })
    let isNewRecord = change.content.answers.contains {
      $0.path == .life && isCreation($0, in: before)
    }
    var plain: [Return] = []
    var lives: [Return] = []
    for placed in change.content.answers {
      let isLife = placed.path.field == .life
      if isNewRecord && placed.path != .life { continue }
      if let row = placed.path.row, made.contains(row), !isLife { continue }
      let returns = returning(placed, of: change, before: before, authoring: &authoring)
      if isLife { lives += returns } else { plain += returns }
    }
    var renamed: [Life.Seen: Life.Seen] = [:]
    try write(plain, about: change, authoring: &authoring, renamed: &renamed)
    let state = try copy(of: change, authoring)
    try write(
      lives.map { seeing(state, renamed, $0, undoing: change.origin) }, about: change,
      authoring: &authoring, renamed: &renamed)
  }

  private static func isCreation(_ placed: PlacedAnswer, in before: RecordState) -> Bool {
    guard placed.path.field == .life, case .life(let life) = placed.answer else { return false }
    return life.isAlive && before.siblings(at: placed.path).isEmpty
  }

  /// What is put at one place.
  private static func returning(
    _ placed: PlacedAnswer, of change: Change, before: RecordState, authoring: inout Authoring
  ) -> [Return] {
    let standing = before.siblings(at: placed.path)
    let gone = standing.filter { placed.replaces.contains($0.origin) }
    let office = authoring.author(.office, act: .office)
    func author(_ sibling: Sibling) -> Authorship {
      var author = before.author(of: sibling.origin) ?? office
      author.act = .office
      return author
    }
    if gone.isEmpty, let other = standing.first {
      // The place must hold something of ours instead; what stands there says itself again.
      let again = PlacedAnswer(
        path: placed.path, replaces: [change.origin, other.origin], answer: other.answer)
      return [Return(author: author(other), placed: again, former: other.origin)]
    }
    if gone.isEmpty {
      let home = Home.village(of: before, record: change.record, copy: change.dot.village)
      let none = PlacedAnswer(
        path: placed.path, replaces: [change.origin], answer: placed.answer.undone(home: home))
      return [Return(author: office, placed: none, former: nil)]
    }
    return gone.enumerated().map { index, sibling in
      Return(
        author: author(sibling),
        placed: PlacedAnswer(
          path: placed.path, replaces: index == 0 ? [change.origin] : [], answer: sibling.answer),
        former: sibling.origin)
    }
  }

  /// A life that is put back as its author meant it: a delete has seen what it saw, under the names
  /// that this has now, and what is only cleared; one of the office's has seen all.
  private static func seeing(
    _ state: RecordState, _ renamed: [Life.Seen: Life.Seen], _ life: Return, undoing name: Name
  ) -> Return {
    guard case .life(let said) = life.placed.answer, !said.isAlive else { return life }
    let answer: Answer
    if life.former == nil {
      answer = lifeAnswer(alive: false, seeing: state, row: life.placed.path.row).answer
    } else {
      var seen = said.seen
      for (new, old) in renamed where old.name == name || said.seen.contains(old) {
        seen.append(new)
      }
      answer = .life(Life(isAlive: false, seen: Array(Set(seen).sorted().prefix(Life.seenLimit))))
    }
    return Return(
      author: life.author,
      placed: PlacedAnswer(
        path: life.placed.path, replaces: life.placed.replaces, answer: answer),
      former: life.former)
  }

  /// Writes answers in as few changes as they go into: one author each, one answer at a place, and a
  /// village alone.
  ///
  /// - Parameter renamed: of each answer written, the one that it stands for; what stands for nothing
  ///   stands for the answer that was undone.
  private static func write(
    _ returns: [Return], about change: Change, authoring: inout Authoring,
    renamed: inout [Life.Seen: Life.Seen]
  ) throws {
    var rest = returns
    while let first = rest.first {
      var (some, later): ([Return], [Return]) = ([], [])
      for one in rest {
        let isFree = !some.contains { $0.placed.path == one.placed.path }
        let isAlone = first.placed.path.isVillage || one.placed.path.isVillage
        let fits = one.author == first.author && isFree && (some.isEmpty || !isAlone)
        if fits { some.append(one) } else { later.append(one) }
      }
      let content = ChangeContent(
        form: change.content.form, record: change.record, author: first.author,
        cites: some.contains { $0.placed.replaces.contains(change.origin) } ? [] : [change.origin],
        body: .answers(some.map(\.placed)))
      let written = try authoring.write(content, in: change.dot.village)
      for one in some {
        let path = one.placed.path
        renamed[Life.Seen(path: path, name: written.origin)] = Life.Seen(
          path: path, name: one.former ?? change.origin)
      }
      rest = later
    }
  }

  private static func copy(of change: Change, _ authoring: Authoring) throws -> RecordState {
    let table = authoring.door.context.table(change.content.form)
    return try table.copy(authoring.door.db, change.record, in: change.dot.village)?.state
      ?? RecordState()
  }
}

extension Answer {
  /// What says that this was never answered.
  fileprivate func undone(home: VillageCode) -> Answer {
    switch self {
    case .present, .absent: .absent
    case .life(let life): .life(Life(isAlive: !life.isAlive))
    case .village: .village(home)
    default: .cleared
    }
  }
}
