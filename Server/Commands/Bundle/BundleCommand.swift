import ArgumentParser

/// `bundle`: changes that came in a file instead of a sync.
struct BundleCommand: ParsableCommand {
  static let configuration = CommandHelp.bundle.configuration(
    "bundle", subcommands: [BundleShow.self, BundleRead.self])
}
