import ArgumentParser
import Bytes
import Fieldwork
import Store

/// `kulkul conflicts show RECORD [QUESTION]`: the sides, noted as shown.
struct ConflictShowCommand: StoreCommand {
  static let configuration = CommandHelp.conflictShow.configuration("show")

  @Argument(help: OptionHelp.record.argument)
  var record: String

  @Argument(help: OptionHelp.question.argument)
  var question: String?

  @Flag(help: OptionHelp.reveal.argument)
  var reveal = false

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    let place = try bench.place(privacy: reveal ? .revealed : .masked)
    let picked = try bench.record(record, at: place)
    let sheet = try ConflictDesk(place).show(picked.id, form: picked.form)
    let items = sheet.items.filter { item in
      question.map { item.place.description == $0 || item.place.name == $0 } ?? true
    }
    if let question, items.isEmpty {
      throw ResolveError.noConflict(picked.id, place: question)
    }
    let line = try Listing(place).line(picked.id, form: picked.form)
    let blocks = ConflictBlocks(bench, place)
    var report = Report(
      "conflict",
      fields: line.fields + [
        ("seen", .string(sheet.shown.token.description)),
        ("decide", .array(items.map(blocks.json))),
      ])
    report.blocks = [.line(RecordWords.title(line.short, name: line.name), .bold)]
    for item in items { report.blocks += [.gap] + blocks.long(item) }
    bench.print(report, output.format)
    guard output.format == .table else { return }
    if items.isEmpty { bench.say(.conflicts(0, checks: 0)) }
    if let first = items.first { bench.say(.howToResolve(picked.short, first)) }
  }
}
