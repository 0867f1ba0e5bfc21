/// The office taking in the edits of one laptop after the other, against plain updates of the same
/// cells from C, one commit for each laptop.
enum MergeEdits: Row {
  static let name = "merge-edits"

  static func measure(_ bench: Bench) throws -> [Figure] {
    let runs = try bench.seasons(bench.count, runs: bench.runs)
    let plain = Spread(runs.map { Double($0.marks.cells) / $0.plainUpdating })
    return [
      Figure(
        name, "the office takes the edits in",
        Spread(runs.map { Double($0.marks.cells) / $0.marks.merging.processor }), "answers/s",
        ratio: Spread(runs.map { $0.plainUpdating / $0.marks.merging.processor }),
        to: "C updating the cells, \(plain.rate)/s", reach: .atLeast(1))
    ]
  }
}
