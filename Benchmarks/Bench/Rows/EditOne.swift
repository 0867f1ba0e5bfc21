import Causality
import Model
import Store
import Workload

/// One record that somebody was shown, edited in three places and saved durably, against C updating
/// the same cells.
enum EditOne: Row {
  static let name = "edit-one"
  static func measure(_ bench: Bench) throws -> [Figure] {
    var plain: [Double] = []
    var ours: [Double] = []
    var showing: [Double] = []
    var waits: [Double] = []
    let rows = PlainRows(records: 0..<bench.count)
    let micro = Denpasar.microEdits(bench.count, many: min(500, bench.count))
    let last = micro.count / 5
    let number = Double(micro.count - last)
    let cells = PlainRows(
      cells: micro.flatMap { edit in edit.changes.map { (edit.record, $0.field, $0.value) } })
    for _ in 0..<bench.runs {
      let place = try Place()
      let laptop = try BenchLaptop.alone(in: place)
      try Durability.skipping {
        let table = try PlainTable(path: place.path("plain.db"))
        try table.insert(rows)
        plain.append(
          try Processor.seconds {
            for edit in 0..<(micro.count - last) {
              try table.update(cells, edit * 3..<edit * 3 + 3)
            }
          })
        let records = try laptop.store.save(laptop.creations(0..<bench.count)).map(\.record)
        var editing = Editing(laptop: laptop, records: records)
        showing.append(
          try Processor.seconds { try editing.show(micro.dropLast(last)) })
        ours.append(try Processor.seconds { try editing.save() })
        try editing.show(micro.suffix(last))
        waits.append(Double(try Durability.waits { try editing.save() }) / Double(last))
      }
      try laptop.store.close()
    }
    return [
      Figure(
        name, "edit one record, processor time", Spread(ours.map { number / $0 }), "edits/s",
        ratio: Spread(zip(plain, ours).map { $0 / $1 }),
        to: "C updating 3 cells, \(Spread(plain.map { number / $0 }).rate)/s", reach: .atLeast(0.6)),
      Figure(name, "waits for the disk", Spread(waits), "per commit", reach: .atMost(1.05)),
      Figure(
        name, "being shown one record before", Spread(showing.map { number / $0 }), "records/s"),
    ]
  }
}

/// Edits of one person, one after the other.
private struct Editing {
  let laptop: BenchLaptop
  let records: [RecordID]
  private var ready: [Edit] = []

  init(laptop: BenchLaptop, records: [RecordID]) {
    self.laptop = laptop
    self.records = records
  }

  /// Shows one record after the other, each in a transaction of its own, as a person opens them.
  mutating func show(_ edits: some Sequence<Denpasar.SingleEdit>) throws {
    ready = try edits.flatMap { try laptop.edits([(records[$0.record], $0.changes)]) }
  }

  func save() throws {
    for edit in ready { _ = try laptop.store.save(edit) }
  }
}
