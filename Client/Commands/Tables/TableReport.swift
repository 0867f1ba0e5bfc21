import Bytes
import Fieldwork
import Model

/// Says what came of an import, row by row where something was the matter.
struct TableReport {
  let bench: Workbench
  let place: Workplace

  /// The most rows that are spelled out.
  private static let limit = 20

  /// Prints what was imported.
  func print(_ imported: ImportReport, isDry: Bool, _ format: Format) {
    say(imported.warnings)
    say(imported.skipped)
    for (record, name) in imported.unseen.prefix(Self.limit) {
      bench.say(.unseen("\(bench.letters(of: record)) \(name)"))
    }
    for (record, name) in imported.beside.prefix(Self.limit) {
      bench.say(.beside("\(bench.letters(of: record)) \(name)"))
    }
    var report = Report(
      "import",
      fields: [
        ("dry_run", .bool(isDry)),
        ("created", .array(imported.created.map { .string($0.description) })),
        ("changed", .array(imported.changed.map { .string($0.description) })),
        ("unchanged", .count(imported.unchanged)),
        ("skipped", .array(imported.skipped.map(json))),
        ("warnings", .array(imported.warnings.map(json))),
      ])
    let skipped = Set(imported.skipped.map(\.line)).count
    report.blocks = [.line(TableWords.imported(imported, skipped: skipped, isDry: isDry).text)]
    bench.print(report, format)
  }

  /// Says what is the matter with rows.
  func say(_ problems: [ImportProblem]) {
    for problem in problems.prefix(Self.limit) {
      bench.console.say(ProblemWords(problem, language: place.language).text)
    }
    if problems.count > Self.limit { bench.say(.moreProblems(problems.count - Self.limit)) }
  }

  private func json(_ problem: ImportProblem) -> JSON {
    .object([
      ("line", .count(problem.line)), ("column", .optional(problem.column)),
      ("text", .string(ProblemWords(problem, language: place.language).what)),
    ])
  }
}
