import Bytes
import Fieldwork
import Forms
import Model
import Reading

/// What somebody typed at a question, as wishes.
struct TypedAnswer {
  let form: Form
  let proposal: Proposal
  let zoneMinutes: Int

  /// The wishes that a text comes to; an empty one clears the answer.
  func wishes(_ text: String, for question: Question, row: Text?) throws(AnswerError) -> [Wish] {
    guard let register = form.register(of: question) else { throw .notAnswerable }
    switch register.kind {
    case .single:
      let answer = try parse(text, question)
      return [Wish(register.path(row: row), answer)]
    case .group(_, let members):
      let answer = try parse(text, question)
      let path = register.path(row: row)
      // NB: of a group in conflict or shown masked, what is not typed may be somebody else's.
      let isEmpty = proposal.startsEmpty(at: path)
      let all = members.map { member in
        if member.id == question.id { return answer }
        return isEmpty ? .cleared : proposal.answer(to: member, row: row) ?? .cleared
      }
      return [Wish(path, .members(all))]
    case .choices, .set:
      let wanted = try Typed.elements(numbersNamed(text, question), of: question, form: form)
      let present = proposal.elements(of: question, row: row)
      let gone = present.filter { !wanted.contains($0) }
      return wanted.map { Wish(register.path(row: row, element: $0), .present) }
        + gone.map { Wish(register.path(row: row, element: $0), .absent) }
    }
  }

  /// The name of the row in which the key question has this answer.
  func rowName(_ text: String, key: Question) throws(AnswerError) -> Text? {
    Typed.rowName(of: try parse(text, key), key: key)
  }

  private func parse(_ text: String, _ question: Question) throws(AnswerError) -> Answer {
    try Typed.parse(
      numbersNamed(text, question), as: question, form: form, zoneOffsetMinutes: zoneMinutes)
  }

  /// Choices may be typed by their number in the list that was shown.
  private func numbersNamed(_ text: String, _ question: Question) -> String {
    guard let list = question.type.list else { return text }
    let choices = form.choices(list)
    let parts = text.split { $0 == "," || $0 == " " }
    let numbers = parts.compactMap { Int($0) }.filter { (1...).contains($0) && $0 <= choices.count }
    guard !parts.isEmpty, numbers.count == parts.count,
      !parts.contains(where: { form.choice(named: String($0), in: list) != nil })
    else { return text }
    return numbers.map { choices[$0 - 1].name }.joined(separator: ",")
  }
}
