import Fieldwork
import Forms

/// What is wrong with an answer that was typed, and what to type.
enum AnswerWords {
  /// What was found, without a full stop.
  static func text(_ error: AssignmentError) -> String {
    let name = error.name
    return switch error.problem {
    case .malformed: "\"\(name)\" is not QUESTION=ANSWER"
    case .isRow: "\(name) is a row, which takes no answer itself"
    case .unknownName: "the form has no question \"\(name)\""
    case .answer(let error): "\(name): \(text(error))"
    case .privateValue: "\(name) is private and must not stand on a command line"
    case .maskedInTable: "\(name) is private, and the table was exported without it"
    case .notAsked: "\(name) was not answered"
    case .useIncrement: "\(name) counts, so an answer says how many more"
    case .notSeveral: "\(name) takes one answer, so += and -= mean nothing"
    case .needsRow(let repeated): "\(name) is asked in each row of \(repeated)"
    case .noRepeat: "\(name) is in no repeat, so it has no rows"
    case .needsKey(let question): "a new row is named by its \(question)"
    case .badKey(let question, let error): "the row's \(question): \(text(error))"
    case .keyIsFixed: "\(name) names its row and cannot become another"
    case .noSuchRow: "\(name) has no such row"
    case .severalRows: "\(name) has several rows that begin so"
    case .openGroup(let group): "\(group) is in conflict, so \(name) cannot be set alone"
    case .maskedGroup(let group): "\(group) was not shown, so \(name) cannot be set alone"
    case .useMove: "where a record lives is no answer"
    case .notAnswerable: "\(name) takes no answer"
    }
  }

  /// What to type, about a record if its letters are known.
  static func hint(_ error: AssignmentError, of record: String? = nil) -> String {
    let name = error.name
    let record = record ?? "RECORD"
    return switch error.problem {
    case .malformed: "Type it as in --set nama_usaha='Tenun Padma'."
    case .isRow:
      "Type --set '\(name)-' to remove the row, or --set '\(name).QUESTION=ANSWER'."
    case .unknownName(let suggestions):
      suggestions.isEmpty
        ? "Type \"kulkul show \(record)\" to see the names of questions."
        : "Did you mean \(Grammar.list(suggestions, "or"))?"
    case .answer(let error): hint(error)
    case .privateValue: "Type --set \(name)=- and it is asked for, or read from stdin."
    case .maskedInTable:
      "Export again with --with-private, and change that table, or leave the cell empty."
    case .notAsked: "Give it on stdin, one line for each - in the order of --set."
    case .useIncrement: "Type --set \(name)+=NUMBER."
    case .notSeveral: "Type --set \(name)=ANSWER."
    case .needsRow(let repeated):
      "Type --set '\(repeated)[new].\(name.split(separator: ".").last ?? "")=ANSWER', "
        + "or the row's letters for new."
    case .noRepeat: "Type it without brackets."
    case .needsKey(let question): "Type the \(question) between the brackets."
    case .badKey(_, let error): hint(error)
    case .keyIsFixed: "Remove the row with --set 'REPEAT[ROW]-' and add another."
    case .noSuchRow(let rows), .severalRows(let rows):
      rows.isEmpty ? "There is no row yet: type [new]." : "There are \(Grammar.list(rows))."
    case .openGroup(let group): "Type the whole group: --set \(group)='…'."
    case .maskedGroup(let group):
      "Type \"kulkul show \(record) --reveal\" first, or the whole group: --set \(group)='…'."
    case .useMove: "Type \"kulkul move \(record) VILLAGE\"."
    case .notAnswerable: "Leave it out."
    }
  }

  /// What to type where a conflict is settled.
  static func hint(_ error: AssignmentError, resolving record: String) -> String {
    switch error.problem {
    case .privateValue: "Type --answer - and it is asked for, or read from stdin."
    case .malformed: "Type the question's name, as \"kulkul conflicts show \(record)\" gives it."
    case .isRow: "Type \"kulkul resolve \(record) '\(error.name)' --keep\", or --delete."
    case .openGroup(let group):
      "Settle the whole group: \"kulkul resolve \(record) \(group) --answer '…'\"."
    case .needsRow(let repeated):
      "Type '\(repeated)[ROW].\(error.name)', with the row's letters for ROW."
    default: hint(error, of: record)
    }
  }

  /// Why a text is no answer.
  static func text(_ error: AnswerError) -> String {
    switch error {
    case .notANumber: "that is no number"
    case .notWhole: "that is no whole number"
    case .outOfRange: "that number is too large or too exact"
    case .notADate: "that is no date"
    case .noSuchDay: "the calendar has no such day"
    case .notATime: "that is no time"
    case .unknownChoice: "that is none of the choices"
    case .ambiguousChoice(let choices):
      "that is the label of \(Grammar.list(choices.map(\.name)))"
    case .tooLong(let bytes, let limit): "\(bytes) bytes are more than the \(limit) that are kept"
    case .controlCharacter(let code): "there is a control character (\(code)) in it"
    case .tooManyMembers(let found, let expected):
      "\(found) values are more than the group's \(expected)"
    case .member(let index, let error): "value \(index): \(text(error))"
    case .notAnswerable: "it takes no answer"
    }
  }

  /// How it is typed.
  static func hint(_ error: AnswerError) -> String {
    switch error {
    case .notANumber: "Type digits, with a point before decimals: 1250.5."
    case .notWhole: "Type digits only: 1250, without points or commas."
    case .outOfRange: "Type at most 15 digits."
    case .notADate, .noSuchDay: "Type a date as 2026-11-22."
    case .notATime: "Type a time as 2026-11-22 10:15."
    case .unknownChoice(let list): "Type one of the list \(list), by its name or label."
    case .ambiguousChoice(let choices): "Type \(Grammar.list(choices.map(\.name), "or"))."
    case .tooLong: "Shorten it."
    case .controlCharacter: "Type it again without it."
    case .tooManyMembers: "Type the values with spaces between, or ; where a value has a space."
    case .member(_, let error): hint(error)
    case .notAnswerable: "Leave it out."
    }
  }
}

/// What is wrong with a table.
enum TableErrorWords {
  /// Where it was found.
  static func line(_ error: CSVError) -> Int {
    switch error {
    case .wrongCount(let line, _, _), .tooManyColumns(let line), .fieldTooLong(let line),
      .unterminatedQuote(let line), .strayQuote(let line), .notUTF8(let line):
      line
    }
  }

  /// What was found.
  static func text(_ error: CSVError) -> String {
    switch error {
    case .wrongCount(_, let found, let expected):
      "\(Grammar.count(found, "cell")) where the first line has \(expected)"
    case .tooManyColumns: "more cells than \(CSVReader.columnLimit)"
    case .fieldTooLong: "a cell with more than \(CSVReader.fieldLimit >> 10) KiB"
    case .unterminatedQuote: "a quote that never ends"
    case .strayQuote: "a quote where none may stand"
    case .notUTF8: "bytes that are not UTF-8 text"
    }
  }
}
