import Bytes
import Causality
import Model
import Sync
import Wire

/// A few hundred bytes that announce, or unpack to, as much as may come and more.
public struct Bomb: Sendable {
  /// What bytes are read as.
  public enum Kind: String, Sendable {
    case frame, request, snapshot, bundle
  }

  /// What it is, for people.
  public let what: String
  /// What it is read as.
  public let kind: Kind
  /// The most megabytes that reading it may need.
  public let most: Int
  /// Whether it is what it says, and for others to refuse.
  public let isTaken: Bool
  /// The few hundred bytes.
  public let bytes: @Sendable () throws -> [UInt8]

  private init(
    _ what: String, _ kind: Kind, most: Int = 6, isTaken: Bool = false,
    _ bytes: @escaping @Sendable () throws -> [UInt8]
  ) {
    (self.what, self.kind, self.most, self.isTaken, self.bytes) =
      (what, kind, most, isTaken, bytes)
  }

  /// What may come of one frame or one part of a snapshot.
  private static let limit = 8 << 20
  private static let secret = [UInt8](repeating: 1, count: StreamSecret.length)

  /// So many zeros in one byte for each 32,000 of them.
  private static func zeros(_ count: Int) throws -> [UInt8] {
    var reader = ByteReader(Snapshot.packed([UInt8](repeating: 0, count: count)))
    _ = try reader.count(limit: count)
    return try reader.raw(reader.remaining)
  }

  /// The bytes of a stream's first frame, whatever its contents say.
  private static func frame(
    _ form: UInt8, changes: Int = 1, length: Int, _ body: [UInt8]
  ) -> [UInt8] {
    var writer = ByteWriter()
    writer.raw([0x4b, 0x46, 2, 1 | form])
    writer.fixed64(9)
    writer.varint(TinySurvey.villages[0].number)
    writer.varint(1)
    writer.count(changes)
    writer.raw(secret)
    writer.raw([UInt8](repeating: 2, count: 32))
    writer.count(length)
    writer.raw(body)
    return writer.bytes
  }

  private static func packed(changes: Int = 1, says length: Int, _ count: Int) throws -> [UInt8] {
    try frame(4, changes: changes, length: length, zeros(count))
  }

  /// A frame of one content, which is as long as all of a frame may be, and is no change.
  private static func wholeFrame() throws -> [UInt8] {
    var plain = ByteWriter()
    plain.blob([UInt8](repeating: 0, count: limit - 4))
    var reader = ByteReader(Snapshot.packed(plain.bytes))
    _ = try reader.count(limit: limit)
    return frame(4, length: plain.bytes.count, try reader.raw(reader.remaining))
  }

  private static func part(says length: Int, _ body: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    writer.count(length)
    writer.raw(body)
    return writer.bytes
  }

  /// A part that begins as one of Renon does, and says that it has as many records as have room.
  private static func partOfRecords() -> [UInt8] {
    var plain = ByteWriter()
    plain.raw([0x4b, 0x53, 1])
    plain.varint(TinySurvey.villages[0].number)
    plain.count(0)
    plain.count(0)
    plain.count((limit - 32) / 12)
    plain.raw([UInt8](repeating: 0, count: limit - plain.bytes.count))
    return Snapshot.packed(plain.bytes)
  }

  /// The bytes of a message that has no frames, with frames of these bytes in it.
  public static func message(_ empty: [UInt8], frames: [[UInt8]]) -> [UInt8] {
    var writer = ByteWriter()
    // NB: frames come last, and of none there is a count of one byte.
    writer.raw(Array(empty.dropLast()))
    writer.count(frames.count)
    for frame in frames { writer.blob(frame) }
    return writer.bytes
  }

  /// A request with frames of these bytes, and after them those of a parcel.
  private static func request(_ frames: [[UInt8]], parcel: [UInt8]? = nil) -> [UInt8] {
    let empty = SyncRequest(
      survey: 7, device: DeviceID(1), epoch: 1, digest: .start, directory: 0,
      isComplete: parcel == nil, villages: [], frames: [], unsent: 0, budget: 1)
    var bytes = message(empty.bytes, frames: frames)
    guard let parcel else { return bytes }
    // NB: what a request is stands behind its head and the directory that it knows.
    bytes[3 + 8 + 1 + 8 + 32 + 1 + 8] = 2
    return bytes + parcel
  }

  private static func parcel(runs: Int, length: Int, _ body: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    writer.raw([UInt8](repeating: 0, count: 16))
    writer.count(runs)
    writer.count(length)
    writer.blob(body)
    return writer.bytes
  }

  /// A bundle whose header has these bytes, or says that it has more.
  private static func bundle(header: [UInt8], says length: Int? = nil) -> [UInt8] {
    [0x4b, 0x42, 1] + word(length ?? header.count) + header
  }

