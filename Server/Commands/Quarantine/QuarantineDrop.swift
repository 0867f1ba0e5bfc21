import ArgumentParser
import Store

/// `quarantine drop`: puts changes away that nobody will take.
struct QuarantineDrop: ParsableCommand {
  static let configuration = CommandHelp.quarantineDrop.configuration("drop")

  @OptionGroup var place: PlaceOptions

  @Argument(help: OptionHelp.aside.argument("name"))
  private var name: String

  @Option(name: .customLong("as"), help: OptionHelp.decider.argument("person"))
  private var person: String

  @Option(help: OptionHelp.because.argument("text"))
  private var because: String

  func run() throws {
    let office = try Headquarters(place)
    let run = try office.store.quarantinedRuns(all: true).find(name)
    let decider = try Names.decider(person, in: try office.store.standing().directory)
    let reason = try Names.reason(because)
    if run.decision?.kind == .taken { throw Failure.cannotTake(run, .held) }
    try office.store.drop(run, by: decider, because: reason)
    office.say(.dropped(run.name, changes: run.contents.count))
  }
}
