import Workload

/// Ten edits of one cell each, handed in.
enum TenEdits: Row {
  static let name = "ten-edits"

  static func measure(_ bench: Bench) throws -> [Figure] {
    let runs = try bench.seasons(bench.count, runs: bench.runs).flatMap(\.ten)
    return figures(runs, bench.count)
  }

  static func figures(_ runs: [(carried: Carried, took: Took)], _ count: Int) -> [Figure] {
    let size = ", \(FigureTable.number(Double(count))) records"
    return [
      Figure(
        name, "the request" + size, Spread(runs.map { Double($0.carried.up) }), "bytes",
        reach: .atMost(350)),
      Figure(name, "the reply" + size, Spread(runs.map { Double($0.carried.down) }), "bytes"),
      Figure(
        name, "laptop and office" + size, Spread(runs.map { $0.took.processor * 1000 }),
        "ms of processor time"),
    ]
  }
}

/// The same where a hundred times as much is stored.
enum TenEditsLarge: Row {
  static let name = "ten-edits-large"

  static func measure(_ bench: Bench) throws -> [Figure] {
    let ground = try bench.largeGround()
    var runs: [(carried: Carried, took: Took)] = []
    try Durability.skipping {
      try ground.withStores { office, laptop in
        for _ in 0..<bench.runs {
          ground.turn += 1
          runs.append(
            try Season.handInTen(laptop, office, records: ground.records, ground.turn))
        }
      }
    }
    return TenEdits.figures(runs, bench.large)
  }
}
