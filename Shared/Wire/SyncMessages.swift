import Bytes
import Causality
import Model

/// A village and what is held of it.
public struct VillageVector: Hashable, Sendable {
  /// The village.
  public let village: VillageCode
  /// What is held.
  public let vector: VersionVector

  /// Makes a pair.
  public init(village: VillageCode, vector: VersionVector) {
    self.village = village
    self.vector = vector
  }

  static func encode(_ some: [VillageVector], to writer: inout ByteWriter) {
    writer.count(some.count)
    for pair in some {
      writer.varint(pair.village.number)
      pair.vector.encode(to: &writer)
    }
  }

  static func read(from reader: inout ByteReader) throws(ByteError) -> [VillageVector] {
    let count = try reader.count(limit: 100_000, ofAtLeast: 2)
    var some: [VillageVector] = []
    some.reserveCapacity(count)
    for _ in 0..<count {
      let start = reader.position
      guard let village = VillageCode(number: try reader.varint()) else {
        throw .malformedNumber(at: start)
      }
      if let last = some.last, last.village >= village { throw .disorder(at: start) }
      some.append(VillageVector(village: village, vector: try VersionVector(from: &reader)))
    }
    return some
  }
}

/// What a laptop says in one round of a sync.
///
/// The digest says all that the laptop holds in a few bytes; vectors are sent only for villages that
/// differ from what the office last acknowledged to this device, unless the office asked for all.
public struct SyncRequest: Hashable, Sendable {
  /// The survey, so that a laptop never feeds another survey's office.
  public var survey: UInt64
  /// The device.
  public var device: DeviceID
  /// The epoch of the office's database that the laptop knows; zero if none.
  public var epoch: UInt64
  /// The digest of everything held of the device's villages, and the directory's version.
  public var digest: ChainHash
  /// The directory's version.
  public var directory: UInt64
  /// The tag of the directory's hash at that version.
  public var directoryTag: UInt64
  /// Whether `villages` leaves nothing out.
  public var isComplete: Bool
  /// Vectors of the villages that differ from what was acknowledged.
  public var villages: [VillageVector]
  /// Changes that the office is thought to lack.
  public var frames: [Frame]
  /// The same told by what the office acknowledged; then there are no frames of them.
  public var parcel: Parcel?
  /// How many changes will still be unsent after these.
  public var unsent: UInt64
  /// The most bytes of frames that the laptop will take in the reply.
  public var budget: Int
  /// The office's watermark that the laptop knows; zero if none.
  public var watermark: UInt64
  /// How much of snapshots under way is here.
  public var snapshots: [SnapshotProgress]
  /// Parts of snapshots that stand for what the office is thought to lack, and the laptop has no
  /// changes of any more.
  public var offered: [SnapshotPiece]

  /// Makes a request.
  public init(
    survey: UInt64, device: DeviceID, epoch: UInt64, digest: ChainHash, directory: UInt64,
    directoryTag: UInt64 = 0, isComplete: Bool, villages: [VillageVector], frames: [Frame],
    parcel: Parcel? = nil, unsent: UInt64, budget: Int, watermark: UInt64 = 0,
    snapshots: [SnapshotProgress] = [], offered: [SnapshotPiece] = []
  ) {
    self.survey = survey
    self.device = device
    self.epoch = epoch
    self.parcel = parcel
    self.digest = digest
    self.directory = directory
    self.directoryTag = directoryTag
    self.isComplete = isComplete
    self.villages = villages
    self.frames = frames
    self.unsent = unsent
    self.budget = budget
    self.watermark = watermark
    self.snapshots = snapshots
    self.offered = offered
  }
}

/// What the office did with the request.
public enum SyncStatus: UInt8, Hashable, Sendable {
  /// Nothing is missing on either side beyond what this reply brings.
  case complete = 1
  /// More is to come: ask again.
  case more = 2
  /// The office does not know what the laptop holds: send all vectors.
  case tellAll = 3
  /// The laptop has more of the directory than the office, which lost it: hand it back.
  case tellDirectory = 4
}

