import ArgumentParser
import Causality
import Forms
import Model
import Store

/// `quarantine list`: what was not taken, from whom, and why.
struct QuarantineList: ParsableCommand {
  static let configuration = CommandHelp.quarantineList.configuration("list")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var format: FormatOptions

  @Flag(help: OptionHelp.allDecided.argument)
  private var all = false

  func run() throws {
    let office = try Headquarters(place)
    let runs = try office.store.quarantinedRuns(all: all)
    let standing = try office.store.standing()
    let rows = try runs.map { run in
      let village = standing.villages[run.stream.village]?.name
      return [
        Value.text(run.name), .number(Int(run.device.number)),
        .coded(run.stream.village.description, shown: village ?? "–"),
        .number(run.contents.count), .instant(run.arrived),
        .term(word: run.ground.word, .ground(run.ground)),
        try run.state(in: office.store), run.decision.map { .instant($0.decided) } ?? .none,
        run.decision.map { .text($0.person.description) } ?? .none,
        run.decision?.reason.map { .text($0) } ?? .none,
      ]
    }
    var table = Report.Table(
      key: "quarantine", columns: Self.columns, rows: rows, empty: .nothingAside)
    if format.format != .json && !all {
      // What was decided has no columns where only what waits is listed.
      let shown = Self.columns.count - 3
      table = .init(
        key: table.key, columns: Array(Self.columns.prefix(shown)),
        rows: rows.map { Array($0.prefix(shown)) }, empty: .nothingAside)
    }
    office.print(Report("quarantine", tables: [table]), as: format.format)
    if format.format != .json, let first = runs.first { office.say(.showAside(first.name)) }
  }

  private static let columns: [Report.Table.Column] = [
    .init(key: "name", heading: .name), .init(key: "device", heading: .device, isNumber: true),
    .init(key: "village", heading: .village),
    .init(key: "changes", heading: .changes, isNumber: true),
    .init(key: "arrived_at", heading: .arrived), .init(key: "ground", heading: .ground),
    .init(key: "state", heading: .state), .init(key: "decided_at", heading: .decided),
    .init(key: "decided_by", heading: .person), .init(key: "reason", heading: .reason),
  ]
}

extension QuarantinedRun {
  /// Whether it waits, can be taken, or was decided about.
  func state(in store: Store) throws -> Value {
    switch decision?.kind {
    case .taken: .term(word: "taken", .taken)
    case .dropped: .term(word: "dropped", .dropped)
    case nil:
      switch try store.obstacle(to: self) {
      case nil: .term(word: "waits", .waits)
      case .held: .term(word: "held", .held)
      case .gap, .behind: .term(word: "behind", .behind)
      default: .term(word: "stays", .stays)
      }
    }
  }
}

extension [QuarantinedRun] {
  /// The run of a name, as people type it.
  func find(_ typed: String) throws -> QuarantinedRun {
    guard let run = first(where: { $0.name == typed.uppercased() }) else {
      throw Failure.unknownAside(typed)
    }
    return run
  }
}
