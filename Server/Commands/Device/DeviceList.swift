import ArgumentParser
import Model
import Store

/// `device list`: every laptop, when it was last heard, and what it still had then.
struct DeviceList: ParsableCommand {
  static let configuration = CommandHelp.deviceList.configuration("list")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let office = try Headquarters(place)
    let rows = try office.store.devices().map { device in
      [
        Value.number(Int(device.id.number)), .text(device.name),
        .list(device.people.map(\.description)), device.state, .instant(device.heard),
        device.unsent.map { .number(Int(clamping: $0)) } ?? .none,
      ]
    }
    office.print(
      Report(
        "devices",
        tables: [
          .init(
            key: "devices",
            columns: [
              .init(key: "device", heading: .device, isNumber: true),
              .init(key: "name", heading: .name), .init(key: "people", heading: .people),
              .init(key: "state", heading: .state), .init(key: "heard_at", heading: .lastHeard),
              .init(key: "unsent", heading: .unsent, isNumber: true),
            ], rows: rows, empty: .noDeviceYet)
        ]), as: format.format)
  }
}
