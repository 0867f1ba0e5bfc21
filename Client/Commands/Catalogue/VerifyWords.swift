import Causality
import Model
import Store

/// The words of a check of the store.
enum VerifyWords: Phrase {
  case progress(Int, of: Int)
  case looked(VerifyReport)
  case answers(VerifyReport)
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
    case .problem(let problem): Self.words(problem)
    }
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
    case .lost(let name, let record, let path):
      "An answer is lost: \(name) at question \(path.field.number) of record \(record)"
    }
  }
}
