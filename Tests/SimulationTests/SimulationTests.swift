import Glibc
import Testing

/// Runs worlds and says how to run a failing one again.
private enum Simulation {
  static let base = number("KULKUL_SIM_BASE") ?? 1
  static let count = number("KULKUL_SIM_SEEDS") ?? 240
  static let single = number("KULKUL_SIM_SEED")
  static let lanes = 2

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
  static func run(_ seed: UInt64) -> UInt64? {
    var world: SimulatedWorld?
    do {
      let made = try SimulatedWorld(seed: seed)
      world = made
      try made.run()
    } catch {
      let lines = single == nil ? 24 : 10_000
      Issue.record(
        """
        \(error)
        KULKUL_SIM_SEED=\(seed) swift test --filter SimulationTests
        \(world?.trace.text(last: lines) ?? "")
        """)
      return nil
    }
    if single != nil { print("seed \(seed) comes to \(world?.trace.hash ?? 0)") }
    return world?.trace.hash
  }
}

@Suite struct `The simulator` {
  @Test(arguments: 0..<Simulation.lanes)
  func `Worlds come to rest with nothing lost, whatever goes wrong`(lane: Int) {
    var failures = 0
    for seed in Simulation.seeds(lane: lane) where failures < 5 {
      if Simulation.run(seed) == nil { failures += 1 }
    }
  }

  @Test func `One seed is one history`() throws {
    for seed in [3, 11, 42] as [UInt64] where Simulation.single == nil {
      let first = Simulation.run(seed)
      #expect(first == Simulation.run(seed))
    }
  }
}
