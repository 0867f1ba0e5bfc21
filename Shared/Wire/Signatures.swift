import Bytes
import Causality
import Crypto
import Synchronization

/// Signs, and checks what others signed, each thing once.
///
/// The same word comes again and again: an office gives every laptop the same frames under the same
/// seal, and after it was restored every laptop hands it the same streams back under the seals that
/// they came with. A signature costs as much time as to store what it is over. So what was signed
/// and what was found good is remembered, by its digest; what was not good is not.
enum Signatures {
  /// The signature over bytes; `nil` if the key is no private key.
  static func sign(_ bytes: [UInt8], by key: [UInt8]) -> [UInt8]? {
    let digest = Self.digest(key, bytes)
    if let known = given.withLock({ $0[digest] }) { return known }
    guard let ready = ready(key), let signature = try? ready.signature(for: bytes) else {
      // Ignored because a key that does not read cannot sign; the caller goes without.
      return nil
    }
    let word = Array(signature)
    given.withLock {
      if $0.count >= limit { $0 = [:] }
      $0[digest] = word
    }
    return word
  }

  /// Whether a signature over bytes is that of the owner of a public key.
  static func isGood(_ signature: [UInt8], over bytes: [UInt8], by key: [UInt8]) -> Bool {
    let digest = Self.digest(key, signature, bytes)
    if good.withLock({ $0.contains(digest) }) { return true }
    guard let ready = try? Curve25519.Signing.PublicKey(rawRepresentation: key),
      ready.isValidSignature(signature, for: bytes)
    else {
      // Ignored because a key that does not read cannot have signed anything.
      return false
    }
    good.withLock {
      if $0.count >= limit { $0 = [] }
      $0.insert(digest)
    }
    return true
  }

  /// The most that is remembered of each.
  private static let limit = 4096
  private static let given = Mutex<[ChainHash: [UInt8]]>([:])
  private static let good = Mutex<Set<ChainHash>>([])

  private static func digest(_ parts: [UInt8]...) -> ChainHash {
    var writer = ByteWriter(capacity: 256)
    for part in parts { writer.blob(part) }
    return Digest.sha256(writer.bytes)
  }

  /// The key that was last used, ready to sign.
  ///
  /// NB: to make a key ready takes as long as to sign, and nearly all that a process signs it signs
  /// with one key.
  private static let last = Mutex<(bytes: [UInt8], key: Curve25519.Signing.PrivateKey)?>(nil)

  private static func ready(_ key: [UInt8]) -> Curve25519.Signing.PrivateKey? {
    if let last = last.withLock({ $0 }), last.bytes == key { return last.key }
    guard let made = try? Curve25519.Signing.PrivateKey(rawRepresentation: key) else {
      // Ignored because bytes that are no key make no key.
      return nil
    }
    last.withLock { $0 = (key, made) }
    return made
  }
}
