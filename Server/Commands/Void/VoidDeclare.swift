import ArgumentParser
import Store

/// `void declare`: goes on without what nobody has any more.
struct VoidDeclare: ParsableCommand {
  static let configuration = CommandHelp.voidDeclare.configuration("declare")

  @OptionGroup var place: PlaceOptions

  @Argument(help: OptionHelp.missing.argument("name"))
  private var name: String

  @Option(name: .customLong("as"), help: OptionHelp.decider.argument("person"))
  private var person: String

  @Option(help: OptionHelp.because.argument("text"))
  private var because: String

  func run() throws {
    let office = try Headquarters(place)
    // NB: to declare it again goes on with what was not done.
    guard
      let missing = try office.store.missing(all: true).first(where: {
        $0.name == name.uppercased()
      })
    else { throw Failure.unknownMissing(name) }
    let decider = try Names.decider(person, in: try office.store.standing().directory)
    let reason = try Names.reason(because)
    let outcome = try office.store.declareVoid(missing, by: decider, because: reason)
    office.say(.declared(missing.name, issued: outcome.issued, waiting: outcome.waiting))
    if !outcome.refusals.isEmpty { office.say(.seeAside) }
  }
}
