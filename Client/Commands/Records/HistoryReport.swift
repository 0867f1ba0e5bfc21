import Bytes
import Causality
import Fieldwork

/// What happened to a record, as `log` prints it.
struct HistoryReport {
  let bench: Workbench
  let history: History

  var report: Report {
    var report = Report(
      "log",
      fields: history.line.fields + [
        ("changes", .array(history.entries.map(json))), ("is_whole", .bool(history.isWhole)),
      ])
    report.blocks = [
      .line(RecordWords.title(history.line.short, name: history.line.name), .bold)
    ]
    for entry in history.entries { report.blocks += [.gap] + blocks(entry) }
    return report
  }

  private func blocks(_ entry: HistoryEntry) -> [Report.Block] {
    let witness = entry.witness
    var blocks: [Report.Block] = [
      .line(
        HistoryWords.head(
          entry.deed, time: bench.clock.text(witness.time), trust: witness.trust,
          who: bench.name(of: witness), villages: entry.villages.map { bench.name(of: $0) }))
    ]
    if let reason = witness.reason { blocks.append(.line(HistoryWords.reason(reason))) }
    for line in entry.lines where line.place.kind != .life {
      blocks.append(.line(HistoryWords.line(line), .dim))
    }
    return blocks
  }

  private func json(_ entry: HistoryEntry) -> JSON {
    .object([
      ("deed", .string(entry.deed.rawValue)),
      ("village", .string(entry.village.description)),
      ("villages", .array(entry.villages.map { .string($0.description) })),
      ("arrived_at", .string(SurveyClock.utc(entry.arrived))),
      ("by", ConflictBlocks.json(entry.witness)),
      (
        "answers",
        .array(
          entry.lines.map { line in
            .object([
              ("name", .string(line.place.description)),
              ("element", .optional(line.place.element)),
              ("old", .array(line.old.map { .string($0) })), ("new", .string(line.new)),
              ("there", line.isThere.map { .bool($0) } ?? .null),
            ])
          })
      ),
    ])
  }
}
