import Causality
import Forms
import Model
import Reading
import Rules
import Store

/// What is to be settled in one record, as the person was shown it.
struct Docket {
  let place: Workplace
  let form: Form
  let view: RecordReading
  /// What is to be settled, as it was typed.
  let question: String

  /// What a decision comes to.
  ///
  /// Names and sides are taken from the view and from nowhere else.
  func wishes(_ decision: Decision) throws -> [Wish] {
    if question == PlaceName.village, form.item(named: question) == nil {
      return [Wish(.village, try village(decision))]
    }
    let assignment = try understood { () throws(AssignmentError) in
      try Assignment(clearing: question)
    }
    switch decision {
    case .take(let name):
      let (place, register) = try understood { () throws(AssignmentError) in
        try planner.path(of: assignment)
      }
      let open = view.registers.first { other in
        other.path.field == register.field && other.path.row == place.row && other.verdict.isOpen
      }
      guard let open, case .open(_, let sides) = open.verdict else {
        if let answer = settled(name, at: place) { return [Wish(place, answer)] }
        let broken =
          DerivedConflicts.findings(in: view, zoneMinutes: self.place.zoneMinutes).map(\.question)
          + (try self.place.shared(view).map(\.question))
        let isCheck = broken.contains { register.questions.contains($0) }
        throw isCheck
          ? ResolveError.isCheck(view.record)
          : ResolveError.noConflict(view.record, place: question)
      }
      return [Wish(open.path, try take(name, of: sides, at: open.path))]
    case .answer(let text): return try wishes(assignment.set(to: .typed(text)))
    case .asked(let text): return try wishes(assignment.set(to: .asked(text)))
    }
  }

  /// The row that is to be settled.
  func row() throws -> Row {
    if form.repeat(named: question) != nil {
      throw ResolveError.needsRow(view.record, repeatName: question)
    }
    if try isQuestion() { throw ResolveError.isQuestion(view.record, question) }
    return try understood { () throws(AssignmentError) in
      let (repeatName, typed) = try Assignment.rowName(question)
      guard let repeated = form.repeat(named: repeatName) else {
        let names = Spelling.closest(to: repeatName, among: form.repeats.map(\.name))
        throw AssignmentError(name: question, problem: .unknownName(suggestions: names))
      }
      var rows = RowFinder(planner)
      return Row(repeated.id, try rows.row(typed, of: repeated, in: question, among: .all))
    }
  }

  /// Whether what was typed names a question, a group or where the record lives.
  private func isQuestion() throws -> Bool {
    if question == PlaceName.village { return true }
    do throws(AssignmentError) {
      switch try planner.item(of: try Assignment(clearing: question)) {
      case .register, .key: return true
      case .row: return false
      }
    } catch {
      // NB: what is asked in rows is a question too, if the row is left out.
      if case .needsRow = error.problem { return true }
      if case .unknownName = error.problem { throw ResolveError.assignment(view.record, error) }
      return false
    }
  }

  private var planner: AnswerPlanner { place.planner(form, view: view, act: .resolution) }

  private func wishes(_ assignment: Assignment) throws -> [Wish] {
    try understood { () throws(AssignmentError) in try planner.wishes([assignment]) }
  }

  private func village(_ decision: Decision) throws -> Answer {
    switch decision {
    case .take(let name):
      guard case .open(_, let sides) = view.homeVerdict else {
        if let answer = settled(name, at: .village) { return answer }
        throw ResolveError.noConflict(view.record, place: question)
      }
      return try take(name, of: sides, at: .village)
    case .answer(let text), .asked(let text):
      let match = place.standing.villages.find(text)
      guard case .exact(let village, _) = match else { throw ResolveError.village(match) }
      return .village(village.code)
    }
  }

  /// The answer of a side that was taken already: to say so again is nothing new.
  private func settled(_ name: String, at path: Path) -> Answer? {
    let wanted = Spelling.trimmed(name).uppercased()
    guard wanted.utf8.count >= SideNames.shortest,
      let answer = view.state.settledByDecision(at: path),
      SideNames.letters(of: answer, record: view.record, path: path).hasPrefix(wanted)
    else { return nil }
    return answer
  }

  private func take(_ name: String, of sides: [Side], at path: Path) throws -> Answer {
    let wanted = Spelling.trimmed(name).uppercased()
    let names = SideNames.names(of: sides.map(\.answer), record: view.record, path: path)
    let found = sides.filter { side in
      SideNames.letters(of: side.answer, record: view.record, path: path).hasPrefix(wanted)
    }
    guard wanted.utf8.count >= SideNames.shortest, let first = found.first else {
      throw ResolveError.unknownSide(name, sides: names)
    }
    guard found.count == 1 else { throw ResolveError.ambiguousSide(name, sides: names) }
    return first.answer
  }

  private func understood<Value>(
    _ body: () throws(AssignmentError) -> Value
  ) throws -> Value {
    do {
      return try body()
    } catch {
      throw ResolveError.assignment(view.record, error)
    }
  }
}
