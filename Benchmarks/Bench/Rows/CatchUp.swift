/// A laptop that hears of everybody's edits at once.
enum CatchUp: Row {
  static let name = "catch-up"

  static func measure(_ bench: Bench) throws -> [Figure] {
    let marks = try bench.seasons(bench.count, runs: bench.runs).map(\.marks)
    return [
      Figure(
        name, "a laptop catches up, both sides",
        Spread(marks.map { $0.catchingUp.processor * 1000 }), "ms of processor time"),
      Figure(
        name, "of that the office",
        Spread(marks.map { $0.caughtUp.office.processor * 1000 }), "ms of processor time"),
      Figure(name, "on the clock", Spread(marks.map { $0.catchingUp.wall * 1000 }), "ms"),
      Figure(
        name, "what comes", Spread(marks.map { Double($0.caughtUp.down) }), "bytes"),
      Figure(name, "what goes", Spread(marks.map { Double($0.caughtUp.up) }), "bytes"),
      Figure(
        name, "changes that came", Spread(marks.map { Double($0.caughtUp.received) }), "changes"),
    ]
  }
}
