import Bytes
import Causality

// docs/formats/FRAME.md describes these bytes.

extension Frame {
  private static let magic: [UInt8] = [0x4b, 0x46]  // KF
  /// The version that is written.
  static let version: UInt8 = 2
  /// What a frame's body may have beyond the contents it unpacks to.
  private static let bodySlack = 4096

  private enum Flags {
    static let secret: UInt8 = 1
    static let seal: UInt8 = 2
    static let compressed: UInt8 = 4
    static let columns: UInt8 = 8
    static let base: UInt8 = 16
  }

  /// The frame's bytes.
  public var bytes: [UInt8] {
    let body = Body(contents, of: stream)
    var writer = ByteWriter(capacity: body.bytes.count + 160)
    writer.raw(Self.magic)
    writer.byte(Self.version)
    writer.byte(
      (secret == nil ? 0 : Flags.secret) | (base == nil ? 0 : Flags.base)
        | (seal == nil ? 0 : Flags.seal) | body.flag)
    writer.fixed64(stream.replica.number)
    writer.varint(stream.village.number)
    writer.varint(first)
    writer.count(contents.count)
    if let secret {
      writer.raw(secret.bytes)
    } else if let base {
      writer.raw(base.hash.bytes)
      writer.raw(base.secret.bytes)
    } else {
      writer.fixed64(previous)
    }
    writer.raw(last.bytes)
    seal?.encode(to: &writer)
    writer.count(body.length)
    writer.raw(body.bytes)
    return writer.bytes
  }

  /// The shortest of the forms that contents have.
  private struct Body {
    let flag: UInt8
    let length: Int
    let bytes: [UInt8]

    init(_ contents: [[UInt8]], of stream: StreamID) {
      let total = contents.reduce(0) { $0 + $1.count }
      var writer = ByteWriter(capacity: total + contents.count * 3)
      for content in contents { writer.blob(content) }
      let plain = writer.bytes
      let packed = Compression.compress(plain)
      if let columns = ColumnBody.pack(contents, of: stream),
        columns.count < min(plain.count, packed.count)
      {
        (flag, length, bytes) = (Flags.columns, total, columns)
      } else if packed.count < plain.count {
        (flag, length, bytes) = (Flags.compressed, plain.count, packed)
      } else {
        (flag, length, bytes) = (0, plain.count, plain)
      }
    }
  }

  /// Reads a frame; its chain is not checked here, since that needs the hash before it.
  public init(_ bytes: [UInt8]) throws(WireError) {
    guard bytes.starts(with: Self.magic), bytes.count > 4 else { throw .foreign }
    let version = bytes[2]
    guard version > 0, version <= Self.version else { throw .newer(version: Int(version)) }
    let header: Header
    let body: Range<Int>
    do throws(ByteError) {
      var reader = ByteReader(bytes, range: 3..<bytes.count)
      header = try Header(from: &reader, version: version)
      // The first version told how long the body is, which the frame's own length tells.
      let limit = Self.contentLimit + Self.bodySlack
      let length = version == 1 ? try reader.count(limit: limit) : reader.remaining
      guard length <= limit else {
        throw .overLimit(length, limit: limit, at: reader.position)
      }
      body = try reader.skip(length)
      try reader.finish()
    } catch {
      throw .malformed(error)
    }
    contents = try Self.contents(bytes, body, header)
    stream = header.stream
    first = header.first
    previous = header.previous
    last = header.last
    secret = header.secret
    base = header.base
    seal = header.seal
  }

  private static func contents(
    _ bytes: [UInt8], _ body: Range<Int>, _ header: Header
  ) throws(WireError) -> [[UInt8]] {
    if header.form == Flags.columns {
      do throws(ByteError) {
        return try ColumnBody.unpack(
          bytes[body], count: header.count, length: header.length, of: header.stream)
      } catch {
        throw .malformed(error)
      }
    }
    let plain: ByteReader
    if header.form == Flags.compressed {
      plain = ByteReader(try Compression.decompress(Array(bytes[body]), length: header.length))
    } else {
      guard body.count == header.length else { throw .damaged }
      plain = ByteReader(bytes, range: body)
    }
    do throws(ByteError) {
      var reader = plain
      var contents: [[UInt8]] = []
      contents.reserveCapacity(header.count)
      for _ in 0..<header.count { contents.append(try reader.blob(limit: contentLimit)) }
      try reader.finish()
      return contents
    } catch {
      throw .malformed(error)
    }
  }

  /// What stands before the contents.
  private struct Header {
    let form: UInt8
    let stream: StreamID
    let first: UInt64
    let count: Int
    let secret: StreamSecret?
    let base: Base?
    let previous: UInt64
    let last: ChainHash
    let seal: Seal?
    let length: Int

    init(from reader: inout ByteReader, version: UInt8) throws(ByteError) {
      let start = reader.position
      let flags = try reader.byte()
      form = flags & ~(Flags.secret | Flags.base | Flags.seal)
      let isKnown = form == 0 || form == Flags.compressed || form == Flags.columns && version > 1
      let hasBase = flags & Flags.base != 0
      // What no seal can be held against vouches for nothing.
      guard isKnown, !hasBase || version > 1 && flags & Flags.seal != 0 else {
        throw .unexpected(UInt64(flags), at: start)
      }
      let replica = ReplicaID(try reader.fixed64())
      guard let village = VillageCode(number: try reader.varint()) else {
        throw .malformedNumber(at: start)
      }
      stream = StreamID(village: village, replica: replica)
      first = try reader.varint()
      count = try reader.count(limit: Frame.changeLimit)
      guard first > 0, first <= Dot.counterLimit, count > 0,
        (flags & Flags.secret != 0) == (first == 1), !hasBase || first > 1,
        UInt64(count - 1) <= Dot.counterLimit - first
      else { throw .unexpected(first, at: start) }
      secret = first == 1 ? StreamSecret(try reader.raw(StreamSecret.length)) : nil
      if hasBase {
        guard let hash = ChainHash(try reader.raw(32)),
          let secret = StreamSecret(try reader.raw(StreamSecret.length))
        else { throw .truncated(at: start) }
        base = Base(hash: hash, secret: secret)
        previous = hash.tag
      } else {
        base = nil
        previous = first == 1 && version > 1 ? 0 : try reader.fixed64()
      }
      guard first > 1 || previous == 0 else { throw .unexpected(previous, at: start) }
      guard let last = ChainHash(try reader.raw(32)) else { throw .truncated(at: start) }
      self.last = last
      seal = flags & Flags.seal == 0 ? nil : try Seal(from: &reader)
      length = try reader.count(limit: Frame.contentLimit)
      guard length >= count else { throw .unexpected(UInt64(length), at: start) }
    }
  }
}
