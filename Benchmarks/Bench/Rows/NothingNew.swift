/// A sync when neither side has anything new: what most syncs are.
///
/// A laptop's request is then the same, byte for byte, until somebody changes something that it holds:
/// it says what is held and asks for what is not. So an office that has been running since the last
/// one remembers the signature, and one that was started, or has met 4,096 other requests since,
/// checks it. What is wanted is wanted of the latter.
enum NothingNew: Row {
  static let name = "nothing-new"

  static func measure(_ bench: Bench) throws -> [Figure] {
    let runs = try bench.seasons(bench.count, runs: bench.runs).map(\.nothing)
    return figures(runs, bench.count)
  }

  static func figures(_ runs: [Nothing], _ count: Int) -> [Figure] {
    let size = ", \(FigureTable.number(Double(count))) records"
    let (anew, again) = (runs.map(\.anew), runs.map(\.again))
    return [
      Figure(
        name, "round trips" + size, Spread(anew.map { Double($0.rounds) }), "",
        reach: .atMost(1)),
      Figure(
        name, "bodies, both ways" + size, Spread(anew.map { Double($0.up + $0.down) }), "bytes",
        reach: .atMost(300)),
      Figure(name, "of that the request" + size, Spread(anew.map { Double($0.up) }), "bytes"),
      Figure(
        name, "the office, signature checked anew" + size,
        Spread(anew.map { $0.office.processor * 1000 }), "ms of processor time",
        reach: .atMost(0.2)),
      Figure(
        name, "the office, the same request again" + size,
        Spread(again.map { $0.office.processor * 1000 }), "ms of processor time"),
    ]
  }
}

/// The same where a hundred times as much is stored, and what HTTP puts around it.
enum NothingNewLarge: Row {
  static let name = "nothing-new-large"

  static func measure(_ bench: Bench) throws -> [Figure] {
    let ground = try bench.largeGround()
    var runs: [Nothing] = []
    try Durability.skipping {
      try ground.withStores { office, laptop in
        for _ in 0..<bench.runs {
          runs.append(try Season.doNothing(laptop, office, times: 20))
        }
      }
    }
    let bodies = runs[0].again
    let carried = try ground.serving(bench) { relay in
      try ground.syncByProgram(bench)
      return try (0..<bench.runs).map { _ in
        relay.reset()
        try ground.syncByProgram(bench)
        return relay.carried
      }
    }
    return NothingNew.figures(runs, bench.large) + [
      Figure(
        NothingNew.name, "headers of the request",
        Spread(carried.map { Double($0.up - bodies.up) }), "bytes"),
      Figure(
        NothingNew.name, "headers of the reply",
        Spread(carried.map { Double($0.down - bodies.down) }), "bytes"),
    ]
  }
}
