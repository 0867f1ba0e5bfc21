import Logging
import Synchronization

/// Keeps every line that is logged.
final class LogBook: Sendable {
  private let kept = Mutex<[String]>([])

  /// The lines, as a log would have them.
  var lines: [String] { kept.withLock { $0 } }

  /// A logger that writes here.
  var logger: Logger { Logger(label: "test") { _ in Handler(book: self) } }

  private struct Handler: LogHandler {
    let book: LogBook
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let words = (event.metadata ?? [:]).sorted { $0.key < $1.key }
        .map { " \($0.key)=\($0.value)" }
      let line = "\(event.level) \(event.message)" + words.joined()
      book.kept.withLock { $0.append(line) }
    }
  }
}
