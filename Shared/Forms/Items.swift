import Model

/// One line of a questionnaire, or the lines between a begin and an end.
public indirect enum Item: Hashable, Sendable {
  /// A question.
  case question(Question)
  /// Questions under one heading, or observed together.
  case group(Group)
  /// Questions that are answered once for each row.
  case repeated(Repeat)

  /// Its number in the form.
  public var id: FieldID {
    switch self {
    case .question(let question): question.id
    case .group(let group): group.id
    case .repeated(let repeated): repeated.id
    }
  }

  /// Its name in the form.
  public var name: String {
    switch self {
    case .question(let question): question.name
    case .group(let group): group.name
    case .repeated(let repeated): repeated.name
    }
  }
}

/// What kind of answer a question wants.
public enum QuestionType: Hashable, Sendable {
  /// Text.
  case text
  /// A whole number.
  case integer
  /// A number, exact, with up to 15 decimals.
  case decimal
  /// A day.
  case date
  /// An instant.
  case dateTime
  /// One choice of a list.
  case selectOne(list: String)
  /// Any number of choices of a list.
  case selectMultiple(list: String)
  /// A text to read aloud, with no answer.
  case note

  /// The type as forms write it.
  public var word: String {
    switch self {
    case .text: "text"
    case .integer: "integer"
    case .decimal: "decimal"
    case .date: "date"
    case .dateTime: "dateTime"
    case .selectOne(let list): "select_one \(list)"
    case .selectMultiple(let list): "select_multiple \(list)"
    case .note: "note"
    }
  }

  /// The list that its choices are in.
  public var list: String? {
    switch self {
    case .selectOne(let list), .selectMultiple(let list): list
    default: nil
    }
  }

  /// Whether its answers are numbers.
  public var isNumber: Bool { self == .integer || self == .decimal }

  /// Whether its answers are one register for each choice.
  public var isSelectMultiple: Bool {
    if case .selectMultiple = self { true } else { false }
  }
}

/// One of the answers that a list offers.
public struct Choice: Hashable, Sendable {
  /// What is stored.
  public let name: String
  /// What people see.
  public let labels: Words

  /// What people see in a language; the name if there is no label.
  public func label(_ language: String) -> String {
    labels.isEmpty ? name : labels.lookup(language)
  }
}

/// A condition that an answer should fulfil, and what is said if it does not.
public struct Check: Hashable, Sendable {
  /// What should hold.
  public let expression: Expression
  /// What is said if it does not.
  public let message: Words
}

/// One question of a form.
///
/// It is a class because it is read everywhere and never changes: handing it on costs one reference
/// rather than a copy of its many parts.
public final class Question: Hashable, Sendable {
  /// Its number, never reused.
  public let id: FieldID
  /// Its name, unique among the questions outside repeats or within its repeat.
  public let name: String
  /// What kind of answer it wants.
  public let type: QuestionType
  /// What people see.
  public let labels: Words
  /// Help for answering it.
  public let hints: Words
  /// Whether it must be answered; none if it need not be.
  public let required: Expression?
  /// Whether it is asked at all, apart from the groups around it.
  public let relevant: Expression?
  /// What an answer must fulfil.
  public let constraint: Expression?
  /// What is said when it does not.
  public let constraintMessage: Words
  /// What an answer should fulfil.
  public let warnings: [Check]
  /// What an answer is compared with beside that.
  public let comparison: Comparison?
  /// What is said when the comparison finds something.
  public let comparisonMessage: Words
  /// How siblings of its answer are settled; for a member of a register group, the group's rule.
  public let rule: Rule
  /// Whether it is masked in lists and left out of exports.
  public let isPrivate: Bool
  /// Whether no two records should have the same answer.
  public let isUnique: Bool
  /// The register group whose member it is.
  public let group: String?
  /// The repeat that it is in.
  public let repeatName: String?
  /// Whether its answer is the identity of its row: it is kept in the row's name and nowhere else.
  public let isKey: Bool
  /// Every condition under which it is asked: those of the sections around it, then its own.
  public let conditions: [Condition]

