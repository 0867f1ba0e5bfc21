import ArgumentParser
import Causality
import Forms
import Model
import Store
import Wire

/// `bundle show`: whose changes are in a file, and what of it is new here; none of its answers.
struct BundleShow: ParsableCommand {
  static let configuration = CommandHelp.bundleShow.configuration("show")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var format: FormatOptions

  @Argument(help: OptionHelp.bundleFile.argument("file"))
  private var file: String

  func run() throws {
    let office = try Headquarters(place)
    let contents = try BundleFile(path: file).read { source, size in
      defer { office.console.show(nil) }
      return try office.store.lookIntoBundle(source) { done in
        office.console.show(.bundle(.progress(done: done, all: size)))
      }
    }
    let standing = try office.store.standing()
    let header = contents.header
    let name = standing.directory.device(header.device)?.name
    var report = Report("bundle")
    report.facts = [
      .init("survey", .survey, .text(standing.survey?.name ?? "")),
      .init(
        "device", .device,
        .numbered(Int(header.device.number), shown: name ?? String(header.device.number))),
      .init("written_at", .at, .instant(header.time)),
      .init("directory", .directory, .number(header.directory.entries.count)),
    ]
    report.tables = [
      Report.Table(
        key: "changes", columns: Self.columns,
        rows: contents.villages.flatMap { entry in
          entry.people.map { person, count in
            [
              entry.village.map { village in
                .coded(
                  village.description, shown: standing.villages[village]?.name ?? "–")
              } ?? .none,
              person.map { .text($0.description) } ?? .none, .number(Int(clamping: count)),
              .number(Int(clamping: entry.new)),
            ]
          }
        }, empty: .bundle(.nothing))
    ]
    office.print(report, as: format.format)
    if let damage = contents.damage { throw Failure.bundle(.file(file, damage)) }
  }

  private static let columns: [Report.Table.Column] = [
    .init(key: "village", heading: .village), .init(key: "person", heading: .person),
    .init(key: "changes", heading: .changes, isNumber: true),
    .init(key: "new_in_village", heading: .newInVillage, isNumber: true),
  ]
}
