import Causality
import Glibc
import Synchronization

/// Everything of the world that a store depends on beside its file: clocks and chance.
///
/// The program passes ``system``; tests and the simulator pass their own, so that a seed re-runs
/// any run to the byte.
public struct Surroundings: Sendable {
  /// The wall clock, in milliseconds since 1970.
  public var wall: @Sendable () -> Int64
  /// Milliseconds since the machine was started; never goes back.
  public var uptime: @Sendable () -> Int64
  /// What tells one start of the machine from another.
  public var boot: @Sendable () -> String
  /// 64 random bits.
  public var random: @Sendable () -> UInt64
  /// What tells one machine from another; empty if nothing does.
  public var machine: @Sendable () -> String
  /// The folder for what must not be restored together with a store; `nil` for nowhere.
  public var marks: String?

  /// Makes surroundings of parts.
  public init(
    wall: @escaping @Sendable () -> Int64, uptime: @escaping @Sendable () -> Int64,
    boot: @escaping @Sendable () -> String, random: @escaping @Sendable () -> UInt64,
    machine: @escaping @Sendable () -> String = { "" }, marks: String? = nil
  ) {
    self.wall = wall
    self.uptime = uptime
    self.boot = boot
    self.random = random
    self.machine = machine
    self.marks = marks
  }

  /// The wall clock's time as a message can state it: a clock that stands before 1970 or far ahead says the
  /// nearest that can be said.
  public func statedTime() -> Int64 {
    min(max(wall(), ClockEvidence.times.lowerBound), ClockEvidence.times.upperBound)
  }

  /// The machine itself.
  public static let system = Surroundings(
    wall: { read(CLOCK_REALTIME) },
    uptime: { read(CLOCK_BOOTTIME) },
    boot: { bootID },
    random: {
      var generator = SystemRandomNumberGenerator()
      return generator.next()
    }, machine: { firstWord(of: "/etc/machine-id") ?? "" })

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  // NB: read once, because a process does not outlive the start of the machine. Where it cannot be read
  // no other process was of the same start, as far as anybody can say.
  private static let bootID =
    firstWord(of: "/proc/sys/kernel/random/boot_id") ?? "unknown \(UInt64.random(in: 0 ... .max))"

  private static func firstWord(of path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count].prefix { $0 > 32 }, as: UTF8.self)
  }
}

/// Lets an injected source of chance be used where a generator is wanted.
struct InjectedRandom: RandomNumberGenerator {
  let surroundings: Surroundings

  mutating func next() -> UInt64 {
    surroundings.random()
  }
}
