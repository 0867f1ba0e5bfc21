import ArgumentParser
import Causality
import Forms
import Model
import Store

/// `assign`: villages go from one person to another.
struct OfficeAssign: ParsableCommand {
  static let configuration = CommandHelp.assign.configuration("assign")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var format: FormatOptions

  @Argument(help: OptionHelp.assigned.argument("village"))
  private var villages: [String]

  @Option(help: OptionHelp.assignee.argument("person"))
  private var to: String

  @Option(help: OptionHelp.assignor.argument("person"))
  private var from: String?

  func run() throws {
    let office = try Headquarters(place)
    let list = try office.store.standing().villages
    let choice = try Places(list: list).choice(villages)
    let given = list.villages.map(\.code).sorted().filter { choice.scope.contains($0) }
    let (to, from) = (try Names.person(to), try from.map { try Names.person($0) })
    if to == from { throw Failure.samePerson(to) }
    let said = try office.store.extendDirectory { directory in
      try Self.entries(
        given, choice.scope, to: to, from: from, of: list.villages.map(\.code), in: directory)
    }
    let directory = try office.store.standing().directory
    office.print(Self.report(given, list, directory), as: format.format)
    for case .alsoBeginsOthers(let village, let others) in choice.notices {
      office.say(.alsoBeginsOthers(village, others))
    }
    if said.isEmpty { return office.say(.personUnchanged(directory.person(to) ?? Self.nobody(to))) }
    office.say(.assigned)
    let isServed = try office.store.devices().contains { !$0.isRevoked && $0.people.contains(to) }
    if !isServed { office.say(.nextInvite(to)) }
  }

  /// What the directory must say.
  private static func entries(
    _ given: [VillageCode], _ scope: Scope, to: PersonID, from: PersonID?, of all: [VillageCode],
    in directory: Directory
  ) throws -> [DirectoryEntry] {
    guard let receiver = directory.person(to) else { throw Failure.unknownPerson(to) }
    if given.isEmpty { throw Failure.nothingAssigned }
    var changed: [Person] = []
    if let from {
      guard let giver = directory.person(from) else { throw Failure.unknownPerson(from) }
      let foreign = given.filter { !giver.scope.contains($0) }
      guard foreign.isEmpty else { throw Failure.worksNotThere(from, foreign) }
      // NB: of somebody who works everywhere, what is left is every other village there is now.
      let rest = all.sorted().filter { giver.scope.contains($0) && !given.contains($0) }
      changed.append(Self.person(giver, .villages(rest)))
    }
    changed.append(Self.person(receiver, Self.sum(receiver.scope, scope)))
    return changed.filter { $0 != directory.person($0.id) }.map { .person($0) }
  }

  private static func person(_ person: Person, _ scope: Scope) -> Person {
    Person(id: person.id, name: person.name, role: person.role, scope: scope)
  }

  private static func nobody(_ person: PersonID) -> Person {
    Person(id: person, name: person.description, role: .viewer, scope: .villages([]))
  }

  private static func sum(_ one: Scope, _ other: Scope) -> Scope {
    guard case .villages(let some) = one, case .villages(let more) = other else { return .all }
    return .villages(Set(some + more).sorted())
  }

  /// Who works where now.
  private static func report(
    _ given: [VillageCode], _ list: VillageList, _ directory: Directory
  ) -> Report {
    let rows = given.compactMap { list[$0] }.map { village in
      [
        Value.text(village.code.description), .text(village.name), .text(village.kecamatan),
        .list(
          directory.people.filter {
            $0.role != .viewer && $0.scope.contains(village.code)
          }.map(\.id.description)),
      ]
    }
    return Report(
      "assignment",
      tables: [
        .init(
          key: "villages",
          columns: [
            .init(key: "village", heading: .villageCode), .init(key: "name", heading: .village),
            .init(key: "kecamatan", heading: .kecamatan), .init(key: "people", heading: .people),
          ], rows: rows)
      ])
  }
}
