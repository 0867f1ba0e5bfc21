import Bytes
import Causality
import Forms
import Model
import Rules

/// What a person wants to be so, before it is decided what of it is a change.
public struct Wish: Hashable, Sendable {
  /// The place.
  public let path: Path
  /// The answer to be put there.
  public let answer: Answer

  /// Makes a wish.
  public init(_ path: Path, _ answer: Answer) {
    self.path = path
    self.answer = answer
  }
}

/// The answers that a person's wishes come to, given what that person was shown.
///
/// This is where the promise is kept: names are taken from the *view*, never from what the store
/// holds by now; the rule says which of them this person may replace; and an answer equal to the
/// one in the view is not written, so that saving a form again never overrides anything.
public struct EditPlan: Hashable, Sendable {
  /// The answers to write; empty if the wishes say nothing new.
  public private(set) var answers: [PlacedAnswer] = []
  /// What must be held before: the life of the record and of the rows that are written to.
  public private(set) var cites: [Name] = []
  /// The places at which others' answers could not be replaced and stay beside the new one.
  public private(set) var beside: [Path] = []
  /// Earlier changes of the writer's that say already what was wished from the same view.
  public private(set) var said: [Name] = []

  /// Plans an edit.
  ///
  /// - Parameters:
  ///   - wishes: the answers wanted; of two for one place the last counts.
  ///   - view: what the writer was shown; empty for a new record.
  ///   - masked: which of the answers shown were masked; an ordinary edit replaces none of them but
  ///     the writer's own.
  ///   - current: what stands by now. It replaces nothing that the view does not have; it only says
  ///     what the same writer has said from this view already.
  ///   - form: the record's form, whose rules count.
  ///   - directory: whose roles count.
  ///   - writer: who writes.
  ///   - act: in what capacity.
  ///   - isNew: whether the record is being created.
  ///   - countsOnce: whether an increment that the writer has added from this view already is not
  ///     added again, because it was made from a total.
  public init(
    _ wishes: [Wish], view: RecordState, masked: Masked = .none, current: RecordState? = nil,
    form: Form?, directory: Directory, writer: Writer, act: Act, isNew: Bool,
    countsOnce: Bool = false
  ) {
    let latest = Self.latest(wishes)
    answers.reserveCapacity(latest.count + 1)
    let isBlank = view.isEmpty
    for index in latest.indices {
      if isBlank && latest[index].path.field != .life {
        answer(latest[index].answer, at: latest[index].path, act)
      } else {
        place(
          latest[index].answer, at: latest[index].path, view: view, masked: masked, form: form,
          directory: directory, writer: writer, act: act)
      }
    }
    if let current {
      leaveOutSaid(
        view: view, current: current, form: form, writer, act, countsOnce: countsOnce)
    }
    let isMove = answers.contains(where: \.path.isVillage)
    precondition(!isMove || answers.count == 1, "BUG: a move is alone in its change")
    if answers.isEmpty && !isNew { return }
    if isNew && !latest.contains(where: { $0.path.isLife }) {
      // NB: lives come first in the order of places.
      answers.insert(PlacedAnswer(path: .life, answer: .life(.alive)), at: 0)
    }
    if !isNew { cite(Path.life, in: view) }
    if isMove { return }
    guard answers.contains(where: \.path.isInRow) else { return }
    for row in Set(answers.compactMap(\.path.row)).sorted() {
      let life = Path(row: row, field: .life)
      if answers.contains(where: { $0.path == life }) { continue }
      if view.siblings(at: life).isEmpty {
        answers.append(PlacedAnswer(path: life, answer: .life(.alive)))
      } else {
        cite(life, in: view)
      }
    }
  }

  /// The last wish for each place, in order of path.
  private static func latest(_ wishes: [Wish]) -> [Wish] {
    let isAscending = wishes.indices.dropFirst().allSatisfy {
      wishes[$0 - 1].path < wishes[$0].path
    }
    if isAscending { return wishes }
    var latest: [Wish] = []
    latest.reserveCapacity(wishes.count)
    // NB: equal places stay in the order in which they were wished.
    let order = wishes.enumerated().sorted {
      $0.element.path == $1.element.path ? $0.offset < $1.offset : $0.element.path < $1.element.path
    }
    for (_, wish) in order {
      if latest.last?.path == wish.path { latest.removeLast() }
      latest.append(wish)
    }
    return latest
  }

