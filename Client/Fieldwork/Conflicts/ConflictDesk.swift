import Causality
import Forms
import Model
import Reading
import Rules
import Store

/// How a conflict is settled.
public enum Decision: Hashable, Sendable {
  /// By taking one of its sides, by its name.
  case take(String)
  /// By an answer typed on a command line; private ones are refused.
  case answer(String)
  /// By an answer that was asked for or read from a stream.
  case asked(String)
}

/// What came of a decision.
public struct Resolved: Sendable {
  /// What was done.
  public let outcome: Outcome
  /// Sides that came since the view, which stay.
  public let stays: [ConflictSide]
  /// How many things in the record a person must decide still.
  public let left: Int
}

/// Why a conflict was not settled.
public enum ResolveError: Error, Hashable, Sendable {
  /// As far as the person was shown, there is no conflict there.
  case noConflict(RecordID, place: String)
  /// The conflict that the person was shown has no such side.
  case unknownSide(String, sides: [String])
  /// Several sides begin so.
  case ambiguousSide(String, sides: [String])
  /// A decision gives its reason.
  case noReason
  /// The reason is longer than the limit in bytes.
  case reasonTooLong(Int, limit: Int)
  /// What is settled by keeping or deleting is a record or a row of it, and this is a question.
  case isQuestion(RecordID, String)
  /// It is not said which row of a repeat.
  case needsRow(RecordID, repeatName: String)
  /// The name or the answer cannot be understood.
  case assignment(RecordID, AssignmentError)
  /// No village is meant by the answer.
  case village(VillageMatch)
  /// It is decided by answers that fit together: edit the record.
  case isCheck(RecordID)
}

/// Where people see what no rule settles, and settle it.
public struct ConflictDesk: Sendable {
  let place: Workplace

  /// Makes a desk.
  public init(_ place: Workplace) {
    self.place = place
  }

  /// Everything that a person must decide, without noting that anyone was shown it.
  ///
  /// What the sides knew and what they replaced is only said by ``show(_:form:)``.
  ///
  /// - Parameters:
  ///   - villages: only records that live in these; around the person's when `nil`.
  ///   - question: only conflicts about this question, group, repeat or `desa`.
  ///   - kinds: only conflicts of these kinds.
  ///   - form: only records of this form.
  public func list(
    villages: [VillageCode]? = nil, question: String? = nil,
    kinds: Set<ConflictKind> = Set(ConflictKind.allCases), form: UInt32? = nil
  ) throws -> [ConflictItem] {
    var request = ListRequest()
    request.villages = villages
    request.around = villages == nil
    request.conflict = true
    request.form = form
    return try Listing(place).lines(request).flatMap { line in
      let form = try place.form(line.form)
      let reading = try place.reading(of: line.record, form: line.form)
      let reader = ConflictReader(place, reading, form: form, isThorough: false)
      return try reader.items(line).filter { item in
        kinds.contains(item.kind) && question.map { item.isAbout($0, form) } ?? true
      }
    }
  }

  /// Shows the conflicts of one record to the person, which is noted.
  public func show(_ record: RecordID, form: UInt32) throws -> ConflictSheet {
    let shown = try place.show(record, form: form)
    let line = try Listing(place).line(record, form: form)
    let reader = ConflictReader(place, shown.reading, form: shown.form)
    return ConflictSheet(shown: shown, items: try reader.items(line))
  }

  /// Sees that the person's role may settle things at all.
  ///
  /// - Throws: `EditRefusal.role`, or `.unknownPerson` if the directory does not have the person.
  public func checkRole() throws {
    if place.standing.role == .standalone { return }
    let person = try place.worker()
    guard let role = place.standing.directory.person(person)?.role else {
      throw EditRefusal.unknownPerson(person)
    }
    guard role.mayResolve else { throw EditRefusal.role(person, role) }
  }

