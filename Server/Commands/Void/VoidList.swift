import ArgumentParser
import Causality
import Forms
import Model
import Store

/// `void list`: what is missing, and who waits for how much of it.
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
        .number(run.waiting), run.declaration == nil ? .instant(run.since) : .none,
        run.stateWord,
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
    var tables = [table]
    let waiters = Self.waiters(missing, in: standing.directory)
    if format.format == .json || !waiters.rows.isEmpty { tables.append(waiters) }
    office.print(Report("void", tables: tables), as: format.format)
    if format.format != .json, let first = missing.first(where: { $0.declaration == nil }) {
      office.say(.howToDeclare(first.name))
    }
  }

  /// Who waits for what, so that a person can judge how far it goes.
  private static func waiters(
    _ missing: [MissingRun], in directory: Directory
  ) -> Report.Table {
    var rows: [[Value]] = []
    for run in missing {
      for waiter in run.waiters {
        rows.append([
          .text(run.name), waiter.device.map { .number(Int($0.number)) } ?? .none,
          .number(Int(waiter.bearer.number)),
          waiter.reach == 0 ? .none : .number(Int(clamping: waiter.reach)),
          .number(waiter.changes), .instant(waiter.since), waiter.state(in: directory),
        ])
      }
    }
    return .init(
      key: "waiting",
      columns: [
        .init(key: "missing", heading: .waitsFor),
        .init(key: "device", heading: .device, isNumber: true),
        .init(key: "brought_by", heading: .bearer, isNumber: true),
        .init(key: "last", heading: .lastMissing, isNumber: true),
        .init(key: "changes", heading: .changes, isNumber: true),
        .init(key: "since_at", heading: .since), .init(key: "state", heading: .state),
      ], rows: rows)
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
  fileprivate var stateWord: Value {
    switch state {
    case .void: return .term(word: "void", .void)
    case .found: return .term(word: "found", .found)
    case .partlyFound: return .term(word: "partlyFound", .partlyFound)
    case .missing: break
    }
    if case .changes(_, _, _, isAside: true) = wanted {
      return .term(word: "quarantine", .keptAside)
    }
    return .term(word: "missing", .missing)
  }
}

extension MissingRun.Waiter {
  /// Whether somebody stands for it.
  fileprivate func state(in directory: Directory) -> Value {
    if isAside { return .term(word: "quarantine", .keptAside) }
    guard let device else { return .term(word: "unproven", .unproven) }
    return directory.device(device)?.isRevoked == true
      ? .term(word: "revoked", .revoked) : .term(word: "known", .known)
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
