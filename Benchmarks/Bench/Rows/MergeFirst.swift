import Workload

/// The office taking in all records of 43 laptops into a store that can be queried, from the bytes of
/// the request to those of the reply, against the session extension applying and keeping as many
/// changesets.
enum MergeFirst: Row {
  static let name = "merge-first"

  static func measure(_ bench: Bench) throws -> [Figure] {
    let runs = try bench.seasons(bench.count, runs: bench.runs)
    let cells = Double(bench.count * Denpasar.fields.count)
    let sessions = runs.compactMap(\.sessionMerging)
    var figure = Figure(
      name, "the office takes all records in",
      Spread(runs.map { cells / $0.marks.firstMerging.processor }),
      "answers/s", reach: .atLeast(1))
    if sessions.count == runs.count {
      figure.ratio = Spread(zip(sessions, runs).map { $0 / $1.marks.firstMerging.processor })
      figure.baseline =
        "session extension in C, \(Spread(sessions.map { cells / $0 }).rate) cells/s"
    } else {
      figure.baseline = "none: this SQLite has no session extension"
      figure.reach = nil
    }
    return [figure]
  }
}
