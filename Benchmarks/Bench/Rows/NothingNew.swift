/// A sync when neither side has anything new: what most syncs are.
enum NothingNew: Row {
  static let name = "nothing-new"

  static func measure(_ bench: Bench) throws -> [Figure] {
    let runs = try bench.seasons(bench.count, runs: bench.runs).map(\.nothing)
    return figures(runs, bench.count)
  }

  static func figures(_ runs: [Carried], _ count: Int) -> [Figure] {
    let size = ", \(FigureTable.number(Double(count))) records"
    return [
      Figure(
        name, "round trips" + size, Spread(runs.map { Double($0.rounds) }), "",
        reach: .atMost(1)),
      Figure(
        name, "bodies, both ways" + size, Spread(runs.map { Double($0.up + $0.down) }), "bytes",
        reach: .atMost(300)),
      Figure(name, "of that the request" + size, Spread(runs.map { Double($0.up) }), "bytes"),
      Figure(
        name, "the office" + size, Spread(runs.map { $0.office.processor * 1000 }),
        "ms of processor time",
        reach: .atMost(0.2)),
    ]
  }
}

/// The same where a hundred times as much is stored, and what HTTP puts around it.
enum NothingNewLarge: Row {
  static let name = "nothing-new-large"

  static func measure(_ bench: Bench) throws -> [Figure] {
    let ground = try bench.largeGround()
    var runs: [Carried] = []
    try Durability.skipping {
      try ground.withStores { office, laptop in
        for _ in 0..<bench.runs {
          runs.append(try Season.doNothing(laptop, office, times: 20))
        }
      }
    }
    let bodies = runs[0]
    let carried = try ground.serving(bench) { relay in
      try ground.syncByProgram(bench)
      relay.reset()
      try ground.syncByProgram(bench)
      return relay.carried
    }
    return NothingNew.figures(runs, bench.large) + [
      Figure(NothingNew.name, "headers of the request", Spread(carried.up - bodies.up), "bytes"),
      Figure(NothingNew.name, "headers of the reply", Spread(carried.down - bodies.down), "bytes"),
    ]
  }
}
