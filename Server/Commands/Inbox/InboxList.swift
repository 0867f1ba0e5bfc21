import ArgumentParser
import Causality
import Forms
import Model
import Store

/// `inbox list`: what waits, of whom, and who brought it.
struct InboxList: ParsableCommand {
  static let configuration = CommandHelp.inboxList.configuration("list")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let office = try Headquarters(place)
    let runs = try office.store.waitingRuns()
    let standing = try office.store.standing()
    let rows = runs.map { run in
      let village = standing.villages[run.stream.village]?.name
      return [
        Value.text(run.name), .coded(run.stream.village.description, shown: village ?? "–"),
        run.device.map { .number(Int($0.number)) } ?? .none, .number(Int(run.bearer.number)),
        .number(Int(clamping: run.counters.lowerBound)),
        .number(Int(clamping: run.counters.upperBound)), .number(run.frames),
        .number(run.changes), .number(run.size), .instant(run.arrived),
      ]
    }
    office.print(
      Report(
        "inbox",
        tables: [.init(key: "inbox", columns: Self.columns, rows: rows, empty: .nothingWaits)]),
      as: format.format)
    if format.format != .json, let first = runs.first { office.say(.howToDropWaiting(first.name)) }
  }

  private static let columns: [Report.Table.Column] = [
    .init(key: "name", heading: .name), .init(key: "village", heading: .village),
    .init(key: "device", heading: .device, isNumber: true),
    .init(key: "brought_by", heading: .bearer, isNumber: true),
    .init(key: "first", heading: .firstMissing, isNumber: true),
    .init(key: "last", heading: .lastMissing, isNumber: true),
    .init(key: "frames", heading: .frames, isNumber: true),
    .init(key: "changes", heading: .changes, isNumber: true),
    .init(key: "bytes", heading: .bytes, isNumber: true),
    .init(key: "arrived_at", heading: .arrived),
  ]
}
