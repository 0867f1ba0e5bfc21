import Bytes
import Causality
import Crypto
import Model

/// The state of a village at one vector, as bytes: what a laptop gets instead of a long history, and
/// what it keeps instead of one.
///
/// A snapshot says what its vector says and nothing else. Two replicas that hold the same changes make
/// the same snapshot to the byte, so the office signs the digest of its own (``Watermark``), and whoever
/// is about to drop history compares before it does. It is cut in parts that are read one by one, so
/// memory is bounded whatever its size; nothing of it counts until all parts are there.
/// docs/formats/SNAPSHOT.md describes the bytes.
public enum Snapshot {
  /// The bytes after which a part ends.
  public static let partTarget = 256 << 10
  /// The most bytes of a part, unpacked: a record that is larger than this is in no snapshot.
  public static let partLimit = 8 << 20
  /// The most parts.
  public static let countLimit = 1 << 20

  static let magic: [UInt8] = [0x4b, 0x53]  // KS
  static let version: UInt8 = 1

  /// A part as it travels and is kept.
  public static func packed(_ plain: [UInt8]) -> [UInt8] {
    var packed = ByteWriter(capacity: plain.count / 4)
    packed.count(plain.count)
    packed.raw(Compression.compress(plain))
    return packed.bytes
  }

  /// One stream at the snapshot's cut: all that is needed to go on after it.
  public struct Stream: Hashable, Sendable {
    /// The replica.
    public let replica: ReplicaID
    /// How many of its changes the snapshot stands for.
    public let count: UInt64
    /// The hash of the last of them.
    public let head: ChainHash
    /// The stream's secret.
    public let secret: StreamSecret
    /// The device that wrote the last of them.
    public let device: DeviceID

    /// Makes the end of a stream.
    public init(
      replica: ReplicaID, count: UInt64, head: ChainHash, secret: StreamSecret, device: DeviceID
    ) {
      self.replica = replica
      self.count = count
      self.head = head
      self.secret = secret
      self.device = device
    }

    /// The stream's entry in the snapshot's vector.
    public var entry: VersionVector.Entry {
      VersionVector.Entry(replica: replica, count: count, head: head.tag)
    }
  }

  /// One copy of a record.
  public struct Copy: Hashable, Sendable {
    /// The record.
    public let record: RecordID
    /// Its form.
    public let form: UInt32
    /// The bytes of its state.
    public let state: [UInt8]

    /// Makes a copy.
    public init(record: RecordID, form: UInt32, state: [UInt8]) {
      self.record = record
      self.form = form
      self.state = state
    }
  }

  /// One part, unpacked.
  public struct Part: Hashable, Sendable {
    /// The village.
    public let village: VillageCode
    /// Its place among the parts, from 0.
    public let index: Int
    /// The streams; they stand in the first part and in no other.
    public let streams: [Stream]
    /// Records, in ascending order over all parts.
    public let copies: [Copy]
  }
}

/// Makes a snapshot, part by part.
public struct SnapshotWriter {
  private let village: VillageCode
  private let streams: [Snapshot.Stream]
  private var index = 0
  private var copies = 0
  private var body = ByteWriter(capacity: Snapshot.partTarget + 4096)
  private var hasher = SHA256()

  /// Begins the snapshot of a village.
  ///
  /// - Parameter streams: its streams, in ascending order of replica.
  public init(village: VillageCode, streams: [Snapshot.Stream]) {
    self.village = village
    self.streams = streams
  }

  /// Adds a record; they come in ascending order.
  ///
  /// - Returns: a packed part, if one is full.
  public mutating func add(_ copy: Snapshot.Copy) -> [UInt8]? {
    body.raw(copy.record.bytes)
    body.varint(UInt64(copy.form))
    body.blob(copy.state)
    copies += 1
    return body.bytes.count >= Snapshot.partTarget ? pack() : nil
  }

  /// Ends the snapshot.
  ///
  /// - Returns: the last packed part, if there is any left, and the digest of all.
  public mutating func finish() -> (part: [UInt8]?, digest: ChainHash) {
    let part = copies > 0 || index == 0 ? pack() : nil
    return (part, hasher.finalize().withUnsafeBytes { ChainHash(words: $0) })
  }

