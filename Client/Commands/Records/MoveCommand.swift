import ArgumentParser
import Fieldwork
import Forms

/// `kulkul move RECORD VILLAGE`: to where the record belongs.
struct MoveCommand: StoreCommand {
  static let configuration = CommandHelp.move.configuration("move")

  @Argument(help: OptionHelp.record.argument)
  var record: String

  @Argument(help: OptionHelp.toVillage.argument)
  var village: String

  @Option(help: OptionHelp.seen.argument("token"))
  var seen: String?

  @Option(help: OptionHelp.because.argument("reason"))
  var because: String?

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    let place = try bench.place()
    let picked = try bench.record(record, at: place)
    let village = try bench.village(village)
    let outcome = try Actions(place).move(
      picked.id, form: picked.form, to: village.code, because: because,
      seen: try bench.token(seen))
    try OutcomeReport(bench: bench, place: place).print(
      outcome, .moved(village), output.format)
  }
}