  init(
    id: FieldID, name: String, type: QuestionType, labels: Words, hints: Words,
    required: Expression?, relevant: Expression?, constraint: Expression?, constraintMessage: Words,
    warnings: [Check], comparison: Comparison?, comparisonMessage: Words, rule: Rule,
    isPrivate: Bool, isUnique: Bool, group: String?, repeatName: String?, isKey: Bool,
    conditions: [Condition]
  ) {
    self.id = id
    self.name = name
    self.type = type
    self.labels = labels
    self.hints = hints
    self.required = required
    self.relevant = relevant
    self.constraint = constraint
    self.constraintMessage = constraintMessage
    self.warnings = warnings
    self.comparison = comparison
    self.comparisonMessage = comparisonMessage
    self.rule = rule
    self.isPrivate = isPrivate
    self.isUnique = isUnique
    self.group = group
    self.repeatName = repeatName
    self.isKey = isKey
    self.conditions = conditions
  }

  /// Whether both are the same line of the same version of a form.
  public static func == (left: Question, right: Question) -> Bool {
    left === right
      || left.id == right.id
        && left.name == right.name
        && left.type == right.type
        && left.labels == right.labels
        && left.hints == right.hints
        && left.required == right.required
        && left.relevant == right.relevant
        && left.constraint == right.constraint
        && left.constraintMessage == right.constraintMessage
        && left.warnings == right.warnings
        && left.comparison == right.comparison
        && left.comparisonMessage == right.comparisonMessage
        && left.rule == right.rule
        && left.isPrivate == right.isPrivate
        && left.isUnique == right.isUnique
        && left.group == right.group
        && left.repeatName == right.repeatName
        && left.isKey == right.isKey
        && left.conditions == right.conditions
  }

  /// Feeds the number to the hasher.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(id)
  }

  /// What people see in a language; the name if there is no label.
  public func label(_ language: String) -> String {
    labels.isEmpty ? name : labels.lookup(language)
  }

  /// Its name with that of its repeat before it: `produk/nama`.
  public var qualifiedName: String { repeatName.map { "\($0)/\(name)" } ?? name }

  /// Whether its answers are a register for each element: choices, or texts under `union`.
  public var hasElements: Bool { type.isSelectMultiple || (type == .text && rule == .union) }
}

/// A condition under which a question is asked, with the repeat in which it was written.
public struct Condition: Hashable, Sendable {
  /// What must be true.
  public let expression: Expression
  /// The repeat whose rows the expression is evaluated in.
  public let repeatName: String?
}

/// Questions between `begin_group` and `end_group`.
///
/// With a rule it is one register: its members are observed together and win or lose together.
/// Without one it is a heading and no more.
public struct Group: Hashable, Sendable {
  /// Its number, never reused.
  public let id: FieldID
  /// Its name.
  public let name: String
  /// What people see.
  public let labels: Words
  /// Help for answering it.
  public let hints: Words
  /// Whether its questions are asked at all.
  public let relevant: Expression?
  /// How siblings of the group are settled, if it is one register.
  public let rule: Rule?
  /// What stands between its begin and its end.
  public let items: [Item]
}

/// Questions between `begin_repeat` and `end_repeat`, answered once for each row.
public struct Repeat: Hashable, Sendable {
  /// Its number, never reused.
  public let id: FieldID
  /// Its name.
  public let name: String
  /// What people see.
  public let labels: Words
  /// Help for answering it.
  public let hints: Words
  /// Whether its questions are asked at all.
  public let relevant: Expression?
  /// The question whose answer is the row's identity, so that two people who enter 2024 meet.
  public let key: String?
  /// What stands between its begin and its end.
  public let items: [Item]

  /// What people see in a language; the name if there is no label.
  public func label(_ language: String) -> String {
    labels.isEmpty ? name : labels.lookup(language)
  }
}
