import Bytes
import Causality
import Courier
import Fieldwork
import Model
import Store
import Sync
import Wire

/// One sync, told while it goes and summed up in words.
struct SyncRun {
  let bench: Workbench

  func run(_ format: Format) throws {
    let before = try conflicts()
    let summary = try exchange()
    try bench.refresh()
    let after = try conflicts()
    let known = Set(before.filter { !$0.isCheck }.map(\.key))
    let new = after.count { !$0.isCheck && !known.contains($0.key) }
    let reopened = after.filter { item in
      !item.reopenedBy.isEmpty
        && !before.contains { $0.key == item.key && $0.decision == item.decision }
    }
    let due = try ToDecide(try bench.place(person: try bench.personIfClear()))
    var report = Report(
      "sync",
      fields: [
        ("sent", .int(Int64(summary.sent))), ("received", .count(summary.received)),
        ("new_conflicts", .count(new)), ("reopened", .array(reopened.map(json))),
        ("conflicts", .count(due.conflicts)), ("checks", .count(due.checks)),
        ("unsent", .int(Int64(summary.unsent))),
        ("waiting", .count(summary.waiting)), ("rounds", .count(summary.rounds)),
        ("released", .array(summary.released.map { .string($0.description) })),
        ("refusals", .array(summary.refusals.map(json))),
      ])
    report.blocks = [
      .line(SyncWords.summary(summary, newConflicts: new).text)
    ]
    bench.print(report, format)
    for refusal in summary.refusals {
      bench.say(.refusal(refusal.ground, village: bench.name(of: refusal.stream.village)))
    }
    if !summary.released.isEmpty {
      bench.say(.released(summary.released.map { bench.name(of: $0) }))
    }
    for item in reopened {
      bench.say(
        .reopened(
          ConflictWords.name(item.place), record: item.line.short,
          settledBy: item.decision.map { bench.name(of: $0) } ?? "",
          writtenBy: item.reopenedBy.map { bench.name(of: $0) }))
    }
    if new > 0 || !reopened.isEmpty { bench.say(.seeConflicts) }
    if !summary.refusals.isEmpty { throw Failure.notTaken(summary.refusals.count) }
  }

  private func exchange() throws -> SyncSummary {
    defer { bench.console.clearProgress() }
    return try bench.asking(bench.standing.address) {
      try bench.courier.sync { progress in
        bench.console.progress(SyncWords.progress(progress).text)
      }
    }
  }

  /// The conflicts around the person's villages.
  private func conflicts() throws -> [ConflictItem] {
    guard bench.standing.survey != nil else { return [] }
    return try ConflictDesk(try bench.place(person: try bench.personIfClear())).list()
  }

  private func json(_ item: ConflictItem) -> JSON {
    .object([
      ("id", .string(item.line.record.description)),
      ("question", .string(item.place.description)), ("element", .optional(item.place.element)),
      ("by", .array(item.reopenedBy.map { .string($0.description) })),
    ])
  }

  private func json(_ refusal: Refusal) -> JSON {
    .object([
      ("village", .string(refusal.stream.village.description)),
      ("replica", .string(refusal.stream.replica.description)),
      ("counter", .int(Int64(refusal.counter))), ("ground", .string("\(refusal.ground)")),
    ])
  }
}

extension ConflictItem {
  /// What names it: the same before and after a sync.
  fileprivate var key: String {
    "\(line.record) \(place) \(place.element ?? "") \(kind.rawValue)"
  }
}
