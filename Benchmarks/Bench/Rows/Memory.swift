import Foundation

/// The most memory that the two programs have while a laptop takes a large survey in over HTTP.
enum Memory: Row {
  static let name = "memory"

  static func measure(_ bench: Bench) throws -> [Figure] {
    let ground = try bench.largeGround()
    var laptop: [Double] = []
    var office: [Double] = []
    var wall: [Double] = []
    for run in 0..<bench.runs {
      bench.say("memory, run \(run + 1) of \(bench.runs)")
      let path = ground.place.path("joined.db")
      try FileManager.default.copyItem(atPath: ground.emptyPath, toPath: path)
      let server = try Server(
        program: bench.programs + "/kulkul-server", store: ground.officePath,
        place: ground.place)
      ground.relay.target = server.port
      let took = try Program.runWatching(
        bench.programs + "/kulkul", ["sync", "--store", path],
        variables: ["HOME": ground.place.folder.path])
      laptop.append(Double(took.memory) / 1_048_576)
      office.append(Double(server.memory) / 1_048_576)
      wall.append(took.wall)
      server.stop()
      Place.remove(path)
    }
    let size = FigureTable.number(Double(bench.large))
    return [
      Figure(
        name, "the laptop taking \(size) records in", Spread(laptop), "MiB", reach: .atMost(64)),
      Figure(name, "the office serving them", Spread(office), "MiB", reach: .atMost(128)),
      Figure(name, "both, on the clock", Spread(wall), "s"),
    ]
  }
}
