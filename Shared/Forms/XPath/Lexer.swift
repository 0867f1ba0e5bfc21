/// A way to join two values, by how tightly it binds.
enum Operator: String, Sendable {
  case or, and
  case equal = "="
  case unequal = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case plus = "+"
  case minus = "-"
  case times = "*"
  case div, mod

  /// Higher binds tighter.
  var level: Int {
    switch self {
    case .or: 0
    case .and: 1
    case .equal, .unequal: 2
    case .less, .lessOrEqual, .greater, .greaterOrEqual: 3
    case .plus, .minus: 4
    case .times, .div, .mod: 5
    }
  }

  static let highestLevel = 5
}

/// One word of an expression.
struct Token: Sendable {
  enum Kind: Sendable {
    case number(Double)
    case text(String)
    case reference(String)
    case name(String)
    case join(Operator)
    case this, open, close, comma, end
  }

  let kind: Kind
  /// The first character, counted from 1.
  let at: Int

  /// The word as it may be shown to a person.
  var shown: String {
    switch kind {
    case .number(let number): XPathNumber.text(number)
    case .text(let text): "'\(text)'"
    case .reference(let name): "${\(name)}"
    case .name(let name): name
    case .join(let join): join.rawValue
    case .this: "."
    case .open: "("
    case .close: ")"
    case .comma: ","
    case .end: ""
    }
  }

  /// Whether a value may end here, so that a name or `*` after it joins.
  fileprivate var endsValue: Bool {
    switch kind {
    case .number, .text, .reference, .this, .close: true
    case .name, .join, .open, .comma, .end: false
    }
  }
}

/// Cuts an expression into words.
struct Lexer {
  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var tokens: [Token] = []

  private init(_ text: String) {
    scalars = Array(text.unicodeScalars)
  }

  static func tokens(of text: String) throws(ExpressionError) -> [Token] {
    var lexer = Lexer(text)
    while lexer.index < lexer.scalars.count { try lexer.step() }
    lexer.tokens.append(Token(kind: .end, at: lexer.scalars.count + 1))
    return lexer.tokens
  }

  private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
    index + ahead < scalars.count ? scalars[index + ahead] : nil
  }

  private mutating func add(_ kind: Token.Kind, length: Int) {
    tokens.append(Token(kind: kind, at: index + 1))
    index += length
  }

  private mutating func step() throws(ExpressionError) {
    let scalar = scalars[index]
    switch scalar {
    case " ", "\t", "\n", "\r": index += 1
    case "(": add(.open, length: 1)
    case ")": add(.close, length: 1)
    case ",": add(.comma, length: 1)
    case "=": add(.join(.equal), length: 1)
    case "+": add(.join(.plus), length: 1)
    case "-": add(.join(.minus), length: 1)
    case "*": add(.join(.times), length: 1)
    case "!" where peek(1) == "=": add(.join(.unequal), length: 2)
    case "<" where peek(1) == "=": add(.join(.lessOrEqual), length: 2)
    case ">" where peek(1) == "=": add(.join(.greaterOrEqual), length: 2)
    case "<": add(.join(.less), length: 1)
    case ">": add(.join(.greater), length: 1)
    case "'", "\"": try quoted(by: scalar)
    case "$": try reference()
    case "0"..."9": number()
    case ".":
      if let next = peek(1), ("0"..."9").contains(next) {
        number()
      } else {
        add(.this, length: 1)
      }
    case _ where Name.starts(scalar): name()
    default: throw .unexpectedCharacter(String(scalar), at: index + 1)
    }
  }

  private mutating func quoted(by quote: Unicode.Scalar) throws(ExpressionError) {
    guard let end = scalars[(index + 1)...].firstIndex(of: quote) else {
      throw .unterminatedText(at: index + 1)
    }
    add(.text(string(index + 1..<end)), length: end + 1 - index)
  }

  private mutating func reference() throws(ExpressionError) {
    guard peek(1) == "{", let end = scalars[index...].firstIndex(of: "}") else {
      throw .malformedReference(at: index + 1)
    }
    let name = string(index + 2..<end).trimmed
    guard Name.isValid(name) else { throw .malformedReference(at: index + 1) }
    add(.reference(name), length: end + 1 - index)
  }

  private mutating func number() {
    var end = index
    var hasPoint = false
    while end < scalars.count {
      if scalars[end] == ".", !hasPoint {
        hasPoint = true
      } else if !("0"..."9").contains(scalars[end]) {
        break
      }
      end += 1
    }
    add(.number(XPathNumber.number(string(index..<end))), length: end - index)
  }

  private mutating func name() {
    var end = index
    while end < scalars.count, Name.continues(scalars[end]) { end += 1 }
    let name = string(index..<end)
    // A name after a value can only join it to another: XPath has no reserved words.
    if tokens.last?.endsValue == true, let join = Operator(rawValue: name) {
      add(.join(join), length: end - index)
    } else {
      add(.name(name), length: end - index)
    }
  }

  private func string(_ range: Range<Int>) -> String {
    var text = ""
    text.reserveCapacity(range.count)
    for scalar in scalars[range] { text.unicodeScalars.append(scalar) }
    return text
  }
}

/// The names that questions, groups, repeats and functions may have.
enum Name {
  /// The longest name in bytes.
  static let limit = 64

  static func starts(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
  }

  static func continues(_ scalar: Unicode.Scalar) -> Bool {
    starts(scalar) || ("0"..."9").contains(scalar) || scalar == "-"
  }

  static func isValid(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, text.utf8.count <= limit else { return false }
    return starts(first) && text.unicodeScalars.allSatisfy(continues)
  }
}
