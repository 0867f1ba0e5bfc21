/// The SplitMix64 generator (Steele, Lea and Flood, 2014): one seed, one sequence, everywhere.
public struct SplitMix: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Makes a generator of a seed.
  public init(_ seed: UInt64) {
    state = seed
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number from 0 up to, not including, `bound`.
  public mutating func below(_ bound: UInt64) -> Int {
    Int(next() % bound)
  }

  /// One of some.
  public mutating func pick<Element>(_ some: [Element]) -> Element {
    some[below(UInt64(some.count))]
  }
}
