import ArgumentParser
import Fieldwork

/// `kulkul resolve RECORD …`: a decision over what was shown.
struct ResolveCommand: StoreCommand {
  static let configuration = CommandHelp.resolve.configuration("resolve")

  @Argument(help: OptionHelp.record.argument)
  var record: String

  @Argument(help: OptionHelp.question.argument)
  var question: String?

  @Option(help: OptionHelp.take.argument("side"))
  var take: String?

  @Option(help: OptionHelp.answer.argument)
  var answer: String?

  @Flag(help: OptionHelp.keep.argument)
  var keep = false

  @Flag(help: OptionHelp.delete.argument)
  var delete = false

  @Option(help: OptionHelp.because.argument("reason"))
  var because: String?

  @Option(help: OptionHelp.seen.argument("token"))
  var seen: String?

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    let place = try bench.place()
    let desk = ConflictDesk(place)
    try desk.checkRole()
    try checkOptions()
    let picked = try bench.record(record, at: place)
    let token = try bench.token(seen)
    let resolved: Resolved
    if keep || delete {
      resolved = try desk.settleLife(
        picked.id, form: picked.form, row: question, keep: keep, because: because, seen: token)
    } else {
      guard let question, let decision = try decision(bench, place, picked) else {
        throw Failure.needsDecision(record: picked.short)
      }
      guard let because else { throw Failure.needsReason }
      resolved = try desk.resolve(
        picked.id, form: picked.form, question, decision, because: because, seen: token)
    }
    try OutcomeReport(bench: bench, place: place).print(
      resolved.outcome, .resolved(question), output.format)
    for side in resolved.stays {
      bench.say(.sideStays(side.name, who: side.witnesses.map { bench.name(of: $0) }))
    }
  }

  /// Refuses two ways of settling at once.
  private func checkOptions() throws {
    let ways = [
      ("--take", take != nil), ("--answer", answer != nil), ("--keep", keep), ("--delete", delete),
    ]
    let given = ways.filter(\.1).map(\.0)
    if given.count > 1 { throw Failure.conflicting(given[0], given[1]) }
  }

  /// How it is settled; an answer of `-` is asked for.
  private func decision(
    _ bench: Workbench, _ place: Workplace, _ picked: PickedRecord
  ) throws -> Decision? {
    switch (take, answer) {
    case (let side?, nil): return .take(side)
    case (nil, "-"):
      let prompt = Prompt.value(question ?? "", label: question ?? "").text
      guard let line = try bench.console.askHidden(prompt) else {
        throw Failure.noValue(question ?? "")
      }
      return .asked(line)
    case (nil, let answer?): return .answer(answer)
    default: return nil
    }
  }
}
