import Forms
import Model
import Store

/// An office that a command works at: its store, opened, and the console.
struct Headquarters {
  let store: Store
  let survey: Survey
  let path: String
  let console: Console

  /// Opens the office that the command line, the environment or the data folder names.
  init(_ options: PlaceOptions) throws {
    let environment = Environment()
    console = Console(environment: environment)
    path = try environment.storePath(given: options.store)
    store = try Store.open(at: path, surroundings: environment.surroundings())
    let standing = try store.standing()
    guard standing.role == .office else {
      throw Failure.notAnOffice(path: path, role: standing.role)
    }
    guard let survey = standing.survey else { throw Failure.unfinished(path: path) }
    self.survey = survey
  }

  /// The wall clock of the survey.
  var zone: Zone { Zone(offsetMinutes: survey.zoneMinutes, name: survey.zoneName) }

  /// Prints what a command found out.
  func print(_ report: Report, as format: Format) {
    Renderer(console: console, zone: zone).print(report, as: format)
  }

  /// Says something beside the data.
  func say(_ notice: Notice) { console.say(notice) }
}
