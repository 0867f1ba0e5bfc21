import Foundation
import Glibc
import Testing

/// A terminal in front of the program, with somebody at it who answers each prompt with a line.
///
/// The terminal shows nothing of what is typed, so that what comes back is what the program says.
struct Terminal {
  /// How wide it is.
  var columns = 80
  private static let patience: Int32 = 30_000
  // What grantpt and its like ask the system, which Swift does not see.
  private static let setLock: UInt = 0x4004_5431
  private static let getNumber: UInt = 0x8004_5430

  /// Runs a command of a stage's at the terminal, and gives what was seen and how it ended.
  ///
  /// - Parameters:
  ///   - command: a line for `sh`.
  ///   - typed: what is typed, a line at each prompt; then the terminal hangs up.
  func run(
    _ command: String, on stage: Stage, step: Int, typing typed: [String] = [],
    colours: [String: String] = ["TERM": "dumb"]
  ) throws -> (seen: String, code: Int32) {
    let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(master >= 0)
    defer { close(master) }
    var (lock, number) = (Int32(0), Int32(0))
    let isOpen =
      ioctl(master, Self.setLock, &lock) == 0 && ioctl(master, Self.getNumber, &number) == 0
    try #require(isOpen)
    let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(slave >= 0)
    var modes = termios()
    tcgetattr(slave, &modes)
    modes.c_lflag &= ~tcflag_t(ECHO)
    modes.c_oflag &= ~tcflag_t(OPOST)
    tcsetattr(slave, TCSANOW, &modes)
    var size = winsize(ws_row: 24, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(slave, UInt(TIOCSWINSZ), &size)

    let process = stage.process(command, step: step, more: colours)
    let end = FileHandle(fileDescriptor: slave, closeOnDealloc: false)
    process.standardInput = end
    process.standardOutput = end
    process.standardError = end
    try process.run()
    close(slave)
    let seen = try talk(through: master, typed)
    process.waitUntilExit()
    return (stage.tidy(seen), process.terminationStatus)
  }

  /// Answers each prompt, which is a line that does not end, until the program has gone.
  private func talk(through master: Int32, _ typed: [String]) throws -> String {
    var bytes: [UInt8] = []
    var answered = 0
    var typed = typed[...]
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let isPrompt = bytes.count > answered && bytes.suffix(2) == Array(": ".utf8)[...]
      let isChoice = bytes.count > answered && bytes.suffix(2) == Array("] ".utf8)[...]
      var poller = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      // NB: a prompt is one only when nothing follows it for a moment.
      let ready = poll(&poller, 1, isPrompt || isChoice ? 150 : Self.patience)
      if ready == 0 {
        guard isPrompt || isChoice else {
          Issue.record(
            "the program neither asks nor ends: \(String(decoding: bytes, as: UTF8.self))")
          return String(decoding: bytes, as: UTF8.self)
        }
        answered = bytes.count
        // The end of input is typed as control-D.
        let line = typed.popFirst().map { Array(($0 + "\n").utf8) } ?? [4]
        bytes += Array(
          "«\(line == [4] ? "^D" : String(decoding: line.dropLast(), as: UTF8.self))»\n".utf8)
        answered = bytes.count
        line.withUnsafeBytes { _ = Glibc.write(master, $0.baseAddress, $0.count) }
        continue
      }
      let count = Glibc.read(master, &buffer, buffer.count)
      if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer[..<count]
    }
  }
}
