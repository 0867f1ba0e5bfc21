import Glibc
import Store

/// The two streams that a command talks through: data on stdout, all else on stderr.
final class Console: Sendable {
  private let isOutColoured: Bool
  private let isErrColoured: Bool
  private let isErrTerminal: Bool

  /// Makes a console over the process's streams.
  init(environment: Environment) {
    let wantsColour = environment["NO_COLOR"] == nil && environment["TERM"] ?? "dumb" != "dumb"
    isErrTerminal = isatty(STDERR_FILENO) == 1
    isOutColoured = wantsColour && isatty(STDOUT_FILENO) == 1
    isErrColoured = wantsColour && isErrTerminal
  }

  /// Writes a line of data.
  func print(_ line: String) { write(line + "\n") }

  /// Writes data as it is.
  func write(_ text: String) { Self.send(text, to: STDOUT_FILENO) }

  /// Says something beside the data.
  func say(_ notice: Notice) { Self.send(notice.text + "\n", to: STDERR_FILENO) }

  /// Says why a command ends without having done what it was asked.
  func say(_ failure: Failure) {
    let error = Self.styled(Label.error.text + ":", "1;31", isErrColoured)
    let hint = Self.styled(Label.hint.text + ":", "1", isErrColoured)
    Self.send("\(error) \(failure.text)\n\(hint) \(failure.hint)\n", to: STDERR_FILENO)
  }

  /// Shows how far long work has come, on a terminal alone; `nil` takes the line away.
  func show(_ progress: Notice?) {
    guard isErrTerminal else { return }
    Self.send("\r\u{1B}[K" + (progress?.text ?? ""), to: STDERR_FILENO)
  }

  /// Text of data that stands back, where there are colours.
  func dim(_ text: String) -> String { Self.styled(text, "2", isOutColoured) }

  /// Text of data that stands out, where there are colours.
  func bold(_ text: String) -> String { Self.styled(text, "1", isOutColoured) }

  private static func styled(_ text: String, _ style: String, _ isColoured: Bool) -> String {
    isColoured ? "\u{1B}[\(style)m\(text)\u{1B}[0m" : text
  }

  private static func send(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
        continue
      }
      let code = count == 0 ? EIO : errno
      if code == EINTR || code == EAGAIN { continue }
      guard descriptor == STDOUT_FILENO else { return }
      // NB: whoever reads no more, as `head` does, has read enough; the command has its own end all the same.
      if code == EPIPE { return }
      // NB: data that is lost must not pass for data that was printed, whatever the command then does.
      let lost = Failure.store(.disk(path: "stdout", detail: String(cString: strerror(code))))
      send("\(Label.error.text): \(lost.text)\n", to: STDERR_FILENO)
      send("\(Label.hint.text): \(lost.hint)\n", to: STDERR_FILENO)
      exit(lost.kind.rawValue)
    }
  }
}
