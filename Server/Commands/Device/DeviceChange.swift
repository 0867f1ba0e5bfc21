import ArgumentParser
import Model
import Store

/// `device change`: a laptop gets another name, or serves other people.
struct DeviceChange: ParsableCommand {
  static let configuration = CommandHelp.deviceChange.configuration("change")

  @OptionGroup var place: PlaceOptions

  @Argument(help: OptionHelp.device.argument("device"))
  private var device: String

  @Option(help: OptionHelp.deviceName.argument("text"))
  private var name: String?

  @Option(name: .customLong("for"), help: OptionHelp.people.argument("people"))
  private var people: [String] = []

  func run() throws {
    let office = try Headquarters(place)
    let devices = try office.store.devices()
    let known = try devices.find(device)
    guard name != nil || !people.isEmpty else { throw Failure.nothingToChangeOf(known) }
    let name = try name.map { try Names.name($0) } ?? known.name
    if let taken = devices.first(where: { $0.name == name && $0.id != known.id }) {
      throw Failure.deviceExists(taken)
    }
    let directory = try office.store.standing().directory
    let served = people.isEmpty ? known.people : try Names.people(people, in: directory)
    guard !served.isEmpty else { throw Failure.nobodyServed }
    guard name != known.name || served != known.people else {
      return office.say(.deviceUnchanged(known.id))
    }
    try office.store.change(known.id, name: name, people: served)
    office.say(.deviceChanged(known.id, name: name, people: served))
    let left = known.people.filter { !served.contains($0) }
    if known.hasJoined && !left.isEmpty { office.say(.noLongerServes(known.id, left)) }
  }
}
