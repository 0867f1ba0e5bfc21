/// What an expression may call.
enum Function: String, Sendable {
  case ifThenElse = "if"
  case not
  case yes = "true"
  case no = "false"
  case regex, selected, coalesce, concat, count, sum, number, string, date, today, int, round
  case stringLength = "string-length"
  case substring = "substr"
  case countSelected = "count-selected"

  /// How many values it takes.
  var arity: ClosedRange<Int> {
    switch self {
    case .ifThenElse: 3...3
    case .yes, .no, .today: 0...0
    case .regex, .selected: 2...2
    case .coalesce: 2...100
    case .concat: 1...100
    case .substring: 2...3
    case .round: 1...2
    case .not, .count, .sum, .number, .string, .date, .int, .stringLength, .countSelected: 1...1
    }
  }

  /// Whether it works on the answers of several rows and so takes nothing but `${…}`.
  var wantsReference: Bool { self == .count || self == .sum }
}
