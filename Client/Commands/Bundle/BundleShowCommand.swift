import ArgumentParser
import Bytes
import Causality
import Forms
import Model
import Store
import Wire

/// `kulkul bundle show FILE`: whose changes are in a bundle, and what of it is new here; none of its
/// answers.
struct BundleShowCommand: StoreCommand {
  static let configuration = CommandHelp.bundleShow.configuration("show")

  @Argument(help: OptionHelp.bundleFile.argument("file"))
  var file: String

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    let contents = try bench.readingBundle(file) {
      try bench.store.lookIntoBundle($0, progress: $1)
    }
    let header = contents.header
    let changes = contents.villages.reduce(0) { $0 + $1.changes }
    let new = contents.villages.reduce(0) { $0 + $1.new }
    let writer = bench.standing.directory.device(header.device)?.name
    var report = Report(
      "bundle",
      fields: [
        ("file", .string(file)), ("survey", .optional(bench.standing.survey?.name)),
        ("device", .int(Int64(header.device.number))), ("device_name", .optional(writer)),
        ("written_at", .string(SurveyClock.utc(header.time))),
        ("directory", .count(header.directory.entries.count)),
        ("changes", .int(Int64(changes))), ("new", .int(Int64(new))),
        ("villages", .array(contents.villages.map(Self.json))),
        ("damage", .optional(contents.damage?.word)),
      ])
    report.blocks = [
      .pairs([
        (Label.survey.text, Cell(bench.standing.survey?.name ?? "", .bold)),
        (Label.writtenBy.text, Cell(writer ?? BundleWords.laptop(header.device).text)),
        (Label.writtenAt.text, Cell(bench.clock.text(header.time))),
        (Label.changes.text, Cell(BundleWords.changes(changes, new: new).text)),
      ])
    ]
    if !contents.villages.isEmpty { report.blocks += [.gap, .table(table(contents, bench))] }
    bench.print(report, output.format)
    if let damage = contents.damage { throw Failure.bundle(.file(file, damage)) }
  }

  private func table(_ contents: BundleContents, _ bench: Workbench) -> Table {
    var table = Table([
      .init(.village), .init(.changes, isNumber: true), .init(.new, isNumber: true),
      .init(.writtenBy), .init(.note),
    ])
    for entry in contents.villages {
      let people = entry.people.map { person, count in
        "\(person.map { bench.name(of: $0) } ?? Label.strangers.text) \(count)"
      }
      table.rows.append([
        Cell(entry.village.map { bench.name(of: $0) } ?? Label.outside.text),
        Cell(String(entry.changes)), Cell(String(entry.new)),
        Cell(people.joined(separator: ", ")),
        Cell(entry.isHeld ? "" : Label.notHeld.text, .dim),
      ])
    }
    return table
  }

  private static func json(_ entry: BundleContents.Village) -> JSON {
    .object([
      ("village", .optional(entry.village?.description)), ("held", .bool(entry.isHeld)),
      ("changes", .int(Int64(entry.changes))), ("new", .int(Int64(entry.new))),
      (
        "people",
        .array(
          entry.people.map { person, count in
            .object([
              ("person", .optional(person?.description)), ("changes", .int(Int64(count))),
            ])
          })
      ),
    ])
  }
}
