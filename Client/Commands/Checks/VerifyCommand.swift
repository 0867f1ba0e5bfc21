import ArgumentParser
import Bytes
import Store

/// `kulkul verify`: whether the store is sound and nothing is lost.
struct VerifyCommand: StoreCommand {
  static let configuration = CommandHelp.verify.configuration("verify")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    let found = try bench.store.verify { done, all in
      bench.console.progress(VerifyWords.progress(done, of: all).text)
    }
    bench.console.clearProgress()
    let problems = found.problems.map { VerifyWords.problem($0).text }
    var report = Report(
      "verify",
      fields: [
        ("clean", .bool(found.isClean)), ("changes", .count(found.changes)),
        ("streams", .count(found.streams)), ("records", .count(found.records)),
        (
          "answers",
          .object([
            ("current", .count(found.current)), ("settled", .count(found.settled)),
            ("in_conflict", .count(found.inConflict)), ("replaced", .count(found.replaced)),
          ])
        ), ("waiting", .count(found.waiting)),
        ("problems", .array(problems.map { .string($0) })),
      ])
    report.blocks = [
      .line(VerifyWords.looked(found).text), .line(VerifyWords.answers(found).text),
    ]
    for problem in problems { report.blocks.append(.line(problem, .alarm)) }
    bench.print(report, output.format)
    guard found.isClean else { throw Failure.unsound(found.problems.count) }
    bench.say(.sound)
  }
}
