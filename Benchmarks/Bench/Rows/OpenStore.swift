import Foundation
import Workload

/// A laptop's program that opens a large store and says how it stands, against `sqlite3` counting the
/// rows of as large a plain table, each as a process of its own.
enum OpenStore: Row {
  static let name = "open-store"

  static func measure(_ bench: Bench) throws -> [Figure] {
    let ground = try bench.largeGround()
    let path = ground.place.path("plain.db")
    do {
      let table = try PlainTable(path: path)
      try Durability.skipping {
        try table.insert(PlainRows(records: 0..<bench.large))
        try table.settle()
      }
    }
    var ours: [ProgramRun] = []
    var plain: [ProgramRun] = []
    for _ in 0..<max(bench.runs, 5) {
      plain.append(try Program.run("sqlite3", [path, "SELECT count(*) FROM rows"]))
      ours.append(
        try Program.run(
          bench.programs + "/kulkul", ["status", "--store", ground.fullPath],
          variables: ["HOME": ground.place.folder.path]))
    }
    let counting = Spread(plain.map { $0.processor * 1000 })
    return [
      Figure(
        name, "status of \(FigureTable.number(Double(bench.large))) records",
        Spread(ours.map { $0.processor * 1000 }), "ms of processor time",
        ratio: Spread(zip(ours, plain).map { $0.processor / $1.processor }),
        to: "sqlite3 counting rows, \(counting.rate) ms", reach: .atMost(3)),
      Figure(
        name, "on the clock", Spread(ours.map { $0.wall * 1000 }), "ms",
        ratio: Spread(zip(ours, plain).map { $0.wall / $1.wall }), to: "sqlite3 counting rows"),
    ]
  }
}
