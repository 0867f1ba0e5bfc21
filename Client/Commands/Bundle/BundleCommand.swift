import ArgumentParser
import Bytes
import Causality
import Forms
import Model
import Store

/// `kulkul bundle`: changes carried about in a file.
struct BundleCommand: ParsableCommand {
  static let configuration = CommandHelp.bundle.configuration(
    "bundle",
    subcommands: [
      BundleWriteCommand.self, BundleShowCommand.self, BundleReadCommand.self,
    ])
}

/// `kulkul bundle write FILE`: what is held here, for others.
struct BundleWriteCommand: StoreCommand {
  static let configuration = CommandHelp.bundleWrite.configuration("write")

  @Argument(help: OptionHelp.bundleFile.argument("file"))
  var file: String

  @Flag(help: OptionHelp.bundleAll.argument)
  var all = false

  @Option(name: .customLong("village"), help: OptionHelp.bundleVillage.argument("village"))
  var villages: [String] = []

  @Flag(help: OptionHelp.force.argument)
  var force = false

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    guard bench.standing.role == .laptop else { throw Failure.bundle(.standalone) }
    try Files.checkFree(file, replacing: force)
    let some = try villages.map { try bench.village($0, isForReading: true).code }
    let request = BundleRequest(villages: some.isEmpty ? nil : Set(some), isWhole: all)
    defer { bench.console.clearProgress() }
    let written = try Files.write(to: file, replacing: force) { sink in
      try bench.store.writeBundle(request, to: sink) { changes in
        bench.console.progress(BundleWords.writing(changes).text)
      }
    }
    bench.console.clearProgress()
    var report = Report(
      "bundle_written",
      fields: [
        ("file", .string(file)), ("bytes", .count(written.size)),
        ("changes", .int(Int64(written.changes))),
        ("villages", .array(written.villages.map { .string($0.description) })),
        ("unvouched", .int(Int64(written.unvouched))),
      ])
    report.blocks = [
      .line(BundleWords.written(written, file: file, isAll: all).text)
    ]
    bench.print(report, output.format)
    if written.unvouched > 0 { bench.say(.bundle(.unvouched(written.unvouched))) }
    if written.changes > 0 { bench.say(.bundle(.isOpen)) }
  }
}

/// `kulkul bundle read FILE`: takes in what others wrote.
struct BundleReadCommand: StoreCommand {
  static let configuration = CommandHelp.bundleRead.configuration("read")

  @Argument(help: OptionHelp.bundleFile.argument("file"))
  var file: String

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    try BundleReadRun(bench: bench, file: file).run(output.format)
  }
}
