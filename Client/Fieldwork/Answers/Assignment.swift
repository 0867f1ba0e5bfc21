import Forms
import Model

/// One answer as it is typed on a command line.
///
/// ```
/// nama_usaha=Batik Sari        one question; nothing after the sign clears it
/// lokasi=-8.65 115.24 8        a whole group, its members in order
/// lat=-8.65                    one member; the others stay as they were shown
/// pemasaran=bazar,hotel        exactly these
/// pemasaran+=hotel             one more; pemasaran-=bazar one less
/// leaflet+=5                   five more of what is counted
/// produk[new].nama=Kain        a new row; [new2], [new3] for further ones
/// produk[K7M3].nama=Kain       a row by the beginning of its letters
/// omzet[2024].nilai=-          the row of a key; the value is asked for
/// produk[K7M3]-                the row is gone; produk[K7M3]+ brings it back
/// ```
public struct Assignment: Hashable, Sendable {
  /// What is done.
  public enum Operation: Hashable, Sendable {
    /// The answer becomes this.
    case set
    /// Elements are added, or a count is increased.
    case add
    /// Elements are taken away, or a count is decreased.
    case remove
    /// The answer is emptied.
    case clear
    /// The row is removed.
    case removeRow
    /// The row is brought back.
    case restoreRow
  }

  /// Where the value comes from.
  public enum Value: Hashable, Sendable {
    /// There is none.
    case none
    /// It was typed where others may read it: on a command line.
    case typed(String)
    /// It is still to be asked for, because `-` stands in its place.
    case toAsk
    /// It was asked for, or read from a stream.
    case asked(String)
  }

  /// The question, group or member; empty where the row itself is meant.
  public let name: String
  /// The repeat before the brackets.
  public let repeatName: String?
  /// What stands between the brackets.
  public let row: String?
  /// What is done.
  public let operation: Operation
  /// The value.
  public let value: Value

  /// What was typed before the sign.
  public var target: String { Target(name: name, repeatName: repeatName, row: row).text }

  private init(_ target: Target, _ operation: Operation, _ value: Value) {
    name = target.name
    repeatName = target.repeatName
    row = target.row
    self.operation = operation
    self.value = value
  }

  /// Reads one assignment as it is typed after `--set`.
  public init(_ typed: String) throws(AssignmentError) {
    let (target, rest) = try Target.read(typed)
    if target.name.isEmpty {
      switch rest {
      case "-": self.init(target, .removeRow, .none)
      case "+": self.init(target, .restoreRow, .none)
      default:
        let isAnswered = rest.hasPrefix("=") || rest.hasPrefix("+=") || rest.hasPrefix("-=")
        throw isAnswered
          ? AssignmentError(name: target.text, problem: .isRow)
          : AssignmentError(name: typed, problem: .malformed)
      }
      return
    }
    let operations: [(String, Operation)] = [("+=", .add), ("-=", .remove), ("=", .set)]
    guard let (sign, operation) = operations.first(where: { rest.hasPrefix($0.0) }) else {
      throw AssignmentError(name: typed, problem: .malformed)
    }
    let value = String(rest.dropFirst(sign.count))
    switch Spelling.trimmed(value) {
    case "" where operation == .set: self.init(target, .clear, .none)
    case "-": self.init(target, operation, .toAsk)
    default: self.init(target, operation, .typed(value))
    }
  }

  /// Reads what is typed after `--clear`.
  public init(clearing typed: String) throws(AssignmentError) {
    let (target, rest) = try Target.read(typed)
    if rest.isEmpty, target.name.isEmpty {
      throw AssignmentError(name: target.text, problem: .isRow)
    }
    guard rest.isEmpty else {
      throw AssignmentError(name: typed, problem: .malformed)
    }
    self.init(target, .clear, .none)
  }

  /// The assignment with the value that was asked for.
  public func answered(_ value: String) -> Assignment {
    let target = Target(name: name, repeatName: repeatName, row: row)
    if operation == .set, Spelling.trimmed(value).isEmpty {
      return Assignment(target, .clear, .none)
    }
    return Assignment(target, operation, .asked(value))
  }

