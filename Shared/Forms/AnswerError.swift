/// Why a text that a person typed is no answer to a question.
///
/// The text itself is not repeated here: it may be private, and whoever shows the error has it.
public enum AnswerError: Error, Hashable, Sendable {
  /// It is no number.
  case notANumber
  /// It is no whole number, written with digits only.
  case notWhole
  /// The number is beyond ±10^15, or has more digits than are kept exactly.
  case outOfRange
  /// It is not written as `2026-11-22`.
  case notADate
  /// The calendar has no such day.
  case noSuchDay
  /// It is not written as `2026-11-22 10:15`, with or without seconds, nor as RFC 3339.
  case notATime
  /// The list has no such choice.
  case unknownChoice(list: String)
  /// Several choices of the list have this label.
  case ambiguousChoice([Choice])
  /// It has more bytes than are kept.
  case tooLong(bytes: Int, limit: Int)
  /// It has a control character other than tab and new line.
  case controlCharacter(UInt32)
  /// More values than the group has members.
  case tooManyMembers(found: Int, expected: Int)
  /// A member of the group, counted from 1, is wrong.
  indirect case member(Int, AnswerError)
  /// The question takes no answer.
  case notAnswerable
}
