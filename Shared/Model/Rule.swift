/// How the siblings of a question are settled; the form says it per question.
///
/// A rule settles only what nobody replaced. What it keeps is in the Rules module; here is only its
/// name, because forms, states and the wire speak of rules without applying them.
public indirect enum Rule: Hashable, Sendable {
  /// The newest stamp, unless answers differ and one of them has a suspect clock: then `then`.
  case latest(then: Rule)
  /// The oldest stamp, with the same exception.
  case first(then: Rule)
  /// The largest value.
  case max
  /// The smallest value.
  case min
  /// Every element; one that is present wins over one that is absent.
  case union
  /// The total of all increments.
  case sum
  /// The position with the smallest radius, while all lie within 100 m.
  case bestFix
  /// The answer of the highest role; among equal roles `then`.
  case role(then: Rule)
  /// The latest while all lie within so many per cent of each other, else a person decides.
  case sameOrAsk(percent: Int)
  /// The latest while all fall into one class, else a person decides. The class of a number is how
  /// many of the edges it reaches; the number of a group is the total of its members.
  case askIfClassChanges(edges: [Decimal])
  /// Set once: a different second answer is a conflict.
  case fixed
  /// A person decides.
  case ask
}

extension Rule: CustomStringConvertible {
  /// The most rules that may stand one after the other.
  public static let depthLimit = 8

  /// The rule as forms write it.
  public var description: String {
    switch self {
    case .latest(.ask): "latest"
    case .latest(let then): "latest then \(then)"
    case .first(.ask): "first"
    case .first(let then): "first then \(then)"
    case .max: "max"
    case .min: "min"
    case .union: "union"
    case .sum: "sum"
    case .bestFix: "best-fix"
    case .role(let then): "role then \(then)"
    case .sameOrAsk(let percent): "same-or-ask(\(percent))"
    case .askIfClassChanges(let edges):
      "ask-if-class-changes(\(edges.map(\.description).joined(separator: ",")))"
    case .fixed: "fixed"
    case .ask: "ask"
    }
  }

  /// Reads a rule as forms write it: `latest`, `latest then max`, `role then latest`,
  /// `same-or-ask(10)`, `ask-if-class-changes(20)`; `nil` if it is none.
  public init?(_ text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: true)
    // NB: where `role` comes last, `then ask` is meant, and written.
    let meant = words.count + (words.last == "role" ? 2 : 0)
    guard let first = words.first, meant < 2 * Rule.depthLimit else { return nil }
    if words.count >= 3, words[1] == "then" {
      guard let second = Rule(words[2...].joined(separator: " ")), second.mayBeSecond else {
        return nil
      }
      switch first {
      case "latest": self = .latest(then: second)
      case "first": self = .first(then: second)
      case "role": self = .role(then: second)
      default: return nil
      }
      return
    }
    guard words.count == 1 else { return nil }
    switch first {
    case "latest": self = .latest(then: .ask)
    case "first": self = .first(then: .ask)
    case "max": self = .max
    case "min": self = .min
    case "union": self = .union
    case "sum": self = .sum
    case "best-fix": self = .bestFix
    case "role": self = .role(then: .ask)
    case "fixed": self = .fixed
    case "ask": self = .ask
    default:
      guard let (name, arguments) = Rule.arguments(of: String(first)) else { return nil }
      switch name {
      case "same-or-ask":
        guard arguments.count == 1, let percent = arguments[0].whole, (0...100).contains(percent)
        else { return nil }
        self = .sameOrAsk(percent: Int(percent))
      case "ask-if-class-changes":
        guard !arguments.isEmpty, arguments == arguments.sorted() else { return nil }
        self = .askIfClassChanges(edges: arguments)
      default: return nil
      }
    }
  }

  /// Whether the rule may decide where another leaves a question open.
  private var mayBeSecond: Bool {
    switch self {
    case .sum, .union: false
    default: true
    }
  }

  /// The name and the numbers of a text like `same-or-ask(10)`; `nil` if it is no such text.
  public static func arguments(of text: String) -> (String, [Decimal])? {
    guard text.hasSuffix(")"), let open = text.firstIndex(of: "(") else { return nil }
    let inside = text[text.index(after: open)...].dropLast()
    var numbers: [Decimal] = []
    for part in inside.split(separator: ",", omittingEmptySubsequences: false) {
      let digits = part.hasSuffix("%") ? part.dropLast() : part
      guard let number = Decimal(String(digits)) else { return nil }
      numbers.append(number)
    }
    return (String(text[..<open]), numbers)
  }
}
