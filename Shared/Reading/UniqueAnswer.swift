import Bytes
import Forms
import Model
import Rules

/// An answer that no other record should have, because the form says that it is unique.
///
/// No laptop can keep two records from having it: each may be right by what it holds. So nothing is
/// refused; what several records hold is looked up, and listed beside the conflicts.
public struct UniqueAnswer: Hashable, Sendable {
  /// The question.
  public let question: Question
  /// The answer; two are the same if they are so byte by byte, as everywhere.
  public let answer: Answer

  /// An answer to compare with those of other records; `nil` if others may have it as well.
  public init?(_ answer: Answer?, to question: Question) {
    guard question.isUnique, let answer else { return nil }
    switch answer {
    case .number: break
    case .text(let text) where !text.string.isEmpty: break
    default: return nil
    }
    self.question = question
    self.answer = answer
  }
}

extension RecordReading {
  /// The answers that no other record should have, in the order of the form; none in a deleted one.
  ///
  /// Where people's answers are in conflict it is the provisional one.
  public var uniqueAnswers: [UniqueAnswer] {
    guard let form, life.liveness != .deleted else { return [] }
    return form.uniqueQuestions.compactMap { UniqueAnswer(answer(to: $0), to: $0) }
  }
}
