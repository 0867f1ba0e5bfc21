import Bytes
import Causality
import Model

/// What an expression sees from one question of one record.
struct CheckContext<Source: AnswerSource>: ExpressionContext {
  let checker: FormChecker
  let source: Source
  let repeatName: String?
  let row: Text?
  let question: Question
  /// The answer that `.` stands for, if it is not simply that to the question.
  var given: XPathValue?

  var today: Int32 { checker.today }

  var this: XPathValue {
    given ?? .of(checker.values(of: question, row: row, in: source))
  }

  func values(of name: String) -> [XPathValue] {
    if let other = checker.form.question(named: name, seenFrom: repeatName) {
      guard let around = other.repeatName else {
        return checker.values(of: other, row: nil, in: source)
      }
      if around == repeatName, let row {
        return checker.values(of: other, row: row, in: source)
      }
      guard let repeated = checker.form.repeat(named: around) else { return [] }
      return source.rows(of: repeated).flatMap {
        checker.values(of: other, row: $0, in: source)
      }
    }
    // The name of a repeat stands for its rows, so that they can be counted.
    guard let repeated = checker.form.repeat(named: name) else { return [] }
    return source.rows(of: repeated).map { .string($0.string) }
  }
}

extension FormChecker {
  /// The answer to a question; that to a key is read from the name of its row.
  func answer(
    to question: Question, row: Text?, in source: some AnswerSource
  ) -> Answer? {
    guard question.isKey, let row else { return source.answer(to: question, row: row) }
    do {
      let answer = try Typed.parse(
        row.string, as: question, form: form, zoneOffsetMinutes: zoneOffsetMinutes)
      // A row called 02024 would be a second 2024.
      return Typed.rowName(of: answer, key: question) == row ? answer : nil
    } catch {
      // Ignored because a row with a name that is no answer is reported as such.
      return nil
    }
  }

  func values(
    of question: Question, row: Text?, in source: some AnswerSource
  ) -> [XPathValue] {
    guard question.hasElements else {
      return [answer(to: question, row: row, in: source).map(value) ?? .empty]
    }
    let elements = source.elements(of: question, row: row)
    guard let list = question.type.list else { return elements.map { .string($0.string) } }
    return [value(ofChoices: elements, in: list)]
  }

  /// Choices as one text with spaces between, in the order of their list.
  func value(ofChoices elements: [Text], in list: String) -> XPathValue {
    let names = elements.map(\.string).sorted { left, right in
      let (a, b) = (form.rank(of: left, in: list), form.rank(of: right, in: list))
      return a == b ? Text(left) < Text(right) : (a ?? .max) < (b ?? .max)
    }
    return .string(names.joined(separator: " "))
  }

  func value(_ answer: Answer) -> XPathValue {
    switch answer {
    case .cleared, .absent, .life, .group, .unknown: .empty
    case .present: .boolean(true)
    case .number(let number): .number(number.approximation)
    case .real(let bits): .number(Double(bitPattern: bits))
    case .text(let text): .string(text.string)
    case .date(let day): .date(day)
    case .instant(let instant):
      .dateTime(CivilTime.wallClock(of: instant, zoneOffsetMinutes: zoneOffsetMinutes))
    case .village(let village): .string(village.description)
    }
  }

  /// What is wrong with an answer whatever the form's conditions say.
  func misfit(_ answer: Answer, _ question: Question) -> Finding.Kind? {
    switch (question.type, answer) {
    case (.text, .text(let text)):
      return text.string.utf8.count > question.textLimit ? .range : nil
    case (.integer, .number(let number)):
      guard let whole = number.whole else { return .type }
      return abs(whole) > Typed.greatestInteger ? .range : nil
    case (.decimal, .number), (.date, .date), (.dateTime, .instant): return nil
    case (.selectOne(let list), .text(let name)):
      return form.choice(named: name.string, in: list) == nil ? .unknownChoice : nil
    default: return .type
    }
  }
}

extension Answer {
  /// Whether it counts as no answer.
  var isEmpty: Bool {
    switch self {
    case .cleared, .absent: true
    case .text(let text): text.string.trimmed.isEmpty
    default: false
    }
  }
}
