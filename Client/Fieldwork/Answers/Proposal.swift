import Bytes
import Forms
import Model
import Reading
import Rules

/// A record as it would be if wishes came true: what a form is checked against before it is saved,
/// and while it is asked question by question.
public struct Proposal: AnswerSource, Sendable {
  /// The form.
  public let form: Form
  /// What the person was shown; `nil` for a new record.
  public let view: RecordReading?
  /// In what capacity the person writes: a resolution sets the total of what is counted, an edit
  /// adds to it.
  public let act: Act
  private var order: [Path] = []
  private var answers: [Path: Answer] = [:]

  /// Makes a proposal.
  public init(form: Form, view: RecordReading?, wishes: [Wish] = [], act: Act = .edit) {
    self.form = form
    self.view = view
    self.act = act
    put(wishes)
  }

  /// The wishes so far, one for each place.
  public var wishes: [Wish] {
    order.compactMap { path in answers[path].map { Wish(path, $0) } }
  }

  /// Adds wishes; of two for one place the last counts.
  public mutating func put(_ more: [Wish]) {
    for wish in more where answers.updateValue(wish.answer, forKey: wish.path) == nil {
      order.append(wish.path)
    }
  }

  /// Takes a wish back.
  public mutating func drop(_ path: Path) {
    answers[path] = nil
    order.removeAll { $0 == path }
  }

  /// What is wished for a place.
  public func wish(at path: Path) -> Answer? { answers[path] }

  /// Whether people's answers at a place are in conflict and nothing is wished there yet: what one
  /// of them gave must not be mixed into another's answer.
  public func isOpen(at path: Path) -> Bool {
    answers[path] == nil && view?.verdict(at: path).isOpen == true
  }

  /// Whether a group that is answered member by member starts without any: what stands there is
  /// in conflict, or was not shown.
  public func startsEmpty(at path: Path) -> Bool {
    isOpen(at: path) || answers[path] == nil && view?.masked.touches(path) == true
  }

  /// The answer to a question as it would be.
  public func answer(to question: Question, row: Text?) -> Answer? {
    if question.isKey { return row.map { RowKey.answer($0, to: question) } }
    guard let register = form.register(of: question) else { return nil }
    let path = register.path(row: row)
    guard let wished = answers[path] else { return view?.answer(to: question, row: row) }
    if register.rule == .sum, act == .edit, case .number(let more) = wished,
      case .number(let before)? = view?.verdict(at: path).answer
    {
      return before.adding(more).map { .number($0) } ?? wished
    }
    return register.answer(wished, to: question)
  }

  /// The answer that was shown where another is wished; nobody has given one where answers are in
  /// conflict.
  public func earlierAnswer(to question: Question, row: Text?) -> Answer? {
    guard let path = form.register(of: question)?.path(row: row), answers[path] != nil,
      view?.verdict(at: path).isOpen == false
    else { return nil }
    return view?.answer(to: question, row: row)
  }

  /// The answers wished that no other record should have, apart from those that stand there already.
  var newUniqueAnswers: [UniqueAnswer] {
    form.uniqueQuestions.compactMap { question in
      guard let path = form.register(of: question)?.path(), let wished = answers[path],
        view?.verdict(at: path).answer != wished
      else { return nil }
      return UniqueAnswer(wished, to: question)
    }
  }

  /// The elements that would be there.
  public func elements(of question: Question, row: Text?) -> [Text] {
    guard let register = form.register(of: question) else { return [] }
    var elements = view?.elements(of: question, row: row) ?? []
    let place = register.path(row: row)
    // NB: a set of texts can have many thousands.
    var there = Set(elements)
    var gone: Set<Text> = []
    var isTouched = false
    for path in order where path.field == place.field && path.row == place.row {
      isTouched = true
      if answers[path] != .present {
        gone.insert(path.element)
      } else if there.insert(path.element).inserted {
        elements.append(path.element)
      }
    }
    if !gone.isEmpty { elements.removeAll { gone.contains($0) } }
    guard isTouched, let list = question.type.list else { return elements }
    let ranked = elements.map { (form.rank(of: $0.string, in: list) ?? Int.max, $0) }
    return ranked.sorted { $0 < $1 }.map(\.1)
  }

  /// The rows that would be there: those that were shown, then new ones.
  public func rows(of repeated: Repeat) -> [Text] {
    var rows = view?.rows(of: repeated) ?? []
    let known = Set((view?.rows ?? []).map(\.row))
    for path in order {
      guard let row = path.row, row.group == repeated.id, let answer = answers[path] else {
        continue
      }
      switch answer {
      case .life(let life) where !life.isAlive: rows.removeAll { $0 == row.id }
      case .life: if !rows.contains(row.id) { rows.append(row.id) }
      case .cleared, .absent: break
      default: if !known.contains(row), !rows.contains(row.id) { rows.append(row.id) }
      }
    }
    return rows
  }

  /// What a checker says of it, apart from what it said already where no wish touches anything: such
  /// errors keep nothing from being saved, and such warnings were read before.
  public func findings(_ checker: FormChecker) -> Findings {
    let found = checker.check(self)
    let before = found.isEmpty ? [] : view.map { checker.check($0) } ?? []
    let known = Set(before.map(FindingKey.init))
    var errors: [Finding] = []
    var standing: [Finding] = []
    for finding in found where finding.severity == .error {
      if known.contains(FindingKey(finding)), !touches(finding) {
        standing.append(finding)
      } else {
        errors.append(finding)
      }
    }
    let warnings = found.filter { finding in
      finding.severity == .warning && (!known.contains(FindingKey(finding)) || touches(finding))
    }
    return Findings(errors: errors, standing: standing, warnings: warnings)
  }

  /// Whether a wish gives another answer where something was found.
  private func touches(_ finding: Finding) -> Bool {
    guard let register = form.register(of: finding.question) else { return false }
    let place = register.path(row: finding.row)
    return order.contains { path in
      path.field == place.field && path.row == place.row
        && (finding.element.map { $0 == path.element } ?? true)
        && view?.verdict(at: path).answer != answers[path]
    }
  }
}

/// What checks say of a record that is about to be saved.
public struct Findings: Sendable {
  /// What is wrong and was not so before: nothing is saved.
  public let errors: [Finding]
  /// What is wrong and was so before.
  public let standing: [Finding]
  /// What is unusual, and is new or about an answer that is given now.
  public let warnings: [Finding]
  /// Unique answers that are given now and that other records have already.
  public var shared: [SharedAnswer] = []

  /// Nothing to say.
  static let none = Findings(errors: [], standing: [], warnings: [])
}

/// What makes two findings the same.
private struct FindingKey: Hashable {
  let kind: Finding.Kind
  let question: FieldID
  let row: Text?
  let element: Text?
  let message: Words?

  init(_ finding: Finding) {
    kind = finding.kind
    question = finding.question.id
    row = finding.row
    element = finding.element
    message = finding.message
  }
}
