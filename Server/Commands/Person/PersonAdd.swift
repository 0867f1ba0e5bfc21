import ArgumentParser
import Model
import Store

/// `person add`: a person comes.
struct PersonAdd: ParsableCommand {
  static let configuration = CommandHelp.personAdd.configuration("add")

  @OptionGroup var place: PlaceOptions

  @Argument(help: OptionHelp.personWord.argument("person"))
  private var person: String

  @Option(help: OptionHelp.personName.argument("text"))
  private var name: String

  @Option(help: OptionHelp.role.argument("role"))
  private var role: RoleWord

  @Option(name: .customLong("village"), help: OptionHelp.villages.argument("village"))
  private var villages: [String]

  func run() throws {
    let office = try Headquarters(place)
    let standing = try office.store.standing()
    let word = try Names.person(person)
    guard standing.directory.person(word) == nil else { throw Failure.personExists(word) }
    let choice = try Places(list: standing.villages).choice(villages)
    let person = Person(
      id: word, name: try Names.name(name), role: role.role, scope: choice.scope)
    try office.store.extendDirectory([.person(person)])
    office.say(.personAdded(person))
    for notice in choice.notices { office.say(notice) }
    let isServed = try office.store.devices().contains { $0.people.contains(word) }
    if !isServed { office.say(.nextInvite(word)) }
  }
}
