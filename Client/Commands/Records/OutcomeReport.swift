import Bytes
import Causality
import Fieldwork
import Forms
import Model
import Store

/// Says what came of an action: what was done, and what the person should know about it.
struct OutcomeReport {
  let bench: Workbench
  let place: Workplace

  /// Prints an outcome: words on stderr, data for programs on stdout.
  func print(_ outcome: Outcome, _ deed: OutcomeWords, _ format: Format) throws {
    let line = try Listing(place).line(outcome.record, form: outcome.form)
    if format == .json { bench.print(report(outcome, line), .json) }
    bench.console.say(
      outcome.isChanged
        ? deed.text(line.short, name: line.name, village: bench.name(of: line.row.home))
        : OutcomeWords.unchanged(line.short))
    for finding in outcome.findings.warnings { say(finding, as: .warning) }
    for shared in outcome.findings.shared { bench.console.say(SharedWords(shared).text) }
    for finding in outcome.findings.standing { say(finding, as: .standing) }
    for name in outcome.unseen { bench.say(.unseen(name.description)) }
    for name in outcome.beside { bench.say(.beside(name.description)) }
    if outcome.conflicts > 0 || outcome.checks > 0 {
      bench.say(.decide(outcome.conflicts, checks: outcome.checks, record: line.short))
    }
  }

  private func say(_ finding: Finding, as severity: FindingWords.Severity) {
    bench.console.say(
      FindingWords(finding, severity, language: place.language).text)
  }

  private func report(_ outcome: Outcome, _ line: RecordLine) -> Report {
    Report(
      "outcome",
      fields: [
        ("id", .string(outcome.record.description)), ("letters", .string(line.short)),
        ("village", .string(outcome.village.description)), ("changed", .bool(outcome.isChanged)),
        ("seen", .string(outcome.token.description)),
        ("written", .array(outcome.written.map { .string($0.description) })),
        ("unseen", .array(outcome.unseen.map { .string($0.description) })),
        ("beside", .array(outcome.beside.map { .string($0.description) })),
        (
          "warnings",
          .array(
            outcome.findings.warnings.map(json)
              + outcome.findings.shared.map { SharedWords($0).json }
          )
        ),
        ("errors", .array(outcome.findings.standing.map(json))),
        ("conflicts", .count(outcome.conflicts)), ("checks", .count(outcome.checks)),
      ])
  }

  private func json(_ finding: Finding) -> JSON {
    FindingWords(finding, .warning, language: place.language).json
  }
}
