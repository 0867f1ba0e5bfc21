import ArgumentParser
import Bytes
import Fieldwork
import Model
import Store

/// `kulkul verify`: whether the store is sound and nothing is lost.
struct VerifyCommand: StoreCommand {
  static let configuration = CommandHelp.verify.configuration("verify")

  @Flag(help: OptionHelp.replaced.argument)
  var list = false

  @Flag(help: OptionHelp.reveal.argument)
  var reveal = false

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    let found = try bench.store.verify(listing: list) { done, all in
      bench.console.progress(VerifyWords.progress(done, of: all).text)
    }
    bench.console.clearProgress()
    let place = try bench.place(
      person: try bench.personIfClear(), privacy: reveal ? .revealed : .masked)
    let replaced = Replaced(found, at: place)
    var report = Report("verify", fields: fields(found, replaced))
    report.blocks = [
      .line(VerifyWords.looked(found).text), .line(VerifyWords.answers(found).text),
    ]
    report.blocks += replaced.counts.map { count in
      .line(
        VerifyWords.replaced(
          count.number, by: count.replacer.map { bench.name(of: $0) },
          count.questions.map { ($0.question, $0.number) }
        ).text)
    }
    if list { report.blocks += [.gap, .table(table(replaced, bench))] }
    for problem in found.problems {
      report.blocks.append(.line(VerifyWords.problem(problem).text, .alarm))
    }
    bench.print(report, output.format)
    guard found.isClean else { throw Failure.unsound(found.problems.count) }
    bench.say(.sound)
  }

  private func table(_ replaced: Replaced, _ bench: Workbench) -> Table {
    var table = Table([
      .init(.record), .init(.question), .init(.answer, isElastic: true), .init(.of),
      .init(.replacedBy),
    ])
    for line in replaced.lines {
      table.rows.append([
        Cell(bench.letters(of: line.replacement.record), .bold), Cell("\(line.place)"),
        Cell(line.text), Cell(bench.name(of: line.replacement.person)),
        Cell(line.replacement.replacer.map { bench.name(of: $0) } ?? Label.elsewhere.text),
      ])
    }
    return table
  }

  private func fields(
    _ found: VerifyReport, _ replaced: Replaced
  ) -> [(key: String, value: JSON)] {
    [
      ("clean", .bool(found.isClean)), ("changes", .count(found.changes)),
      ("streams", .count(found.streams)), ("records", .count(found.records)),
      (
        "answers",
        .object([
          ("current", .count(found.current)), ("settled", .count(found.settled)),
          ("in_conflict", .count(found.inConflict)), ("replaced", .count(found.replaced)),
        ])
      ), ("replaced_by", .array(replaced.counts.map(json))),
      ("replacements", list ? .array(replaced.lines.map(json)) : .null),
      ("waiting", .count(found.waiting)), ("problems", .array(found.problems.map(\.json))),
    ]
  }

  private func json(_ count: Replaced.Count) -> JSON {
    .object([
      ("person", .optional(count.replacer?.description)), ("answers", .count(count.number)),
      (
        "questions",
        .array(
          count.questions.map {
            .object([("question", .string($0.question)), ("answers", .count($0.number))])
          })
      ),
    ])
  }

  private func json(_ line: Replaced.Line) -> JSON {
    .object([
      ("id", .string(line.replacement.record.description)),
      ("question", .string(line.place.description)), ("element", .optional(line.place.element)),
      ("text", .string(line.text)), ("person", .string(line.replacement.person.description)),
      ("replaced_by", .optional(line.replacement.replacer?.description)),
    ])
  }
}
