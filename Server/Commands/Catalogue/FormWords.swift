import Forms
import Model

/// What is said of forms: what is wrong in one, why it may not follow another, what it changes.
enum FormWords {
  case error(FormError)
  case problem(FormProblem, name: String)
  case change(FormChange.Kind)
}

extension FormWords: Phrase {
  var text: String {
    switch self {
    case .error(let error):
      "sheet \(error.sheet.rawValue)" + (error.line > 0 ? ", line \(error.line)" : "")
        + ": \(error.fact.words)"
    case .problem(let problem, let name): problem.words(name)
    case .change(let kind): kind.words
    }
  }
}

extension FormChange.Kind {
  fileprivate var words: String {
    switch self {
    case .added: "new"
    case .leftOut: "left out; its answers stay"
    case .renamed(let was): "called \(was) before"
    case .settled(let was, let now): "settled by \(now), not \(was)"
    case .choices(let names): "new choices: \(names.joined(separator: ", "))"
    case .worded: "asked or checked otherwise"
    }
  }
}

extension FormProblem {
  fileprivate func words(_ name: String) -> String {
    switch self {
    case .otherForm(let id, let name): "it is another form: \(name), number \(id), is what there is"
    case .kindChanged(let field, let was, let now):
      "number \(field.number), \(name), was a \(was) and is a \(now)"
    case .typeChanged(let field, let was, let now):
      "number \(field.number), \(name), was of type \(was) and is \(now)"
    case .repeatChanged(let field, let was, let now):
      "number \(field.number), \(name), was in \(was ?? "no repeat") and is in \(now ?? "none")"
    case .groupChanged(let field):
      "number \(field.number), \(name), moved into or out of a group with a rule"
    case .membersChanged(let field):
      "the members of group \(field.number), \(name), are not the old ones and then new ones"
    case .keyChanged(let field): "the key of repeat \(field.number), \(name), is another question"
    case .choicesRemoved(let field, let names):
      "number \(field.number), \(name), no longer offers \(names.joined(separator: ", "))"
    case .ruleChanged(let field, let was, let now):
      "number \(field.number), \(name), changed its rule from \(was) to \(now)"
    }
  }
}

extension FormError.Fact {
  fileprivate var words: String {
    switch self {
    case .table(let error): "it is no table: \(error.words)"
    case .missingColumn(let name): "the column \(name) is missing"
    case .duplicateColumn(let name): "two columns are called \(name)"
    case .tooManyRows: "it has more rows than a form may have"
    case .malformedSetting(let name): "\(name) is missing or cannot be read"
    case .noQuestions: "there is no question"
    case .unknownType(let type): "there is no type \"\(type)\""
    case .malformedName(let name): "\"\(name)\" cannot be a name"
    case .duplicateName(let name): "the name \(name) is taken"
    case .malformedID(let text): "\"\(text)\" cannot be a number: 16 or more"
    case .duplicateID(let id, let line): "line \(line) has the number \(id) already"
    case .unknownRule(let rule): "there is no rule \"\(rule)\""
    case .unfitRule(let rule, let type): "the rule \(rule) does not fit \(type)"
    case .malformedFlag(let column, let text): "\(column) is yes or no, not \"\(text)\""
    case .unknownList(let list): "there is no list \(list)"
    case .malformedChoice(let name): "\"\(name)\" cannot be a choice"
    case .duplicateChoice(let name): "the choice \(name) is there twice"
    case .expression(let column, let error): "\(column) cannot be read: \(error.words)"
    case .unknownReference(let name): "there is no question \(name) to refer to"
    case .ambiguousReference(let name): "several repeats have a question \(name)"
    case .nestedRepeat(let name): "the repeat \(name) stands in a repeat"
    case .tooDeep(let name): "\(name) stands too deep in groups"
    case .unclosed(let name): "\(name) has no end"
    case .strayEnd: "an end has no begin"
    case .strayMember(let name, let group):
      "\(name) names the group \(group), which is not around it"
    case .unnamedMember(let name, let group):
      "\(name) stands in the group \(group) without naming it"
    case .unfitMember(let name, let group): "\(name) cannot be a member of the group \(group)"
    case .groupWithoutRule(let group): "the group \(group) has members and no rule"
    case .emptyGroup(let group): "the group \(group) has a rule and no members"
    case .unfitKey(let key): "\(key) cannot be the key of its repeat"
    case .unknownComparison(let text): "there is no comparison \"\(text)\""
    case .unfitComparison(let comparison, let type):
      "the comparison \(comparison) does not fit \(type)"
    case .unfitUnique(let name):
      "\(name) cannot be unique: only a text or integer outside repeats and register groups can"
    }
  }
}

extension CSVError {
  fileprivate var words: String {
    switch self {
    case .wrongCount(let line, let found, let expected):
      "line \(line) has \(found) fields, the header \(expected)"
    case .tooManyColumns(let line): "line \(line) has too many fields"
    case .fieldTooLong(let line): "a field in line \(line) is too long"
    case .unterminatedQuote(let line): "a quote that begins in line \(line) never ends"
    case .strayQuote(let line): "a quote in line \(line) stands where none may"
    case .notUTF8(let line): "line \(line) is not UTF-8"
    }
  }
}

extension ExpressionError {
  fileprivate var words: String {
    switch self {
    case .empty: "it is empty"
    case .tooLong: "it is too long"
    case .tooDeep(let place): "it is nested too deep at \(place)"
    case .unexpectedCharacter(let text, let place): "\"\(text)\" at \(place)"
    case .unterminatedText(let place): "the text that begins at \(place) never ends"
    case .malformedReference(let place): "the reference at \(place) is malformed"
    case .unexpected(let text, let place):
      text.isEmpty ? "it ends too soon" : "\"\(text)\" does not belong at \(place)"
    case .unknownFunction(let name, let place): "there is no function \(name), at \(place)"
    case .wrongCount(let function, let found, _, let place):
      "\(function) at \(place) cannot take \(Grammar.count(found, "value"))"
    case .wantsReference(let function, let place): "\(function) at \(place) wants a question"
    case .malformedPattern(let pattern, let place):
      "the pattern \(pattern) at \(place) cannot be read"
    }
  }
}