  private mutating func place(
    _ answer: Answer, at path: Path, view: RecordState, masked: Masked, form: Form?,
    directory: Directory, writer: Writer, act: Act
  ) {
    let siblings = view.siblings(at: path)
    if siblings.isEmpty && path.field != .life { return self.answer(answer, at: path, act) }
    if path.field == .life {
      // What is contested is settled by a resolution; an ordinary verdict replaces its author's own.
      let isContested = lifeReading(of: view, row: path.row).liveness == .contested
      let named = siblings.filter { sibling in
        !isContested || act != .edit || view.author(of: sibling.origin)?.person == writer.person
      }
      if named.count < siblings.count { beside.append(path) }
      answers.append(PlacedAnswer(path: path, replaces: named.map(\.origin), answer: answer))
      return
    }
    let register = form?.register(field: path.field)
    let rule = path.field.isSystem ? .ask : register?.rule ?? .ask
    let rank = form.flatMap { register?.rank(in: $0) }
    let contenders = RecordReading.contenders(siblings, state: view, directory: directory)
    let verdict = settle(contenders, by: rule, rank: rank)
    if act == .edit && rule != .sum && Self.saysNothingNew(answer, verdict, contenders, writer) {
      return
    }
    // What a resolution has settled so is settled; a second one would only hide the first's reason.
    if act == .resolution && !contenders.isEmpty
      && contenders.allSatisfy({ $0.isDecision && $0.answer == answer })
    {
      return
    }
    var replaces = named(contenders, rule: rule, writer: writer, act: act, rank: rank)
    if act == .edit, contenders.contains(where: { masked.contains($0.origin, at: path) }) {
      // Who saw a mask has not seen what it hides; what one wrote oneself one knows.
      let seen = contenders.filter {
        $0.person == writer.person || !masked.contains($0.origin, at: path)
      }
      let named = named(seen, rule: rule, writer: writer, act: act, rank: rank)
      replaces.removeAll { !named.contains($0) }
    }
    if replaces.count < contenders.count && rule != .sum { beside.append(path) }
    answers.append(PlacedAnswer(path: path, replaces: replaces, answer: answer))
  }

  /// Answers where nothing stands: every rule lets it be answered, and emptying it says nothing.
  private mutating func answer(_ answer: Answer, at path: Path, _ act: Act) {
    switch answer {
    case .cleared where act == .edit, .absent where act == .edit: break
    default: answers.append(PlacedAnswer(path: path, answer: answer))
    }
  }

  /// Whether an ordinary answer only repeats what was shown.
  private static func saysNothingNew(
    _ answer: Answer, _ verdict: Verdict, _ contenders: [Contender], _ writer: Writer
  ) -> Bool {
    switch verdict {
    case .unanswered: answer == .cleared || answer == .absent
    case .settled(let settlement): settlement.answer == answer
    case .open(let provisional, _):
      // Who said something else before gives way by it, and that settles what can be settled.
      (provisional == answer
        || contenders.contains { $0.person == writer.person && $0.answer == answer })
        && !contenders.contains { $0.person == writer.person && $0.answer != answer }
    }
  }

  /// Leaves out what the writer has said already: the same answer, by an earlier change that was made
  /// from the same view or a newer one, so that nothing that would be replaced still stands.
  ///
  /// A command that is given twice, or a script that is run again after it was cut off, so writes
  /// once. Increments are written each time, because each of them counts, unless they were made from
  /// a total, which says the same however often it is said.
  private mutating func leaveOutSaid(
    view: RecordState, current: RecordState, form: Form?, _ writer: Writer, _ act: Act,
    countsOnce: Bool
  ) {
    answers.removeAll { placed in
      if act != .resolution, !countsOnce, form?.register(field: placed.path.field)?.rule == .sum {
        return false
      }
      let standing = current.siblings(at: placed.path)
      guard !standing.contains(where: { placed.replaces.contains($0.origin) }),
        let said = standing.first(where: { sibling in
          guard let author = current.author(of: sibling.origin) else { return false }
          return sibling.answer == placed.answer && author.person == writer.person
            && author.act == act && !view.accounts(for: sibling.origin)
        })
      else { return false }
      if !self.said.contains(said.origin) { self.said.append(said.origin) }
      return true
    }
  }

  private mutating func cite(_ path: Path, in view: RecordState) {
    let replaced = answers.first { $0.path == path }?.replaces ?? []
    for sibling in view.siblings(at: path) where !replaced.contains(sibling.origin) {
      cites.append(sibling.origin)
    }
  }
}
