import Bytes
import Forms
import Model
import Reading
import Rules

/// The wishes that some assignments come to, one after the other.
struct WishPlan {
  private let planner: AnswerPlanner
  private var rows: RowFinder
  private var order: [Path] = []
  private var answers: [Path: Answer] = [:]

  init(_ planner: AnswerPlanner) {
    self.planner = planner
    rows = RowFinder(planner)
  }

  var wishes: [Wish] {
    order.compactMap { path in answers[path].map { Wish(path, $0) } }
  }

  mutating func add(_ assignment: Assignment) throws(AssignmentError) {
    switch try planner.item(of: assignment) {
    case .row(let repeated): try life(of: repeated, assignment)
    case .key(let question): try key(question, assignment)
    case .register(let register, let member):
      let question = member.map { register.questions[$0] }
      let isPrivate = question?.isPrivate ?? register.isPrivate
      if case .typed = assignment.value, isPrivate { throw fail(assignment, .privateValue) }
      if assignment.isToAsk { throw fail(assignment, .notAsked) }
      let row = try row(of: register, assignment)
      if register.hasElements {
        try elements(register, row, assignment)
      } else if register.rule == .sum {
        try count(register, row, assignment)
      } else {
        try answer(register, member, row, assignment)
      }
    }
  }

  mutating func put(_ path: Path, _ answer: Answer) {
    if answers.updateValue(answer, forKey: path) == nil { order.append(path) }
  }

  /// Brings a keyed row back that was shown as removed, because somebody writes in it again.
  mutating func revive(_ row: Row) {
    guard let view = planner.view,
      view.rows.first(where: { $0.row == row })?.life.liveness == .deleted
    else { return }
    let path = Path(row: row, field: .life)
    guard answers[path] == nil else { return }
    put(path, lifeAnswer(alive: true, seeing: view.state, row: row).answer)
  }

  private func fail(
    _ assignment: Assignment, _ problem: AssignmentError.Problem
  ) -> AssignmentError {
    AssignmentError(name: assignment.target, problem: problem)
  }

  private func text(_ assignment: Assignment) -> String {
    switch assignment.value {
    case .none, .toAsk: ""
    case .typed(let text), .asked(let text): text
    }
  }

  private mutating func row(
    of register: Register, _ assignment: Assignment
  ) throws(AssignmentError) -> Text? {
    guard let repeated = register.repeat, let typed = assignment.row else { return nil }
    let row = try rows.row(typed, of: repeated, in: assignment.target, among: .present)
    revive(Row(repeated.id, row))
    return row
  }

  private mutating func life(
    of repeated: Repeat, _ assignment: Assignment
  ) throws(AssignmentError) {
    let isRestored = assignment.operation == .restoreRow
    guard let view = planner.view else { throw fail(assignment, .noSuchRow(rows: [])) }
    let row = try rows.row(
      assignment.row ?? "", of: repeated, in: assignment.target,
      among: isRestored ? .deleted : .existing)
    let place = Row(repeated.id, row)
    put(
      Path(row: place, field: .life),
      lifeAnswer(alive: isRestored, seeing: view.state, row: place).answer)
  }

  /// A key that is said again makes its row, if there is none yet.
  private mutating func key(_ key: Question, _ assignment: Assignment) throws(AssignmentError) {
    guard let repeated = planner.form.repeats.first(where: { $0.name == key.repeatName }),
      let typed = assignment.row
    else { throw fail(assignment, .notAnswerable) }
    let row = try rows.row(typed, of: repeated, in: assignment.target, among: .present)
    var said: Text?
    do {
      let answer = try Typed.parse(
        text(assignment), as: key, form: planner.form, zoneOffsetMinutes: planner.zoneMinutes)
      said = Typed.rowName(of: answer, key: key)
    } catch {
      throw fail(assignment, .answer(error))
    }
    guard said == row else { throw fail(assignment, .keyIsFixed) }
    let place = Row(repeated.id, row)
    revive(place)
    if planner.view?.rows.contains(where: { $0.row == place }) != true {
      put(Path(row: place, field: .life), .life(.alive))
    }
  }

