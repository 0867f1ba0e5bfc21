/// All records of each laptop in one commit, against C doing the same in 43 tables.
///
/// Both compile their statements while the clock runs, once a laptop.
enum BulkCreate: Row {
  static let name = "bulk-create"

  static func measure(_ bench: Bench) throws -> [Figure] {
    let runs = try bench.seasons(bench.count, runs: bench.runs)
    let number = Double(bench.count)
    let plain = Spread(runs.map { number / $0.plainRecording })
    return [
      Figure(
        name, "create records, one commit a laptop",
        Spread(runs.map { number / $0.marks.recording.processor }), "records/s",
        ratio: Spread(runs.map { $0.plainRecording / $0.marks.recording.processor }),
        to: "C, one commit a table, \(plain.rate)/s", reach: .atLeast(0.5))
    ]
  }
}
