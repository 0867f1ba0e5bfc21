import Causality
import Foundation
import Model
import Store
import Workload

/// How everything grows with the records of a survey, and with the replicas that wrote in it.
enum Growth: Row {
  static let name = "growth"
  static let isLong = true

  static func measure(_ bench: Bench) throws -> [Figure] {
    var points: [[GrowthPoint]] = []
    let million = bench.isFull ? [(1_000_000, bench.vastRuns)] : []
    for (size, runs) in [1000, 10_000, 100_000].map({ ($0, bench.runs) }) + million {
      points.append(
        try many(runs) { run in
          bench.say("growth: \(size) records, run \(run) of \(runs)")
          return try Durability.skipping { try GrowthPoint(records: size) }
        })
    }
    var crowds: [[ReplicaPoint]] = []
    for number in [1, 10, 100, 1000, 10_000] {
      crowds.append(
        try many(bench.runs) { run in
          bench.say("growth: \(number) replicas, run \(run) of \(bench.runs)")
          return try Durability.skipping { try ReplicaPoint(replicas: number) }
        })
    }
    if let plot = bench.plot {
      try GrowthPlot.svg(points, crowds).write(
        toFile: plot, atomically: true, encoding: .utf8)
    }
    return points.flatMap(GrowthPoint.figures) + crowds.flatMap(ReplicaPoint.figures)
  }

  private static func many<Point>(_ runs: Int, _ body: (Int) throws -> Point) rethrows -> [Point] {
    try (1...runs).map(body)
  }
}

/// What things take at one size of a survey, in one run.
struct GrowthPoint {
  /// How many records there are to decide when they are listed, whatever the size.
  static let contested = 100

  let records: Int
  /// Microseconds of processor time for each record: to create it, to merge it at the office.
  let creating: Double
  let merging: Double
  /// Milliseconds of the office for a sync with nothing new, and of both sides for ten edits.
  let nothing: Double
  let ten: Double
  /// Bytes of a sync with nothing new and of ten edits.
  let nothingBytes: Int
  let tenBytes: Int
  /// Milliseconds to list what is to be decided, and to open a store and ask how it stands.
  let listing: Double
  let opening: Double

  init(records count: Int) throws {
    records = count
    let ground = try LargeGround(count: count)
    creating = ground.marks.recording.processor * 1e6 / Double(count)
    merging = ground.marks.firstMerging.processor * 1e6 / Double(count)
    var none: Nothing?
    var ten: [(carried: Carried, took: Took)] = []
    var listing = 0.0
    try ground.withStores { office, laptop in
      none = try Season.doNothing(laptop, office, times: 50)
      for turn in 0..<5 {
        ten.append(
          try Season.handInTen(laptop, office, records: ground.records, turn))
      }
      try laptop.contest(ground.records.prefix(Self.contested))
      try laptop.sync(with: office)
      var filter = RecordFilter()
      filter.onlyConflicts = true
      var listed = 0
      listing = try Processor.seconds {
        for _ in 0..<10 { listed += try laptop.store.records(form: 1, filter).count }
      }
      guard listed == 10 * Self.contested else {
        throw BenchError.unexpected("\(listed / 10) records to decide, not \(Self.contested)")
      }
    }
    guard let nothing = none?.anew else { throw BenchError.unexpected("a ground without stores") }
    let opening = try Processor.seconds {
      for _ in 0..<10 {
        let store = try Store.open(
          at: ground.fullPath, surroundings: ground.place.surroundings)
        _ = try store.standing()
        _ = try store.unsentCount()
        _ = try store.toDecide(form: 1, around: BenchOffice.villages)
        try store.close()
      }
    }
    self.opening = opening * 100
    self.nothing = nothing.office.processor * 1000
    nothingBytes = nothing.up + nothing.down
    self.ten = Spread(ten.map(\.took.processor)).median * 1000
    tenBytes = ten[0].carried.up
    self.listing = listing * 100
  }

  /// The figures of some runs at one size.
  static func figures(_ runs: [GrowthPoint]) -> [Figure] {
    let size = ", \(FigureTable.number(Double(runs[0].records))) records"
    func figure(_ what: String, _ unit: String, _ value: (GrowthPoint) -> Double) -> Figure {
      Figure(Growth.name, what + size, Spread(runs.map(value)), unit)
    }
    let (micro, milli) = ("µs of processor time", "ms of processor time")
    return [
      figure("create a record", micro, \.creating),
      figure("merge a record", micro, \.merging),
      figure("nothing new, the office", milli, \.nothing),
      figure("nothing new", "bytes") { Double($0.nothingBytes) },
      figure("ten edits", milli, \.ten),
      figure("ten edits", "bytes") { Double($0.tenBytes) },
      figure("list \(contested) that are to be decided", milli, \.listing),
      figure("open and ask how it stands", milli, \.opening),
    ]
  }
}
