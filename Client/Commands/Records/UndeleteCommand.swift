import ArgumentParser
import Fieldwork
import Store

/// `kulkul undelete RECORD`: a deleted record comes back.
struct UndeleteCommand: DeedCommand {
  static let configuration = CommandHelp.undelete.configuration("undelete")

  @OptionGroup var deed: DeedOptions
  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func act(
    _ actions: Actions, on record: PickedRecord, seen: ViewToken?, at bench: Workbench
  ) throws -> (Outcome, OutcomeWords) {
    (
      try actions.undelete(record.id, form: record.form, because: deed.because, seen: seen),
      .undeleted
    )
  }
}