  private mutating func elements(
    _ register: Register, _ row: Text?, _ assignment: Assignment
  ) throws(AssignmentError) {
    let question = register.questions[0]
    var named: [Text] = []
    do {
      named = try Typed.elements(text(assignment), of: question, form: planner.form)
    } catch {
      throw fail(assignment, .answer(error))
    }
    if assignment.operation == .set || assignment.operation == .clear {
      elements(register, row, becoming: named)
      return
    }
    let answer: Answer = assignment.operation == .remove ? .absent : .present
    for element in named { put(register.path(row: row, element: element), answer) }
  }

  /// Adds and removes, relative to the view, until exactly these elements are there.
  mutating func elements(_ register: Register, _ row: Text?, becoming named: [Text]) {
    let kept = Set(named)
    for element in present(register, row) where !kept.contains(element) {
      put(register.path(row: row, element: element), .absent)
    }
    for element in named { put(register.path(row: row, element: element), .present) }
  }

  /// The elements that are there, by the view and what was assigned before.
  private func present(_ register: Register, _ row: Text?) -> [Text] {
    let place = register.path(row: row)
    var elements = planner.view?.elements(of: register.questions[0], row: row) ?? []
    // NB: a set of texts can have many thousands.
    var there = Set(elements)
    for path in order where path.field == place.field && path.row == place.row {
      if answers[path] == .present, there.insert(path.element).inserted {
        elements.append(path.element)
      }
    }
    return elements
  }

  private mutating func count(
    _ register: Register, _ row: Text?, _ assignment: Assignment
  ) throws(AssignmentError) {
    let path = register.path(row: row)
    let isTotal = planner.act == .resolution
    switch assignment.operation {
    case .set, .clear:
      // What a new record counts from is nothing, so its first increment is its total.
      guard isTotal || planner.view == nil else { throw fail(assignment, .useIncrement) }
      put(path, try parsed(register, assignment))
    case .add, .remove:
      guard !isTotal else { throw fail(assignment, .notSeveral) }
      guard case .number(var more) = try parsed(register, assignment) else { return }
      if assignment.operation == .remove { more = more.negated }
      if case .number(let before)? = answers[path] {
        guard let sum = before.adding(more) else { throw fail(assignment, .answer(.outOfRange)) }
        more = sum
      }
      put(path, .number(more))
    case .removeRow, .restoreRow: break
    }
  }

  private mutating func answer(
    _ register: Register, _ member: Int?, _ row: Text?, _ assignment: Assignment
  ) throws(AssignmentError) {
    if assignment.operation == .add || assignment.operation == .remove {
      throw fail(assignment, .notSeveral)
    }
    let path = register.path(row: row)
    guard let member else {
      put(path, try parsed(register, assignment))
      return
    }
    if answers[path] == nil, planner.view?.verdict(at: path).isOpen == true {
      throw fail(assignment, .openGroup(group: register.name))
    }
    if answers[path] == nil, planner.view?.masked.touches(path) == true {
      throw fail(assignment, .maskedGroup(group: register.name))
    }
    var answer: Answer = .cleared
    do {
      answer = try Typed.parse(
        text(assignment), as: register.questions[member], form: planner.form,
        zoneOffsetMinutes: planner.zoneMinutes)
    } catch {
      throw fail(assignment, .answer(error))
    }
    let before = answers[path] ?? planner.view?.verdict(at: path).answer ?? .cleared
    put(path, before.setting(member, of: register.questions.count, to: answer))
  }

  private func parsed(
    _ register: Register, _ assignment: Assignment
  ) throws(AssignmentError) -> Answer {
    do {
      return try Typed.parse(
        text(assignment), as: register, form: planner.form,
        zoneOffsetMinutes: planner.zoneMinutes)
    } catch {
      throw fail(assignment, .answer(error))
    }
  }
}

extension Answer {
  /// A group's answer with another answer for one member; members beyond the form's stay.
  func setting(_ member: Int, of count: Int, to answer: Answer) -> Answer {
    var members: [Answer] = []
    if case .group(let some) = self { members = some }
    while members.count < max(count, member + 1) { members.append(.cleared) }
    members[member] = answer
    return .members(members)
  }
}

extension Decimal {
  /// The number with the other sign.
  var negated: Decimal { Decimal(unscaled: -unscaled, scale: scale) ?? self }
}
