import Fieldwork

/// The words of import and export.
enum TableWords: Phrase {
  case progress(Int, of: Int)
  case exporting(Int, of: Int)
  case imported(ImportReport, skipped: Int, isDry: Bool)

  var text: String {
    switch self {
    case .progress(let done, let all): "read \(done) of \(all) lines"
    case .exporting(let done, let all): "exported \(done) of \(all) records"
    case .imported(let report, let skipped, true):
      "Would import \(Grammar.count(report.newRows, "new record")) and "
        + Grammar.count(report.editRows, "edit") + Self.leftOut(skipped)
    case .imported(let report, let skipped, false):
      "Imported \(Grammar.count(report.created.count, "new record")), changed "
        + Grammar.count(report.changed.count, "record")
        + (report.unchanged == 0
          ? "" : "; \(Grammar.count(report.unchanged, "row")) said nothing new")
        + Self.leftOut(skipped)
    }
  }

  private static func leftOut(_ rows: Int) -> String {
    rows == 0 ? "." : "; \(Grammar.count(rows, "wrong row")) left out."
  }
}
