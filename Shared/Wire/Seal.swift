import Bytes
import Causality
import Crypto
import Model

/// Somebody's word, under their key, that a stream is theirs to vouch for up to a hash.
///
/// A laptop may hand on what others wrote: to an office that lost it, or to another laptop. Whoever
/// receives that must not have to trust the one who hands it on, so a frame can end in a seal:
///
/// - the *office's* seal says that the office took these changes in; an office that was restored from
///   a backup takes them again on that word alone, whoever brings them;
/// - a *device's* seal says that the device wrote them; they are judged as if it had brought them.
///
/// As a hash covers everything before it in its stream, one seal vouches for the whole prefix.
public struct Seal: Hashable, Sendable {
  /// Whose key signed: a device's number, or ``office``.
  public let signer: DeviceID
  /// The Ed25519 signature, 64 bytes.
  public let signature: [UInt8]

  /// The number that stands for the office among signers.
  public static let office = DeviceID.standalone
  static let signatureLength = 64

  /// Makes a seal of a signature that was received or kept; `nil` if it cannot be one.
  public init?(signer: DeviceID, signature: [UInt8]) {
    guard signature.count == Self.signatureLength else { return nil }
    self.signer = signer
    self.signature = signature
  }

  /// Seals a stream up to a counter, where it has a hash.
  ///
  /// - Returns: `nil` if the bytes are no private key.
  public init?(
    _ dot: Dot, _ hash: ChainHash, survey: UInt64, signer: DeviceID, key: [UInt8]
  ) {
    let signed = Self.signed(dot, hash, survey: survey)
    guard let signature = Signatures.sign(signed, by: key) else { return nil }
    self.signer = signer
    self.signature = signature
  }

  /// Whether the seal is of the key's owner and vouches for the stream up to here.
  public func vouches(for dot: Dot, _ hash: ChainHash, survey: UInt64, key: [UInt8]) -> Bool {
    Signatures.isGood(signature, over: Self.signed(dot, hash, survey: survey), by: key)
  }

  private static func signed(_ dot: Dot, _ hash: ChainHash, survey: UInt64) -> [UInt8] {
    var writer = ByteWriter(capacity: 80)
    writer.raw(Array("kulkul seal".utf8))
    writer.fixed64(survey)
    writer.fixed64(dot.replica.number)
    writer.fixed64(dot.village.number)
    writer.fixed64(dot.counter)
    writer.raw(hash.bytes)
    return writer.bytes
  }
}

extension Seal {
  func encode(to writer: inout ByteWriter) {
    writer.varint(UInt64(signer.number))
    writer.raw(signature)
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    signer = DeviceID(try reader.varint32())
    signature = try reader.raw(Self.signatureLength)
  }
}

/// The office's key: made when the survey is founded, its public half told to everyone.
public enum SigningKey {
  /// Makes a private key of 32 random bytes.
  public static func make(random: inout some RandomNumberGenerator) -> [UInt8] {
    var writer = ByteWriter(capacity: 32)
    for _ in 0..<4 { writer.fixed64(random.next()) }
    return writer.bytes
  }

  /// The public half; `nil` if the bytes are no private key.
  public static func publicHalf(of key: [UInt8]) -> [UInt8]? {
    guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: key) else {
      // Ignored because bytes that are no key have no public half.
      return nil
    }
    return Array(key.publicKey.rawRepresentation)
  }
}
