import Bytes
import Causality
import Crypto
import Model

/// The secret of a stream, from which the salt of each of its changes is made.
///
/// A change's hash covers a *salted* digest of its content. So when a person's data is erased later,
/// the digest that stays behind, together with a small set of likely contents, does not tell which
/// one it was; and the chain of hashes still verifies.
public struct StreamSecret: Hashable, Sendable {
  /// Its length in bytes.
  public static let length = 16

  /// The random bytes.
  public let bytes: [UInt8]

  /// Makes a secret of 16 bytes, or `nil` if there are more or fewer.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.length else { return nil }
    self.bytes = bytes
  }

  /// Makes a secret of random numbers.
  public init(random: inout some RandomNumberGenerator) {
    var writer = ByteWriter(capacity: 16)
    writer.fixed64(random.next())
    writer.fixed64(random.next())
    bytes = writer.bytes
  }
}

/// Computes the hashes of one stream, change by change.
///
/// ```
/// salt(n)   = HMAC-SHA256(secret, n)
/// digest(n) = SHA-256(salt(n) ‖ content(n))
/// hash(n)   = SHA-256("kulkul1" ‖ hash(n-1) ‖ replica ‖ village ‖ n ‖ digest(n))
/// ```
///
/// Numbers are eight bytes, big-endian. Whoever holds hash(n) can check everything up to n.
public struct Chain: Sendable {
  /// The stream.
  public let stream: StreamID
  /// How many changes have been hashed.
  public private(set) var count: UInt64
  /// The hash of the last of them.
  public private(set) var head: ChainHash
  // NB: keyed once and copied for each change: the key's schedule costs as much as the rest.
  private let keyed: HMAC<SHA256>

  /// Makes a chain that goes on after `count` changes, the last with the hash `head`.
  public init(stream: StreamID, secret: StreamSecret, count: UInt64 = 0, head: ChainHash = .start) {
    self.stream = stream
    self.count = count
    self.head = head
    keyed = HMAC<SHA256>(key: SymmetricKey(data: secret.bytes))
  }

  /// Hashes the next change.
  public mutating func append(_ content: [UInt8]) -> ChainHash {
    content.withUnsafeBytes { append($0) }
  }

  /// Hashes the next change, whose content lies in memory.
  public mutating func append(_ content: UnsafeRawBufferPointer) -> ChainHash {
    count += 1
    var number = count.bigEndian
    var mac = keyed
    withUnsafeBytes(of: &number) { mac.update(data: $0) }
    let salt = mac.finalize()
    var inner = SHA256()
    salt.withUnsafeBytes { inner.update(bufferPointer: $0) }
    inner.update(bufferPointer: content)
    let digest = inner.finalize()
    var outer = SHA256()
    Self.prefix.withUnsafeBytes { outer.update(bufferPointer: $0) }
    var words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (
      head.tag.bigEndian, head.second.bigEndian, head.third.bigEndian, head.fourth.bigEndian,
      stream.replica.number.bigEndian, stream.village.number.bigEndian, number
    )
    withUnsafeBytes(of: &words) { outer.update(bufferPointer: $0) }
    digest.withUnsafeBytes { outer.update(bufferPointer: $0) }
    head = outer.finalize().withUnsafeBytes { ChainHash(words: $0) }
    return head
  }

  private static let prefix = Array("kulkul1".utf8)
}

extension ChainHash {
  init(words bytes: UnsafeRawBufferPointer) {
    self.init(
      UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
      UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
      UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
      UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)))
  }
}

/// Digests of states, vectors and views.
public enum Digest {
  /// SHA-256 as four words.
  public static func sha256(_ bytes: [UInt8]) -> ChainHash {
    bytes.withUnsafeBytes { pointer in
      var hasher = SHA256()
      hasher.update(bufferPointer: pointer)
      return hasher.finalize().withUnsafeBytes { ChainHash(words: $0) }
    }
  }

  /// The digest by which two replicas compare all they hold.
  public static func vectors(_ vectors: [VillageVector]) -> ChainHash {
    var writer = ByteWriter(capacity: 256)
    for pair in vectors.sorted(by: { $0.village < $1.village }) where !pair.vector.isEmpty {
      writer.varint(pair.village.number)
      pair.vector.encode(to: &writer)
    }
    return sha256(writer.bytes)
  }
}
