import Bytes
import Forms
import Model

/// The answers of one record, by the names of the questions.
struct Sheet: AnswerSource {
  var answers: [String: Answer] = [:]
  var sets: [String: [Text]] = [:]
  var rowNames: [String: [Text]] = [:]
  /// What stood where an answer is given now.
  var earlier: [String: Answer] = [:]

  init(
    _ answers: [String: Answer] = [:], sets: [String: [Text]] = [:], rows: [String: [Text]] = [:]
  ) {
    self.answers = answers
    self.sets = sets
    rowNames = rows
  }

  private func key(_ question: Question, _ row: Text?) -> String {
    question.qualifiedName + (row.map { "@\($0)" } ?? "")
  }

  func answer(to question: Question, row: Text?) -> Answer? { answers[key(question, row)] }

  func elements(of question: Question, row: Text?) -> [Text] { sets[key(question, row)] ?? [] }

  func earlierAnswer(to question: Question, row: Text?) -> Answer? {
    earlier[key(question, row)]
  }

  func rows(of repeat: Repeat) -> [Text] { rowNames[`repeat`.name] ?? [] }
}
