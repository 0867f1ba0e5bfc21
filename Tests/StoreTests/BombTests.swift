import Bytes
import Causality
import Foundation
import Model
import Sync
import Testing
import Wire
import Worlds

@testable import Store

/// A few hundred bytes that announce, or unpack to, as much as may come and more.
///
/// Each is read in a process of its own, which says how much memory it needed.
@Suite struct `What unpacks to far more than it is` {
  /// What may come of one frame or one part of a snapshot.
  private static let limit = 8 << 20
  private static let secret = [UInt8](repeating: 1, count: StreamSecret.length)
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

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
    writer.varint(At.renon.number)
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
    plain.varint(At.renon.number)
    plain.count(0)
    plain.count(0)
    plain.count((limit - 32) / 12)
    plain.raw([UInt8](repeating: 0, count: limit - plain.bytes.count))
    return Snapshot.packed(plain.bytes)
  }

  /// A request with frames of these bytes, and after them those of a parcel.
  private static func request(_ frames: [[UInt8]], parcel: [UInt8]? = nil) -> [UInt8] {
    var writer = ByteWriter()
    let empty = SyncRequest(
      survey: 7, device: DeviceID(1), epoch: 1, digest: .start, directory: 0,
      isComplete: parcel == nil, villages: [], frames: [], unsent: 0, budget: 1)
    writer.raw(Array(empty.bytes.dropLast()))
    writer.count(frames.count)
    for frame in frames { writer.blob(frame) }
    guard let parcel else { return writer.bytes }
    // NB: what a request is stands behind its head and the directory that it knows.
    var bytes = writer.bytes
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

  private func read(_ kind: String, _ bytes: [UInt8]) throws -> (isTaken: Bool, megabytes: Int) {
    let path = folder.path("bomb")
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let (process, output) = try Worker.start(["read", kind, path])
    let lines = Worker.lines(output)
    process.waitUntilExit()
    let words = try #require(lines.first?.split(separator: " "))
    #expect(process.terminationStatus == 0)
    return (words[0] == "taken", try #require(Int(words[1])) >> 10)
  }

  private struct Bomb {
    let what: String
    let kind: String
    /// The most megabytes that reading it may need.
    let most: Int
    /// Whether it is what it says, and for others to refuse.
    let isTaken: Bool
    let bytes: () throws -> [UInt8]

    init(
      _ what: String, _ kind: String, most: Int = 6, isTaken: Bool = false,
      _ bytes: @escaping () throws -> [UInt8]
    ) {
      (self.what, self.kind, self.most, self.isTaken, self.bytes) =
        (what, kind, most, isTaken, bytes)
    }
  }

  @Test func `Whatever is announced, no more is taken than may come`() throws {
    let limit = Self.limit
    let bombs = [
      Bomb("a frame of more than may be", "frame") {
        try Self.packed(says: limit + 1, limit + 1)
      },
      Bomb("a frame that says less than it unpacks to", "frame", most: 16) {
        try Self.packed(says: limit, 2 * limit)
      },
      Bomb("a frame that unpacks to less than it says", "frame", most: 16) {
        try Self.packed(says: limit, limit / 2)
      },
      Bomb("a frame of as much as may be", "frame", most: 40, isTaken: true) {
        try Self.wholeFrame()
      },
      Bomb("as many changes as may be, of nothing", "frame", isTaken: true) {
        try Self.packed(changes: Frame.changeLimit, says: Frame.changeLimit, Frame.changeLimit)
      },
      Bomb("columns of as much as may be", "frame") {
        Self.frame(8, length: limit, [UInt8](repeating: 0, count: 300))
      },
      Bomb("columns of as much as their own length allows", "frame") {
        Self.frame(8, length: 4096 + 256 * 300, [UInt8](repeating: 0x5a, count: 300))
      },
      Bomb("a request of frames that come to more than a message may", "request", most: 160) {
        Self.request([[UInt8]](repeating: try Self.wholeFrame(), count: 9))
      },
      Bomb("a parcel of as much as its length allows", "request", isTaken: true) {
        Self.request([], parcel: Self.parcel(runs: 4096, length: 4608, [0, 0]))
      },
      Bomb("a parcel of more than may be", "request") {
        Self.request([], parcel: Self.parcel(runs: 1, length: 512 << 10 + 1, [0, 0]))
      },
      Bomb("a parcel of more than its length allows", "request") {
        Self.request(
          [],
          parcel: Self.parcel(
            runs: 4096, length: 512 << 10, [UInt8](repeating: 0, count: 300)))
      },
      Bomb("a part of more than may be", "snapshot") {
        Self.part(says: limit + 1, try Self.zeros(limit + 1))
      },
      Bomb("a part that says less than it unpacks to", "snapshot", most: 16) {
        Self.part(says: limit, try Self.zeros(2 * limit))
      },
      Bomb("a part of as much as may be, of nothing", "snapshot", most: 16) {
        Self.part(says: limit, try Self.zeros(limit))
      },
      Bomb("a part of as many records as have room", "snapshot", most: 64) {
        Self.partOfRecords()
      },
      Bomb("a bundle whose header is said to be long", "bundle") {
        Self.bundle(header: [UInt8](repeating: 0, count: 300), says: 64 << 20)
      },
      Bomb("a bundle whose header is said to be longer", "bundle") {
        Self.bundle(header: [UInt8](repeating: 0, count: 300), says: Int(UInt32.max))
      },
      Bomb("a bundle whose frame is said to be long", "bundle") {
        try Self.bundle(then: Self.word(limit) + [UInt8](repeating: 0, count: 300))
      },
      Bomb("a bundle with a frame of as much as may be", "bundle", most: 40) {
        let frame = try Self.wholeFrame()
        return try Self.bundle(then: Self.word(frame.count) + frame)
      },
      Bomb("a bundle whose directory says less than it unpacks to", "bundle", most: 16) {
        Self.directory(says: limit, entries: 1, try Self.zeros(2 * limit))
      },
      Bomb("a bundle whose directory has a million entries of nothing", "bundle", most: 80) {
        Self.directory(says: 1_000_000, entries: 1_000_000, try Self.zeros(1_000_000))
      },
    ]
    for bomb in bombs {
      let bytes = try bomb.bytes()
      #expect(bytes.count < 4096, "\(bomb.what)")
      let (isTaken, megabytes) = try read(bomb.kind, bytes)
      #expect(isTaken == bomb.isTaken, "\(bomb.what)")
      #expect(megabytes <= bomb.most, "\(bomb.what)")
    }
  }
}
