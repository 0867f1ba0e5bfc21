/// The moment at which a change was made, by a hybrid logical clock.
///
/// It orders *siblings* under rules such as `latest` and nothing else: what replaces what is said
/// by names, and no change is ever refused for its clock. Milliseconds since 1970 stand in the
/// upper 48 bits and a logical count in the lower 16, so stamps order as their numbers do.
public struct Stamp: Hashable, Comparable, Sendable {
  /// Both parts in one number.
  public let number: UInt64

  /// Makes the stamp of a number.
  public init(number: UInt64) {
    self.number = number
  }

  /// Makes a stamp of milliseconds since 1970 and a logical count.
  public init(milliseconds: Int64, logical: UInt16 = 0) {
    let bounded = UInt64(max(0, min(milliseconds, (1 << 48) - 1)))
    number = bounded << 16 | UInt64(logical)
  }

  /// Milliseconds since 1970.
  public var milliseconds: Int64 { Int64(number >> 16) }

  /// Orders by time, then by the logical count.
  public static func < (left: Stamp, right: Stamp) -> Bool {
    left.number < right.number
  }
}

/// A hybrid logical clock (Kulkarni and others, 2014), bounded against others' wrong clocks.
///
/// It never goes back and never stands still, whatever the wall clock does; and it never runs more
/// than five minutes ahead of its own wall clock *because of others*.
public struct HybridClock: Sendable {
  /// How far others may push the clock past its own wall clock.
  public static let leewayMilliseconds: Int64 = 5 * 60 * 1000

  /// The last stamp given out or taken in.
  public private(set) var last: Stamp

  /// Makes a clock that goes on after a stamp.
  public init(last: Stamp = Stamp(number: 0)) {
    self.last = last
  }

  /// Gives the stamp of a new change made at this reading of the wall clock.
  public mutating func stamp(wall milliseconds: Int64) -> Stamp {
    let now = Stamp(milliseconds: milliseconds)
    // NB: at the end of time the clock stands still rather than begin anew at 1970.
    last = now > last ? now : Stamp(number: last.number == .max ? .max : last.number + 1)
    return last
  }

  /// Takes notice of someone else's stamp.
  public mutating func notice(_ other: Stamp, wall milliseconds: Int64) {
    let limit = Stamp(milliseconds: min(milliseconds, 1 << 48) + Self.leewayMilliseconds)
    let bounded = min(other, limit)
    if bounded > last { last = bounded }
  }
}

/// What a change says for its clock: the last trusted time its laptop knew, and how long ago.
///
/// Trusted time comes from the office's reply to an authenticated sync and is kept with a monotonic
/// reading and the boot it was taken in. The evidence travels in the change, so whether a stamp is
/// *suspect* is a function of the change alone and every replica agrees on it.
public struct ClockEvidence: Hashable, Sendable {
  /// The office's time at the last sync, in milliseconds since 1970.
  public let trusted: Int64
  /// Milliseconds that passed since then, if the laptop has not been restarted.
  public let elapsed: Int64?

  /// The times that evidence can state, in milliseconds since 1970, and with the sign turned round
  /// the longest time that can have passed.
  public static let times: ClosedRange<Int64> = 0...(1 << 48)

  /// Makes evidence.
  public init(trusted: Int64, elapsed: Int64?) {
    self.trusted = trusted
    self.elapsed = elapsed
  }

  /// Whether a stamp contradicts the evidence.
  ///
  /// It does when it is earlier than the last trusted time; when it is more than 15 minutes off the
  /// time that passed in the same boot; or when, after a restart, it is more than 90 days ahead.
  public func isSuspect(_ stamp: Stamp) -> Bool {
    let time = stamp.milliseconds
    if time < trusted { return true }
    let ahead = time - trusted
    if let elapsed { return (ahead - elapsed).magnitude > 15 * 60 * 1000 }
    return ahead > 90 * 24 * 60 * 60 * 1000
  }
}
