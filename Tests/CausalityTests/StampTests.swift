import Causality
import TestSupport
import Testing

/// The hybrid clock, and what makes a stamp suspect.
struct StampTests {
  static let minute: Int64 = 60 * 1000
  static let day: Int64 = 24 * 60 * minute
  static let now: Int64 = 1_790_000_000_000

  @Test func `A stamp orders by time, then by its count`() {
    let stamps = [
      Stamp(milliseconds: .min), Stamp(milliseconds: 0, logical: 1), Stamp(milliseconds: 1),
      Stamp(milliseconds: 1, logical: 1), Stamp(milliseconds: 1, logical: .max),
      Stamp(milliseconds: 2), Stamp(milliseconds: .max),
    ]

    for (before, after) in zip(stamps, stamps.dropFirst()) { #expect(before < after) }
    #expect(Stamp(milliseconds: Self.now, logical: 7).milliseconds == Self.now)
    #expect(Stamp(milliseconds: -1) == Stamp(number: 0))
    #expect(Stamp(milliseconds: .max) == Stamp(milliseconds: (1 << 48) - 1))
  }

  // MARK: The clock

  @Test func `A clock gives the wall's time when that goes on`() {
    var clock = HybridClock()

    #expect(clock.stamp(wall: Self.now) == Stamp(milliseconds: Self.now))
    #expect(clock.stamp(wall: Self.now + 1) == Stamp(milliseconds: Self.now + 1))
  }

  @Test func `A clock never goes back and never stands still`() {
    let walls: [Int64] = [.min, -1, 0, 1, Self.now, .max]
    let others = [Stamp(number: 0), Stamp(milliseconds: Self.now + 1), Stamp(number: .max)]
    var gen = Gen()
    while !gen.done() {
      var clock = HybridClock(last: Stamp(number: 5))
      for _ in 0..<4 {
        let before = clock.last
        let wall = gen.pick(walls)
        let choice = gen.below(others.count + 1)
        if choice < others.count {
          clock.notice(others[choice], wall: wall)
          if clock.last < before { Issue.record("notice went back at \(wall)") }
        } else if clock.stamp(wall: wall) <= before {
          Issue.record("stood still at \(wall)")
        }
      }
    }
  }

  @Test func `A clock at the end of time does not begin anew`() {
    var clock = HybridClock(last: Stamp(number: .max))

    #expect(clock.stamp(wall: Self.now) == Stamp(number: .max))
  }

  @Test func `Others push a clock forward by at most five minutes`() {
    let limit = Self.now + HybridClock.leewayMilliseconds
    #expect(HybridClock.leewayMilliseconds == 5 * Self.minute)

    var clock = HybridClock()
    clock.notice(Stamp(milliseconds: Self.now + 1, logical: 3), wall: Self.now)
    #expect(clock.last == Stamp(milliseconds: Self.now + 1, logical: 3))
    clock.notice(Stamp(milliseconds: limit), wall: Self.now)
    #expect(clock.last == Stamp(milliseconds: limit))
    clock.notice(Stamp(milliseconds: limit, logical: 1), wall: Self.now)
    #expect(clock.last == Stamp(milliseconds: limit))
    clock.notice(Stamp(milliseconds: Self.now + 365 * Self.day), wall: Self.now)
    #expect(clock.last == Stamp(milliseconds: limit))

    #expect(clock.stamp(wall: Self.now) == Stamp(milliseconds: limit, logical: 1))
  }

  @Test func `A stamp after a noticed one is later than it, within the five minutes`() {
    var random = SplitMix64(seed: 4)
    for _ in 0..<2000 {
      let wall = Self.now + Int64(random.below(1000))
      let other = Stamp(milliseconds: wall + Int64(random.below(600_001)) - 300_000)
      var clock = HybridClock()
      clock.notice(other, wall: wall)

      let stamp = clock.stamp(wall: wall)
      #expect(stamp > other || other.milliseconds > wall + HybridClock.leewayMilliseconds)
      #expect(stamp.milliseconds <= wall + HybridClock.leewayMilliseconds)
    }
  }

  @Test func `More stamps than fit one millisecond go on into the next`() {
    var clock = HybridClock(last: Stamp(milliseconds: Self.now, logical: .max))

    #expect(clock.stamp(wall: 0) == Stamp(milliseconds: Self.now + 1))
  }

  // MARK: Evidence

  /// A stamp `ahead` of the trusted time, the time that passed in the same boot, and the verdict.
  @Test(
    arguments: [
      // Earlier than the last trusted time.
      (-1, nil, true), (-1, 0, true), (-minute, -minute, true), (0, nil, false), (0, 0, false),
      // More than 15 minutes off the time that passed in the same boot, either way.
      (15 * minute, 0, false), (15 * minute + 1, 0, true),
      (day, day, false), (day, day - 15 * minute, false), (day, day - 15 * minute - 1, true),
      (day, day + 15 * minute, false), (day, day + 15 * minute + 1, true),
      (100 * day, 100 * day, false),
      // After a restart, more than 90 days ahead.
      (90 * day, nil, false), (90 * day + 1, nil, true),
    ] as [(Int64, Int64?, Bool)])
  func `A stamp is suspect for one of three reasons`(
    ahead: Int64, elapsed: Int64?, isSuspect: Bool
  ) {
    let evidence = ClockEvidence(trusted: Self.now, elapsed: elapsed)

    #expect(evidence.isSuspect(Stamp(milliseconds: Self.now + ahead)) == isSuspect)
    #expect(evidence.isSuspect(Stamp(milliseconds: Self.now + ahead, logical: .max)) == isSuspect)
  }

  @Test func `Evidence at its limits can be asked about any stamp`() {
    let limit: Int64 = 1 << 48
    for trusted in [0, limit] {
      for elapsed in [nil, -limit, 0, limit] {
        for stamp in [Stamp(number: 0), Stamp(number: .max)] {
          _ = ClockEvidence(trusted: trusted, elapsed: elapsed).isSuspect(stamp)
        }
      }
    }
  }
}
