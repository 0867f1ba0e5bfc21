import ArgumentParser
import Causality
import Forms
import Model
import Store

/// `void list`: what is missing, and how much waits for it.
struct VoidList: ParsableCommand {
  static let configuration = CommandHelp.voidList.configuration("list")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var format: FormatOptions

  @Flag(help: OptionHelp.allDeclared.argument)
  private var all = false

  func run() throws {
    let office = try Headquarters(place)
    let missing = try office.store.missing(all: all)
    let standing = try office.store.standing()
    let rows = missing.map { run in
      let village = standing.villages[run.village]?.name
      return [
        Value.text(run.name), .coded(run.village.description, shown: village ?? "–"),
      ] + run.wanted.values + [
        .number(run.waiting), run.declaration == nil ? .instant(run.since) : .none, run.state,
        run.declaration.map { .instant($0.declared) } ?? .none,
        run.declaration.map { .text($0.person.description) } ?? .none,
        run.declaration.map { .text($0.reason) } ?? .none,
      ]
    }
    var table = Report.Table(
      key: "missing", columns: Self.columns, rows: rows, empty: .nothingMissing)
    if format.format != .json && !all {
      // What was declared has no columns where only what is missing is listed.
      let shown = Self.columns.count - 3
      table = .init(
        key: table.key, columns: Array(Self.columns.prefix(shown)),
        rows: rows.map { Array($0.prefix(shown)) }, empty: .nothingMissing)
    }
    office.print(Report("void", tables: [table]), as: format.format)
    if format.format != .json, let first = missing.first(where: { $0.declaration == nil }) {
      office.say(.howToDeclare(first.name))
    }
  }

  private static let columns: [Report.Table.Column] = [
    .init(key: "name", heading: .name), .init(key: "village", heading: .village),
    .init(key: "device", heading: .device, isNumber: true),
    .init(key: "first", heading: .firstMissing, isNumber: true),
    .init(key: "last", heading: .lastMissing, isNumber: true),
    .init(key: "record", heading: .record),
    .init(key: "waiting", heading: .waitingBehind, isNumber: true),
    .init(key: "since_at", heading: .since), .init(key: "state", heading: .state),
    .init(key: "declared_at", heading: .decided), .init(key: "declared_by", heading: .person),
    .init(key: "reason", heading: .reason),
  ]
}

extension MissingRun {
  /// Whether it is anywhere.
  fileprivate var state: Value {
    if declaration != nil { return .term(word: "void", .void) }
    if case .changes(_, _, _, isAside: true) = wanted {
      return .term(word: "quarantine", .keptAside)
    }
    return .term(word: "missing", .missing)
  }
}

extension MissingRun.Wanted {
  /// The device, the counters and the record.
  fileprivate var values: [Value] {
    switch self {
    case .changes(_, let counters, let device, _):
      [
        device.map { .number(Int($0.number)) } ?? .none,
        .number(Int(clamping: counters.lowerBound)), .number(Int(clamping: counters.upperBound)),
        .none,
      ]
    case .carry(let record): [.none, .none, .none, .text(record.description)]
    }
  }
}
