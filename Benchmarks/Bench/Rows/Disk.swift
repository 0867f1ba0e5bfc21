/// What the office's store takes on the disk after all edits, journal and states together, against
/// the plain table.
enum Disk: Row {
  static let name = "disk"

  static func measure(_ bench: Bench) throws -> [Figure] {
    let runs = try bench.seasons(bench.count, runs: bench.runs)
    let plain = Spread(runs.map { Double($0.plainBytes) })
    return [
      Figure(
        name, "the office's store", Spread(runs.map { Double($0.officeBytes) }), "bytes",
        ratio: Spread(runs.map { Double($0.officeBytes) / Double($0.plainBytes) }),
        to: "plain table, \(plain.rate) bytes", reach: .atMost(2)),
      Figure(
        name, "a laptop's store that holds all", Spread(runs.map { Double($0.laptopBytes) }),
        "bytes", ratio: Spread(runs.map { Double($0.laptopBytes) / Double($0.plainBytes) }),
        to: "plain table"),
    ]
  }
}
