import Synchronization

extension Surroundings {
  /// The clocks and chance of a program: the machine's; in a debug build those that a test sets.
  ///
  /// `KULKUL_TEST_CLOCK` is the present in milliseconds since 1970, `KULKUL_TEST_SEED` the seed of
  /// everything random. A release knows neither: replicas minted from one seed would be one replica.
  ///
  /// - Parameter variable: gives the value of an environment variable.
  public static func program(_ variable: (String) -> String?) -> Surroundings {
    #if DEBUG
      var surroundings = Surroundings.system
      if let clock = variable("KULKUL_TEST_CLOCK").flatMap({ Int64($0) }) {
        surroundings.wall = { clock }
        surroundings.uptime = { clock }
        surroundings.boot = { "test" }
      }
      if let seed = variable("KULKUL_TEST_SEED").flatMap({ UInt64($0) }) {
        let chance = SeededChance(seed: seed)
        surroundings.random = { chance.next() }
      }
      return surroundings
    #else
      return .system
    #endif
  }
}

#if DEBUG
  /// Chance that a test can repeat (SplitMix64).
  private final class SeededChance: Sendable {
    private let state: Mutex<UInt64>

    init(seed: UInt64) {
      state = Mutex(seed)
    }

    func next() -> UInt64 {
      state.withLock { state in
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
      }
    }
  }
#endif
