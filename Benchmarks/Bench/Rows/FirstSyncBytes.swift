import Workload

/// The bytes in which 43 laptops hand in all records, against the records as compressed text.
enum FirstSyncBytes: Row {
  static let name = "first-sync-bytes"

  static func measure(_ bench: Bench) throws -> [Figure] {
    let runs = try bench.seasons(bench.count, runs: bench.runs)
    var csv = ""
    Denpasar.lines(of: .table, records: bench.count) { csv += $0 }
    let packed = Packed.size(csv)
    return [
      Figure(
        name, "43 first uploads", Spread(runs.map { Double($0.marks.firstUp) }), "bytes",
        ratio: Spread(runs.map { Double($0.marks.firstUp) / Double(packed) }),
        to: "zstd -3 of the CSV, \(packed) bytes", reach: .atMost(1))
    ]
  }
}
