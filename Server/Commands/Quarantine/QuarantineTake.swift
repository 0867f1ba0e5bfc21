import ArgumentParser
import Store

/// `quarantine take`: lets changes in after all, on the word of a supervisor.
struct QuarantineTake: ParsableCommand {
  static let configuration = CommandHelp.quarantineTake.configuration("take")

  @OptionGroup var place: PlaceOptions

  @Argument(help: OptionHelp.aside.argument("name"))
  private var name: String

  @Option(name: .customLong("as"), help: OptionHelp.decider.argument("person"))
  private var person: String

  @Option(help: OptionHelp.because.argument("text"))
  private var because: String?

  func run() throws {
    let office = try Headquarters(place)
    let run = try office.store.quarantinedRuns(all: true).find(name)
    let decider = try Names.decider(person, in: try office.store.standing().directory)
    let reason = try because.map { try Names.reason($0) }
    do {
      let taken = try office.store.take(run, by: decider, because: reason)
      office.say(.taken(taken, of: run.contents.count, device: run.device))
    } catch let obstacle as TakingObstacle {
      throw Failure.cannotTake(run, obstacle)
    }
  }
}
