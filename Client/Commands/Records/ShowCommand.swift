import ArgumentParser
import Fieldwork

/// `kulkul show RECORD`: a record, noted as shown.
struct ShowCommand: StoreCommand {
  static let configuration = CommandHelp.show.configuration("show")

  @Argument(help: OptionHelp.record.argument)
  var record: String

  @Flag(help: OptionHelp.reveal.argument)
  var reveal = false

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    let place = try bench.place(privacy: reveal ? .revealed : .masked)
    let picked = try bench.record(record, at: place)
    let hasConflicts = try Listing(place).line(picked.id, form: picked.form).hasConflicts
    let items =
      hasConflicts ? try ConflictDesk(place).show(picked.id, form: picked.form).items : []
    let sheet = try place.sheet(of: picked.id, form: picked.form)
    bench.print(
      SheetReport(bench: bench, place: place, sheet: sheet, items: items).report,
      output.format)
    if !items.isEmpty {
      let checks = items.count(where: \.isCheck)
      bench.say(.decide(items.count - checks, checks: checks, record: picked.short))
    }
  }
}
