import CCarrier

/// Why a request brought no reply, told apart by what can be done about it.
///
/// The texts are libcurl's own words, for a log or the end of a message; they are never needed to
/// tell one case from another.
public enum CarrierError: Error, Equatable {
  /// libcurl is not installed, or is not one that can be used.
  case libraryMissing(String)

  /// The address is no http or https URL.
  case badAddress(String)

  /// A header of this name cannot be sent: the name is no word, or the value breaks the line.
  case badHeader(String)

  /// No connection came about: no such host, nothing that listens, no network.
  case unreachable(String)

  /// A limit of time or speed was passed, while connecting or later.
  case timedOut

  /// The connection was there and broke off before the reply was complete.
  case cut(String)

  /// What answered speaks no HTTP.
  case notHTTP(String)

  /// The other side could not prove who it is, or speaks no TLS.
  case untrusted(String)

  /// The reply is longer than allowed.
  case tooLarge(limit: Int)

  /// The progress closure decided so.
  case cancelled

  /// Anything else, with libcurl's code for it.
  case other(code: Int, String)

  /// Whether there was a connection, and it broke off.
  public var isCut: Bool {
    if case .cut = self { true } else { false }
  }

  /// Whether the network failed on the way: what was asked can be asked again.
  public var isBroken: Bool {
    switch self {
    case .unreachable, .timedOut, .cut: true
    default: false
    }
  }

  init?(_ outcome: ccarrier_outcome, of handle: OpaquePointer) {
    let words = String(cString: ccarrier_message(handle))
    switch outcome {
    case .carried: return nil
    case .bad_address: self = .badAddress(words)
    case .unreachable: self = .unreachable(words)
    case .timed_out: self = .timedOut
    case .cut: self = .cut(words)
    case .no_http: self = .notHTTP(words)
    case .untrusted: self = .untrusted(words)
    case .too_large: self = .tooLarge(limit: Int(clamping: ccarrier_limit_hit(handle)))
    case .cancelled: self = .cancelled
    case .other: self = .other(code: Int(ccarrier_code(handle)), words)
    }
  }
}
