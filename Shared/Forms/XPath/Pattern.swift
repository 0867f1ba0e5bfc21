import Synchronization

/// A regular expression that was found to be well-formed when its form was loaded.
///
/// It matches whole texts, by Unicode scalars and with ASCII meanings of `\d`, `\w` and `\s`, so
/// that the same answer passes on every laptop. Only what all survey tools share is accepted: what
/// the engine may refuse later, or only at the first match, is refused here.
final class Pattern: Sendable {
  /// The longest pattern in bytes.
  static let limit = 500

  // A compiled expression may not be shared between threads, hence the lock.
  private let regex: Mutex<Regex<AnyRegexOutput>>

  /// Compiles a pattern; `nil` if it is malformed or of a kind that is not supported.
  init?(_ text: String) {
    guard Pattern.isPlain(text) else { return nil }
    do {
      let compiled = try Regex(text).matchingSemantics(.unicodeScalar)
        .asciiOnlyCharacterClasses()
      regex = Mutex(compiled)
    } catch {
      return nil
    }
  }

  /// Whether all of the text fits.
  func matches(_ text: String) -> Bool {
    regex.withLock { regex in
      do {
        return try regex.wholeMatch(in: text) != nil
      } catch {
        // Ignored because an engine that gives up has not found a match.
        return false
      }
    }
  }

  /// Whether a pattern has no more than characters, classes, groups, counts and alternatives.
  private static func isPlain(_ text: String) -> Bool {
    guard text.utf8.count <= limit else { return false }
    let bytes = Array(text.utf8)
    var groups = 0
    var index = 0
    while index < bytes.count {
      let next = index + 1 < bytes.count ? bytes[index + 1] : 0
      switch bytes[index] {
      case UInt8(ascii: "\\"):
        guard escapes.contains(next) else { return false }
        index += 1
      case UInt8(ascii: "("):
        groups += 1
        if next == UInt8(ascii: "?") {
          let kind = index + 2 < bytes.count ? bytes[index + 2] : 0
          guard groupKinds.contains(kind) else { return false }
        }
        guard next != UInt8(ascii: "*") else { return false }
      default: break
      }
      index += 1
    }
    return groups <= 50
  }

  private static let escapes = Set("dDwWsSbBnrt.^$|?*+()[]{}\\/-,:'\"@&_".utf8)
  private static let groupKinds = Set(":=!".utf8)
}
