import ArgumentParser
import Model
import Store

/// `person change`: a person gets another name, role or villages.
struct PersonChange: ParsableCommand {
  static let configuration = CommandHelp.personChange.configuration("change")

  @OptionGroup var place: PlaceOptions

  @Argument(help: OptionHelp.personWord.argument("person"))
  private var person: String

  @Option(help: OptionHelp.personName.argument("text"))
  private var name: String?

  @Option(help: OptionHelp.role.argument("role"))
  private var role: RoleWord?

  @Option(name: .customLong("village"), help: OptionHelp.villages.argument("village"))
  private var villages: [String] = []

  func run() throws {
    let office = try Headquarters(place)
    let standing = try office.store.standing()
    let word = try Names.person(person)
    guard let known = standing.directory.person(word) else { throw Failure.unknownPerson(word) }
    guard name != nil || role != nil || !villages.isEmpty else {
      throw Failure.nothingToChange(word)
    }
    let choice =
      villages.isEmpty
      ? Places.Choice(scope: known.scope) : try Places(list: standing.villages).choice(villages)
    let changed = Person(
      id: word, name: try name.map { try Names.name($0) } ?? known.name,
      role: role?.role ?? known.role, scope: choice.scope)
    guard changed != known else { return office.say(.personUnchanged(known)) }
    try office.store.extendDirectory([.person(changed)])
    office.say(.personChanged(changed))
    for notice in choice.notices { office.say(notice) }
  }
}
