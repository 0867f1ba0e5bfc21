import Foundation
import Glibc
import TestSupport
import Testing

/// Programs that are killed in the middle of their work, at points drawn from a seed.
///
/// The points are fractions of what the same work took when nobody killed it, so that they fall
/// into it on fast and slow machines alike. Kill points of a run differ with the machine's load;
/// what is expected after them does not.
@Suite(.serialized) struct `Killed in the middle` {
  private static let times = 12
  private let town: Town
  private let wayan: Laptop
  private let made: Laptop

  init() throws {
    town = try Town()
    try town.open()
    wayan = try town.laptop("wayan", for: "wayan")
    made = try town.laptop("made", for: "made")
  }

  /// Writes a table of so many businesses, found closed.
  private func table(_ name: String, _ count: Int) throws -> String {
    var text = "desa,hasil_kunjungan,nama_usaha,alamat,leaflet\n"
    for number in 0..<count {
      let village = number % 3 == 0 ? Town.sanur : Town.renon
      text += "\(village),tutup,Usaha \(name) \(number),Jalan \(name) \(number),\(number)\n"
    }
    try Data(text.utf8).write(to: town.folder.appending(path: name + ".csv"))
    return name + ".csv"
  }

  /// Runs `kulkul` on a laptop and kills it; how it ended, if it was faster.
  private func kill(_ laptop: Laptop, after delay: Duration, _ arguments: String...) throws -> Bool
  {
    try kill(laptop, after: delay, arguments)
  }

  private func kill(_ laptop: Laptop, after delay: Duration, _ arguments: [String]) throws -> Bool {
    let process = town.process("kulkul", arguments + ["--store", laptop.store])
    try process.run()
    Self.sleep(delay)
    if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return process.terminationReason == .exit && process.terminationStatus == 0
  }

  private static func sleep(_ delay: Duration) {
    usleep(UInt32(delay / .microseconds(1)))
  }

  private func records(_ laptop: Laptop) throws -> Int {
    try laptop.json("list")["records"].list.count
  }

  @Test func `An import is there as a whole or not at all`() throws {
    let count = 60
    var random = SplitMix64(seed: 1)
    var held = count
    let start = ContinuousClock.now
    try wayan.run("import", try table("whole", count))
    let whole = start.duration(to: .now)
    for number in 0..<Self.times {
      let name = try table("table\(number)", count)
      let isDone = try kill(wayan, after: whole * random.below(1200) / 1000, "import", name)
      try wayan.run("verify")
      let now = try records(wayan)
      #expect(now == held || now == held + count, "\(now - held) of \(count) rows")
      #expect(!isDone || now == held + count, "what was said to be imported is there")
      if now == held + count {
        let again = try wayan.refusal(1, "import", name)
        #expect(again.contains("was imported before"))
      } else {
        try wayan.run("import", name)
      }
      held += count
    }
    #expect(try records(wayan) == held)
    try town.meet(wayan, made)
    #expect(try records(made) == held)
    try town.expectAgreement(wayan, made)
  }

  @Test func `A sync that is killed is begun again, and nothing is lost or half there`() throws {
    let count = 30
    var random = SplitMix64(seed: 2)
    var whole = Duration.zero
    for number in 0..<Self.times + 1 {
      try wayan.run("import", try table("wayan\(number)", count))
      try made.run("import", try table("made\(number)", count))
      try made.sync()
      if number == 0 {
        let start = ContinuousClock.now
        try wayan.sync()
        whole = start.duration(to: .now)
        continue
      }
      let before = try records(wayan)
      let isDone = try kill(wayan, after: whole * random.below(1200) / 1000, "sync")
      try wayan.run("verify")
      try town.expectPromisesKept(to: wayan)
      let after = try records(wayan)
      #expect(after >= before && after <= 2 * count * (number + 1))
      #expect(!isDone || after == 2 * count * (number + 1), "what was said to be received is here")
      if number % 3 == 0 { try wayan.sync() }
    }
    try town.meet(wayan, made)
    #expect(try records(wayan) == 2 * count * (Self.times + 1))
    try town.expectAgreement(wayan, made)
  }

  @Test func `A server that is killed starts again and holds all that it acknowledged`() throws {
    let count = 30
    var random = SplitMix64(seed: 3)
    var whole = Duration.zero
    for number in 0..<Self.times + 1 {
      try wayan.run("import", try table("wayan\(number)", count))
      if number == 0 {
        let start = ContinuousClock.now
        try wayan.sync()
        whole = start.duration(to: .now)
        continue
      }
      let sync = town.process("kulkul", ["sync", "--store", wayan.store])
      try sync.run()
      Self.sleep(whole * (300 + random.below(600)) / 1000)
      town.killServer()
      sync.waitUntilExit()
      #expect([0, 3].contains(sync.terminationStatus) && sync.terminationReason == .exit)
      try town.office("verify")
      try town.expectPromisesKept(to: wayan)
      if sync.terminationStatus == 0 {
        #expect(try wayan.json("status")["unsent"].number == 0)
      }
      try town.open()
      if number % 3 == 0 {
        try wayan.sync()
        try town.expectPromisesKept(to: wayan)
      }
    }
    try town.meet(wayan, made)
    #expect(try records(made) == count * (Self.times + 1))
    try town.expectAgreement(wayan, made)
  }

  @Test func `Joining that is killed is done again, by the same code, with all that was recorded`()
    throws
  {
    let count = 20
    var random = SplitMix64(seed: 4)
    var whole = Duration.zero
    var joined: [Laptop] = []
    for number in 0..<Self.times + 1 {
      let laptop = town.newLaptop("alone\(number)")
      let isBare = number % 4 == 3
      if !isBare {
        try laptop.run("init", "--standalone", "--person", "wayan")
        try laptop.run("import", try table("alone\(number)", count))
      }
      let code = try town.invite("alone\(number)", for: "wayan")
      let arguments = ["join", town.address, code]
      if number == 0 {
        let start = ContinuousClock.now
        try laptop.run("join", town.address, code)
        whole = start.duration(to: .now)
        joined.append(laptop)
        continue
      }
      _ = try kill(laptop, after: whole * random.below(1100) / 1000, arguments)
      if !isBare {
        // Whatever it is now, nothing is half there and nobody has to wait.
        try laptop.run("verify")
        #expect(try records(laptop) >= count)
        _ = try laptop.add("Sesudah \(number)")
      }
      let again = try laptop.attempt(arguments)
      if again.code != 0 {
        // It had joined before it was killed, and the code is used: then it only has to sync.
        #expect(again.code == 1 && again.err.contains("has joined"), "\(again.err)")
      }
      try laptop.sync()
      try laptop.run("verify")
      #expect(try laptop.json("status")["role"].text == "laptop")
      #expect(try laptop.json("status")["unsent"].number == 0)
      joined.append(laptop)
    }
    let bare = (1...Self.times).count { $0 % 4 == 3 }
    let expected = count * (Self.times + 1 - bare) + Self.times - bare
    try made.sync()
    #expect(try records(made) == expected)
    let devices = try town.office("device", "list", "--format", "json").json()["devices"].list
    #expect(devices.count == joined.count + 2)
    for laptop in joined { try town.meet(laptop) }
    try town.expectAgreement(joined[0], joined[1], joined[Self.times], made)
  }
}
