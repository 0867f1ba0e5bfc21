import ArgumentParser
import Bytes
import Fieldwork
import Store

/// `kulkul log [RECORD]`: what happened to a record, or which records were touched last.
struct LogCommand: StoreCommand {
  static let configuration = CommandHelp.log.configuration("log")

  @Argument(help: OptionHelp.record.argument)
  var record: String?

  @Flag(help: OptionHelp.reveal.argument)
  var reveal = false

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  private static let limit = 20

  func run(_ bench: Workbench) throws {
    let place = try bench.place(
      person: try bench.personIfClear(), privacy: reveal ? .revealed : .masked)
    guard let record else { return try recent(bench, place) }
    let picked = try bench.record(record, at: place)
    let history = try History(place, of: picked.id, form: picked.form)
    bench.print(HistoryReport(bench: bench, history: history).report, output.format)
    if !history.isWhole { bench.say(.olderAtOffice) }
  }

  /// The records that were touched last.
  private func recent(_ bench: Workbench, _ place: Workplace) throws {
    var request = ListRequest()
    let alive = try Listing(place).lines(request)
    request.deleted = true
    let lines = (alive + (try Listing(place).lines(request)))
      .sorted { $0.row.changed > $1.row.changed }.prefix(Self.limit)
    var table = Table([
      .init(.changed), .init(.who), .init(.record), .init(.name, isElastic: true),
      .init(.village), .init(.state),
    ])
    for line in lines {
      table.rows.append([
        Cell(bench.clock.text(line.row.changed)),
        Cell(line.row.editor.map { bench.name(of: $0) } ?? ""), Cell(line.short, .bold),
        Cell(line.name ?? ""), Cell(bench.name(of: line.row.home)),
        Cell(RecordWords.state(line, bench.standing.role), .dim),
      ])
    }
    var report = Report(
      "records", fields: [("records", .array(lines.map { .object($0.fields) }))])
    report.blocks = lines.isEmpty ? [] : [.table(table)]
    bench.print(report, output.format)
  }
}
