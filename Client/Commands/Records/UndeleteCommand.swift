import ArgumentParser
import Fieldwork

/// `kulkul undelete RECORD`: a deleted record comes back.
struct UndeleteCommand: StoreCommand {
  static let configuration = CommandHelp.undelete.configuration("undelete")

  @Argument(help: OptionHelp.record.argument)
  var record: String

  @Option(help: OptionHelp.seen.argument("token"))
  var seen: String?

  @Option(help: OptionHelp.because.argument("reason"))
  var because: String?

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    let place = try bench.place()
    let picked = try bench.record(record, at: place)
    let outcome = try Actions(place).undelete(
      picked.id, form: picked.form, because: because, seen: try bench.token(seen))
    try OutcomeReport(bench: bench, place: place).print(outcome, .undeleted, output.format)
  }
}