  private static func word(_ count: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt32(count).bigEndian) { Array($0) }
  }

  private static func bundle(then rest: [UInt8]) throws -> [UInt8] {
    var bytes: [UInt8] = []
    let directory = DirectoryReturn(survey: 7, entries: [], signature: [])
    _ = try BundleWriter(
      BundleHeader(
        survey: 7, device: DeviceID(1), time: 1, directory: directory, villages: [])
    ) { bytes += $0 }
    return bytes + rest
  }

  private static func directory(says length: Int, entries: Int, _ packed: [UInt8]) -> [UInt8] {
    var directory = ByteWriter()
    directory.raw([0x4b, 0x44, 1])
    directory.fixed64(7)
    directory.blob([])
    directory.count(entries)
    directory.count(length)
    directory.blob(packed)
    var header = ByteWriter()
    header.fixed64(7)
    header.varint(1)
    header.signed(1)
    header.blob(directory.bytes)
    header.count(0)
    return bundle(header: header.bytes)
  }

  /// All that there are.
  public static let all: [Bomb] = {
    let limit = Bomb.limit
    return [
      Bomb("a frame of more than may be", .frame) {
        try Bomb.packed(says: limit + 1, limit + 1)
      },
      Bomb("a frame that says less than it unpacks to", .frame, most: 16) {
        try Bomb.packed(says: limit, 2 * limit)
      },
      Bomb("a frame that unpacks to less than it says", .frame, most: 16) {
        try Bomb.packed(says: limit, limit / 2)
      },
      Bomb("a frame of as much as may be", .frame, most: 40, isTaken: true) {
        try Bomb.wholeFrame()
      },
      Bomb("as many changes as may be, of nothing", .frame, isTaken: true) {
        try Bomb.packed(changes: Frame.changeLimit, says: Frame.changeLimit, Frame.changeLimit)
      },
      Bomb("columns of as much as may be", .frame) {
        Bomb.frame(8, length: limit, [UInt8](repeating: 0, count: 300))
      },
      Bomb("columns of as much as their own length allows", .frame) {
        Bomb.frame(8, length: 4096 + 256 * 300, [UInt8](repeating: 0x5a, count: 300))
      },
      Bomb("a request of frames that come to more than a message may", .request, most: 160) {
        Bomb.request([[UInt8]](repeating: try Bomb.wholeFrame(), count: 9))
      },
      Bomb("a parcel of as much as its length allows", .request, isTaken: true) {
        Bomb.request([], parcel: Bomb.parcel(runs: 4096, length: 4608, [0, 0]))
      },
      Bomb("a parcel of more than may be", .request) {
        Bomb.request([], parcel: Bomb.parcel(runs: 1, length: 512 << 10 + 1, [0, 0]))
      },
      Bomb("a parcel of more than its length allows", .request) {
        Bomb.request(
          [],
          parcel: Bomb.parcel(
            runs: 4096, length: 512 << 10, [UInt8](repeating: 0, count: 300)))
      },
      Bomb("a part of more than may be", .snapshot) {
        Bomb.part(says: limit + 1, try Bomb.zeros(limit + 1))
      },
      Bomb("a part that says less than it unpacks to", .snapshot, most: 16) {
        Bomb.part(says: limit, try Bomb.zeros(2 * limit))
      },
      Bomb("a part of as much as may be, of nothing", .snapshot, most: 16) {
        Bomb.part(says: limit, try Bomb.zeros(limit))
      },
      Bomb("a part of as many records as have room", .snapshot, most: 64) {
        Bomb.partOfRecords()
      },
      Bomb("a bundle whose header is said to be long", .bundle) {
        Bomb.bundle(header: [UInt8](repeating: 0, count: 300), says: 64 << 20)
      },
      Bomb("a bundle whose header is said to be longer", .bundle) {
        Bomb.bundle(header: [UInt8](repeating: 0, count: 300), says: Int(UInt32.max))
      },
      Bomb("a bundle whose frame is said to be long", .bundle) {
        try Bomb.bundle(then: Bomb.word(limit) + [UInt8](repeating: 0, count: 300))
      },
      Bomb("a bundle with a frame of as much as may be", .bundle, most: 40) {
        let frame = try Bomb.wholeFrame()
        return try Bomb.bundle(then: Bomb.word(frame.count) + frame)
      },
      Bomb("a bundle whose directory is of more than its length allows", .bundle) {
        Bomb.directory(says: limit, entries: 1, try Bomb.zeros(2 * limit))
      },
      Bomb("a bundle whose directory says less than it unpacks to", .bundle, most: 16) {
        let packed = try Bomb.zeros(2 * limit)
        // NB: what may be for its length, so that it is unpacked.
        let length = DirectoryEntry.limit + 256 * packed.count
        return Bomb.directory(says: length, entries: 4096 + packed.count, packed)
      },
      Bomb("a bundle whose directory has a million entries of nothing", .bundle) {
        Bomb.directory(says: 1_000_000, entries: 1_000_000, try Bomb.zeros(1_000_000))
      },
    ]
  }()
}
