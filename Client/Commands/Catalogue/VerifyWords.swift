import Bytes
import Causality
import Model
import Store

/// The words of a check of the store.
enum VerifyWords: Phrase {
  case progress(Int, of: Int)
  case looked(VerifyReport)
  case answers(VerifyReport)
  case replaced(Int, by: String?, [(question: String, number: Int)])
  case problem(VerifyProblem)

  var text: String {
    switch self {
    case .progress(let done, let all): "checked \(done) of \(all) changes"
    case .looked(let report):
      "Checked \(Grammar.count(report.changes, "change")) "
        + "in \(Grammar.count(report.streams, "stream")), "
        + "\(Grammar.count(report.records, "record"))"
        + (report.waiting == 0 ? "." : "; \(Grammar.count(report.waiting, "frame")) wait.")
    case .answers(let report):
      "Answers: \(report.current) current, \(report.settled) beside others, "
        + "\(report.inConflict) in conflicts, \(report.replaced) replaced."
    case .replaced(let count, let who, let questions):
      "Replaced by \(who ?? Label.elsewhere.text): \(count) "
        + "(\(Self.most(questions).joined(separator: ", ")))"
    case .problem(let problem): Self.words(problem)
    }
  }

  private static let questionsShown = 5

  private static func most(_ questions: [(question: String, number: Int)]) -> [String] {
    let named = questions.prefix(questionsShown).map { "\($0.question) \($0.number)" }
    let rest = questions.dropFirst(questionsShown).reduce(0) { $0 + $1.number }
    return rest == 0 ? named : named + ["others \(rest)"]
  }

  private static func words(_ problem: VerifyProblem) -> String {
    switch problem {
    case .file(let detail): "The file is damaged: \(detail)"
    case .hole(let dot): "A change is missing: \(dot)"
    case .chain(let dot): "A change is not what its author wrote: \(dot)"
    case .vector(let stream):
      "The count of a stream is wrong: \(stream.replica)@\(stream.village)"
    case .order(let dot, let missing): "The change \(dot) stands before \(missing), which it names"
    case .state(let record, let village):
      "Record \(record) in \(village) is not what its changes come to"
    case .columns(let record, let village):
      "The columns of record \(record) in \(village) were written by someone else"
    case .invented(let record, let village):
      "Record \(record) in \(village) was made by no change"
    case .base(let village):
      "What the history of \(village) begins with is not what the office signed"
    case .lost(let name, let record, let path):
      "An answer is lost: \(name) at question \(path.field.number) of record \(record)"
    }
  }
}

extension VerifyProblem {
  /// For programs: a code that stays, and what it is about.
  var json: JSON {
    switch self {
    case .file(let detail): Self.json("file", [("detail", .string(detail))])
    case .hole(let dot): Self.json("hole", Self.fields(dot))
    case .chain(let dot): Self.json("chain", Self.fields(dot))
    case .vector(let stream):
      Self.json(
        "vector",
        [
          ("village", .string(stream.village.description)),
          ("replica", .string(stream.replica.description)),
        ])
    case .order(let dot, let missing):
      Self.json("order", Self.fields(dot) + [("missing", .string("\(missing)"))])
    case .state(let record, let village): Self.json("state", Self.fields(record, village))
    case .columns(let record, let village): Self.json("columns", Self.fields(record, village))
    case .invented(let record, let village): Self.json("invented", Self.fields(record, village))
    case .base(let village):
      Self.json("base", [("village", .string(village.description))])
    case .lost(let name, let record, let path):
      Self.json(
        "lost",
        [
          ("id", .string(record.description)), ("field", .int(Int64(path.field.number))),
          ("answer", .string("\(name)")),
        ])
    }
  }

  private static func json(_ code: String, _ fields: [(key: String, value: JSON)]) -> JSON {
    .object([(key: "problem", value: .string(code))] + fields)
  }

  private static func fields(_ dot: Dot) -> [(key: String, value: JSON)] {
    [
      ("village", .string(dot.village.description)),
      ("replica", .string(dot.replica.description)), ("counter", .int(Int64(dot.counter))),
    ]
  }

  private static func fields(
    _ record: RecordID, _ village: VillageCode
  ) -> [(key: String, value: JSON)] {
    [("id", .string(record.description)), ("village", .string(village.description))]
  }
}
