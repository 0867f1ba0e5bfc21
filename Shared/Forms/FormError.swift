/// One of the three sheets that a form is written on.
public enum FormSheet: String, Hashable, Sendable {
  /// The questions.
  case survey
  /// The lists of choices.
  case choices
  /// The form's name, version and language.
  case settings
}

/// What was found in the sheets of a form that makes them no form, and where.
public struct FormError: Error, Hashable, Sendable {
  /// What was found.
  public enum Fact: Hashable, Sendable {
    /// The sheet is no table.
    case table(CSVError)
    /// The sheet has no such column.
    case missingColumn(String)
    /// Two columns have one name.
    case duplicateColumn(String)
    /// The sheet has more rows than any form needs.
    case tooManyRows
    /// There is no value, or a malformed one, under a column of the settings.
    case malformedSetting(String)
    /// There is no question at all.
    case noQuestions
    /// A type of question that there is not.
    case unknownType(String)
    /// A name that is not letters, digits, `_` and `-`.
    case malformedName(String)
    /// A name that something before it has, outside repeats or in the same repeat.
    case duplicateName(String)
    /// No number, or one below 16.
    case malformedID(String)
    /// A number that something on another line has.
    case duplicateID(UInt32, line: Int)
    /// A rule that there is not.
    case unknownRule(String)
    /// A rule that makes no sense for what it stands at.
    case unfitRule(String, type: String)
    /// A word that is neither yes nor no.
    case malformedFlag(column: String, String)
    /// A list that the choices do not have.
    case unknownList(String)
    /// A choice's name that is empty, too long or has a space, comma or semicolon.
    case malformedChoice(String)
    /// A choice that is in its list twice.
    case duplicateChoice(String)
    /// An expression that cannot be read.
    case expression(column: String, ExpressionError)
    /// An expression asks for a question that there is not.
    case unknownReference(String)
    /// An expression asks for a name that several repeats have.
    case ambiguousReference(String)
    /// A repeat inside a repeat.
    case nestedRepeat(String)
    /// Groups inside groups, deeper than anyone reads.
    case tooDeep(String)
    /// A begin without its end.
    case unclosed(String)
    /// An end without its begin.
    case strayEnd
    /// A question names a register group that is not the group around it.
    case strayMember(String, group: String)
    /// A question in a register group does not name it.
    case unnamedMember(String, group: String)
    /// A question, group or repeat that cannot be a member of a register group.
    case unfitMember(String, group: String)
    /// A question names the group around it, but the group has no rule.
    case groupWithoutRule(String)
    /// A register group without members.
    case emptyGroup(String)
    /// A repeat's key is none of its questions, or one that cannot be a key.
    case unfitKey(String)
    /// A comparison that there is not.
    case unknownComparison(String)
    /// A comparison that makes no sense for what it stands at.
    case unfitComparison(String, type: String)
    /// What cannot be unique: only a text or whole number outside repeats and register groups can.
    case unfitUnique(String)
  }

  /// The sheet.
  public let sheet: FormSheet
  /// The line in the sheet's text, counted from 1; 0 if it is the sheet as a whole.
  public let line: Int
  /// What was found.
  public let fact: Fact

  /// Says what was found, and where.
  public init(sheet: FormSheet, line: Int, fact: Fact) {
    self.sheet = sheet
    self.line = line
    self.fact = fact
  }
}