  /// The same target, set to a value.
  func set(to value: Value) -> Assignment {
    Assignment(Target(name: name, repeatName: repeatName, row: row), .set, value)
  }

  /// Whether a value is still to be asked for.
  public var isToAsk: Bool { value == .toAsk }

  /// A row by itself, as `produk[K7M3]`.
  static func rowName(_ typed: String) throws(AssignmentError) -> (repeatName: String, row: String)
  {
    let (target, rest) = try Target.read(typed)
    guard rest.isEmpty, target.name.isEmpty, let repeatName = target.repeatName,
      let row = target.row
    else { throw AssignmentError(name: typed, problem: .malformed) }
    return (repeatName, row)
  }
}

/// What stands before the sign of an assignment.
private struct Target {
  var name = ""
  var repeatName: String?
  var row: String?

  /// How it is typed.
  var text: String {
    guard let repeatName, let row else { return name }
    return "\(repeatName)[\(row)]" + (name.isEmpty ? "" : ".\(name)")
  }

  /// Reads a target, and gives the rest with the sign.
  static func read(_ typed: String) throws(AssignmentError) -> (Target, rest: Substring) {
    var target = Target()
    var rest = typed[...]
    let head = rest.prefix { $0 != "[" && $0 != "=" }
    if rest[head.endIndex...].hasPrefix("[") {
      guard let close = rest[head.endIndex...].firstIndex(of: "]") else {
        throw AssignmentError(name: typed, problem: .malformed)
      }
      target.repeatName = Spelling.trimmed(String(head))
      target.row = Spelling.trimmed(String(rest[rest.index(after: head.endIndex)..<close]))
      rest = rest[rest.index(after: close)...]
      guard rest.hasPrefix(".") else { return (target, rest) }
      rest.removeFirst()
    }
    var name = rest.prefix { $0 != "=" }
    if name.endIndex != rest.endIndex, let last = name.last, last == "+" || last == "-" {
      name.removeLast()
    }
    target.name = Spelling.trimmed(String(name))
    guard !target.name.isEmpty else { throw AssignmentError(name: typed, problem: .malformed) }
    return (target, rest[name.endIndex...])
  }
}

/// What was found in an assignment that makes it none.
public struct AssignmentError: Error, Hashable, Sendable {
  /// What was found.
  public enum Problem: Hashable, Sendable {
    /// There is no `=`, or brackets are not closed.
    case malformed
    /// A row as a whole takes no answer; it can be removed and brought back.
    case isRow
    /// The form has nothing of this name; these are close to it.
    case unknownName(suggestions: [String])
    /// The value is no answer to the question.
    case answer(AnswerError)
    /// A private answer was typed where others can read it.
    case privateValue
    /// The table was made from a view in which what stands there was masked.
    case maskedInTable
    /// A value that was to be asked for is missing.
    case notAsked
    /// The question counts: an ordinary answer says how many more.
    case useIncrement
    /// `+=` or `-=` to a question that neither counts nor has several answers.
    case notSeveral
    /// It is asked in each row of a repeat, so a row must be named.
    case needsRow(repeatName: String)
    /// A row was named for what is in no repeat.
    case noRepeat
    /// A row of a keyed repeat is named by its key.
    case needsKey(question: String)
    /// What was given is no key.
    case badKey(question: String, AnswerError)
    /// The key of a row is its name and cannot become another one.
    case keyIsFixed
    /// No row begins so; these there are.
    case noSuchRow(rows: [String])
    /// Several rows begin so.
    case severalRows(rows: [String])
    /// The group is in open conflict, so one member cannot be set without the others.
    case openGroup(group: String)
    /// The group was shown masked, so one member cannot be set beside others that were not seen.
    case maskedGroup(group: String)
    /// Where a record lives is not an answer; it is moved.
    case useMove
    /// It takes no answer.
    case notAnswerable
  }

  /// What was typed before the sign.
  public let name: String
  /// What was found.
  public let problem: Problem

  /// Says what was found, and where.
  public init(name: String, problem: Problem) {
    self.name = name
    self.problem = problem
  }
}
