import Model
import Store
import Workload

/// One record, saved durably by itself, against C inserting the same row.
enum SaveOne: Row {
  static let name = "save-one"
  static func measure(_ bench: Bench) throws -> [Figure] {
    let many = min(1000, bench.count)
    let last = many / 10
    var plain: [Double] = []
    var ours: [Double] = []
    var real: [Double] = []
    var waits: [Double] = []
    let rows = PlainRows(records: 0..<many)
    for _ in 0..<bench.runs {
      let place = try Place()
      let laptop = try BenchLaptop.alone(in: place)
      let edits = laptop.creations(0..<(many + last))
      try Durability.skipping {
        let table = try PlainTable(path: place.path("plain.db"))
        plain.append(try Processor.seconds { try table.insert(rows, each: true) })
        ours.append(
          try Processor.seconds {
            for edit in edits.prefix(many) { _ = try laptop.store.save(edit) }
          }
        )
      }
      var count = 0
      let wall = try Clock.seconds {
        count = try Durability.waits {
          for edit in edits.suffix(last) { _ = try laptop.store.save(edit) }
        }
      }
      waits.append(Double(count) / Double(last))
      real.append(Double(last) / wall)
      try laptop.store.close()
    }
    let number = Double(many)
    return [
      Figure(
        name, "save one record, processor time", Spread(ours.map { number / $0 }), "records/s",
        ratio: Spread(zip(plain, ours).map { $0 / $1 }),
        to: "C inserting the row, \(Spread(plain.map { number / $0 }).rate)/s",
        reach: .atLeast(0.5)),
      Figure(name, "waits for the disk", Spread(waits), "per commit", reach: .atMost(1.05)),
      Figure(name, "save one record, with the waits", Spread(real), "records/s"),
    ]
  }
}
