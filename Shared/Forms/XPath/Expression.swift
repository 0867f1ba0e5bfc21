/// What an expression is evaluated in: one question of one record.
public protocol ExpressionContext {
  /// The answer that `.` stands for.
  var this: XPathValue { get }
  /// The day it is, in the survey's own zone, counted from 1970-01-01.
  var today: Int32 { get }
  /// The answers to a question: one, or one for each row when it is asked from outside the repeat.
  func values(of question: String) -> [XPathValue]
}

/// A condition or value written in a form, in the part of XPath that survey tools share.
///
/// Everything that can be wrong with an expression is found when it is read; evaluating one never
/// fails. `+ - * div mod = != < <= > >= and or`, `.`, `${question}`, `'text'`, numbers and these
/// functions: `if not true false regex selected count-selected coalesce concat count sum number
/// string string-length substr date today int round`.
///
/// ```swift
/// let adult = try Expression("${age} >= 17 and . != ''")
/// adult.references  // ["age"]
/// ```
public struct Expression: Sendable {
  /// The longest expression in bytes.
  public static let lengthLimit = 8 * 1024
  /// How deep brackets may be nested.
  public static let depthLimit = 48

  /// The expression as it is written.
  public let text: String
  /// The questions it asks for, each once, in the order of the text.
  public let references: [String]
  let node: Node

  /// Reads an expression.
  public init(_ text: String) throws(ExpressionError) {
    var parser = try Parser(text)
    node = try parser.parse()
    references = parser.references
    self.text = text
  }

  /// The value of the expression.
  public func evaluate(in context: some ExpressionContext) -> XPathValue {
    Evaluator(context: context).value(of: node)
  }

  /// Whether the expression is true.
  public func holds(in context: some ExpressionContext) -> Bool {
    evaluate(in: context).boolean
  }
}

extension Expression: Hashable {
  /// Whether both are written alike.
  public static func == (left: Expression, right: Expression) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  /// Feeds the text to the hasher.
  public func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
  }
}
