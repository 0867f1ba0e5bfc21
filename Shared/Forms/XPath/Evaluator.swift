/// Evaluates the tree of an expression; total for every tree and context.
struct Evaluator<Context: ExpressionContext> {
  let context: Context

  func value(of node: Node) -> XPathValue {
    switch node {
    case .number(let number): .number(number)
    case .text(let text): .string(text)
    case .this: context.this
    case .reference(let name): .of(context.values(of: name))
    case .negated(let node): .number(-value(of: node).number)
    case .chain(let first, let links): chain(first, links)
    case .call(let function, let nodes): call(function, nodes)
    case .match(let node, let pattern): .boolean(pattern.matches(value(of: node).string))
    }
  }

  private func chain(_ first: Node, _ links: [Node.Link]) -> XPathValue {
    switch links[0].join {
    case .or:
      return .boolean(truth(first) || links.contains { truth($0.node) })
    case .and:
      return .boolean(truth(first) && links.allSatisfy { truth($0.node) })
    default:
      var left = value(of: first)
      for link in links { left = join(left, link.join, value(of: link.node)) }
      return left
    }
  }

  private func truth(_ node: Node) -> Bool { value(of: node).boolean }

  private func join(_ left: XPathValue, _ join: Operator, _ right: XPathValue) -> XPathValue {
    switch join {
    case .equal: .boolean(XPathValue.equals(left, right, negated: false))
    case .unequal: .boolean(XPathValue.equals(left, right, negated: true))
    case .less: .boolean(XPathValue.relates(left, right, by: <))
    case .lessOrEqual: .boolean(XPathValue.relates(left, right, by: <=))
    case .greater: .boolean(XPathValue.relates(left, right, by: >))
    case .greaterOrEqual: .boolean(XPathValue.relates(left, right, by: >=))
    case .plus: .number(left.number + right.number)
    case .minus: .number(left.number - right.number)
    case .times: .number(left.number * right.number)
    case .div: .number(left.number / right.number)
    case .mod: .number(left.number.truncatingRemainder(dividingBy: right.number))
    case .or: .boolean(left.boolean || right.boolean)
    case .and: .boolean(left.boolean && right.boolean)
    }
  }

  private func call(_ function: Function, _ nodes: [Node]) -> XPathValue {
    switch function {
    case .yes: return .boolean(true)
    case .no: return .boolean(false)
    case .today: return .date(context.today)
    case .ifThenElse: return value(of: truth(nodes[0]) ? nodes[1] : nodes[2])
    case .not: return .boolean(!truth(nodes[0]))
    case .coalesce:
      for node in nodes {
        let value = value(of: node)
        if !value.isEmpty { return value }
      }
      return .empty
    case .concat: return .string(nodes.map { value(of: $0).string }.joined())
    default:
      return Builtin.call(function, nodes.map { value(of: $0) })
    }
  }
}

/// The functions that need nothing but their values.
enum Builtin {
  static func call(_ function: Function, _ values: [XPathValue]) -> XPathValue {
    let first = values.first ?? .empty
    switch function {
    case .number: return .number(first.number)
    case .string: return .string(first.string)
    case .date: return date(first)
    case .int: return .number(first.number.rounded(.towardZero))
    case .round: return .number(round(first.number, places: values.count > 1 ? values[1] : nil))
    case .stringLength: return .number(Double(first.string.unicodeScalars.count))
    case .substring:
      return .string(substring(first.string, values[1], values.count > 2 ? values[2] : nil))
    case .count:
      guard case .nodes(let nodes) = first else { return .number(1) }
      return .number(Double(nodes.count))
    case .sum: return .number(sum(first))
    case .countSelected: return .number(Double(words(first.string).count))
    case .selected:
      let wanted = values[1].string.trimmed
      let isSelected = first.alternatives.contains { value in
        words(value.string).contains { $0.elementsEqual(wanted.utf8) }
      }
      return .boolean(isSelected)
    case .regex: return .boolean(Pattern(values[1].string)?.matches(first.string) ?? false)
    case .ifThenElse, .not, .yes, .no, .coalesce, .concat, .today: return .empty
    }
  }

  /// The total of the answers that were given.
  private static func sum(_ value: XPathValue) -> Double {
    guard case .nodes(let nodes) = value else { return value.isEmpty ? 0 : value.number }
    return nodes.reduce(0) { $1.isEmpty ? $0 : $0 + $1.number }
  }

  private static func words(_ text: String) -> [Substring.UTF8View] {
    text.utf8.split { $0 == 32 || $0 == Byte.tab || $0 == Byte.lf }
  }

  private static func date(_ value: XPathValue) -> XPathValue {
    switch value {
    case .date: return value
    case .string(let text):
      if let date = CivilDate(text) { return .date(date.daysSince1970) }
      guard let wall = CivilTime.instant(text, zoneOffsetMinutes: 0) else { return .empty }
      return date(.dateTime(wall))
    default:
      guard let day = Int32(exactly: value.number.rounded(.down)) else { return .empty }
      return .date(day)
    }
  }

  private static func round(_ number: Double, places: XPathValue?) -> Double {
    let half = { (number: Double) in (number + 0.5).rounded(.down) }
    guard let places = places?.number, !places.isNaN else { return half(number) }
    var scale = 1.0
    for _ in 0..<Int(min(15, abs(places))) { scale *= 10 }
    return places < 0 ? half(number / scale) * scale : half(number * scale) / scale
  }

  /// The characters from the first position, counted from 0, to before the second; positions below
  /// zero count from the end.
  private static func substring(_ text: String, _ start: XPathValue, _ end: XPathValue?) -> String {
    let scalars = Array(text.unicodeScalars)
    func position(_ value: XPathValue) -> Int {
      let number = value.number
      guard !number.isNaN else { return 0 }
      let whole = Int(max(-1e9, min(1e9, number)))
      return max(0, min(scalars.count, whole < 0 ? scalars.count + whole : whole))
    }
    let from = position(start)
    let to = end.map(position) ?? scalars.count
    var part = ""
    if from < to { part.unicodeScalars.append(contentsOf: scalars[from..<to]) }
    return part
  }
}
