import ArgumentParser
import Bytes
import Fieldwork
import Forms
import Store

/// `kulkul conflicts`: what people must decide.
struct ConflictsCommand: ParsableCommand {
  static let configuration = CommandHelp.conflicts.configuration(
    "conflicts", subcommands: [ConflictListCommand.self, ConflictShowCommand.self],
    default: ConflictListCommand.self)
}

/// `kulkul conflicts list`, which is also `kulkul conflicts`.
struct ConflictListCommand: StoreCommand {
  static let configuration = CommandHelp.conflictList.configuration("list")

  @Option(help: OptionHelp.ofVillage.argument)
  var village: String?

  @Option(help: OptionHelp.question.argument)
  var question: String?

  @Flag(help: OptionHelp.open.argument)
  var open = false

  @Flag(help: OptionHelp.contested.argument)
  var contested = false

  @Flag(help: OptionHelp.derived.argument)
  var derived = false

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    let place = try bench.place(person: try bench.personIfClear())
    let villages = try village.map { [try bench.village($0, isForReading: true).code] }
    let items = try ConflictDesk(place).list(
      villages: villages, question: question, kinds: kinds)
    let blocks = ConflictBlocks(bench, place)
    var report = Report("conflicts", fields: [("conflicts", .array(items.map(blocks.brief)))])
    report.blocks = items.isEmpty ? [] : [.table(table(items, bench, blocks))]
    bench.print(report, output.format)
    guard output.format == .table else { return }
    bench.say(.conflicts(items.count { !$0.isCheck }, checks: items.count(where: \.isCheck)))
    if let first = items.first { bench.say(.seeConflict(first.line.short)) }
  }

  /// The kinds asked for; all of them if none is named.
  private var kinds: Set<ConflictKind> {
    let named = [(ConflictKind.open, open), (.contested, contested), (.derived, derived)]
      .filter(\.1).map(\.0)
    return Set(named.isEmpty ? ConflictKind.allCases : named)
  }

  private func table(
    _ items: [ConflictItem], _ bench: Workbench, _ blocks: ConflictBlocks
  ) -> Table {
    var table = Table([
      .init(.record), .init(.name, isElastic: true), .init(.village), .init(.question),
      .init(.kind), .init(.sides, isElastic: true),
    ])
    for item in items {
      table.rows.append([
        Cell(item.line.short, .bold), Cell(item.line.name ?? ""),
        Cell(bench.name(of: item.line.row.home)),
        Cell(item.place.kind == .life ? ConflictWords.name(item.place) : "\(item.place)"),
        Cell(ConflictWords.kind(item).text, .warning),
        Cell(blocks.summary(item)),
      ])
    }
    return table
  }
}
