import Bytes
import Model

/// Checks answers against a form: one question while it is asked, or a record as a whole.
///
/// A record is checked again after every merge, because two answers that are each right can make a
/// whole that is wrong. A question that is not relevant is not checked, and an empty answer only
/// for being required, so a condition need not say "or empty".
public struct FormChecker: Sendable {
  /// The form.
  public let form: Form
  /// The day it is in the survey's zone, counted from 1970-01-01.
  public let today: Int32
  /// How far the survey's wall clock is ahead of UTC.
  public let zoneOffsetMinutes: Int

  /// Makes a checker for one day.
  public init(
    form: Form, today: Int32, zoneOffsetMinutes: Int = Zone.wita.offsetMinutes
  ) {
    self.form = form
    self.today = today
    self.zoneOffsetMinutes = zoneOffsetMinutes
  }

  /// Everything there is to say about a record: what stands outside repeats, then row by row, each
  /// in the order of the form.
  public func check(_ source: some AnswerSource) -> [Finding] {
    var findings: [Finding] = []
    for question in form.questions where question.repeatName == nil {
      findings += check(question, row: nil, in: source)
    }
    for `repeat` in form.repeats {
      let questions = form.questions.filter { $0.repeatName == `repeat`.name }
      for row in source.rows(of: `repeat`) {
        for question in questions { findings += check(question, row: row, in: source) }
      }
    }
    return findings
  }

  /// Everything there is to say about the answer to one question.
  public func check(
    _ question: Question, row: Text?, in source: some AnswerSource
  ) -> [Finding] {
    guard question.type != .note, isRelevant(question, row: row, in: source) else { return [] }
    let place = Place(checker: self, source: source, question: question, row: row)
    return question.hasElements ? place.checkElements() : place.checkAnswer()
  }

  /// Whether a question is asked, given the other answers.
  public func isRelevant(
    _ question: Question, row: Text?, in source: some AnswerSource
  ) -> Bool {
    let place = Place(checker: self, source: source, question: question, row: row)
    return question.conditions.allSatisfy { condition in
      condition.expression.holds(in: place.context(seenFrom: condition.repeatName))
    }
  }

  /// Whether a question must be answered if it is asked, given the other answers.
  public func isRequired(
    _ question: Question, row: Text?, in source: some AnswerSource
  ) -> Bool {
    guard let required = question.required else { return false }
    let place = Place(checker: self, source: source, question: question, row: row)
    return required.holds(in: place.context(seenFrom: question.repeatName))
  }
}

/// One question at one place of one record.
struct Place<Source: AnswerSource> {
  let checker: FormChecker
  let source: Source
  let question: Question
  let row: Text?

  func context(seenFrom repeatName: String?) -> CheckContext<Source> {
    CheckContext(
      checker: checker, source: source, repeatName: repeatName, row: row, question: question)
  }

  /// The context in which `.` is one answer or element.
  private func context(this: XPathValue) -> CheckContext<Source> {
    var context = context(seenFrom: question.repeatName)
    context.given = this
    return context
  }

  func checkAnswer() -> [Finding] {
    let answer = checker.answer(to: question, row: row, in: source)
    guard let answer, !answer.isEmpty else {
      // The key of a row is its name; a name that is no answer is of the wrong kind.
      return question.isKey ? [finding(.type)] : checkRequired()
    }
    if let kind = checker.misfit(answer, question) { return [finding(kind)] }
    let found = checkConditions(checker.value(answer), element: nil)
    return found.contains { $0.severity == .error } ? found : found + compare(answer)
  }

  func checkElements() -> [Finding] {
    let elements = source.elements(of: question, row: row)
    if elements.isEmpty { return checkRequired() }
    guard let list = question.type.list else {
      return elements.flatMap { element in
        element.string.utf8.count > question.textLimit
          ? [finding(.range, element: element)]
          : checkConditions(.string(element.string), element: element)
      }
    }
    let unknown = elements.filter { checker.form.choice(named: $0.string, in: list) == nil }
    let all = checker.value(ofChoices: elements, in: list)
    return unknown.map { finding(.unknownChoice, element: $0) }
      + checkConditions(all, element: nil)
  }

  private func checkRequired() -> [Finding] {
    checker.isRequired(question, row: row, in: source) ? [finding(.required)] : []
  }

  private func checkConditions(_ this: XPathValue, element: Text?) -> [Finding] {
    let context = context(this: this)
    if let constraint = question.constraint, !constraint.holds(in: context) {
      let message = question.constraintMessage
      return [finding(.constraint, element: element, message: message.isEmpty ? nil : message)]
    }
    return question.warnings.compactMap { warning in
      guard !warning.expression.holds(in: context) else { return nil }
      return finding(
        .constraint, severity: .warning, element: element,
        message: warning.message.isEmpty ? nil : warning.message)
    }
  }

  func finding(
    _ kind: Finding.Kind, severity: Finding.Severity = .error, element: Text? = nil,
    message: Words? = nil
  ) -> Finding {
    Finding(
      severity: severity, kind: kind, question: question, row: row, element: element,
      message: message)
  }
}
