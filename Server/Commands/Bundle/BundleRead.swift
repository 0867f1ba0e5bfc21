import ArgumentParser
import Causality
import Forms
import Model
import Store
import Wire

/// `bundle read`: takes in what laptops wrote into a file, judged as if each had brought its own.
struct BundleRead: ParsableCommand {
  static let configuration = CommandHelp.bundleRead.configuration("read")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var format: FormatOptions

  @Argument(help: OptionHelp.bundleFile.argument("file"))
  private var file: String

  func run() throws {
    let office = try Headquarters(place)
    let read = try BundleFile(path: file).read { source, size in
      defer { office.console.show(nil) }
      return try office.store.readBundle(source) { done in
        office.console.show(.bundle(.progress(done: done, all: size)))
      }
    }
    let villages = try office.store.standing().villages
    var report = Report("bundle_read")
    report.facts = [
      .init("received", .received, .number(read.received)),
      .init("reverted", .reverted, .number(read.reverted)),
      .init("left_out", .leftOut, .number(Int(clamping: read.leftOut))),
      .init("waiting_frames", .waiting, .number(read.waiting)),
      .init("directory", .directory, .number(read.directory)),
    ]
    report.tables = [
      Report.Table(
        key: "villages", columns: Self.columns,
        rows: read.villages.map { entry in
          [
            .coded(
              entry.village.description, shown: villages[entry.village]?.name ?? "–"),
            .number(Int(clamping: entry.changes)), .number(entry.received),
            .number(entry.refused),
          ]
        }, empty: .bundle(.nothing)),
      Report.Table(
        key: "refusals", columns: Self.refusalColumns,
        rows: read.refusals.map { refusal in
          [
            .coded(
              refusal.stream.village.description,
              shown: villages[refusal.stream.village]?.name ?? "–"),
            .number(Int(clamping: refusal.counter)),
            .term(word: refusal.ground.word, .ground(refusal.ground)),
          ]
        }),
    ]
    if read.refusals.isEmpty && format.format != .json { report.tables.removeLast() }
    office.print(report, as: format.format)
    if !read.refusals.isEmpty { office.say(.seeAside) }
    if read.waiting > 0 { office.say(.seeMissing) }
    if let damage = read.damage { throw Failure.bundle(.file(file, damage)) }
    if !read.refusals.isEmpty { throw Failure.bundle(.notTaken(read.refusals.count)) }
  }

  private static let columns: [Report.Table.Column] = [
    .init(key: "village", heading: .village),
    .init(key: "changes", heading: .changes, isNumber: true),
    .init(key: "received", heading: .received, isNumber: true),
    .init(key: "refused", heading: .refused, isNumber: true),
  ]
  private static let refusalColumns: [Report.Table.Column] = [
    .init(key: "village", heading: .village),
    .init(key: "counter", heading: .change, isNumber: true),
    .init(key: "ground", heading: .ground),
  ]
}
