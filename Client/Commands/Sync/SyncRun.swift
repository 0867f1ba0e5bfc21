import Bytes
import Causality
import Courier
import Fieldwork
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
    let new = try conflicts().subtracting(before).count
    var report = Report(
      "sync",
      fields: [
        ("sent", .int(Int64(summary.sent))), ("received", .count(summary.received)),
        ("new_conflicts", .count(new)), ("unsent", .int(Int64(summary.unsent))),
        ("waiting", .count(summary.waiting)), ("rounds", .count(summary.rounds)),
        ("refusals", .array(summary.refusals.map(json))),
      ])
    report.blocks = [
      .line(SyncWords.summary(summary, newConflicts: new).text)
    ]
    bench.print(report, format)
    for refusal in summary.refusals {
      bench.say(.refusal(refusal.ground, village: bench.name(of: refusal.stream.village)))
    }
    if new > 0 { bench.say(.seeConflicts) }
    if !summary.refusals.isEmpty { throw Failure.notTaken(summary.refusals.count) }
  }

  private func exchange() throws -> SyncSummary {
    defer { bench.console.clearProgress() }
    return try bench.courier.sync { progress in
      bench.console.progress(SyncWords.progress(progress).text)
    }
  }

  /// What names every conflict, to tell new ones.
  private func conflicts() throws -> Set<String> {
    guard bench.standing.survey != nil else { return [] }
    let items = try ConflictDesk(try bench.place(person: nil)).list()
    return Set(items.map { "\($0.line.record) \($0.place) \($0.isCheck)" })
  }

  private func json(_ refusal: Refusal) -> JSON {
    .object([
      ("village", .string(refusal.stream.village.description)),
      ("replica", .string(refusal.stream.replica.description)),
      ("counter", .int(Int64(refusal.counter))), ("ground", .string("\(refusal.ground)")),
    ])
  }
}
