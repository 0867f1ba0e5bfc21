import ArgumentParser
import Fieldwork
import Forms
import Store

/// `kulkul move RECORD VILLAGE`: to where the record belongs.
struct MoveCommand: DeedCommand {
  static let configuration = CommandHelp.move.configuration("move")

  @OptionGroup var deed: DeedOptions

  @Argument(help: OptionHelp.toVillage.argument)
  var village: String

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func act(
    _ actions: Actions, on record: PickedRecord, seen: ViewToken?, at bench: Workbench
  ) throws -> (Outcome, OutcomeWords) {
    let village = try bench.village(village)
    let outcome = try actions.move(
      record.id, form: record.form, to: village.code, because: deed.because, seen: seen)
    return (outcome, .moved(village))
  }
}
