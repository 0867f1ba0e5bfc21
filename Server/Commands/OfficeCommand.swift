import ArgumentParser
import Office

/// The whole command line of the office.
struct OfficeCommand: ParsableCommand {
  static let configuration = CommandHelp.program.configuration(
    OfficeProgram.name,
    subcommands: [
      OfficeInit.self, PersonCommand.self, OfficeAssign.self, DeviceCommand.self,
      FormCommand.self, QuarantineCommand.self, VoidCommand.self, InboxCommand.self,
      BundleCommand.self,
      OfficeServe.self, OfficeStatus.self,
      OfficeCoverage.self, OfficeVerify.self, OfficeBackup.self, OfficeRestore.self,
    ],
    version: "\(OfficeProgram.name) \(Release.version)")

  // NB: commands that have this group themselves get the value from here when it stands before them.
  @OptionGroup var place: PlaceOptions
}
