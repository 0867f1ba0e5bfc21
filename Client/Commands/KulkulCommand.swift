import ArgumentParser

/// The program's commands.
struct KulkulCommand: ParsableCommand {
  static let configuration = CommandHelp.kulkul.configuration(
    "kulkul",
    subcommands: [
      DayCommand.self, JoinCommand.self, InitCommand.self, AsCommand.self, WhoamiCommand.self,
      AddCommand.self, DraftsCommand.self, EditCommand.self, ShowCommand.self, ListCommand.self,
      MoveCommand.self,
      DeleteCommand.self, UndeleteCommand.self, LogCommand.self, ImportCommand.self,
      ExportCommand.self, CoverageCommand.self, StatusCommand.self, SyncCommand.self,
      BundleCommand.self,
      ConflictsCommand.self, ResolveCommand.self, VerifyCommand.self, BackupCommand.self,
      TrimCommand.self,
    ], default: DayCommand.self, version: "0.1.0")

  // NB: commands that have this group themselves get the value from here when it stands before them.
  @OptionGroup var place: PlaceOptions
}

/// A command that works on a store: it opens it, and does one thing.
protocol StoreCommand: ParsableCommand {
  /// Which store, as whom, in which language.
  var place: PlaceOptions { get }

  /// Does it.
  func run(_ bench: Workbench) throws
}

extension StoreCommand {
  func run() throws {
    let bench = try Workbench(place)
    defer { bench.leave() }
    do {
      try run(bench)
    } catch {
      throw Failure(error, at: bench) ?? error
    }
  }
}
