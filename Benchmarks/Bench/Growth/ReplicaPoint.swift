import Causality
import Model
import Store
import Workload

/// What things take when so many replicas wrote in one village, each of them one change, in one run.
struct ReplicaPoint {
  let replicas: Int
  /// Milliseconds of the office for a sync with nothing new, and of both sides for one new record.
  let nothing: Double
  let one: Double
  /// Bytes of a sync with nothing new, and of one new record with its reply.
  let nothingBytes: Int
  let oneBytes: Int

  init(replicas count: Int) throws {
    replicas = count
    let place = try Place()
    let office = try BenchOffice(
      path: place.path("office.db"), surroundings: place.surroundings)
    guard let person = PersonID("surveyor") else { preconditionFailure("BUG: a bad word") }
    try office.assign([person]) { _ in .all }
    let laptop = try office.laptop(
      for: person, path: place.path("laptop.db"), surroundings: place.surroundings)
    for number in 0..<count {
      try laptop.store.mint()
      _ = try laptop.store.save(laptop.creations([number * Denpasar.villages]))
    }
    try laptop.sync(with: office)
    let nothing = try Season.doNothing(laptop, office, times: 20)
    self.nothing = nothing.anew.office.processor * 1000
    nothingBytes = nothing.anew.up + nothing.anew.down
    var seconds: [Double] = []
    var bytes = 0
    for turn in 0..<5 {
      _ = try laptop.store.save(laptop.creations([(count + turn) * Denpasar.villages]))
      var carried = Carried()
      seconds.append(try Processor.seconds { carried = try laptop.sync(with: office) })
      bytes = carried.up + carried.down
    }
    one = Spread(seconds).median * 1000
    oneBytes = bytes
    try laptop.store.close()
    try office.store.close()
  }

  /// The figures of some runs with so many replicas.
  static func figures(_ runs: [ReplicaPoint]) -> [Figure] {
    let size = ", \(FigureTable.number(Double(runs[0].replicas))) replicas in the village"
    func figure(_ what: String, _ unit: String, _ value: (ReplicaPoint) -> Double) -> Figure {
      Figure(Growth.name, what + size, Spread(runs.map(value)), unit)
    }
    return [
      figure("nothing new, the office", "ms of processor time", \.nothing),
      figure("nothing new", "bytes") { Double($0.nothingBytes) },
      figure("one new record", "ms of processor time", \.one),
      figure("one new record", "bytes") { Double($0.oneBytes) },
    ]
  }
}
