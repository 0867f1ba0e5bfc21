/// A small random generator that gives the same numbers for the same seed on every machine.
///
/// Tests draw from it alone, so a seed in a failure's message is all that is needed to see the
/// failure again.
public struct SplitMix64: RandomNumberGenerator, Choosing, Sendable {
  private var state: UInt64

  /// Makes a generator that begins at a seed.
  public init(seed: UInt64) {
    state = seed
  }

  /// Makes a generator that begins at a seed.
  public init(seed: Int) {
    state = UInt64(bitPattern: Int64(seed))
  }

  /// Gives the next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// Chooses a number from 0 up to, and without, `bound`.
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "BUG: nothing to choose from")
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// Says yes in so many of a hundred cases.
  public mutating func chance(_ percent: Int) -> Bool {
    below(100) < percent
  }

  /// Gives random bytes.
  public mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }

  /// Gives a number of at most 64 bits in which every length in bits is equally likely.
  ///
  /// Borders of formats lie at powers of two, where evenly drawn numbers almost never are.
  public mutating func anyLength() -> UInt64 {
    let bits = below(65)
    return bits == 0 ? 0 : next() >> UInt64(64 - bits)
  }
}
