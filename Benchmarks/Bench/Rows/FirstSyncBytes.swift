import Workload

/// The bytes in which 43 laptops hand in all records, against the records as compressed text.
enum FirstSyncBytes: Row {
  static let name = "first-sync-bytes"

  static func measure(_ bench: Bench) throws -> [Figure] {
    let runs = try bench.seasons(bench.count, runs: bench.runs)
    var csv = ""
    Denpasar.tableLines(records: bench.count) { csv += $0 }
    let packed = Packed.size(csv)
    return [
      Figure(
        name, "43 first uploads", Spread(runs.map { Double($0.marks.firstUp) }), "bytes",
        ratio: Spread(runs.map { Double($0.marks.firstUp) / Double(packed) }),
        to: "zstd -3 of the CSV, \(packed) bytes", reach: .atMost(1))
    ]
  }
}

/// The same of records of which the codec knows no word beforehand.
enum FirstSyncHeldOut: Row {
  static let name = "first-sync-held-out"

  static func measure(_ bench: Bench) throws -> [Figure] {
    let sums = try Durability.skipping {
      try (0..<bench.runs).map { _ in
        let season = try Season(count: bench.count, place: Place(), terms: .heldOut)
        try season.recordAndHandIn()
        try season.close()
        return Double(season.marks.firstUp)
      }
    }
    var csv = ""
    Denpasar.tableLines(records: bench.count, of: .heldOut) { csv += $0 }
    let packed = Packed.size(csv)
    return [
      Figure(
        name, "43 first uploads of unknown words", Spread(sums), "bytes",
        ratio: Spread(sums.map { $0 / Double(packed) }),
        to: "zstd -3 of that CSV, \(packed) bytes", reach: .atMost(1))
    ]
  }
}
