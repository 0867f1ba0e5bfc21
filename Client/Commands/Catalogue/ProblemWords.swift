import Fieldwork
import Forms

/// What is the matter with a row of an imported file.
struct ProblemWords {
  let problem: ImportProblem
  let language: String

  init(_ problem: ImportProblem, language: String) {
    self.problem = problem
    self.language = language
  }

  /// The line that is said.
  var text: String {
    (isWarning ? "Warning, line" : "Line") + " \(problem.line)"
      + (problem.column.map { ", \($0)" } ?? "") + ": \(what)"
  }

  /// Whether the row is good all the same.
  private var isWarning: Bool {
    switch problem.fact {
    case .finding(let finding): finding.severity == .warning
    case .villageTaken, .shared, .sharedWithLine: true
    default: false
    }
  }

  /// What is the matter.
  var what: String {
    switch problem.fact {
    case .table(let error): TableErrorWords.text(error)
    case .answer(let error): AnswerWords.text(error)
    case .finding(let finding):
      FindingWords(finding, .error, language: language).message
    case .shared(let shared): SharedWords.message(shared)
    case .sharedWithLine(let line): "should be unique; line \(line) has it already"
    case .noVillage: "a new record needs its village under \(PlaceName.village)"
    case .needsKecamatan: "a village's name needs its kecamatan in a column kecamatan"
    case .villageTaken(let village): "taken for \(RecordWords.village(village))"
    case .severalVillages(let villages):
      "fits \(Grammar.list(villages.map(RecordWords.village)))"
    case .unknownVillage(let suggestions):
      "no such village"
        + (suggestions.isEmpty
          ? "" : "; perhaps \(Grammar.list(suggestions.map(RecordWords.village), "or"))")
    case .foreignVillage(let village): "you do not work in \(village)"
    case .villageChanged(let from):
      "the record lives in \(from); \"kulkul move\" moves it, not an import"
    case .unknownRecord: "no record has these letters"
    case .notSeen: "an edit needs its _seen, as the export wrote it"
    case .seenWithoutRecord: "_seen without _id"
    case .unknownView: "no view with this _seen is kept on this laptop"
    case .viewOfOther: "_seen is of another record"
    case .deleted: "the record was deleted"
    case .repeated(let line): "the record stands in line \(line) already"
    case .strayCell: "a cell under no column name"
    case .unknownRow: "the record has no such row"
    case .countedSince:
      "you counted here since the table was made, and nothing says whether this total has that in it; "
        + "export anew"
    }
  }
}
