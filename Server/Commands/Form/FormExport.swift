import ArgumentParser
import Forms
import Glibc
import Model
import Store

/// `form export`: the sheets of a form as files, to go on with.
struct FormExport: ParsableCommand {
  static let configuration = CommandHelp.formExport.configuration("export")

  @OptionGroup var place: PlaceOptions

  @Argument(help: OptionHelp.formFolder.argument("folder"))
  private var folder: String

  func run() throws {
    let office = try Headquarters(place)
    let forms = try office.store.standing().forms
    guard let form = forms.min(by: { $0.key < $1.key })?.value else {
      throw Failure.store(.noForm(1))
    }
    try DataFolder.make(for: folder + "/" + SheetFiles.names[0])
    let texts = [form.sheets.survey, form.sheets.choices, form.sheets.settings]
    for (name, text) in zip(SheetFiles.names, texts) {
      try SheetFiles.write(text, to: folder + "/" + name)
    }
    office.say(.formExported(form.name, form.version, folder: folder))
  }
}
