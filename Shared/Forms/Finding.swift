import Bytes
import Model

/// Where the answers of one record come from, as its rules settle them now.
public protocol AnswerSource {
  /// The answer to a question, in a row if it is in a repeat; of a group, the member's own part.
  func answer(to question: Question, row: Text?) -> Answer?
  /// The elements that are there: choices that are ticked, texts that were given.
  func elements(of question: Question, row: Text?) -> [Text]
  /// The names of the rows that are alive.
  func rows(of repeat: Repeat) -> [Text]
  /// The answer that one which is being given takes the place of; `nil` if none is given there.
  func earlierAnswer(to question: Question, row: Text?) -> Answer?
}

extension AnswerSource {
  /// Nothing: a record as it stands takes the place of no other.
  public func earlierAnswer(to question: Question, row: Text?) -> Answer? { nil }
}

/// Something about an answer, or about a missing one, that a person should know.
public struct Finding: Hashable, Sendable {
  /// Whether the record is wrong or may be.
  public enum Severity: Hashable, Sendable {
    /// It is wrong.
    case error
    /// It is unusual.
    case warning
  }

  /// What is the matter.
  public enum Kind: Hashable, Sendable {
    /// There is no answer and there must be.
    case required
    /// The answer does not fulfil the form's condition.
    case constraint
    /// The answer is of another kind than the question wants.
    case type
    /// The answer is a number or text beyond what the question takes.
    case range
    /// The list has no such choice.
    case unknownChoice
    /// The answer is below the one that it takes the place of.
    case lower
    /// The answer is in another class than that of the row before.
    case otherClass
  }

  /// Whether the record is wrong or may be.
  public let severity: Severity
  /// What is the matter.
  public let kind: Kind
  /// The question.
  public let question: Question
  /// The row, if the question is in a repeat.
  public let row: Text?
  /// The element, if it is one of several.
  public let element: Text?
  /// What the form says about it.
  public let message: Words?
}
