import ArgumentParser
import Fieldwork
import Store

/// `kulkul delete RECORD`: away from lists, as far as the person has seen it.
struct DeleteCommand: DeedCommand {
  static let configuration = CommandHelp.delete.configuration("delete")

  @OptionGroup var deed: DeedOptions
  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func act(
    _ actions: Actions, on record: PickedRecord, seen: ViewToken?, at bench: Workbench
  ) throws -> (Outcome, OutcomeWords) {
    (
      try actions.delete(record.id, form: record.form, because: deed.because, seen: seen),
      .deleted
    )
  }
}
