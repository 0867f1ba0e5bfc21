import ArgumentParser
import Fieldwork

/// `kulkul delete RECORD`: away from lists, as far as the person has seen it.
struct DeleteCommand: StoreCommand {
  static let configuration = CommandHelp.delete.configuration("delete")

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
    let outcome = try Actions(place).delete(
      picked.id, form: picked.form, because: because, seen: try bench.token(seen))
    try OutcomeReport(bench: bench, place: place).print(outcome, .deleted, output.format)
  }
}
