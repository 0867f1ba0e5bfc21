import ArgumentParser
import Model
import Store

/// `person list`: everyone, with their villages and laptops.
struct PersonList: ParsableCommand {
  static let configuration = CommandHelp.personList.configuration("list")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let office = try Headquarters(place)
    let standing = try office.store.standing()
    let devices = try office.store.devices()
    let places = Places(list: standing.villages)
    let rows = standing.directory.people.map { person in
      let served = devices.filter { !$0.isRevoked && $0.people.contains(person.id) }
      return [
        Value.text(person.id.description), .text(person.name), .text(person.role.description),
        .list(served.map(\.id.description)),
        .list(places.codes(person.scope), shown: places.shown(person.scope)),
      ]
    }
    office.print(
      Report(
        "people",
        tables: [
          .init(
            key: "people",
            columns: [
              .init(key: "person", heading: .person), .init(key: "name", heading: .name),
              .init(key: "role", heading: .role), .init(key: "devices", heading: .devices),
              .init(key: "villages", heading: .villages),
            ], rows: rows, empty: .nobodyYet)
        ]), as: format.format)
  }
}
