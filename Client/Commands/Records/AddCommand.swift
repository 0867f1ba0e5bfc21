import ArgumentParser
import Fieldwork
import Forms
import Store

/// `kulkul add`: a new record, from answers on the command line or asked one by one.
struct AddCommand: StoreCommand {
  static let configuration = CommandHelp.add.configuration("add")

  @Option(help: OptionHelp.village.argument)
  var village: String?

  @OptionGroup var answers: AnswerOptions

  @Flag(help: OptionHelp.resume.argument)
  var resume = false

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    let place = try bench.place()
    let person = try place.worker()
    let form = try bench.form()
    guard answers.isEmpty else {
      if resume { throw Failure.conflicting("--resume", "--set") }
      let village = try bench.villageOfNewRecord(village, person: person)
      let assignments = try answers.assignments(place.planner(form, view: nil), bench)
      let outcome = try Actions(place).add(form: form.id, in: village.code, assignments)
      return try OutcomeReport(bench: bench, place: place).print(outcome, .added, output.format)
    }
    guard bench.console.isInteractive else { throw Failure.needsAnswers(command: "add") }
    let draft = try draft(bench, place, form: form.id)
    try InterviewRun(bench: bench, place: place).run(draft, output.format)
  }

  /// The draft to go on with, or a new one.
  private func draft(_ bench: Workbench, _ place: Workplace, form: UInt32) throws -> Draft {
    let person = try place.worker()
    let left = try bench.store.drafts(of: person).first { $0.record == nil && $0.form == form }
    if resume {
      guard let left else { throw Failure.noDraft }
      return left
    }
    if let left {
      bench.say(.draftWaits(bench.clock.text(left.touched), village: bench.name(of: left.village)))
    }
    let village = try bench.villageOfNewRecord(village, person: person)
    return Draft(person: person, form: form, village: village.code, record: nil, token: nil)
  }
}
