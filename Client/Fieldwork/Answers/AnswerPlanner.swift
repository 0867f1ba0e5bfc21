import Bytes
import Causality
import Forms
import Model
import Reading
import Rules
import Store

/// Turns assignments into wishes, given what the person was shown.
///
/// Whatever an assignment leaves unsaid is taken from the view and from nowhere else: the other
/// members of a group, the choices that `=` takes away, the rows that letters may mean. So what a
/// person did not see can neither be replaced nor be mixed in.
public struct AnswerPlanner: Sendable {
  /// The form.
  public let form: Form
  /// What the person was shown; `nil` for a new record.
  public let view: RecordReading?
  /// How far the survey's wall clock is ahead of UTC.
  public let zoneMinutes: Int
  /// In what capacity the person writes: only a resolution sets the total of what is counted.
  public let act: Act
  /// Where the letters of new rows come from.
  let random: @Sendable () -> UInt64

  /// Makes a planner.
  public init(
    form: Form, view: RecordReading?, zoneMinutes: Int, act: Act = .edit,
    random: @escaping @Sendable () -> UInt64
  ) {
    self.form = form
    self.view = view
    self.zoneMinutes = zoneMinutes
    self.act = act
    self.random = random
  }

  /// What an assignment is about, for asking with the form's words: a question, or the questions of
  /// a group; nothing for a row as a whole.
  public func questions(of assignment: Assignment) throws(AssignmentError) -> [Question] {
    switch try item(of: assignment) {
    case .register(let register, nil): register.questions
    case .register(let register, let member?): [register.questions[member]]
    case .key(let question): [question]
    case .row: []
    }
  }

  /// The places and answers that assignments come to, in their order.
  public func wishes(_ assignments: [Assignment]) throws(AssignmentError) -> [Wish] {
    var plan = WishPlan(self)
    for assignment in assignments { try plan.add(assignment) }
    return plan.wishes
  }

  /// Where an assignment points to in the record.
  func path(of assignment: Assignment) throws(AssignmentError) -> (Path, Register) {
    guard case .register(let register, _) = try item(of: assignment) else {
      throw AssignmentError(name: assignment.target, problem: .notAnswerable)
    }
    var rows = RowFinder(self)
    var row: Text?
    if let typed = assignment.row, let repeated = register.repeat {
      row = try rows.row(typed, of: repeated, in: assignment.target, among: .all)
    }
    return (register.path(row: row), register)
  }
}

extension AnswerPlanner {
  /// What an assignment is about.
  enum Target {
    /// A register, or one member of a group.
    case register(Register, member: Int?)
    /// The key of a row, which is its name.
    case key(Question)
    /// A row as a whole.
    case row(Repeat)
  }

  func item(of assignment: Assignment) throws(AssignmentError) -> Target {
    func fail(_ problem: AssignmentError.Problem) -> AssignmentError {
      AssignmentError(name: assignment.target, problem: problem)
    }
    guard let repeatName = assignment.repeatName else {
      if assignment.name == PlaceName.village, form.item(named: assignment.name) == nil {
        throw fail(.useMove)
      }
      guard let item = form.item(named: assignment.name) else {
        throw fail(.unknownName(suggestions: suggestions(for: assignment.name, in: nil)))
      }
      return try target(of: item, row: nil, fail)
    }
    guard let repeated = form.repeat(named: repeatName) else {
      if form.item(named: repeatName) != nil { throw fail(.noRepeat) }
      let names = Spelling.closest(to: repeatName, among: form.repeats.map(\.name))
      throw fail(.unknownName(suggestions: names))
    }
    if assignment.name.isEmpty { return .row(repeated) }
    guard let item = form.item(named: "\(repeatName)/\(assignment.name)") else {
      throw fail(.unknownName(suggestions: suggestions(for: assignment.name, in: repeated)))
    }
    return try target(of: item, row: repeated, fail)
  }

  private func target(
    of item: Item, row repeated: Repeat?, _ fail: (AssignmentError.Problem) -> AssignmentError
  ) throws(AssignmentError) -> Target {
    switch item {
    case .repeated(let other): throw fail(.needsRow(repeatName: other.name))
    case .group(let group):
      guard let register = form.register(field: group.id) else { throw fail(.notAnswerable) }
      try require(register.repeat?.name, repeated, fail)
      return .register(register, member: nil)
    case .question(let question):
      try require(question.repeatName, repeated, fail)
      if question.isKey { return .key(question) }
      guard let register = form.register(of: question) else { throw fail(.notAnswerable) }
      guard case .group(_, let members) = register.kind else {
        return .register(register, member: nil)
      }
      return .register(register, member: members.firstIndex { $0.id == question.id })
    }
  }

  private func require(
    _ repeatName: String?, _ repeated: Repeat?, _ fail: (AssignmentError.Problem) -> AssignmentError
  ) throws(AssignmentError) {
    if let repeatName, repeated == nil { throw fail(.needsRow(repeatName: repeatName)) }
    if repeatName == nil, repeated != nil { throw fail(.noRepeat) }
  }

  /// Names of the form that are close to what was typed, as they would be typed.
  func suggestions(for name: String, in repeated: Repeat?) -> [String] {
    let questions = form.questions.filter { $0.type != .note && $0.repeatName == repeated?.name }
    let groups = form.registers.filter { register in
      if case .group = register.kind { register.repeat?.id == repeated?.id } else { false }
    }
    let words = questions.map(\.name) + groups.map(\.name)
    let near = Spelling.closest(to: name, among: words)
    return repeated.map { repeated in near.map { "\(repeated.name)[…].\($0)" } } ?? near
  }
}

extension Workplace {
  /// A planner for a form and what the person was shown.
  public func planner(_ form: Form, view: RecordReading?, act: Act = .edit) -> AnswerPlanner {
    AnswerPlanner(
      form: form, view: view, zoneMinutes: zoneMinutes, act: act,
      random: store.surroundings.random)
  }
}
