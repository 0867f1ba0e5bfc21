import ArgumentParser

/// `void`: what is missing at the office, and going on without it.
struct VoidCommand: ParsableCommand {
  static let configuration = CommandHelp.void.configuration(
    "void", subcommands: [VoidList.self, VoidDeclare.self])
}
