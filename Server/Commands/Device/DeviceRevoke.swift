import ArgumentParser
import Bytes
import Model
import Store

/// `device revoke`: a laptop is turned away, and any code that would let it in works no more.
struct DeviceRevoke: ParsableCommand {
  static let configuration = CommandHelp.deviceRevoke.configuration("revoke")

  @OptionGroup var place: PlaceOptions

  @Argument(help: OptionHelp.device.argument("device"))
  private var device: String

  func run() throws {
    let office = try Headquarters(place)
    let device = try office.store.devices().find(device)
    try Self.voidCodes(of: device, in: office.store)
    if device.isRevoked { return office.say(.revokedAlready(device.id, name: device.name)) }
    let key = try office.store.standing().directory.device(device.id)?.key ?? []
    try office.store.extendDirectory([
      .device(
        Device(id: device.id, name: device.name, key: key, people: device.people, isRevoked: true))
    ])
    office.say(
      device.hasJoined
        ? .revoked(device.id, name: device.name)
        : .invitationWithdrawn(device.id, name: device.name))
  }

  /// Takes the place of a code that was given out with one that nobody knows and that is too old.
  private static func voidCodes(of device: DeviceStanding, in store: Store) throws {
    let nobodyKnows = (0..<4).flatMap { _ in
      let random = store.surroundings.random()
      return (0..<8).map { UInt8(truncatingIfNeeded: random >> (8 * UInt64($0))) }
    }
    _ = try store.invite(
      device.id, name: device.name, people: device.people, code: nobodyKnows, expires: 0)
  }
}