/// A change that the office keeps in quarantine, and why.
public struct Refusal: Hashable, Sendable {
  /// Why a change was not taken.
  public enum Ground: UInt8, Hashable, Sendable {
    /// The person is not in the directory.
    case unknownPerson = 1
    /// The device does not serve the person.
    case foreignDevice = 2
    /// The role may not do this.
    case role = 3
    /// The person does not work in the village.
    case village = 4
    /// It replaces answers that it may not replace.
    case naming = 5
    /// Another change was already taken at the same dot.
    case fork = 6
    /// The hashes do not lead to the one stated.
    case chain = 7
    /// Its bytes are not a change.
    case malformed = 8
    /// The device was revoked.
    case revoked = 9
    /// Changes before it in its stream are missing.
    case gap = 10
    /// It cites an older version of the directory than a change before it in its stream.
    case directory = 11
    /// Its seal is of nobody who is known here, or broken.
    case seal = 12
  }

  /// The stream.
  public let stream: StreamID
  /// The counter of the first change that was not taken.
  public let counter: UInt64
  /// Why.
  public let ground: Ground

  /// Makes a refusal.
  public init(stream: StreamID, counter: UInt64, ground: Ground) {
    self.stream = stream
    self.counter = counter
    self.ground = ground
  }
}

/// A branch of a stream that the office does not go on with, and has issued again.
///
/// Where the office knows of changes only that a base of its own accounts for them, it cannot tell whether
/// they are of a branch. Then the fork lies behind the last of them: whoever has them aside need not send
/// them, and nobody puts anything aside. So it is with what waits at a laptop of a village that is somebody
/// else's by now, and that the office has.
public struct BranchTaken: Hashable, Sendable {
  /// The counter of the first change of the branch; that after the last if nothing is to be put aside.
  public let fork: UInt64
  /// The dot of the last change of it that the office has.
  public let last: Dot
  /// The tag of that change's hash.
  public let tag: UInt64

  /// Makes a note of a branch.
  public init(fork: UInt64, last: Dot, tag: UInt64) {
    self.fork = fork
    self.last = last
    self.tag = tag
  }
}

/// What the office answers.
public struct SyncReply: Hashable, Sendable {
  /// The epoch of the office's database.
  public var epoch: UInt64
  /// The office's time in milliseconds since 1970.
  public var time: Int64
  /// What it did.
  public var status: SyncStatus
  /// What the office holds of the villages that differ.
  public var acknowledged: [VillageVector]
  /// Changes that the laptop lacks.
  public var frames: [Frame]
  /// The version of the directory that the entries follow, so that a reply that comes twice, or
  /// late, adds nothing twice.
  public var directoryStart: UInt64
  /// Directory entries after that version.
  public var directory: [[UInt8]]
  /// The office's signature over the hash of the last entry; empty where there is no news.
  public var directorySignature: [UInt8]
  /// Changes that the office did not take.
  public var refusals: [Refusal]
  /// Branches that the office has issued again, and that the laptop puts aside.
  public var branches: [BranchTaken]
  /// The watermark, if the laptop knows another.
  public var watermark: Watermark?
  /// Parts of snapshots, of villages of which the laptop holds nothing of others.
  public var snapshots: [SnapshotPiece]
  /// How much of the snapshots that the laptop offered is at the office.
  public var wanted: [SnapshotProgress]

  /// Makes a reply.
  public init(
    epoch: UInt64, time: Int64, status: SyncStatus, acknowledged: [VillageVector] = [],
    frames: [Frame] = [], directoryStart: UInt64 = 0, directory: [[UInt8]] = [],
    directorySignature: [UInt8] = [], refusals: [Refusal] = [], branches: [BranchTaken] = [],
    watermark: Watermark? = nil, snapshots: [SnapshotPiece] = [],
    wanted: [SnapshotProgress] = []
  ) {
    self.epoch = epoch
    self.time = time
    self.status = status
    self.acknowledged = acknowledged
    self.frames = frames
    self.directoryStart = directoryStart
    self.directory = directory
    self.directorySignature = directorySignature
    self.refusals = refusals
    self.branches = branches
    self.watermark = watermark
    self.snapshots = snapshots
    self.wanted = wanted
  }
}

extension SyncRequest {
  static let magic: [UInt8] = [0x4b, 0x51]  // KQ
  static let version: UInt8 = 1

