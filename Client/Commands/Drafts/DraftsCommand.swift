import ArgumentParser
import Bytes
import Causality
import Fieldwork
import Forms
import Model
import Store

/// `kulkul drafts`: what was begun and not finished.
struct DraftsCommand: ParsableCommand {
  static let configuration = CommandHelp.drafts.configuration(
    "drafts",
    subcommands: [DraftListCommand.self, DraftResumeCommand.self, DraftDiscardCommand.self],
    default: DraftListCommand.self)
}

/// `kulkul drafts list`, which is also `kulkul drafts`.
struct DraftListCommand: StoreCommand {
  static let configuration = CommandHelp.draftList.configuration("list")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    let place = try bench.place()
    let drafts = try DraftLine.all(at: place)
    var report = Report("drafts", fields: [("drafts", .array(drafts.map(json)))])
    report.blocks = drafts.isEmpty ? [] : [.table(table(drafts, bench))]
    bench.print(report, output.format)
    guard output.format == .table else { return }
    bench.say(.drafts(drafts.count))
    if let first = drafts.first?.draft.key { bench.say(.howToFinish(first)) }
  }

  private func table(_ drafts: [DraftLine], _ bench: Workbench) -> Table {
    var table = Table([
      .init(.draft, isNumber: true), .init(.kind), .init(.name, isElastic: true), .init(.village),
      .init(.changed), .init(.answers, isNumber: true),
    ])
    for line in drafts {
      table.rows.append([
        Cell(line.draft.key.map { String($0) } ?? "", .bold),
        Cell(DraftWords.kind(record: line.short).text), Cell(line.name ?? ""),
        Cell(bench.name(of: line.draft.village)), Cell(bench.clock.text(line.draft.touched)),
        Cell(String(line.draft.wishes.count)),
      ])
    }
    return table
  }

  private func json(_ line: DraftLine) -> JSON {
    .object([
      ("draft", .int(line.draft.key ?? 0)),
      ("id", .optional(line.draft.record?.description)), ("letters", .optional(line.short)),
      ("name", .optional(line.name)), ("village", .string(line.draft.village.description)),
      ("touched", .string(SurveyClock.utc(line.draft.touched))),
      ("answers", .count(line.draft.wishes.count)),
    ])
  }
}

/// `kulkul drafts resume DRAFT`: goes on with one of them.
struct DraftResumeCommand: StoreCommand {
  static let configuration = CommandHelp.draftResume.configuration("resume")

  @Argument(help: OptionHelp.draft.argument)
  var draft: String

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    let place = try bench.place()
    let draft = try bench.draft(draft, at: place)
    guard bench.console.isInteractive else {
      throw Failure.needsTerminal(command: "drafts resume")
    }
    try InterviewRun(bench: bench, place: place).run(draft, output.format)
  }
}

/// `kulkul drafts discard DRAFT`: throws one of them away.
struct DraftDiscardCommand: StoreCommand {
  static let configuration = CommandHelp.draftDiscard.configuration("discard")

  @Argument(help: OptionHelp.draft.argument)
  var draft: String

  @OptionGroup var place: PlaceOptions

  func run(_ bench: Workbench) throws {
    let draft = try bench.draft(draft, at: try bench.place())
    try bench.store.discard(draft)
    bench.say(.draftGone(draft.key ?? 0))
  }
}

extension Workbench {
  /// The draft of the person's that a number means.
  func draft(_ typed: String, at place: Workplace) throws -> Draft {
    let drafts = try store.drafts(of: try place.worker())
    guard let draft = drafts.first(where: { $0.key.map { String($0) } == typed }) else {
      throw Failure.unknownDraft(typed, known: drafts.compactMap(\.key))
    }
    return draft
  }
}
