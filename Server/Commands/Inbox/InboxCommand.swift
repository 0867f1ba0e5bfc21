import ArgumentParser

/// `inbox`: what waits for what it names.
struct InboxCommand: ParsableCommand {
  static let configuration = CommandHelp.inbox.configuration(
    "inbox", subcommands: [InboxList.self, InboxDrop.self])
}
