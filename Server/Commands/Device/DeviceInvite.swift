import ArgumentParser
import Model
import Office
import Store

/// `device invite`: a one-time code, for a new device or again for one on the list.
struct DeviceInvite: ParsableCommand {
  static let configuration = CommandHelp.deviceInvite.configuration("invite")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var format: FormatOptions

  @Argument(help: OptionHelp.deviceName.argument("name"))
  private var name: String?

  @Option(name: .customLong("for"), help: OptionHelp.people.argument("people"))
  private var people: [String] = []

  @Option(help: OptionHelp.again.argument("device"))
  private var again: String?

  func validate() throws {
    if name == nil && again == nil { throw ValidationError(OptionHelp.nameOrAgain.text) }
    if name != nil && again != nil { throw ValidationError(OptionHelp.notBoth.text) }
    if again == nil && people.isEmpty { throw ValidationError(OptionHelp.peopleMissing.text) }
  }

  func run() throws {
    let office = try Headquarters(place)
    let devices = try office.store.devices()
    let known = try again.map { try devices.find($0) }
    let name = try known?.name ?? Names.name(name ?? "")
    if known == nil, let taken = devices.first(where: { $0.name == name }) {
      throw Failure.deviceExists(taken)
    }
    let directory = try office.store.standing().directory
    let served =
      people.isEmpty ? known?.people ?? [] : try Names.people(people, in: directory)
    let code = try Self.unusedCode(office.store)
    let expires = office.store.surroundings.wall() + InviteCode.lifetime
    let device = try office.store.invite(
      known?.id, name: name, people: served, code: Array(code.utf8), expires: expires)
    let shown = InviteCode.shown(code)
    switch format.format {
    case .json: office.print(Self.report(device, name, served, shown, expires), as: .json)
    case .table, .csv: office.console.print(shown)
    }
    office.say(.invited(device, name: name, people: served))
    office.say(.howToJoin(code: shown))
    office.say(.codeExpires(Value.wallClock(expires, office.zone)))
    if known?.isRevoked == true { return office.say(.liftsRevocation(device)) }
    if known?.hasJoined == true { office.say(.replacesLaptop(device)) }
  }

  private static func report(
    _ device: DeviceID, _ name: String, _ people: [PersonID], _ code: String, _ expires: Int64
  ) -> Report {
    Report(
      "invitation",
      facts: [
        .init("device", .device, .number(Int(device.number))), .init("name", .name, .text(name)),
        .init("people", .people, .list(people.map(\.description))),
        .init("code", .code, .text(code)), .init("expires_at", .expires, .instant(expires)),
      ])
  }

  /// A code that was never given out: the same one twice would open two doors.
  private static func unusedCode(_ store: Store) throws -> String {
    while true {
      let code = InviteCode.make(random: store.surroundings.random())
      if case .unknown = try store.invitation(for: Array(code.utf8)) { return code }
    }
  }
}
