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
    var points: [GrowthPoint] = []
    let sizes = bench.isFull ? [1000, 10_000, 100_000, 1_000_000] : [1000, 10_000, 100_000]
    for size in sizes {
      bench.say("growth: \(size) records")
      points.append(try Durability.skipping { try GrowthPoint(records: size) })
    }
    var crowds: [ReplicaPoint] = []
    for number in [1, 10, 100, 1000, 10_000] {
      bench.say("growth: \(number) replicas")
      crowds.append(try Durability.skipping { try ReplicaPoint(replicas: number) })
    }
    if let plot = bench.plot {
      try GrowthPlot.svg(points, crowds).write(
        toFile: plot, atomically: true, encoding: .utf8)
    }
    return points.flatMap(\.figures) + crowds.flatMap(\.figures)
  }
}

/// What things take at one size of a survey.
struct GrowthPoint {
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
    var nothing = Carried()
    var ten: [(carried: Carried, took: Took)] = []
    var listing = 0.0
    try ground.withStores { office, laptop in
      nothing = try Season.doNothing(laptop, office, times: 50).anew
      for turn in 0..<5 {
        ten.append(
          try Season.handInTen(laptop, office, records: ground.records, turn))
      }
      var filter = RecordFilter()
      filter.onlyConflicts = true
      listing = try Processor.seconds {
        for _ in 0..<10 { _ = try laptop.store.records(form: 1, filter) }
      }
    }
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

  var figures: [Figure] {
    let size = ", \(FigureTable.number(Double(records))) records"
    return [
      Figure(Growth.name, "create a record" + size, Spread([creating]), "µs of processor time"),
      Figure(Growth.name, "merge a record" + size, Spread([merging]), "µs of processor time"),
      Figure(
        Growth.name, "nothing new, the office" + size, Spread([nothing]), "ms of processor time"),
      Figure(Growth.name, "nothing new" + size, Spread(nothingBytes), "bytes"),
      Figure(Growth.name, "ten edits" + size, Spread([ten]), "ms of processor time"),
      Figure(Growth.name, "ten edits" + size, Spread(tenBytes), "bytes"),
      Figure(
        Growth.name, "list what is to be decided" + size, Spread([listing]),
        "ms of processor time"),
      Figure(
        Growth.name, "open and ask how it stands" + size, Spread([opening]),
        "ms of processor time"),
    ]
  }
}
