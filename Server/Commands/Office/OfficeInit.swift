import ArgumentParser
import Forms
import Store

/// `init`: begins a survey.
struct OfficeInit: ParsableCommand {
  static let configuration = CommandHelp.initialize.configuration("init")

  /// A built-in survey.
  private enum PresetName: String, ExpressibleByArgument, CaseIterable {
    case denpasar

    var preset: Preset {
      switch self {
      case .denpasar: .denpasar
      }
    }
  }

  @OptionGroup var place: PlaceOptions

  @Option(help: OptionHelp.preset.argument("preset"))
  private var preset: PresetName = .denpasar

  @Option(help: OptionHelp.surveyName.argument("text"))
  private var name = "IKM Denpasar"

  func run() throws {
    let environment = Environment()
    let console = Console(environment: environment)
    let path = try environment.storePath(given: place.store)
    let preset = preset.preset
    let name = try Names.name(name)
    let surroundings = environment.surroundings()
    try DataFolder.make(for: path)
    let store = try Store.create(at: path, role: .office, surroundings: surroundings) { store in
      try store.extendDirectory(
        preset.founding(id: surroundings.random(), name: name, key: try store.officeKey()))
    }
    try store.close()
    console.say(
      .founded(
        survey: name, villages: preset.villages.villages.count, form: preset.form.name, path: path))
    console.say(.nextPerson)
  }
}