  private mutating func pack() -> [UInt8] {
    var plain = ByteWriter(capacity: body.bytes.count + 256)
    plain.raw(Snapshot.magic)
    plain.byte(Snapshot.version)
    plain.varint(village.number)
    plain.count(index)
    plain.count(index == 0 ? streams.count : 0)
    if index == 0 {
      for stream in streams {
        plain.fixed64(stream.replica.number)
        plain.varint(stream.count)
        plain.raw(stream.head.bytes)
        plain.raw(stream.secret.bytes)
        plain.varint(UInt64(stream.device.number))
      }
    }
    plain.count(copies)
    plain.raw(body.bytes)
    hasher.update(data: plain.bytes)
    index += 1
    copies = 0
    body.removeAll()
    return Snapshot.packed(plain.bytes)
  }
}

/// Reads a snapshot, part by part, and digests it.
public struct SnapshotReader {
  private let village: VillageCode
  private var index = 0
  private var last: RecordID?
  private var hasher = SHA256()

  /// Begins to read the snapshot of a village.
  public init(village: VillageCode) {
    self.village = village
  }

  /// Reads the next part.
  public mutating func next(_ packed: [UInt8]) throws(WireError) -> Snapshot.Part {
    let plain = try count(packed)
    guard plain.starts(with: Snapshot.magic), plain.count > 3 else { throw .foreign }
    guard plain[2] == Snapshot.version else { throw .newer(version: Int(plain[2])) }
    do throws(ByteError) {
      return try read(plain)
    } catch {
      throw .malformed(error)
    }
  }

  /// Counts the next part in the digest, whether it can be read or not.
  ///
  /// - Returns: the part's bytes as they were before they were packed.
  @discardableResult
  public mutating func count(_ packed: [UInt8]) throws(WireError) -> [UInt8] {
    let plain: [UInt8]
    do throws(ByteError) {
      var reader = ByteReader(packed)
      let length = try reader.count(limit: Snapshot.partLimit)
      let rest = Array(packed[reader.position...])
      plain = try Self.unpack(rest, length: length)
    } catch {
      throw .malformed(error)
    }
    guard !plain.isEmpty else { throw .damaged }
    hasher.update(data: plain)
    return plain
  }

  /// The digest of all parts that were read.
  public var digest: ChainHash {
    hasher.finalize().withUnsafeBytes { ChainHash(words: $0) }
  }

  /// What does not unpack comes out empty, which no part is.
  private static func unpack(_ bytes: [UInt8], length: Int) throws(ByteError) -> [UInt8] {
    do throws(WireError) {
      return try Compression.decompress(bytes, length: length)
    } catch {
      // Ignored because the caller reports damage for whatever is no part.
      return []
    }
  }

  private mutating func read(_ plain: [UInt8]) throws(ByteError) -> Snapshot.Part {
    var reader = ByteReader(plain, range: 3..<plain.count)
    let start = reader.position
    guard try reader.varint() == village.number else { throw .malformedNumber(at: start) }
    let number = try reader.count(limit: Snapshot.countLimit)
    guard number == index else { throw .unexpected(UInt64(number), at: start) }
    let streams = try Self.streams(from: &reader)
    guard streams.isEmpty || index == 0 else { throw .unexpected(0, at: start) }
    let count = try reader.count(limit: Snapshot.partLimit, ofAtLeast: 12)
    var copies: [Snapshot.Copy] = []
    copies.reserveCapacity(count)
    for _ in 0..<count {
      let at = reader.position
      guard let record = RecordID(try reader.raw(10)) else { throw .truncated(at: at) }
      if let last, last >= record { throw .disorder(at: at) }
      last = record
      let form = try reader.varint32()
      copies.append(
        Snapshot.Copy(
          record: record, form: form, state: try reader.blob(limit: Snapshot.partLimit)))
    }
    try reader.finish()
    index += 1
    return Snapshot.Part(village: village, index: number, streams: streams, copies: copies)
  }

  private static func streams(
    from reader: inout ByteReader
  ) throws(ByteError) -> [Snapshot.Stream] {
    let count = try reader.count(limit: 1_000_000, ofAtLeast: 58)
    var streams: [Snapshot.Stream] = []
    streams.reserveCapacity(count)
    for _ in 0..<count {
      let at = reader.position
      let replica = ReplicaID(try reader.fixed64())
      if let last = streams.last, last.replica >= replica { throw .disorder(at: at) }
      let number = try reader.varint()
      guard number > 0, number <= Dot.counterLimit else { throw .unexpected(number, at: at) }
      let head = try Message.hash(from: &reader)
      guard let secret = StreamSecret(try reader.raw(StreamSecret.length)) else {
        throw .truncated(at: at)
      }
      streams.append(
        Snapshot.Stream(
          replica: replica, count: number, head: head, secret: secret,
          device: DeviceID(try reader.varint32())))
    }
    return streams
  }
}
