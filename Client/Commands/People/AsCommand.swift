import ArgumentParser
import Store

/// `kulkul as PERSON`: who works on the laptop from now on.
struct AsCommand: StoreCommand {
  static let configuration = CommandHelp.become.configuration("as")

  @Argument(help: OptionHelp.who.argument)
  var person: String

  @OptionGroup var place: PlaceOptions

  func run(_ bench: Workbench) throws {
    let id = try bench.check(person)
    try bench.store.setPerson(id)
    bench.say(.worksNow(bench.name(of: id)))
  }
}
