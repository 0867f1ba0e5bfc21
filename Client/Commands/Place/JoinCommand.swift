import ArgumentParser
import Bytes
import Courier
import Model
import Store

/// `kulkul join URL CODE`: into an office's survey, with what was recorded so far.
struct JoinCommand: ParsableCommand {
  static let configuration = CommandHelp.join.configuration("join")

  @Argument(help: OptionHelp.address.argument("url"))
  var address: String

  @Argument(help: OptionHelp.code.argument)
  var code: String

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run() throws {
    let letters = code.filter { $0 != "-" && $0 != " " }
    guard letters.utf8.count == 8, let normal = Letters.normalized(letters) else {
      throw Failure.badCode(code)
    }
    let environment = Environment()
    let path = try environment.storePath(given: place.store)
    let wanted = try place.person.map { word in
      guard let person = PersonID(word) else { throw Failure.malformedPerson(word) }
      return person
    }
    let store = try open(path, environment)
    let bench = try Workbench(store, options: place, environment: environment)
    let before = bench.standing.role
    let brought = try store.unsentCount()
    // NB: where nobody is let in, a store that was made for it stays: somebody may be working in it by now.
    try bench.asking(address) {
      try bench.courier.join(address: address, code: normal, wanted: wanted)
    }
    try bench.refresh()
    let survey = bench.standing.survey?.name ?? ""
    bench.say(
      before == .laptop
        ? .letInAgain(survey, device: bench.deviceName) : .joined(survey, device: bench.deviceName))
    if brought > 0 { bench.say(.handsIn(brought)) }
    if before == .standalone { try sayOutside(bench) }
    if bench.standing.person == nil { bench.say(.sayWho(bench.served)) }
    try SyncRun(bench: bench).run(output.format)
  }

  /// Says which records lie where the people of this laptop do not work.
  private func sayOutside(_ bench: Workbench) throws {
    let scope = Set(bench.standing.scope)
    let rows = try bench.standing.forms.keys.sorted().flatMap {
      try bench.store.records(form: $0).filter { !scope.contains($0.home) }
    }
    if rows.isEmpty { return }
    let villages = Set(rows.map(\.home)).sorted().map { bench.name(of: $0) }
    bench.say(.outside(rows.count, villages: villages))
  }

  /// The store that is there, or a new one that waits for its survey.
  private func open(_ path: String, _ environment: Environment) throws -> Store {
    Files.exists(path)
      ? try Store.open(at: path, surroundings: environment.surroundings())
      : try StoreFile.make(at: path, environment: environment)
  }
}
