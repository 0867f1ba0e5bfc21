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

  var hint: String {
    switch self {
    case .nobody: "Type \"kulkul as PERSON\", or add --as PERSON."
    case .unknownForm: "Type \"kulkul sync\" to get the survey's forms."
    case .notShown(let record): "Type \"kulkul show \(record.description.prefix(8))\" first."
    case .unknownView, .viewOfOther: "Type \"kulkul show RECORD --format json\" for a new one."
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

  var hint: String {
    switch self {
    case .findings: "Correct the answers and type it again."
    case .outsideSurvey: "Type \"kulkul coverage\" to see all villages."
    case .sameVillage: "There is nothing to do."
    case .alreadyDeleted: "Type \"kulkul list --deleted\" to see it."
    case .notDeleted: "Type \"kulkul show RECORD\" to see how it stands now."
    }
  }
}

extension ResolveError {
  var text: String {
    switch self {
    case .noConflict(let record, ""):
      "as far as you saw, nobody doubts that the record \(record.description.prefix(8)) is there"
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
    case .assignment(let error): AnswerWords.text(error)
    case .village(let match): match.text
    case .isCheck: "a broken check is settled by answers that fit together"
    }
  }

  var hint: String {
    switch self {
    case .noConflict(let record, _):
      "Type \"kulkul conflicts show \(record.description.prefix(8))\" to see how it stands now."
    case .unknownSide(_, let sides), .ambiguousSide(_, let sides):
      "The sides are \(Grammar.list(sides))."
    case .noReason: "Add --because \"…\", so that others know why."
    case .reasonTooLong: "Shorten it."
    case .isQuestion(let record, let name):
      "Type \"kulkul resolve \(record.description.prefix(8)) '\(name)' --take SIDE "
        + "--because \"…\"\", or leave \(name) out if you mean the record."
    case .needsRow(let record, let name):
      "Type \"kulkul resolve \(record.description.prefix(8)) '\(name)[ROW]' --keep\", or --delete."
    case .assignment(let error): AnswerWords.hint(error, resolving: "RECORD")
    case .village: "Type the full name or the code."
    case .isCheck(let record):
      "Type \"kulkul edit \(record.description.prefix(8)) --set QUESTION=ANSWER\"."
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
        ? "Rename or remove the column." : "Did you mean \(Grammar.list(suggestions, "or"))?"
    case .doubleColumn: "Remove one of them."
    case .imported: "Nothing was imported. Add --again if you mean it."
    case .rows: "Mend the file, or add --skip-bad to import the other rows."
    }
  }
}
