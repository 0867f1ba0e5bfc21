import ArgumentParser
import Fieldwork
import Forms
import Store

/// `kulkul edit RECORD`: other answers, from what the person was shown.
struct EditCommand: StoreCommand {
  static let configuration = CommandHelp.edit.configuration("edit")

  @Argument(help: OptionHelp.record.argument)
  var record: String

  @OptionGroup var answers: AnswerOptions

  @Option(help: OptionHelp.seen.argument("token"))
  var seen: String?

  @Flag(help: OptionHelp.resume.argument)
  var resume = false

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    let place = try bench.place()
    let picked = try bench.record(record, at: place)
    let token = try bench.token(seen)
    guard answers.isEmpty else {
      if resume { throw Failure.conflicting("--resume", "--set") }
      let outcome = try edit(picked, bench, place, token: token)
      return try OutcomeReport(bench: bench, place: place).print(outcome, .edited, output.format)
    }
    guard bench.console.isInteractive else {
      throw Failure.needsAnswers(command: "edit \(picked.short)")
    }
    let draft = try draft(of: picked, bench, place, token: token)
    try InterviewRun(bench: bench, place: place).run(draft, output.format)
  }

  /// Edits from answers on the command line.
  private func edit(
    _ picked: PickedRecord, _ bench: Workbench, _ place: Workplace, token: ViewToken?
  ) throws -> Outcome {
    do {
      let form = try place.form(picked.form)
      let view = try place.view(of: picked.id, form: form.id, seen: token)
      let assignments = try answers.assignments(place.planner(form, view: view), bench)
      return try Actions(place).edit(picked.id, form: form.id, assignments, seen: token)
    } catch let error as AssignmentError {
      throw Failure(error, at: bench) ?? .about(picked.short, .assignment(error))
    }
  }

  /// The draft to go on with, or a new one over what the person is shown by the questions.
  private func draft(
    of picked: PickedRecord, _ bench: Workbench, _ place: Workplace, token: ViewToken?
  ) throws -> Draft {
    let person = try place.worker()
    let left = try bench.store.drafts(of: person).first { $0.record == picked.id }
    if resume {
      guard let left else { throw Failure.noDraft }
      return left
    }
    if let left {
      bench.say(.editWaits(bench.clock.text(left.touched), record: picked.short))
    }
    // NB: the questions show every answer as it stands now, so the view is taken now.
    let shown = try place.show(picked.id, form: picked.form)
    return Draft(
      person: person, form: picked.form, village: shown.village, record: picked.id,
      token: token ?? shown.known)
  }
}