  /// The bytes of the request.
  public var bytes: [UInt8] {
    var writer = ByteWriter(capacity: 256)
    writer.raw(Self.magic)
    writer.byte(Self.version)
    writer.fixed64(survey)
    writer.varint(UInt64(device.number))
    writer.fixed64(epoch)
    writer.raw(digest.bytes)
    writer.varint(directory)
    writer.fixed64(directoryTag)
    // NB: who tells all presumes nothing, so it sends no parcel.
    writer.byte(isComplete ? 1 : parcel == nil ? 0 : 2)
    VillageVector.encode(villages, to: &writer)
    writer.varint(unsent)
    writer.count(budget)
    writer.fixed64(watermark)
    writer.count(snapshots.count)
    for progress in snapshots { progress.encode(to: &writer) }
    writer.count(offered.count)
    for piece in offered { piece.encode(to: &writer) }
    Message.encode(frames, to: &writer)
    if !isComplete { parcel?.encode(to: &writer) }
    return writer.bytes
  }

  /// Reads a request.
  public init(_ bytes: [UInt8]) throws(WireError) {
    var reader = try Message.open(bytes, magic: Self.magic, version: Self.version)
    var packed: [[UInt8]] = []
    do throws(ByteError) {
      survey = try reader.fixed64()
      device = DeviceID(try reader.varint32())
      epoch = try reader.fixed64()
      digest = try Message.hash(from: &reader)
      directory = try reader.varint()
      directoryTag = try reader.fixed64()
      let flag = try reader.byte()
      guard flag <= 2 else { throw .unexpected(UInt64(flag), at: reader.position - 1) }
      isComplete = flag == 1
      villages = try VillageVector.read(from: &reader)
      unsent = try reader.varint()
      budget = try reader.count(limit: Message.limit)
      watermark = try reader.fixed64()
      snapshots = try SnapshotProgress.all(from: &reader)
      offered = try SnapshotPiece.all(from: &reader)
      packed = try Message.blobs(from: &reader)
      parcel = flag == 2 ? try Parcel(from: &reader) : nil
      try reader.finish()
    } catch {
      throw .malformed(error)
    }
    frames = try Message.frames(packed)
  }
}

extension SyncReply {
  static let magic: [UInt8] = [0x4b, 0x52]  // KR
  static let version: UInt8 = 1

  /// The bytes of the reply.
  public var bytes: [UInt8] {
    var writer = ByteWriter(capacity: 256)
    writer.raw(Self.magic)
    writer.byte(Self.version)
    writer.fixed64(epoch)
    writer.signed(time)
    writer.byte(status.rawValue)
    VillageVector.encode(acknowledged, to: &writer)
    writer.count(refusals.count)
    for refusal in refusals {
      writer.fixed64(refusal.stream.replica.number)
      writer.varint(refusal.stream.village.number)
      writer.varint(refusal.counter)
      writer.byte(refusal.ground.rawValue)
    }
    writer.count(branches.count)
    for branch in branches {
      writer.fixed64(branch.last.replica.number)
      writer.varint(branch.last.village.number)
      writer.varint(branch.fork)
      writer.varint(branch.last.counter)
      writer.fixed64(branch.tag)
    }
    writer.varint(directoryStart)
    writer.blob(directorySignature)
    DirectoryNews.encode(directory, to: &writer)
    writer.byte(watermark == nil ? 0 : 1)
    watermark?.encode(to: &writer)
    writer.count(snapshots.count)
    for piece in snapshots { piece.encode(to: &writer) }
    writer.count(wanted.count)
    for progress in wanted { progress.encode(to: &writer) }
    Message.encode(frames, to: &writer)
    return writer.bytes
  }

  /// Reads a reply.
  public init(_ bytes: [UInt8]) throws(WireError) {
    var reader = try Message.open(bytes, magic: Self.magic, version: Self.version)
    var packed: [[UInt8]] = []
    let news: DirectoryNews
    do throws(ByteError) {
      epoch = try reader.fixed64()
      time = try Message.time(from: &reader)
      let start = reader.position
      let number = try reader.byte()
      guard let status = SyncStatus(rawValue: number) else {
        throw .unexpected(UInt64(number), at: start)
      }
      self.status = status
      acknowledged = try VillageVector.read(from: &reader)
      refusals = try Self.refusals(from: &reader)
      branches = try Self.branches(from: &reader)
      directoryStart = try reader.varint()
      directorySignature = try reader.blob(limit: 64)
      news = try DirectoryNews(from: &reader)
      let flag = try reader.byte()
      guard flag <= 1 else { throw .unexpected(UInt64(flag), at: reader.position - 1) }
      watermark = flag == 1 ? try Watermark(from: &reader) : nil
      snapshots = try SnapshotPiece.all(from: &reader)
      wanted = try SnapshotProgress.all(from: &reader)
      packed = try Message.blobs(from: &reader)
      try reader.finish()
    } catch {
      throw .malformed(error)
    }
    directory = try news.entries()
    frames = try Message.frames(packed)
  }

