/// What became of cells that two laptops edited without seeing each other: correctness beside speed.
enum Readable: Row {
  static let name = "readable"

  static func measure(_ bench: Bench) throws -> [Figure] {
    let found = try bench.seasons(bench.count, runs: bench.runs).compactMap(\.overlaps)
    guard let first = found.first else { return [] }
    func line(_ what: String, _ part: (Overlaps) -> Int, of whole: Int) -> Figure {
      Figure(
        name, what, Spread(found.map { Double(part($0)) }), "of \(whole)",
        reach: .atLeast(Double(whole)))
    }
    return [
      line("answers that do not stand and can be read", \.lostReadable, of: first.cells),
      line("cells that one of two edited, kept", \.singleKept, of: first.single),
      line("cells that nobody else edited, kept", \.ownKept, of: first.own),
    ]
  }
}
