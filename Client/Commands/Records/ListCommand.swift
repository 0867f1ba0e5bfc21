import ArgumentParser
import Bytes
import Fieldwork
import Store

/// `kulkul list`: records, the latest first.
struct ListCommand: StoreCommand {
  static let configuration = CommandHelp.list.configuration("list")

  @OptionGroup var records: RecordOptions

  @Flag(help: OptionHelp.reveal.argument)
  var reveal = false

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    let person = records.mine ? try bench.person() : try bench.personIfClear()
    let place = try bench.place(person: person, privacy: reveal ? .revealed : .masked)
    let lines = try Listing(place).lines(try records.request(bench))
    var report = Report(
      "records", fields: [("records", .array(lines.map { .object($0.fields) }))])
    report.blocks = lines.isEmpty ? [] : [.table(table(lines, bench))]
    bench.print(report, output.format)
    if output.format == .table { bench.say(.records(lines.count)) }
  }

  private func table(_ lines: [RecordLine], _ bench: Workbench) -> Table {
    var table = Table([
      .init(.record), .init(.name, isElastic: true), .init(.village), .init(.changed), .init(.who),
      .init(.state),
    ])
    for line in lines {
      table.rows.append([
        Cell(line.short, .bold), Cell(line.name ?? ""), Cell(bench.name(of: line.row.home)),
        Cell(bench.clock.text(line.row.changed)),
        Cell(line.row.editor.map { bench.name(of: $0) } ?? "", .dim),
        Cell(RecordWords.state(line, bench.standing.role), line.hasConflicts ? .warning : .dim),
      ])
    }
    return table
  }
}
