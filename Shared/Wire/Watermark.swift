import Bytes
import Causality
import Model

/// How far a village's history is in a backup of the office that was checked, under the office's
/// signature: what a laptop may drop.
public struct WatermarkEntry: Hashable, Sendable {
  /// The village.
  public let village: VillageCode
  /// What the backup holds of it; of a village that is not the laptop's, of its own streams alone.
  public let vector: VersionVector
  /// The digest of the village's snapshot at that vector; `nil` if there is none, or not for you.
  public let digest: ChainHash?
  /// The office's signature.
  public let signature: [UInt8]

  /// Makes an entry as it was received or kept.
  public init(
    village: VillageCode, vector: VersionVector, digest: ChainHash?, signature: [UInt8]
  ) {
    self.village = village
    self.vector = vector
    self.digest = digest
    self.signature = signature
  }

  /// Signs an entry; `nil` if the bytes are no private key.
  public init?(
    village: VillageCode, vector: VersionVector, digest: ChainHash?, survey: UInt64, key: [UInt8]
  ) {
    let signed = Self.signed(village, vector, digest, survey: survey)
    guard let signature = Signatures.sign(signed, by: key) else { return nil }
    self.init(village: village, vector: vector, digest: digest, signature: signature)
  }

  /// Whether the office said so.
  public func isSigned(survey: UInt64, by key: [UInt8]) -> Bool {
    Signatures.isGood(
      signature, over: Self.signed(village, vector, digest, survey: survey), by: key)
  }

  private static func signed(
    _ village: VillageCode, _ vector: VersionVector, _ digest: ChainHash?, survey: UInt64
  ) -> [UInt8] {
    var writer = ByteWriter(capacity: 256)
    writer.raw(Array("kulkul watermark".utf8))
    writer.fixed64(survey)
    writer.fixed64(village.number)
    writer.raw((digest ?? .start).bytes)
    vector.encode(to: &writer)
    return writer.bytes
  }

  /// The entry's bytes, as a store keeps them beside what the entry speaks of.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    encode(to: &writer)
    return writer.bytes
  }

  /// Reads an entry that was kept.
  public init(_ bytes: [UInt8]) throws(WireError) {
    do throws(ByteError) {
      var reader = ByteReader(bytes)
      try self.init(from: &reader)
      try reader.finish()
    } catch {
      throw .malformed(error)
    }
  }

  func encode(to writer: inout ByteWriter) {
    writer.varint(village.number)
    vector.encode(to: &writer)
    writer.byte(digest == nil ? 0 : 1)
    if let digest { writer.raw(digest.bytes) }
    writer.raw(signature)
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.position
    guard let village = VillageCode(number: try reader.varint()) else {
      throw .malformedNumber(at: start)
    }
    self.village = village
    vector = try VersionVector(from: &reader)
    let flag = try reader.byte()
    guard flag <= 1 else { throw .unexpected(UInt64(flag), at: reader.position - 1) }
    digest = flag == 1 ? try Message.hash(from: &reader) : nil
    signature = try reader.raw(Seal.signatureLength)
  }
}

/// The watermark of the office's newest checked backup, as a laptop is told of it.
public struct Watermark: Hashable, Sendable {
  /// The number of the backup, which rises by random steps; zero if there is none.
  public let id: UInt64
  /// The villages, in ascending order.
  public let villages: [WatermarkEntry]

  /// Makes a watermark.
  public init(id: UInt64, villages: [WatermarkEntry]) {
    self.id = id
    self.villages = villages
  }

  func encode(to writer: inout ByteWriter) {
    writer.fixed64(id)
    writer.count(villages.count)
    for entry in villages { entry.encode(to: &writer) }
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    id = try reader.fixed64()
    let count = try reader.count(limit: 100_000, ofAtLeast: 67)
    var villages: [WatermarkEntry] = []
    villages.reserveCapacity(count)
    for _ in 0..<count {
      let start = reader.position
      let entry = try WatermarkEntry(from: &reader)
      if let last = villages.last, last.village >= entry.village { throw .disorder(at: start) }
      villages.append(entry)
    }
    self.villages = villages
  }
}

