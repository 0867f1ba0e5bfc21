import Glibc

/// Processor time, which a busy machine stretches less than it stretches the clock.
public enum Processor {
  /// The seconds that this process has had of the processors, in all its threads.
  public static func seconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return seconds(of: usage)
  }

  /// The seconds that something takes.
  public static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = seconds()
    try body()
    return seconds() - start
  }

  static func seconds(of usage: rusage) -> Double {
    seconds(of: usage.ru_utime) + seconds(of: usage.ru_stime)
  }

  private static func seconds(of time: timeval) -> Double {
    Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000
  }
}

/// The clock on the wall, for what is a matter of waiting.
public enum Clock {
  /// The seconds that something takes.
  public static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = now()
    try body()
    return now() - start
  }

  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// How long something took, by both.
public struct Took: Sendable {
  /// Seconds of the processors.
  public var processor = 0.0
  /// Seconds on the clock.
  public var wall = 0.0

  /// Adds what something takes.
  public mutating func add(_ body: () throws -> Void) rethrows {
    let (start, before) = (Clock.now(), Processor.seconds())
    try body()
    processor += Processor.seconds() - before
    wall += Clock.now() - start
  }
}
