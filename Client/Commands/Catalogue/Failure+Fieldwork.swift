import Fieldwork
import Forms
import Model
import Store

extension WorkError {
  var text: String {
    switch self {
    case .nobody: "it is not said who works on this laptop"
    case .unknownForm(let name, let forms):
      name.map { "the survey has no form \"\($0)\"" }
        ?? "the survey has several forms: \(Grammar.list(forms))"
    case .notShown: "you were not shown this record yet, so nothing says what you may replace"
    case .unknownView(let token): "no view \(token) is kept on this laptop"
    case .viewOfOther(let token, _): "the view \(token) is of another record"
    }
  }

  func hint(of record: String?) -> String {
    switch self {
    case .nobody: "Type \"kulkul as PERSON\", or add --as PERSON."
    case .unknownForm: "Type \"kulkul sync\" to get the survey's forms."
    case .notShown(let id): "Type \"kulkul show \(record ?? id.description)\" first."
    case .viewOfOther(_, let id):
      "Type \"kulkul show \(record ?? id.description) --format json\" for a new one."
    case .unknownView: "Type \"kulkul show RECORD --format json\" for a new one."
    }
  }
}

extension ActionError {
  var text: String {
    switch self {
    case .findings(let findings):
      Failure.findings(
        findings.errors.map { FindingWords($0, .error, language: "en") }
      ).text
    case .outsideSurvey(let village): "the survey has no village \(village)"
    case .sameVillage(_, let village): "the record lives in \(village) already"
    case .alreadyDeleted: "you saw that the record is deleted already"
    case .notDeleted: "as far as you saw, the record is not deleted"
    }
  }

  func hint(of record: String?) -> String {
    switch self {
    case .findings: "Correct the answers and type it again."
    case .outsideSurvey: "Type \"kulkul coverage\" to see all villages."
    case .sameVillage: "There is nothing to do."
    case .alreadyDeleted: "Type \"kulkul list --deleted\" to see it."
    case .notDeleted(let id):
      "Type \"kulkul show \(record ?? id.description)\" to see how it stands now."
    }
  }
}

extension ResolveError {
  func text(of record: String?) -> String {
    switch self {
    case .noConflict(let id, ""):
      "as far as you saw, nobody doubts that the record \(record ?? id.description) is there"
    case .isQuestion(_, let name):
      "--keep and --delete settle whether a record or a row is there, and \(name) is a question"
    case .needsRow(_, let name): "\(name) has rows, and it is not said which of them"
    case .noConflict(_, let place): "as far as you saw, there is nothing to decide about \(place)"
    case .unknownSide(let typed, _): "there is no side \"\(typed)\""
    case .ambiguousSide(let typed, let sides):
      "\"\(typed)\" fits the sides \(Grammar.list(sides))"
    case .noReason: "a resolution needs a reason"
    case .reasonTooLong(let bytes, let limit):
      "the reason has \(bytes) bytes, more than \(limit)"
    case .assignment(_, let error): AnswerWords.text(error)
    case .village(let match): match.text
    case .isCheck: "a broken check is settled by answers that fit together"
    }
  }

  func hint(of record: String?) -> String {
    switch self {
    case .noConflict(let id, _):
      "Type \"kulkul conflicts show \(record ?? id.description)\" to see how it stands now."
    case .unknownSide(_, let sides), .ambiguousSide(_, let sides):
      "The sides are \(Grammar.list(sides))."
    case .noReason: "Add --because \"…\", so that others know why."
    case .reasonTooLong: "Shorten it."
    case .isQuestion(let id, let name):
      "Type \"kulkul resolve \(record ?? id.description) '\(name)' --take SIDE "
        + "--because \"…\"\", or leave \(name) out if you mean the record."
    case .needsRow(let id, let name):
      "Type \"kulkul resolve \(record ?? id.description) '\(name)[ROW]' --keep\", or --delete."
    case .assignment(let id, let error):
      AnswerWords.hint(error, resolving: record ?? id.description)
    case .village: "Type the full name or the code."
    case .isCheck(let id):
      "Type \"kulkul edit \(record ?? id.description) --set QUESTION=ANSWER\"."
    }
  }
}

extension VillageMatch {
  fileprivate var text: String {
    switch self {
    case .exact(let village, _): RecordWords.village(village)
    case .several(let villages): "several villages fit:\n" + Failure.lines(villages)
    case .none(let suggestions):
      "there is no such village"
        + (suggestions.isEmpty ? "" : "; did you mean:\n" + Failure.lines(suggestions))
    }
  }
}

extension ImportError {
  var text: String {
    switch self {
    case .tooLarge(let bytes, let limit):
      "the file has \(bytes >> 20) MiB, more than \(limit >> 20)"
    case .tooManyRows(let limit): "the file has more than \(limit) rows"
    case .empty: "there are no rows in the file"
    case .table(let error):
      "the file is no table from line \(TableErrorWords.line(error)) on: "
        + TableErrorWords.text(error)
    case .unknownColumn(let name, _): "the form has nothing named \"\(name)\""
    case .doubleColumn(let name): "two columns are about \(name)"
    case .missingColumn(let name): "the column \(name) is missing, which says whose cells they are"
    case .imported(let file):
      "the same file was imported before, as \(file.name) by \(file.person), "
        + Grammar.count(file.records, "record")
    case .rows(let problems, let rows): "\(problems.count) of \(rows) rows are wrong"
    }
  }

  var hint: String {
    switch self {
    case .tooLarge, .tooManyRows: "Split the file."
    case .empty: "The first line names the questions; rows follow."
    case .missingColumn: "Export the records again, and leave that column in."
    case .table: "Save it as CSV in UTF-8 and try again."
    case .unknownColumn(_, let suggestions):
      suggestions.isEmpty
        ? "Rename or remove the column; villages stand in \"desa\", as \"kulkul help import\" says."
        : "Did you mean \(Grammar.list(suggestions, "or"))?"
    case .doubleColumn: "Remove one of them."
    case .imported: "Nothing was imported. Add --again if you mean it."
    case .rows: "Mend the file, or add --skip-bad to import the other rows."
    }
  }
}
