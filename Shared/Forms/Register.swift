import Bytes
import Model

/// What answers are stored at: a question, a group observed together, or a question with elements.
///
/// A question and a register are not the same thing: three questions of a position are one
/// register, and one question with eight choices is eight places. Everything that writes or settles
/// answers goes by registers; everything that people see goes by questions. It is a class because it
/// is looked up for every answer and never changes.
public final class Register: Hashable, Sendable {
  /// How the questions lie in it.
  public enum Kind: Hashable, Sendable {
    /// One question, one answer.
    case single(Question)
    /// Members that win or lose together, in the order of their answers.
    case group(Group, members: [Question])
    /// A place for each choice.
    case choices(Question)
    /// A place for each text.
    case set(Question)
  }

  /// The number under which the answers are stored.
  public let field: FieldID
  /// How the questions lie in it.
  public let kind: Kind
  /// The repeat that it is in.
  public let `repeat`: Repeat?
  /// How siblings are settled.
  public let rule: Rule
  /// Whether any of its questions is private.
  public let isPrivate: Bool

  init(field: FieldID, kind: Kind, repeat repeated: Repeat?, rule: Rule, isPrivate: Bool) {
    self.field = field
    self.kind = kind
    self.repeat = repeated
    self.rule = rule
    self.isPrivate = isPrivate
  }

  /// Whether both store the same questions in the same way.
  public static func == (left: Register, right: Register) -> Bool {
    left === right
      || left.field == right.field && left.kind == right.kind && left.repeat == right.repeat
        && left.rule == right.rule && left.isPrivate == right.isPrivate
  }

  /// Feeds the number to the hasher.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(field)
  }

  /// Its name in the form.
  public var name: String {
    switch kind {
    case .single(let question), .choices(let question), .set(let question): question.name
    case .group(let group, _): group.name
    }
  }

  /// Its questions.
  public var questions: [Question] {
    switch kind {
    case .single(let question), .choices(let question), .set(let question): [question]
    case .group(_, let members): members
    }
  }

  /// Whether each element has a place of its own.
  public var hasElements: Bool {
    switch kind {
    case .single, .group: false
    case .choices, .set: true
    }
  }

  /// What people see in a language.
  public func label(_ language: String) -> String {
    switch kind {
    case .single(let question), .choices(let question), .set(let question):
      question.label(language)
    case .group(let group, _): group.labels.isEmpty ? group.name : group.labels.lookup(language)
    }
  }

  /// The place of the register, or of one of its elements, in a row if it is in a repeat.
  public func path(row: Text? = nil, element: Text = "") -> Path {
    var place: Row?
    if let `repeat`, let row { place = Row(`repeat`.id, row) }
    return Path(row: place, field: field, element: element)
  }

  /// The part of the register's answer that belongs to one of its questions.
  public func answer(_ answer: Answer, to question: Question) -> Answer {
    guard case .group(_, let members) = kind else { return answer }
    guard let index = members.firstIndex(where: { $0.id == question.id }) else { return .cleared }
    return answer.member(index)
  }
}
