/// An expression in the shape in which it is evaluated.
///
/// Values joined at one level of binding are one flat chain, so the depth of a tree is bounded by
/// the brackets in the text and not by its length.
indirect enum Node: Sendable {
  case number(Double)
  case text(String)
  case this
  case reference(String)
  case negated(Node)
  case chain(Node, [Link])
  case call(Function, [Node])
  case match(Node, Pattern)

  struct Link: Sendable {
    let join: Operator
    let node: Node
  }
}

/// Reads the words of an expression.
struct Parser {
  private let tokens: [Token]
  private var index = 0
  private var depth = 0
  private(set) var references: [String] = []

  init(_ text: String) throws(ExpressionError) {
    guard text.utf8.count <= Expression.lengthLimit else { throw .tooLong }
    tokens = try Lexer.tokens(of: text)
    guard tokens.count > 1 else { throw .empty }
  }

  mutating func parse() throws(ExpressionError) -> Node {
    let node = try joined(level: 0)
    guard case .end = token.kind else { throw .unexpected(token.shown, at: token.at) }
    return node
  }

  private var token: Token { tokens[index] }

  private mutating func advance() {
    if index < tokens.count - 1 { index += 1 }
  }

  /// Reads a value and what is joined to it at a level or tighter: the chain of each level is the
  /// first value of the next looser one.
  private mutating func joined(level lowest: Int) throws(ExpressionError) -> Node {
    var node = try signed()
    var level = Operator.highestLevel
    while case .join(let join) = token.kind, join.level >= lowest {
      // What binds tighter was read with the value before; a level that joins nothing is skipped.
      level = min(level, join.level)
      var links: [Node.Link] = []
      while case .join(let join) = token.kind, join.level == level {
        advance()
        links.append(Node.Link(join: join, node: try joined(level: level + 1)))
      }
      node = .chain(node, links)
      level -= 1
    }
    return node
  }

  private mutating func signed() throws(ExpressionError) -> Node {
    guard case .join(.minus) = token.kind else { return try value() }
    try enter(at: token.at)
    advance()
    let node = try signed()
    depth -= 1
    return .negated(node)
  }

  private mutating func value() throws(ExpressionError) -> Node {
    let start = token
    advance()
    switch start.kind {
    case .number(let number): return .number(number)
    case .text(let text): return .text(text)
    case .this: return .this
    case .reference(let name):
      if !references.contains(name) { references.append(name) }
      return .reference(name)
    case .open:
      try enter(at: start.at)
      let node = try joined(level: 0)
      try close()
      depth -= 1
      return node
    case .name(let name): return try call(name, at: start.at)
    case .join, .close, .comma, .end: throw .unexpected(start.shown, at: start.at)
    }
  }

  private mutating func call(_ name: String, at: Int) throws(ExpressionError) -> Node {
    guard case .open = token.kind else { throw .unexpected(name, at: at) }
    guard let function = Function(rawValue: name) else { throw .unknownFunction(name, at: at) }
    try enter(at: at)
    advance()
    let places = try arguments()
    depth -= 1
    guard function.arity.contains(places.count) else {
      throw .wrongCount(function: name, found: places.count, expected: function.arity, at: at)
    }
    if function.wantsReference {
      guard case .reference = places[0].node else {
        throw .wantsReference(function: name, at: places[0].at)
      }
    }
    if function == .regex, case .text(let text) = places[1].node {
      guard let pattern = Pattern(text) else {
        throw .malformedPattern(text, at: places[1].at)
      }
      return .match(places[0].node, pattern)
    }
    return .call(function, places.map(\.node))
  }

  private mutating func arguments() throws(ExpressionError) -> [(node: Node, at: Int)] {
    if case .close = token.kind {
      advance()
      return []
    }
    var nodes: [(node: Node, at: Int)] = []
    while true {
      let at = token.at
      nodes.append((try joined(level: 0), at))
      guard case .comma = token.kind else { break }
      advance()
    }
    try close()
    return nodes
  }

  private mutating func close() throws(ExpressionError) {
    guard case .close = token.kind else { throw .unexpected(token.shown, at: token.at) }
    advance()
  }

  private mutating func enter(at: Int) throws(ExpressionError) {
    guard depth < Expression.depthLimit else { throw .tooDeep(at: at) }
    depth += 1
  }
}
