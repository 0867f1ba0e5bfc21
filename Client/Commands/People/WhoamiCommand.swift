import ArgumentParser
import Bytes
import Causality
import Model
import Store

/// `kulkul whoami`: who works on the laptop, and where.
struct WhoamiCommand: StoreCommand {
  static let configuration = CommandHelp.whoami.configuration("whoami")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    let id = try bench.person()
    let person = bench.standing.directory.person(id)
    let scope = bench.standing.scope.filter { person?.scope.contains($0) ?? true }
    let others = bench.served.filter { $0 != id }
    var report = Report(
      "whoami",
      fields: [
        ("person", .string(id.description)), ("name", .optional(person?.name)),
        ("role", .optional(person?.role.description)),
        ("villages", .array(scope.map { .string($0.description) })),
        ("others", .array(others.map { .string($0.description) })),
      ])
    report.blocks = [
      .line(DayWords.person(bench.name(of: id), person?.role).text, .bold),
      .line(DayWords.villages(scope.map { bench.name(of: $0) }).text),
    ]
    if !others.isEmpty { report.blocks.append(.line(DayWords.others(others).text)) }
    bench.print(report, output.format)
  }
}
