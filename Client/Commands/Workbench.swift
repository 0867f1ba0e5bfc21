import Carrier
import Causality
import Courier
import Forms
import Model
import Store

/// A laptop's store as a command works on it: opened, with who works there and in what words.
final class Workbench {
  let console: Console
  let environment: Environment
  let store: Store
  /// Who the store is, as of the last look.
  private(set) var standing: Standing
  private let options: PlaceOptions
  private let wanted: Language?

  /// Opens the store that the options mean.
  init(_ options: PlaceOptions) throws {
    self.options = options
    environment = Environment()
    console = Program.console
    wanted = try environment.language(given: options.lang)
    let path = try environment.storePath(given: options.store)
    if options.store == nil && !Files.exists(path) { throw Failure.noSurvey(path: path) }
    store = try Store.open(at: path, surroundings: environment.surroundings(), for: .alone)
    standing = try store.standing()
    guard standing.survey != nil else { throw Failure.noSurvey(path: path) }
    sayTwin()
  }

  /// Works on with a store that was just made.
  init(_ store: Store, options: PlaceOptions, environment: Environment) throws {
    self.options = options
    self.environment = environment
    self.store = store
    console = Program.console
    wanted = try environment.language(given: options.lang)
    standing = try store.standing()
    sayTwin()
  }

  /// Says, once, that the store was found to be a copy, or an older state of itself.
  private func sayTwin() {
    guard let reason = store.twinReason else { return }
    say(.twin(reason, isAlone: standing.role == .standalone))
  }

  /// Lets go of the store at the end of the process.
  ///
  /// Nothing is taken apart: the form would be, question by question, and libdispatch would start a
  /// thread to forget the queue of a connection.
  func leave() {
    store.leave()
    _ = Unmanaged.passRetained(self)
  }

  /// Looks again who the store is.
  func refresh() throws {
    standing = try store.standing()
  }

  /// Who carries between this store and its office.
  var courier: Courier {
    Courier(store: store, carrier: Carrier(trusting: environment["SSL_CERT_FILE"]))
  }

  // MARK: What the survey says

  /// The survey's form.
  func form() throws -> Form {
    guard let form = standing.form() ?? standing.forms.min(by: { $0.key < $1.key })?.value else {
      throw Failure.store(.noForm(1))
    }
    return form
  }

  /// The language of the form's texts.
  func language(of form: Form) -> String {
    guard let word = wanted?.rawValue, form.languages.contains(word) else {
      return form.defaultLanguage
    }
    return word
  }

  /// The language of the texts of whatever form there is.
  var spokenLanguage: String {
    standing.forms.min { $0.key < $1.key }.map { language(of: $0.value) } ?? "id"
  }

  /// The wall clock of the survey.
  var clock: SurveyClock {
    SurveyClock(
      minutes: standing.survey?.zoneMinutes ?? 0, name: standing.survey?.zoneName ?? "UTC",
      now: store.surroundings.wall())
  }

  // MARK: Who works here

  /// Whom the laptop serves; empty where it is its own office.
  var served: [PersonID] {
    standing.directory.device(standing.device)?.people ?? []
  }

  /// Who works now: as typed, as set, or the only one there is.
  func person() throws -> PersonID {
    if let typed = options.person { return try check(typed) }
    if let person = standing.person {
      guard standing.role == .standalone || served.contains(person) else {
        throw Failure.notServed(person, known: served)
      }
      return person
    }
    if served.count == 1 { return served[0] }
    throw served.isEmpty ? Failure.noPerson : Failure.severalPeople(served)
  }

  /// Who works now, where it does not matter if that is unclear.
  func personIfClear() throws -> PersonID? {
    do {
      return try person()
    } catch Failure.noPerson, Failure.severalPeople {
      return nil
    }
  }

  /// A person's word, if the laptop serves that person.
  func check(_ typed: String) throws -> PersonID {
    guard let person = PersonID(typed) else { throw Failure.malformedPerson(typed) }
    guard standing.role == .standalone || served.contains(person) else {
      throw Failure.notServed(person, known: served)
    }
    return person
  }

  /// A person as others know them: the name, and the word where it differs.
  func name(of person: PersonID) -> String {
    if person == .office { return Label.office.text }
    guard let name = standing.directory.person(person)?.name, name != person.description else {
      return person.description
    }
    return name
  }

  // MARK: Where

  /// A village by its name and kecamatan.
  func name(of code: VillageCode) -> String {
    standing.villages[code]?.name ?? code.description
  }

  /// Prints a report.
  func print(_ report: Report, _ format: Format) {
    Renderer(console: console, format: format).print(report)
  }

  /// Says something beside the data.
  func say(_ notice: Notice) {
    console.say(notice.text)
  }
}
