import ArgumentParser
import Bytes
import Causality
import Model
import Store

/// `kulkul trim`: drops history that the office keeps in a checked backup.
struct TrimCommand: StoreCommand {
  static let configuration = CommandHelp.trim.configuration("trim")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    var dropped: [(village: VillageCode, changes: Int)] = []
    var differing: [VillageCode] = []
    let villages = bench.standing.scope
    do {
      defer { bench.console.clearProgress() }
      for (done, village) in villages.enumerated() {
        bench.console.progress(TrimWords.progress(done, of: villages.count).text)
        switch try bench.store.truncate(village) {
        case .dropped(let changes): dropped.append((village, changes))
        case .differs: differing.append(village)
        case .nothing: break
        }
      }
    }
    let before = bench.store.size
    if !dropped.isEmpty { try bench.store.giveBackRoom() }
    let freed = before - bench.store.size
    let changes = dropped.reduce(0) { $0 + $1.changes }
    var report = Report(
      "trim",
      fields: [
        ("changes", .count(changes)), ("bytes", .int(freed)),
        (
          "villages",
          .array(
            dropped.map {
              .object([
                ("village", .string($0.village.description)), ("changes", .count($0.changes)),
              ])
            })
        ),
        ("differing", .array(differing.map { .string($0.description) })),
      ])
    report.blocks = [.line(TrimWords.trimmed(changes, villages: dropped.count, bytes: freed).text)]
    bench.print(report, output.format)
    if dropped.isEmpty && differing.isEmpty { bench.say(.nothingToTrim) }
    if !differing.isEmpty { throw Failure.differs(differing.map { bench.name(of: $0) }) }
  }
}
