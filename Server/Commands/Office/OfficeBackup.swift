import ArgumentParser
import Store

/// `backup`: a checked copy of the store, while the office serves.
struct OfficeBackup: ParsableCommand {
  static let configuration = CommandHelp.backup.configuration("backup")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var format: FormatOptions

  @Argument(help: OptionHelp.backupFile.argument("file"))
  private var file: String

  @Flag(help: OptionHelp.replaceBackup.argument)
  private var replace = false

  func run() throws {
    let office = try Headquarters(place)
    let backup: Backup
    do {
      defer { office.console.show(nil) }
      backup = try office.store.backUp(
        to: file, replacing: replace,
        progress: { done, all in office.console.show(.progress(done: done, all: all)) },
        waits: { office.say(.backupWaits) })
    } catch let error as BackupError {
      throw Failure.backup(error)
    }
    office.print(
      Report(
        "backup",
        facts: [
          .init("file", .file, .text(file)), .init("bytes", .bytes, .number(Int(backup.bytes))),
          .init("changes", .changes, .number(backup.changes)),
          .init("records", .records, .number(backup.records)),
          .init("digest", .digest, .digest(backup.digest)),
          .init("ms", .duration, .numbered(Int(backup.duration), shown: "\(backup.duration) ms")),
        ]), as: format.format)
    office.say(.backupChecked)
  }
}
