import Bytes
import Causality
import Forms
import Model

/// How answers to one form are shown: in a language, in the survey's time, private ones masked.
public struct Display: Sendable {
  /// The form.
  public let form: Form
  /// The language of labels and choices.
  public let language: String
  /// How far the survey's wall clock is ahead of UTC.
  public let zoneMinutes: Int
  /// Whether private answers are shown.
  public let privacy: Privacy

  /// Makes a display.
  public init(form: Form, language: String, zoneMinutes: Int, privacy: Privacy) {
    self.form = form
    self.language = language
    self.zoneMinutes = zoneMinutes
    self.privacy = privacy
  }

  /// An answer at a register; a group's members one after the other, masked if one is private.
  public func text(_ answer: Answer, of register: Register) -> String {
    let text = Typed.display(
      answer, of: register, form: form, language: language, zoneOffsetMinutes: zoneMinutes)
    return privacy.text(text, isPrivate: register.isPrivate)
  }

  /// An answer to one question; of a group, the member's own part.
  public func text(_ answer: Answer, to question: Question) -> String {
    let text = Typed.display(
      answer, of: question, form: form, language: language, zoneOffsetMinutes: zoneMinutes)
    return privacy.text(text, isPrivate: question.isPrivate)
  }

  /// The elements of a question.
  public func text(elements: [Text], of question: Question) -> String {
    let text = Typed.display(elements: elements, of: question, form: form, language: language)
    return privacy.text(text, isPrivate: question.isPrivate)
  }

  /// What stands at a place.
  ///
  /// That is the element where each has a place of its own, a village's code, and nothing for a
  /// life. What the form does not know is masked, because it may be private.
  public func text(_ answer: Answer, at path: Path) -> String {
    switch (path.field, answer) {
    case (.village, .village(let code)): return code.description
    case (.life, _): return ""
    default: break
    }
    guard let register = form.register(field: path.field) else {
      return privacy.text(String(describing: answer), isPrivate: true)
    }
    if register.hasElements { return text(elements: [path.element], of: register.questions[0]) }
    return text(answer, of: register)
  }
}
