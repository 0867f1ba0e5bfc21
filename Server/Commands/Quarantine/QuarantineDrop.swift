import ArgumentParser
import Store

/// `quarantine drop`: puts changes away that nobody will take.
struct QuarantineDrop: ParsableCommand {
  static let configuration = CommandHelp.quarantineDrop.configuration("drop")

  @OptionGroup var place: PlaceOptions

  @Argument(help: OptionHelp.aside.argument("name"))
  private var name: String

  @OptionGroup private var word: DecisionOptions

  func run() throws {
    let office = try Headquarters(place)
    let run = try office.store.quarantinedRuns(all: true).find(name)
    let (decider, reason) = try word.given(in: office)
    if run.decision?.kind == .taken { throw Failure.cannotTake(run, .held) }
    try office.store.drop(run, by: decider, because: reason)
    office.say(.dropped(run.name, changes: run.contents.count))
  }
}
