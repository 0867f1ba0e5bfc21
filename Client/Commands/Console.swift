import Glibc

/// The three streams that a command talks through: data on stdout, all else on stderr.
///
/// What comes from others is made harmless before it reaches a terminal: an answer cannot move the
/// cursor or change the colours.
final class Console {
  /// Where text goes.
  enum Stream {
    /// Data, for people and for the next program.
    case out
    /// Everything that is said about it.
    case err

    fileprivate var descriptor: Int32 { self == .out ? STDOUT_FILENO : STDERR_FILENO }
  }

  /// Whether somebody sits at the keyboard.
  let isInteractive: Bool
  private let isTerminal: [Bool]
  private let wantsColour: Bool
  private var pending: [UInt8] = []
  private var isProgressShown = false
  /// Whether nobody reads the data any more.
  private(set) var isUnread = false
  /// What kept data from being written, in the system's words; the first counts.
  private var lost: String?

  private static let flushLimit = 64 << 10

  /// Makes a console over the process's streams.
  init(environment: [String: String]) {
    isTerminal = [
      isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, isatty(STDERR_FILENO) == 1,
    ]
    isInteractive = isTerminal[0] && isTerminal[2]
    wantsColour =
      (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"].map { $0 != "dumb" } ?? false
  }

  /// Whether a stream shows on a terminal.
  func isTerminal(_ stream: Stream) -> Bool { isTerminal[Int(stream.descriptor)] }

  /// How wide the terminal behind a stream is; `nil` if there is none.
  func width(_ stream: Stream) -> Int? {
    guard isTerminal(stream) else { return nil }
    var size = winsize()
    guard ioctl(stream.descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else {
      return 80
    }
    return Int(size.ws_col)
  }

  /// Whether text to a stream may be coloured.
  func isColoured(_ stream: Stream) -> Bool { wantsColour && isTerminal(stream) }

  /// Writes a line of data.
  func print(_ line: String) {
    write(Array(line.utf8))
    write([10])
  }

  /// Writes data as it is.
  func write(_ bytes: [UInt8]) {
    pending += bytes
    if pending.count >= Self.flushLimit { flush() }
  }

  /// Says something beside the data.
  func say(_ line: String) {
    flush()
    clearProgress()
    Self.send(Array((line + "\n").utf8), to: .err)
  }

  /// Shows how far long work has come, on a terminal alone.
  func progress(_ line: String) {
    guard isTerminal(.err) else { return }
    let width = (width(.err) ?? 80) - 1
    Self.send(Array(("\r\u{1B}[K" + String(line.prefix(width))).utf8), to: .err)
    isProgressShown = true
  }

  /// Takes the line of progress away.
  func clearProgress() {
    guard isProgressShown else { return }
    Self.send(Array("\r\u{1B}[K".utf8), to: .err)
    isProgressShown = false
  }

  /// Sends on what was written.
  func flush() {
    let bytes = pending
    pending = []
    guard lost == nil, !isUnread, let code = Self.send(bytes, to: .out) else { return }
    // NB: whoever reads no more, as `head` does, has read enough; the command has its own end all the same.
    if code == EPIPE { isUnread = true } else { lost = String(cString: strerror(code)) }
  }

  /// Sends on what was written, and sees that nothing of it was lost.
  ///
  /// - Throws: `Failure.outputLost` if some of it was.
  func finish() throws {
    flush()
    if let lost { throw Failure.outputLost(reason: lost) }
  }

  /// Writes bytes; gives the number of the error that kept some of them back.
  @discardableResult
  private static func send(_ bytes: [UInt8], to stream: Stream) -> Int32? {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.write(stream.descriptor, $0.baseAddress, $0.count)
      }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if count == 0 {
        return EIO
      } else if errno != EINTR && errno != EAGAIN {
        return errno
      }
    }
    return nil
  }
}

// MARK: Questions

extension Console {
  /// The longest line that is read.
  private static let lineLimit = 1 << 20

  /// Asks on stderr and reads a line; `nil` at the end of input.
  func ask(_ prompt: String) throws -> String? {
    flush()
    clearProgress()
    Self.send(Array(prompt.utf8), to: .err)
    return try readLine()
  }

  /// Asks without showing what is typed; where nobody sits there, reads a line all the same.
  func askHidden(_ prompt: String) throws -> String? {
    guard isInteractive else { return try readLine() }
    Echo.turnOff()
    defer {
      Echo.turnOn()
      Self.send([10], to: .err)
    }
    return try ask(prompt)
  }

  /// The next line of stdin without its end.
  func readLine() throws -> String? {
    var bytes: [UInt8] = []
    var isAtEnd = true
    // NB: byte by byte, so that nothing is taken from whoever reads stdin after us.
    var byte: UInt8 = 0
    while true {
      let count = Glibc.read(STDIN_FILENO, &byte, 1)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { break }
      isAtEnd = false
      if byte == 10 { break }
      bytes.append(byte)
      guard bytes.count <= Self.lineLimit else { throw Failure.longLine(limit: Self.lineLimit) }
    }
    if isAtEnd { return nil }
    if bytes.last == 13 { bytes.removeLast() }
    guard let line = String(validating: bytes, as: UTF8.self) else { throw Failure.inputNotText }
    return line
  }
}

/// Whether the terminal shows what is typed.
private enum Echo {
  nonisolated(unsafe) private static var before = termios()

  static func turnOff() {
    tcgetattr(STDIN_FILENO, &before)
    var hidden = before
    hidden.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
    // NB: whoever gives up here must not be left with a terminal that shows nothing.
    signal(SIGINT) { _ in
      Echo.restore()
      _exit(130)
    }
  }

  static func turnOn() {
    restore()
    signal(SIGINT, SIG_DFL)
  }

  private static func restore() {
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
  }
}
