import Foundation

/// What a process of its own took, from its start to its end.
public struct ProgramRun: Sendable {
  /// Processor time in seconds.
  public let processor: Double
  /// Time on the wall in seconds.
  public let wall: Double
}

/// Runs other programs and sees what they take.
public enum Program {
  /// Runs a program to its end; what it prints is thrown away.
  ///
  /// - Parameter variables: its environment, beside a `PATH`.
  @discardableResult
  public static func run(
    _ path: String, _ arguments: [String], variables: [String: String] = [:]
  ) throws -> ProgramRun {
    let start = Clock.now()
    let process = try spawn(path, arguments, variables: variables, output: "/dev/null")
    return try wait(for: process, since: start, what: path + " " + arguments.joined(separator: " "))
  }

  /// Runs a program to its end and sees how much memory it has at most.
  public static func runWatching(
    _ path: String, _ arguments: [String], variables: [String: String]
  ) throws -> (wall: Double, memory: Int) {
    let start = Clock.now()
    let process = try spawn(path, arguments, variables: variables, output: "/dev/null")
    var memory = 0
    var status: Int32 = 0
    // NB: what the system says of an ended child counts the memory of this process too, which the
    // child shared for a moment; and of a child that has ended the most is not to be had any more.
    while waitpid(process, &status, WNOHANG) == 0 {
      memory = max(memory, Self.memory(of: process) ?? 0)
      usleep(2000)
    }
    guard status == 0 else { throw BenchError.program(path, status) }
    return (Clock.now() - start, memory)
  }

  /// Which memory of a process is asked for.
  enum MemoryLine: String {
    /// The most it had so far.
    case most = "VmHWM:"
    /// What it has now.
    case now = "VmRSS:"
  }

  /// How much memory a process has, in bytes.
  static func memory(of process: pid_t, _ which: MemoryLine = .most) -> Int? {
    // Ignored because a process that has ended has no such file.
    guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix(which.rawValue) }
    return line?.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 }
  }

  /// Starts a program that goes on.
  static func spawn(
    _ path: String, _ arguments: [String], variables: [String: String], output: String
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var environment = variables
    environment["PATH"] = "/usr/bin:/bin"
    environment["LANG"] = "C.UTF-8"
    let words = ([path] + arguments).map { strdup($0) } + [nil]
    let settings =
      environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (words + settings).forEach { free($0) } }
    var process: pid_t = 0
    let code = posix_spawnp(&process, path, &actions, nil, words, settings)
    guard code == 0 else { throw BenchError.program(path, code) }
    return process
  }

  /// Waits for a process to end, and says what it took.
  static func wait(for process: pid_t, since start: Double, what: String) throws -> ProgramRun {
    var status: Int32 = 0
    var usage = rusage()
    while wait4(process, &status, 0, &usage) < 0 {
      guard errno == EINTR else { throw BenchError.program(what, errno) }
    }
    guard status == 0 else { throw BenchError.program(what, status) }
    return ProgramRun(
      processor: Processor.seconds(of: usage), wall: Clock.now() - start)
  }
}

/// What keeps a benchmark from being run.
public enum BenchError: Error, CustomStringConvertible {
  /// A program did not start or did not end well.
  case program(String, Int32)
  /// SQLite said no.
  case sqlite(Int32)
  /// Something came out otherwise than it must.
  case unexpected(String)

  /// What happened.
  public var description: String {
    switch self {
    case .program(let what, let code): "\(what): ended with \(code)"
    case .sqlite(let code): "plain SQLite: code \(code)"
    case .unexpected(let what): what
    }
  }
}
