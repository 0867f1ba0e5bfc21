import ArgumentParser

/// `quarantine`: the changes that the office did not take.
struct QuarantineCommand: ParsableCommand {
  static let configuration = CommandHelp.quarantine.configuration(
    "quarantine",
    subcommands: [
      QuarantineList.self, QuarantineShow.self, QuarantineTake.self, QuarantineDrop.self,
    ])
}
