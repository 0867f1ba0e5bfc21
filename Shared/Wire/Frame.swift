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
  /// Somebody's word for the stream up to the last hash.
  public let seal: Seal?
  /// The contents in order.
  public let contents: [[UInt8]]

  /// Makes a frame.
  ///
  /// - Precondition: there is at least one change.
  public init(
    stream: StreamID, first: UInt64, previous: UInt64, last: ChainHash, secret: StreamSecret?,
    seal: Seal? = nil, contents: [[UInt8]]
  ) {
    precondition(!contents.isEmpty, "BUG: a frame without changes")
    self.stream = stream
    self.first = first
    self.previous = previous
    self.last = last
    self.secret = secret
    self.seal = seal
    self.contents = contents
  }

  /// The counter of the last change.
  public var lastCounter: UInt64 { first + UInt64(contents.count) - 1 }

  private static let magic: [UInt8] = [0x4b, 0x46]  // KF
  private static let version: UInt8 = 1

  /// The frame's bytes.
  public var bytes: [UInt8] {
    var body = ByteWriter(capacity: contents.reduce(0) { $0 + $1.count + 3 })
    for content in contents { body.blob(content) }
    let packed = Compression.compress(body.bytes)
    let isPacked = packed.count < body.bytes.count
    var writer = ByteWriter(capacity: packed.count + 96)
    writer.raw(Self.magic)
    writer.byte(Self.version)
    writer.byte((secret == nil ? 0 : 1) | (seal == nil ? 0 : 2) | (isPacked ? 4 : 0))
    writer.fixed64(stream.replica.number)
    writer.varint(stream.village.number)
    writer.varint(first)
    writer.count(contents.count)
    if let secret { writer.raw(secret.bytes) }
    writer.fixed64(previous)
    writer.raw(last.bytes)
    seal?.encode(to: &writer)
    writer.count(body.bytes.count)
    writer.blob(isPacked ? packed : body.bytes)
    return writer.bytes
  }

  /// Reads a frame; its chain is not checked here, since that needs the hash before it.
  public init(_ bytes: [UInt8]) throws(WireError) {
    guard bytes.starts(with: Self.magic), bytes.count > 4 else { throw .foreign }
    guard bytes[2] == Self.version else { throw .newer(version: Int(bytes[2])) }
    let header: Header
    let body: [UInt8]
    do throws(ByteError) {
      var reader = ByteReader(bytes, range: 3..<bytes.count)
      header = try Header(from: &reader)
      body = try reader.blob(limit: Self.contentLimit + 4096)
      try reader.finish()
    } catch {
      throw .malformed(error)
    }
    let plain: [UInt8]
    if header.isPacked {
      plain = try Compression.decompress(body, length: header.length)
    } else {
      guard body.count == header.length else { throw .damaged }
      plain = body
    }
    do throws(ByteError) {
      var reader = ByteReader(plain)
      var contents: [[UInt8]] = []
      contents.reserveCapacity(header.count)
      for _ in 0..<header.count {
        contents.append(try reader.blob(limit: Self.contentLimit))
      }
      try reader.finish()
      self.contents = contents
    } catch {
      throw .malformed(error)
    }
    stream = header.stream
    first = header.first
    previous = header.previous
    last = header.last
    secret = header.secret
    seal = header.seal
  }

  /// What stands before the contents.
  private struct Header {
    let isPacked: Bool
    let stream: StreamID
    let first: UInt64
    let count: Int
    let secret: StreamSecret?
    let previous: UInt64
    let last: ChainHash
    let seal: Seal?
    let length: Int

    init(from reader: inout ByteReader) throws(ByteError) {
      let start = reader.position
      let flags = try reader.byte()
      guard flags <= 7 else { throw .unexpected(UInt64(flags), at: start) }
      isPacked = flags & 4 != 0
      let replica = ReplicaID(try reader.fixed64())
      guard let village = VillageCode(number: try reader.varint()) else {
        throw .malformedNumber(at: start)
      }
      stream = StreamID(village: village, replica: replica)
      first = try reader.varint()
      count = try reader.count(limit: Frame.changeLimit)
      guard first > 0, first <= Dot.counterLimit, count > 0, (flags & 1 != 0) == (first == 1),
        UInt64(count - 1) <= Dot.counterLimit - first
      else { throw .unexpected(first, at: start) }
      secret = flags & 1 == 0 ? nil : StreamSecret(try reader.raw(StreamSecret.length))
      previous = try reader.fixed64()
      guard first > 1 || previous == 0 else { throw .unexpected(previous, at: start) }
      guard let last = ChainHash(try reader.raw(32)) else { throw .truncated(at: start) }
      self.last = last
      seal = flags & 2 == 0 ? nil : try Seal(from: &reader)
      length = try reader.count(limit: Frame.contentLimit)
      guard length >= count else { throw .unexpected(UInt64(length), at: start) }
    }
  }
}
