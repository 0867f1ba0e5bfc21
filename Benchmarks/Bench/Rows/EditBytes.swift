import Workload

/// The bytes in which 43 laptops hand in their edits, against the changed cells as compressed text,
/// a text for each laptop.
enum EditBytes: Row {
  static let name = "edit-bytes"

  static func measure(_ bench: Bench) throws -> [Figure] {
    try figures(bench, bench.count, most: 1.2)
  }

  static func figures(_ bench: Bench, _ count: Int, most: Double) throws -> [Figure] {
    let runs = try bench.seasons(count, runs: bench.runs)
    let packed = Denpasar.cells(count).reduce(0) { $0 + Packed.size($1) }
    let sums = runs.map { Double($0.marks.editsUp.reduce(0, +)) }
    return [
      Figure(
        name, "43 laptops' edits, \(count) records", Spread(sums), "bytes",
        ratio: Spread(sums.map { $0 / Double(packed) }),
        to: "zstd -3 of the cells in 43 texts, \(packed) bytes", reach: .atMost(most))
    ]
  }
}

/// The same of ten times as many records.
enum TenfoldEditBytes: Row {
  static let name = "edit-bytes-tenfold"
  static let isLong = true

  static func measure(_ bench: Bench) throws -> [Figure] {
    try EditBytes.figures(bench, bench.count * 10, most: 1.03)
  }
}
