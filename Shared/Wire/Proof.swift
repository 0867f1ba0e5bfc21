import Bytes
import Causality
import Model

/// How a laptop proves who it is: an Ed25519 signature over the digest of the whole request, in the
/// request's `Authorization` header.
///
/// ```
/// Authorization: Kulkul 7 5f0c…
/// ```
public struct Proof: Hashable, Sendable {
  /// The word before the device and its signature.
  public static let scheme = "Kulkul"

  /// The device that asks.
  public let device: DeviceID
  /// Its signature over ``signed(_:)``.
  public let signature: [UInt8]

  /// Makes a proof.
  public init(device: DeviceID, signature: [UInt8]) {
    self.device = device
    self.signature = signature
  }

  /// What a device signs: the digest of the whole request.
  public static func signed(_ request: [UInt8]) -> [UInt8] {
    Array("kulkul sync".utf8) + Digest.sha256(request).bytes
  }

  /// Whether the owner of a key signed a request.
  public func isGood(for request: [UInt8], by key: [UInt8]) -> Bool {
    Signatures.isGood(signature, over: Self.signed(request), by: key)
  }

  /// The header's value.
  public var header: String { "\(Self.scheme) \(device) \(Hex.text(signature))" }

  /// Reads a header's value; `nil` if it is no proof.
  public init?(header: String) {
    let parts = header.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 3, parts[0] == Self.scheme, let number = UInt32(parts[1]),
      let signature = Hex.bytes(String(parts[2])), signature.count == 64
    else { return nil }
    self.init(device: DeviceID(number), signature: signature)
  }
}

/// The types of the bodies that the office and laptops exchange over HTTP.
public enum MediaType {
  /// A request or reply of Kulkul's.
  public static let message = "application/x-kulkul"
  /// A ``Problem``.
  public static let problem = "application/x-kulkul-problem"
}
