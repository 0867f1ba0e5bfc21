import ArgumentParser
import Store

/// `kulkul sync`: an exchange with the office.
struct SyncCommand: StoreCommand {
  static let configuration = CommandHelp.sync.configuration("sync")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    guard bench.standing.role == .laptop else { throw Failure.standaloneSync }
    try SyncRun(bench: bench).run(output.format)
  }
}