  /// Settles a question, a group or where a record lives (`desa`).
  ///
  /// - Parameters:
  ///   - record: the record.
  ///   - form: its form.
  ///   - question: as in an assignment: `nama_usaha`, `produk[K7M3].nama`, `desa`.
  ///   - decision: how.
  ///   - reason: why.
  ///   - token: the view that the decision is made from; the person's latest when `nil`.
  public func resolve(
    _ record: RecordID, form number: UInt32, _ question: String, _ decision: Decision,
    because reason: String, seen token: ViewToken? = nil
  ) throws -> Resolved {
    try checkRole()
    let reason = try checked(reason)
    let form = try place.form(number)
    let view = try place.view(of: record, form: number, seen: token)
    let docket = Docket(place: place, form: form, view: view, question: question)
    let wishes = try docket.wishes(decision)
    let proposal = Proposal(form: form, view: view, wishes: wishes, act: .resolution)
    var found = proposal.findings(place.checker(form))
    found.shared = try place.shared(proposal)
    if case .take = decision {
      // What stands on a side was accepted once, so it may be taken whatever the checks say.
      return try settle(view, form, wishes, reason, found)
    }
    guard found.errors.isEmpty else { throw ActionError.findings(found) }
    return try settle(view, form, wishes, reason, found)
  }

  /// Settles whether a record is there, or with `row` (`produk[K7M3]`) a row of it.
  public func settleLife(
    _ record: RecordID, form number: UInt32, row: String? = nil, keep: Bool,
    because reason: String? = nil, seen token: ViewToken? = nil
  ) throws -> Resolved {
    try checkRole()
    let reason = try reason.map(checked)
    let form = try place.form(number)
    let view = try place.view(of: record, form: number, seen: token)
    let docket = Docket(place: place, form: form, view: view, question: row ?? "")
    let row = try row == nil ? nil : docket.row()
    let life = row.map { row in view.rows.first { $0.row == row }?.life } ?? view.life
    let path = Path(row: row, field: .life)
    guard life?.liveness == .contested else {
      let isSettled = view.state.settledByDecision(at: path) != nil
      guard isSettled, life?.liveness == (keep ? .alive : .deleted) else {
        throw ResolveError.noConflict(record, place: docket.question)
      }
      return try settle(view, form, [], reason, .none)
    }
    let wish = Wish(path, lifeAnswer(alive: keep, seeing: view.state, row: row).answer)
    return try settle(view, form, [wish], reason, .none)
  }

  private func checked(_ reason: String) throws -> String {
    let text = Spelling.trimmed(reason)
    if text.isEmpty { throw ResolveError.noReason }
    guard text.utf8.count <= ChangeContent.reasonLimit else {
      throw ResolveError.reasonTooLong(text.utf8.count, limit: ChangeContent.reasonLimit)
    }
    return text
  }

  private func settle(
    _ view: RecordReading, _ form: Form, _ wishes: [Wish], _ reason: String?, _ found: Findings
  ) throws -> Resolved {
    let outcome = try Actions(place).save(
      view, form: form.id, wishes, act: .resolution, because: reason, findings: found)
    let now = try place.reading(of: view.record, form: form.id)
    let reader = ConflictReader(place, now, form: form)
    let stays = try wishes.map(\.path).filter { $0.field != .life }.flatMap { path in
      let since = now.state.siblings(at: path).filter { sibling in
        !view.state.accounts(for: sibling.origin)
          && now.state.author(of: sibling.origin)?.act != .resolution
      }
      let contenders = RecordReading.contenders(
        since, state: now.state, directory: place.standing.directory)
      let sides = contenders.sorted().map { Side(answer: $0.answer, contenders: [$0]) }
      return try reader.sides(nil, sides, at: path)
    }
    return Resolved(outcome: outcome, stays: stays, left: outcome.conflicts)
  }
}

extension ConflictItem {
  /// Whether it is about a question, a group, a member of one, a repeat or `desa`.
  func isAbout(_ name: String, _ form: Form) -> Bool {
    if place.name == name || place.description == name { return true }
    if form.repeat(named: name) != nil, place.description.hasPrefix(name + "[") { return true }
    let register = path.flatMap { form.register(field: $0.field) }
    return register?.questions.contains { $0.name == name || $0.qualifiedName == name } ?? false
  }
}

extension RecordState {
  /// The answer at a place, if a resolution alone stands there.
  func settledByDecision(at path: Path) -> Answer? {
    let standing = siblings(at: path)
    guard let first = standing.first,
      standing.allSatisfy({
        $0.answer == first.answer && author(of: $0.origin)?.act == .resolution
      })
    else { return nil }
    return first.answer
  }
}