  private static func branches(from reader: inout ByteReader) throws(ByteError) -> [BranchTaken] {
    let count = try reader.count(limit: 100_000, ofAtLeast: 19)
    var branches: [BranchTaken] = []
    for _ in 0..<count {
      let start = reader.position
      let replica = ReplicaID(try reader.fixed64())
      guard let village = VillageCode(number: try reader.varint()) else {
        throw .malformedNumber(at: start)
      }
      let fork = try reader.varint()
      let last = try reader.varint()
      guard fork > 0, last <= Dot.counterLimit, fork <= last + 1 else {
        throw .unexpected(fork, at: start)
      }
      branches.append(
        BranchTaken(
          fork: fork, last: Dot(replica: replica, village: village, counter: last),
          tag: try reader.fixed64()))
    }
    return branches
  }

  private static func refusals(from reader: inout ByteReader) throws(ByteError) -> [Refusal] {
    let count = try reader.count(limit: Frame.messageLimit, ofAtLeast: 11)
    var refusals: [Refusal] = []
    for _ in 0..<count {
      let start = reader.position
      let replica = ReplicaID(try reader.fixed64())
      guard let village = VillageCode(number: try reader.varint()) else {
        throw .malformedNumber(at: start)
      }
      let counter = try reader.varint()
      guard counter > 0, counter <= Dot.counterLimit else { throw .malformedNumber(at: start) }
      let number = try reader.byte()
      guard let ground = Refusal.Ground(rawValue: number) else {
        throw .unexpected(UInt64(number), at: start)
      }
      let stream = StreamID(village: village, replica: replica)
      refusals.append(Refusal(stream: stream, counter: counter, ground: ground))
    }
    return refusals
  }
}

/// What requests and replies share.
enum Message {
  /// The most bytes of one message.
  static let limit = 64 << 20
  /// What a change takes in memory beside its bytes.
  ///
  /// Without it a short message of very many empty changes would unpack to gigabytes.
  private static let changeOverhead = 64

  static func open(
    _ bytes: [UInt8], magic: [UInt8], version: UInt8
  ) throws(WireError) -> ByteReader {
    guard bytes.starts(with: magic), bytes.count > 3 else { throw .foreign }
    guard bytes[2] == version else { throw .newer(version: Int(bytes[2])) }
    return ByteReader(bytes, range: 3..<bytes.count)
  }

  /// The office's time, which must be one that a change can state as evidence.
  static func time(from reader: inout ByteReader) throws(ByteError) -> Int64 {
    let start = reader.position
    let time = try reader.signed()
    guard ClockEvidence.times.contains(time) else { throw .malformedNumber(at: start) }
    return time
  }

  static func hash(from reader: inout ByteReader) throws(ByteError) -> ChainHash {
    let start = reader.position
    guard let hash = ChainHash(try reader.raw(32)) else { throw .truncated(at: start) }
    return hash
  }

  static func encode(_ frames: [Frame], to writer: inout ByteWriter) {
    writer.count(frames.count)
    for frame in frames { writer.blob(frame.bytes) }
  }

  /// Unpacks frames, as long as they do not come to more than a message may hold.
  static func frames(_ packed: [[UInt8]]) throws(WireError) -> [Frame] {
    var frames: [Frame] = []
    frames.reserveCapacity(packed.count)
    var length = 0
    for bytes in packed {
      let frame = try Frame(bytes)
      length += frame.contents.reduce(0) { $0 + $1.count + changeOverhead }
      guard length <= limit else {
        throw .malformed(.overLimit(length, limit: limit, at: 0))
      }
      frames.append(frame)
    }
    return frames
  }

  static func blobs(from reader: inout ByteReader) throws(ByteError) -> [[UInt8]] {
    let count = try reader.count(limit: Frame.messageLimit, ofAtLeast: 57)
    var blobs: [[UInt8]] = []
    blobs.reserveCapacity(count)
    for _ in 0..<count { blobs.append(try reader.blob(limit: Frame.contentLimit + 65536)) }
    return blobs
  }
}
