/// What was found in an expression that cannot be read.
///
/// Positions count characters (Unicode scalars) from 1, as people do when they look for the spot.
public enum ExpressionError: Error, Hashable, Sendable {
  /// There is nothing in it.
  case empty
  /// It is longer than ``Expression/lengthLimit`` bytes.
  case tooLong
  /// Brackets, minus signs and calls are nested deeper than ``Expression/depthLimit``.
  case tooDeep(at: Int)
  /// A character that no expression has.
  case unexpectedCharacter(String, at: Int)
  /// A quoted text without its closing quote.
  case unterminatedText(at: Int)
  /// `${…}` without a name or without its closing brace.
  case malformedReference(at: Int)
  /// Something that does not belong at this place; empty text means that the expression ends.
  case unexpected(String, at: Int)
  /// A function that there is not.
  case unknownFunction(String, at: Int)
  /// A function with too few or too many values.
  case wrongCount(function: String, found: Int, expected: ClosedRange<Int>, at: Int)
  /// A function that counts or adds answers was given something else than `${…}`.
  case wantsReference(function: String, at: Int)
  /// A pattern that is malformed or of a kind that is not supported.
  case malformedPattern(String, at: Int)
}
