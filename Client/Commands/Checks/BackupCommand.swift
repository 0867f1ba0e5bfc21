import ArgumentParser
import Bytes
import Causality
import Store

/// `kulkul backup FILE`: a checked copy of this laptop's store.
struct BackupCommand: StoreCommand {
  static let configuration = CommandHelp.backup.configuration("backup")

  @Argument(help: OptionHelp.backupFile.argument("file"))
  var file: String

  @Flag(help: OptionHelp.replaceBackup.argument)
  var replace = false

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    let backup: Backup
    do {
      defer { bench.console.clearProgress() }
      backup = try bench.store.backUp(to: file, replacing: replace) { done, all in
        bench.console.progress(VerifyWords.progress(done, of: all).text)
      }
    } catch let error as BackupError {
      throw Failure.backup(error)
    }
    var report = Report(
      "backup",
      fields: [
        ("file", .string(file)), ("bytes", .int(backup.bytes)), ("changes", .count(backup.changes)),
        ("records", .count(backup.records)), ("digest", .string(Hex.text(backup.digest.bytes))),
        ("ms", .int(backup.duration)),
      ])
    report.blocks = [.line(BackupWords.made(backup, file: file).text)]
    bench.print(report, output.format)
    bench.say(.backupChecked)
  }
}
