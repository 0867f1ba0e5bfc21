import Fieldwork
import Forms
import Store

/// An interview from a draft to what is saved: a new record, or an edit.
struct InterviewRun {
  let bench: Workbench
  let place: Workplace

  /// Asks, saves and says so; what is left unfinished stays a draft.
  func run(_ draft: Draft, _ format: Format) throws {
    let form = try place.form(draft.form)
    let view = try draft.record.map {
      try place.view(of: $0, form: draft.form, seen: draft.token)
    }
    var interview = Interview(bench, place, form: form, view: view, draft: draft)
    guard let finished = try interview.run() else { return }
    let actions = Actions(place)
    let report = OutcomeReport(bench: bench, place: place)
    if let record = finished.record {
      let outcome = try actions.edit(
        record, form: form.id, finished.wishes, seen: finished.token, finishing: finished)
      try report.print(outcome, .edited, format)
    } else {
      let outcome = try actions.add(
        form: form.id, in: finished.village, finished.wishes, finishing: finished)
      try report.print(outcome, .added, format)
    }
  }
}
