import Glibc
import Model
import Synchronization
import Testing

/// Runs worlds and says how to run a failing one again.
///
/// `KULKUL_SIM_SEEDS` worlds are run from `KULKUL_SIM_BASE` on, in `KULKUL_SIM_LANES` lanes, every
/// `KULKUL_SIM_TWICE`th of them twice. `KULKUL_SIM_SEED` runs one world and shows all of it, with
/// `KULKUL_SIM_SHRINK=1` the fewest acts of it that fail and what the messages say. `KULKUL_SIM_EXPORT`
/// names a folder into which one world in `KULKUL_SIM_EXPORT_EVERY` is written for the oracle in Python.
private enum Simulation {
  static let base = number("KULKUL_SIM_BASE") ?? 1
  static let count = number("KULKUL_SIM_SEEDS") ?? 240
  static let single = number("KULKUL_SIM_SEED")
  static let lanes = Int(number("KULKUL_SIM_LANES") ?? 2)
  static let twice = number("KULKUL_SIM_TWICE") ?? 50
  static let isToShrink = number("KULKUL_SIM_SHRINK") == 1
  static let folder = getenv("KULKUL_SIM_EXPORT").map { String(cString: $0) }
  static let exportEvery = number("KULKUL_SIM_EXPORT_EVERY") ?? 1

  static func number(_ name: String) -> UInt64? {
    getenv(name).flatMap { UInt64(String(cString: $0)) }
  }

  static func seeds(lane: Int) -> [UInt64] {
    if let single { return lane == 0 ? [single] : [] }
    return (0..<count).filter { $0 % UInt64(lanes) == UInt64(lane) }.map { base + $0 }
  }

  /// Runs one world to rest.
  ///
  /// - Returns: a number that stands for everything that happened in it; `nil` if it failed.
  static func run(_ seed: UInt64, then tell: (SimulatedWorld) throws -> Void = { _ in }) -> UInt64?
  {
    var world: SimulatedWorld?
    do {
      let made = try SimulatedWorld(seed: seed)
      world = made
      try made.run()
      try tell(made)
    } catch {
      report(seed, "\(error)", world?.trace)
      return nil
    }
    if single != nil { print("seed \(seed) comes to \(world?.trace.hash ?? 0)") }
    return world?.trace.hash
  }

  private static func again(_ seed: UInt64) -> String {
    "KULKUL_SIM_SEED=\(seed) KULKUL_SIM_SHRINK=1 swift test --filter SimulationTests"
  }

  private static func report(_ seed: UInt64, _ failure: String, _ trace: Trace?) {
    if isToShrink, let story = Shrinking(seed: seed, tellsMessages: true).story() {
      Issue.record(
        """
        \(story.failure)
        \(again(seed))
        steps \(story.steps.map(String.init).joined(separator: " "))
        \(story.trace.text(last: 10_000))
        """)
      return
    }
    let lines = single == nil ? 24 : 10_000
    Issue.record(
      """
      \(failure)
      \(again(seed))
      \(trace?.text(last: lines) ?? "")
      """)
  }

  /// What every hundred worlds come to.
  private static let common = [
    "answers to a question that came later", "attacks", "bases offered", "branches issued again",
    "clones", "copies of standalone laptops", "directories handed back", "dropped changes",
    "newcomers", "parcels", "parcels answered with tell all", "parts of snapshots",
    "restored laptops", "restored offices", "villages given away",
  ]

  /// What takes more worlds than that.
  ///
  /// NB: what befalls frames in a message is rare, for most messages have none.
  private static let rare =
    [
      "both put back at once", "changes from sticks", "changes taken from quarantine",
      "laptops that stay away", "offices restored from older backups", "revoked laptops", "sticks",
    ] + (0..<5).map { "forged in way \($0)" } + Swarm.Fault.allCases.map { "fault \($0)" }

  /// What all lanes have come to.
  private static let whole = Mutex(Whole())

  private struct Whole {
    var lanes = 0
    var worlds = 0
    var failures = 0
    var tally: [String: Int] = [:]
  }

  /// Adds what a lane came to; the last of them is held to all that is to be there.
  private static func add(_ worlds: Int, failures: Int, _ tally: [String: Int]) {
    let all = whole.withLock { whole in
      whole.lanes += 1
      whole.worlds += worlds
      whole.failures += failures
      whole.tally.merge(tally) { $0 + $1 }
      return whole
    }
    if single == nil, all.lanes == lanes, all.failures == 0 { demandAll(all.tally, all.worlds) }
  }

  /// What nothing came of in so many worlds is as good as not there.
  private static func demandAll(_ tally: [String: Int], _ worlds: Int) {
    if worlds < 100 { return }
    var wanted = Swarm.Act.allCases.filter { $0 != .comeBack }.map { "act \($0)" }
    wanted += Invariant.allCases.map(\.count) + common
    if worlds >= 240 { wanted += rare + ["act \(Swarm.Act.comeBack)"] }
    for one in wanted where tally[one] == nil {
      Issue.record("\(one) never came about")
    }
  }

  /// Runs the worlds of a lane.
  static func run(lane: Int) {
    var failures = 0
    var worlds = 0
    var tally: [String: Int] = [:]
    for seed in seeds(lane: lane) where failures < 5 {
      let hash = run(seed) { world in
        tally.merge(world.tally) { $0 + $1 }
        if let folder, seed % exportEvery == 0 { try world.export(to: folder) }
      }
      worlds += 1
      guard let hash else {
        failures += 1
        continue
      }
      if seed % twice == 0 {
        tally["run twice", default: 0] += 1
        if run(seed) != hash {
          failures += 1
          Issue.record("two runs differ\n\(again(seed))")
        }
      }
    }
    add(worlds, failures: failures, tally)
    let befell = tally.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    print("lane \(lane): \(worlds) worlds, \(befell.joined(separator: ", "))")
  }
}

@Suite struct `The simulator` {
  @Test(arguments: 0..<Simulation.lanes)
  func `Worlds come to rest with nothing lost, whatever goes wrong`(lane: Int) {
    Simulation.run(lane: lane)
  }

  @Test func `One seed is one history`() throws {
    for seed in [3, 11, 42] as [UInt64] where Simulation.single == nil {
      let first = Simulation.run(seed)
      #expect(first == Simulation.run(seed))
    }
  }

  @Test func `A failing world is told by the few acts that it takes`() throws {
    // As if it were wrong that anybody deletes what another person wrote in.
    let shrinkings = (1...40).map { seed in
      Shrinking(seed: seed) { world in
        for given in world.oracle.given {
          guard case .life(let life) = given.answer, !life.isAlive else { continue }
          if given.seenAnywhere.contains(where: { world.oracle.given[$0].person != given.person }) {
            throw SimulationFailure(description: "deleted over others")
          }
        }
      }
    }
    let story = try #require(shrinkings.lazy.compactMap { $0.story() }.first)
    #expect(story.failure == "deleted over others")
    #expect(story.steps.count <= 4)
    #expect(story.trace.lines.count < 25)
  }
}
