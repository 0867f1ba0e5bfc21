import ArgumentParser
import Store

/// `inbox drop`: puts away what waits and that nobody waits for.
struct InboxDrop: ParsableCommand {
  static let configuration = CommandHelp.inboxDrop.configuration("drop")

  @OptionGroup var place: PlaceOptions

  @Argument(help: OptionHelp.waiting.argument("name"))
  private var name: String

  @OptionGroup private var word: DecisionOptions

  func run() throws {
    let office = try Headquarters(place)
    guard
      let run = try office.store.waitingRuns().first(where: { $0.name == name.uppercased() })
    else { throw Failure.unknownWaiting(name) }
    let (decider, reason) = try word.given(in: office)
    let dropped = try office.store.drop(run, by: decider, because: reason)
    office.say(.droppedWaiting(run.name, changes: dropped))
  }
}
