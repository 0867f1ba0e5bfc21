import ArgumentParser
import Store

/// `void declare`: goes on without what nobody has any more.
struct VoidDeclare: ParsableCommand {
  static let configuration = CommandHelp.voidDeclare.configuration("declare")

  @OptionGroup var place: PlaceOptions

  @Argument(help: OptionHelp.missing.argument("name"))
  private var name: String

  @Option(help: OptionHelp.upTo.argument("counter"))
  private var upTo: UInt64?

  @OptionGroup private var word: DecisionOptions

  func run() throws {
    let office = try Headquarters(place)
    // NB: to declare it again goes on with what was not done.
    let named = try office.store.missing(all: true).filter { $0.name == name.uppercased() }
    guard
      let missing = named.first(where: { $0.state == .missing })
        ?? named.last(where: { $0.state == .void })
    else { throw Failure.unknownMissing(name) }
    let (decider, reason) = try word.given(in: office)
    let outcome: VoidOutcome
    do {
      outcome = try office.store.declareVoid(
        missing, upTo: upTo, by: decider, because: reason)
    } catch let refusal as VoidRefusal {
      throw Failure.cannotDeclare(missing.name, refusal)
    }
    office.say(.declared(missing.name, issued: outcome.issued, waiting: outcome.waiting))
    let isAside = missing.waiters.contains(where: \.isAside)
    if !outcome.refusals.isEmpty || isAside { office.say(.seeAside) }
  }
}
