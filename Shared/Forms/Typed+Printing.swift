import Bytes
import Causality
import Model

extension Typed {
  /// The answer to a question as people read it: choices by their labels, times on the survey's
  /// wall clock.
  ///
  /// An answer of another kind than the question's, left by an older form, is printed as it is.
  public static func display(
    _ answer: Answer, of question: Question, form: Form, language: String, zoneOffsetMinutes: Int
  ) -> String {
    if case .text(let text) = answer, let list = question.type.list {
      return form.choice(named: text.string, in: list)?.label(language) ?? text.string
    }
    if case .instant(let instant) = answer {
      return CivilTime.text(of: instant, zoneOffsetMinutes: zoneOffsetMinutes)
    }
    return csv(answer, of: question, zoneOffsetMinutes: zoneOffsetMinutes)
  }

  /// The answer to a register as people read it: the members of a group one after the other.
  public static func display(
    _ answer: Answer, of register: Register, form: Form, language: String, zoneOffsetMinutes: Int
  ) -> String {
    guard case .group(_, let members) = register.kind else {
      return display(
        answer, of: register.questions[0], form: form, language: language,
        zoneOffsetMinutes: zoneOffsetMinutes)
    }
    var parts = members.enumerated().map { index, member in
      display(
        answer.member(index), of: member, form: form, language: language,
        zoneOffsetMinutes: zoneOffsetMinutes)
    }
    while parts.last?.isEmpty == true { parts.removeLast() }
    let isPlain = parts.allSatisfy { !$0.isEmpty && !$0.utf8.contains { $0 <= 32 } }
    return parts.joined(separator: isPlain ? " " : "; ")
  }

  /// The elements of a question as people read them.
  public static func display(
    elements: [Text], of question: Question, form: Form, language: String
  ) -> String {
    guard let list = question.type.list else {
      return elements.map(\.string).joined(separator: "; ")
    }
    let labels = elements.map { element in
      form.choice(named: element.string, in: list)?.label(language) ?? element.string
    }
    return labels.joined(separator: ", ")
  }

  /// The answer to a question for a table, which ``parse(_:as:form:zoneOffsetMinutes:)`` reads back.
  public static func csv(
    _ answer: Answer, of question: Question, zoneOffsetMinutes: Int
  ) -> String {
    switch answer {
    case .cleared, .absent, .life, .unknown: ""
    case .present: "1"
    case .number(let number): number.description
    case .real(let bits): Double(bitPattern: bits).description
    case .text(let text): text.string
    case .date(let day): CivilDate(daysSince1970: day).description
    case .instant(let instant):
      CivilTime.rfc3339(of: instant, zoneOffsetMinutes: zoneOffsetMinutes)
    case .village(let village): village.description
    case .group(let members):
      // A group has a column for each member; here it can only be a leftover of another form.
      members.map { csv($0, of: question, zoneOffsetMinutes: zoneOffsetMinutes) }
        .joined(separator: ";")
    }
  }

  /// The elements of a question for a table, which ``elements(_:of:form:)`` reads back.
  public static func csv(elements: [Text], of question: Question) -> String {
    question.type.list == nil
      ? Escaped.join(elements.map(\.string))
      : elements.map(\.string).joined(separator: ",")
  }

  /// The name of the row in which the key question has this answer; `nil` for a cleared or too
  /// long one.
  public static func rowName(of answer: Answer, key: Question) -> Text? {
    let name = csv(answer, of: key, zoneOffsetMinutes: 0)
    return name.isEmpty || name.utf8.count > Row.limit ? nil : Text(name)
  }
}
