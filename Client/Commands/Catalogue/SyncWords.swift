import Courier
import Sync

/// The words of a sync.
enum SyncWords: Phrase {
  case summary(SyncSummary, newConflicts: Int)
  case progress(CourierProgress)

  var text: String {
    switch self {
    case .summary(let summary, let new):
      "sent \(summary.sent), received \(summary.received), "
        + (new == 0 ? "no new conflicts" : Grammar.count(new, "new conflict")) + "; "
        + Self.state(summary)
    case .progress(let progress):
      "round \(progress.round): sent \(progress.sent >> 10) of \(progress.toSend >> 10) KiB, "
        + "received \(progress.received >> 10) KiB"
    }
  }

  private static func state(_ summary: SyncSummary) -> String {
    if summary.unsent > 0 {
      // NB: not all of them need be of whoever syncs: several people may share a laptop.
      return "\(Grammar.count(summary.unsent, "change")) on this laptop "
        + (summary.unsent == 1 ? "is" : "are") + " not at the office"
    }
    return summary.waiting == 0
      ? "all your work is at the office"
      : "all your work is at the office; \(Grammar.count(summary.waiting, "frame")) "
        + "here must wait for others"
  }
}