/// How much of a snapshot the receiver of its parts has by now.
public struct SnapshotProgress: Hashable, Sendable {
  /// The village.
  public let village: VillageCode
  /// Which snapshot: the first eight bytes of its digest.
  public let snapshot: UInt64
  /// How many parts are here; `nil` if no more of it is wanted.
  public let parts: Int?

  /// Makes a note of progress.
  public init(village: VillageCode, snapshot: UInt64, parts: Int?) {
    self.village = village
    self.snapshot = snapshot
    self.parts = parts
  }

  func encode(to writer: inout ByteWriter) {
    writer.varint(village.number)
    writer.fixed64(snapshot)
    writer.count(parts.map { $0 + 1 } ?? 0)
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.position
    guard let village = VillageCode(number: try reader.varint()) else {
      throw .malformedNumber(at: start)
    }
    self.village = village
    snapshot = try reader.fixed64()
    let count = try reader.count(limit: Snapshot.countLimit)
    parts = count == 0 ? nil : count - 1
  }
}

/// One part of a snapshot, in transit: from the office to whoever begins, or from a laptop to an office
/// that was put back.
public struct SnapshotPiece: Hashable, Sendable {
  /// The office's word for the snapshot, which travels with the first part.
  public let mark: WatermarkEntry?
  /// The village.
  public let village: VillageCode
  /// Which snapshot: the first eight bytes of its digest.
  public let snapshot: UInt64
  /// The part's place, from 0.
  public let index: Int
  /// How many parts there are.
  public let count: Int
  /// The packed part.
  public let bytes: [UInt8]

  /// Makes a part of the snapshot that a signed entry speaks of; `nil` if it speaks of none.
  public init?(_ mark: WatermarkEntry, index: Int, count: Int, bytes: [UInt8]) {
    guard let digest = mark.digest else { return nil }
    self.mark = index == 0 ? mark : nil
    village = mark.village
    snapshot = digest.tag
    self.index = index
    self.count = count
    self.bytes = bytes
  }

  func encode(to writer: inout ByteWriter) {
    writer.varint(village.number)
    writer.fixed64(snapshot)
    writer.count(index)
    writer.count(count)
    mark?.encode(to: &writer)
    writer.blob(bytes)
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.position
    guard let village = VillageCode(number: try reader.varint()) else {
      throw .malformedNumber(at: start)
    }
    self.village = village
    snapshot = try reader.fixed64()
    index = try reader.count(limit: Snapshot.countLimit)
    count = try reader.count(limit: Snapshot.countLimit)
    guard index < count else { throw .unexpected(UInt64(index), at: start) }
    mark = index == 0 ? try WatermarkEntry(from: &reader) : nil
    if let mark {
      guard mark.village == village, mark.digest?.tag == snapshot else {
        throw .unexpected(snapshot, at: start)
      }
    }
    bytes = try reader.blob(limit: Snapshot.partLimit + 65536)
  }

  /// Reads the parts of a message.
  static func all(from reader: inout ByteReader) throws(ByteError) -> [SnapshotPiece] {
    let count = try reader.count(limit: 100_000, ofAtLeast: 12)
    var pieces: [SnapshotPiece] = []
    for _ in 0..<count { pieces.append(try SnapshotPiece(from: &reader)) }
    return pieces
  }
}

extension SnapshotProgress {
  /// Reads what a message says of progress.
  static func all(from reader: inout ByteReader) throws(ByteError) -> [SnapshotProgress] {
    let count = try reader.count(limit: 100_000, ofAtLeast: 10)
    var all: [SnapshotProgress] = []
    for _ in 0..<count { all.append(try SnapshotProgress(from: &reader)) }
    return all
  }
}
