import Foundation

/// The laptop's program from its start to its end, against `sqlite3` doing as little.
enum WholeProcess: Row {
  static let name = "whole-process"
  static func measure(_ bench: Bench) throws -> [Figure] {
    if bench.dist == nil {
      bench.say("no programs of make dist: they are not measured (--dist FOLDER)")
    }
    return try (bench.dist.map { try figures(bench, $0, ", as handed out") } ?? [])
      + figures(bench, bench.programs, bench.dist == nil ? "" : ", as built")
      + (bench.others.map { try figures(bench, $0, ", the other build") } ?? [])
  }

  private static func figures(
    _ bench: Bench, _ programs: String, _ which: String
  ) throws -> [Figure] {
    let place = try Place()
    let home = ["HOME": place.folder.path]
    let store = place.path("field.db")
    let plain = place.path("plain.db")
    let kulkul = programs + "/kulkul"
    try Program.run(
      kulkul, ["init", "--standalone", "--person", "wayan", "--store", store], variables: home)
    try Program.run(
      "sqlite3",
      [
        plain,
        "PRAGMA journal_mode = WAL; CREATE TABLE rows (id INTEGER PRIMARY KEY, a TEXT, b TEXT);",
      ])
    let times = min(20, bench.runs * 4)
    var adding: [Double] = []
    var inserting: [Double] = []
    var standing: [Double] = []
    var selecting: [Double] = []
    for _ in 0..<bench.runs {
      inserting.append(
        try mean(
          of: times, "sqlite3",
          [
            plain,
            "PRAGMA synchronous = FULL; INSERT INTO rows (a, b) VALUES ('Batik Sari', 'tutup');",
          ]))
      adding.append(
        try mean(
          of: times, kulkul,
          [
            "add", "--village", "Renon", "--set", "nama_usaha=Batik Sari", "--set",
            "hasil_kunjungan=tutup", "--store", store,
          ], home))
      selecting.append(try mean(of: times, "sqlite3", [plain, "SELECT 1"]))
      standing.append(try mean(of: times, kulkul, ["status", "--store", store], home))
    }
    func figure(_ what: String, _ ours: [Double], _ theirs: [Double], _ to: String, _ most: Double)
      -> Figure
    {
      Figure(
        name, what + which, Spread(ours), "ms of processor time",
        ratio: Spread(zip(ours, theirs).map { $0 / $1 }),
        to: "\(to), \(Spread(theirs).rate) ms", reach: .atMost(most))
    }
    return [
      figure("kulkul add --set", adding, inserting, "sqlite3 inserting a row", 3),
      figure("kulkul status", standing, selecting, "sqlite3 'SELECT 1'", 4),
    ]
  }

  /// Milliseconds of processor time of one process, of several.
  private static func mean(
    of times: Int, _ path: String, _ arguments: [String], _ variables: [String: String] = [:]
  ) throws -> Double {
    var total = 0.0
    for _ in 0..<times {
      total += try Program.run(path, arguments, variables: variables).processor
    }
    return total / Double(times) * 1000
  }
}
