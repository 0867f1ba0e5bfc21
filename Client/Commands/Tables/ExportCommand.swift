import ArgumentParser
import Bytes
import Fieldwork
import Forms

/// In which form records are exported.
enum ExportFormat: String, ExpressibleByArgument, CaseIterable {
  case csv
  case json
}

/// `kulkul export`: records as a table or as JSON, noted as shown.
struct ExportCommand: StoreCommand {
  static let configuration = CommandHelp.export.configuration("export")

  @Option(help: OptionHelp.exportFormat.argument)
  var format: ExportFormat = .csv

  @Flag(help: OptionHelp.withPrivate.argument)
  var withPrivate = false

  @Option(name: .shortAndLong, help: OptionHelp.output.argument("file"))
  var output: String?

  @Flag(help: OptionHelp.force.argument)
  var force = false

  @OptionGroup var records: RecordOptions
  @OptionGroup var place: PlaceOptions

  func run(_ bench: Workbench) throws {
    if let output { try Files.checkFree(output, replacing: force) }
    let place = try bench.place()
    let form = try bench.form()
    let request = ExportRequest(
      form: form.id, records: try records.request(bench), withPrivate: withPrivate)
    var bytes: [UInt8] = []
    // NB: a file is written at once when all is there, so that no half of one is left behind.
    let sink: ([UInt8]) throws -> Void = { [isFile = output != nil] part in
      if isFile { bytes += part } else { bench.console.write(part) }
      if bench.console.isUnread { throw ExitCode.success }
    }
    let progress: (Int, Int) -> Void = { done, all in
      bench.console.progress(TableWords.exporting(done, of: all).text)
    }
    let exporter = Exporter(place)
    let report =
      format == .csv
      ? try exporter.csv(request, to: sink, progress: progress)
      : try exporter.json(request, to: sink, progress: progress)
    bench.console.clearProgress()
    if let output { try Files.write(bytes, to: output, replacing: force) }
    try bench.console.finish()
    bench.say(.exported(report.records, file: output))
    if report.rowsLeftOut > 0 { bench.say(.rowsLeftOut(report.rowsLeftOut)) }
  }
}
