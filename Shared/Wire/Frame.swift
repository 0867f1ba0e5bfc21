import Bytes
import Causality

/// A run of changes of one stream, in transit.
///
/// Contents are carried byte for byte as their authors wrote them; the hash of the last change is
/// stated and those of the others are computed, so a frame costs 32 bytes of hashes whatever its
/// length. docs/formats/FRAME.md describes the bytes.
public struct Frame: Hashable, Sendable {
  /// The most bytes of contents in one frame, unless one change alone is larger.
  public static let contentTarget = 512 << 10
  /// The most changes in one frame.
  public static let changeLimit = 4096
  /// The most frames of one message, and so the most refusals of a reply.
  public static let messageLimit = 100_000
  /// The most bytes of contents that are accepted.
  public static let contentLimit = 8 << 20

  /// The stream.
  public let stream: StreamID
  /// The counter of the first change.
  public let first: UInt64
  /// The hash tag of the change before the first; zero before the first of the stream.
  public let previous: UInt64
  /// The hash of the last change.
  public let last: ChainHash
  /// The stream's secret, which travels with the stream's first frame.
  public let secret: StreamSecret?
  /// What the frame can be checked by without what is before it; only where `first` is above 1, and
  /// only under a seal.
  public let base: Base?
  /// Somebody's word for the stream up to the last hash.
  public let seal: Seal?
  /// The contents in order.
  public let contents: [[UInt8]]

  /// What the chain of a frame goes on from.
  ///
  /// Whoever has the changes before it needs a tag and no more. Whoever finds a stick whose beginning
  /// nobody has can compute the last hash from this, and hold it against the seal: a base that was
  /// made up leads to no hash that was ever sealed.
  public struct Base: Hashable, Sendable {
    /// The hash of the change before the first.
    public let hash: ChainHash
    /// The stream's secret.
    public let secret: StreamSecret

    /// Makes a base.
    public init(hash: ChainHash, secret: StreamSecret) {
      self.hash = hash
      self.secret = secret
    }
  }

  /// Makes a frame.
  ///
  /// - Precondition: there is at least one change, and a base leads on from what is before it.
  public init(
    stream: StreamID, first: UInt64, previous: UInt64, last: ChainHash, secret: StreamSecret?,
    base: Base? = nil, seal: Seal? = nil, contents: [[UInt8]]
  ) {
    precondition(!contents.isEmpty, "BUG: a frame without changes")
    precondition(
      base == nil || first > 1 && base?.hash.tag == previous, "BUG: a base of another place")
    self.stream = stream
    self.first = first
    self.previous = previous
    self.last = last
    self.secret = secret
    self.base = base
    self.seal = seal
    self.contents = contents
  }

  /// The bytes of its contents.
  public var size: Int { contents.reduce(0) { $0 + $1.count } }

  /// The counter of the last change.
  public var lastCounter: UInt64 { first + UInt64(contents.count) - 1 }

  /// The dot of the change at an index.
  public func dot(at index: Int) -> Dot { stream.dot(first + UInt64(index)) }

  /// The dot of the last change.
  public var lastDot: Dot { stream.dot(lastCounter) }

  /// How far whoever has the frame and all before it holds the stream.
  public var end: VersionVector.Entry {
    VersionVector.Entry(replica: stream.replica, count: lastCounter, head: last.tag)
  }
}
