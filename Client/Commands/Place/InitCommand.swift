import ArgumentParser
import Forms
import Glibc
import Model
import Store

/// `kulkul init --standalone`: a survey on this laptop alone.
struct InitCommand: ParsableCommand {
  static let configuration = CommandHelp.start.configuration("init")

  @Flag(help: OptionHelp.standalone.argument)
  var standalone = false

  @Option(help: OptionHelp.newPerson.argument)
  var person: String?

  @Option(help: OptionHelp.surveyName.argument)
  var name = "IKM Denpasar"

  @OptionGroup var place: PlaceOptions

  func validate() throws {
    if !standalone { throw ValidationError(Notice.initNeedsStandalone.text) }
  }

  func run() throws {
    let environment = Environment()
    let path = try environment.storePath(given: place.store)
    let word = person ?? place.person ?? environment["USER"].flatMap { PersonID($0)?.description }
    guard let id = PersonID(word ?? "surveyor") else {
      throw Failure.malformedPerson(word ?? "")
    }
    let store = try StoreFile.make(at: path, environment: environment)
    let founding = Preset.denpasar.founding(id: store.surroundings.random(), name: name)
    try store.extendDirectory(founding)
    try store.setPerson(id)
    let bench = try Workbench(store, options: place, environment: environment)
    bench.say(.started(name, villages: bench.standing.villages.villages.count, person: id))
    bench.say(.storeAt(path))
    bench.say(.nextAdd)
  }
}
