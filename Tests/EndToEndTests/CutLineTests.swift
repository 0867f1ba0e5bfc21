import Foundation
import Testing

/// Syncs over a line that is cut again and again.
@Suite struct CutLineTests {
  @Test func `A first sync ends over a line that is cut, and sends nothing again that had arrived`()
    throws
  {
    let town = try Town()
    try town.open()
    let address = try #require(URL(string: town.address)?.port)
    let line = try CuttingLine(to: address)
    let giver = town.newLaptop("giver")
    let taker = town.newLaptop("taker")
    // Names of chance, so that they do not grow small on the way.
    var table = "desa,hasil_kunjungan,nama_usaha\n"
    for number in 1...400 {
      let chance = (0..<6).map { _ in String(UInt64.random(in: 0 ... .max), radix: 36) }
      table += "51.71.01.1005,tutup,Usaha \(number) \(chance.joined())\n"
    }
    try Data(table.utf8).write(to: URL(filePath: town.path("t.csv")))

    try line.carrying {
      for laptop in [giver, taker] {
        try laptop.run(
          "join", "http://127.0.0.1:\(line.port)", town.invite(laptop.name, for: "wayan"))
      }
      try giver.run("import", town.path("t.csv"))
      line.limit = 4000
      let before = line.count
      #expect(try giver.sync()["unsent"].number == 0)
      let up = line.count.up - before.up
      let request = try #require(try Self.longest(town, "bytes=([0-9]+)/"))
      #expect(request > 12_000, "too little to be cut")
      #expect(line.count.cuts - before.cuts >= request / 4000)
      // Each connection brings a question and the heads of two requests.
      let heads = (line.count.cuts - before.cuts + 1) * 1000
      #expect(up < request + heads, "\(request) bytes in \(up)")

      let between = line.count
      #expect(try taker.sync()["received"].number == 400)
      let down = line.count.down - between.down
      let reply = try #require(try Self.longest(town, "bytes=[0-9]+/([0-9]+)"))
      #expect(reply > 12_000)
      let others = (line.count.cuts - between.cuts + 1) * 1000
      #expect(down < reply + others, "\(reply) bytes in \(down)")
    }
  }

  /// The largest number that the server's log says.
  private static func longest(_ town: Town, _ pattern: String) throws -> Int? {
    let log = try String(contentsOfFile: town.path("server.log"), encoding: .utf8)
    return log.matches(of: try Regex(pattern)).compactMap {
      $0.output[1].substring.flatMap { Int($0) }
    }.max()
  }
}
