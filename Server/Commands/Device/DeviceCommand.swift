import ArgumentParser

/// `device`: the laptops of the survey.
struct DeviceCommand: ParsableCommand {
  static let configuration = CommandHelp.device.configuration(
    "device",
    subcommands: [
      DeviceInvite.self, DeviceList.self, DeviceChange.self, DeviceRevoke.self,
    ])
}
