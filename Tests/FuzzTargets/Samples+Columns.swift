import Bytes
import Causality
import Model
import Wire
import Worlds

/// What a parcel is told by, in memory: the streams of some frames from their beginning.
final class FuzzGround: ParcelGround {
  private(set) var acknowledged: [VillageVector] = []
  private var hashes: [Dot: ChainHash] = [:]
  private var secrets: [StreamID: StreamSecret] = [:]

  /// - Precondition: each frame is the first of its stream.
  init(_ frames: [Frame]) {
    var vectors: [VillageCode: VersionVector] = [:]
    for frame in frames {
      guard let secret = frame.secret else { preconditionFailure("BUG: no first frame") }
      var chain = Chain(stream: frame.stream, secret: secret)
      for content in frame.contents {
        let hash = chain.append(content)
        hashes[frame.stream.dot(chain.count)] = hash
      }
      secrets[frame.stream] = secret
      vectors[frame.stream.village, default: VersionVector()].set(frame.end)
    }
    acknowledged = vectors.sorted { $0.key < $1.key }.map {
      VillageVector(village: $0.key, vector: $0.value)
    }
  }

  func hash(of dot: Dot) -> ChainHash? { hashes[dot] }
  func secret(of stream: StreamID) -> StreamSecret? { secrets[stream] }
}

extension Samples {
  /// A frame of a stream from its beginning, or after another one.
  static func chained(
    _ contents: [[UInt8]], of stream: StreamID, secret: StreamSecret, after before: Frame? = nil
  ) -> Frame {
    var chain = Chain(
      stream: stream, secret: secret, count: before?.lastCounter ?? 0,
      head: before?.last ?? .start)
    for content in contents { _ = chain.append(content) }
    return Frame(
      stream: stream, first: (before?.lastCounter ?? 0) + 1, previous: before?.last.tag ?? 0,
      last: chain.head, secret: before == nil ? secret : nil, contents: contents)
  }

  static func length(of frames: [Frame]) -> Int {
    frames.reduce(0) { $0 + $1.contents.reduce(0) { $0 + $1.count } }
  }

  // MARK: Columns

  /// A frame that says itself what it goes on from, under a seal.
  static func based() -> Frame {
    let all = contents()
    let before = held()[0]
    let next = chained(
      Array(all[3..<5]), of: mine, secret: parcelSecret, after: before)
    return Frame(
      stream: mine, first: next.first, previous: next.previous, last: next.last, secret: nil,
      base: Frame.Base(hash: before.last, secret: parcelSecret),
      seal: Seal(next.lastDot, next.last, survey: 7, signer: Seal.office, key: secretKey),
      contents: next.contents)
  }

  /// A count of contents, and the body of a frame that tells them by columns.
  static func columns() throws -> [[UInt8]] {
    let all = contents()
    let some = all.map { [$0] } + [all, Array(all.prefix(5) + all.prefix(5))]
    return try some.compactMap { contents in
      let bytes = try frame(contents: contents).bytes
      guard bytes[3] & 8 != 0 else { return nil }
      // What stands before the body does not depend on it, but for how long its contents are.
      var length = ByteWriter()
      length.count(contents.reduce(0) { $0 + $1.count })
      var header = ByteWriter()
      header.varint(village.number)
      header.count(contents.count)
      let start = 4 + 8 + header.bytes.count + 1 + 16 + 32 + length.bytes.count
      return [UInt8(contents.count)] + bytes.dropFirst(start)
    }
  }

  // MARK: Parcels

  private static let mine = StreamID(village: village, replica: ReplicaID(0x0bad))
  private static let others = StreamID(village: TinySurvey.villages[1], replica: ReplicaID(7))

  private static let parcelSecret: StreamSecret = {
    guard let secret = StreamSecret([UInt8](repeating: 5, count: StreamSecret.length)) else {
      preconditionFailure("BUG: a secret has sixteen bytes")
    }
    return secret
  }()

  /// What both sides hold before a parcel: a stream of the laptop, and one of somebody else.
  private static func held() -> [Frame] {
    let all = contents()
    return [
      chained(Array(all.prefix(3)), of: mine, secret: parcelSecret),
      chained([all[0], all[5]], of: others, secret: parcelSecret),
    ]
  }

  static func parcelGround() -> FuzzGround { FuzzGround(held()) }

  /// How many runs, and the body of a parcel that tells them.
  static func parcelBodies() throws -> [[UInt8]] {
    let (held, all, ground) = (held(), contents(), parcelGround())
    let next = chained(Array(all.suffix(4)), of: mine, secret: parcelSecret, after: held[0])
    let new = StreamID(village: TinySurvey.villages[2], replica: mine.replica)
    let begun = chained([all[1], all[3]], of: new, secret: parcelSecret)
    // Edits of what the ground knows, by its dot: in its village, and of a record from another one.
    let edits = held.map { frame -> Frame in
      let name = Name(dot: frame.stream.dot(1), tag: tag(of: frame.stream.dot(1), on: ground))
      var edit = changes()[1]
      edit.record = ground.hash(of: frame.stream.dot(1)).map { RecordID(creation: $0) }
      edit.cites = [name]
      edit.context = VersionVector([frame.end])
      edit.body = .answers([
        PlacedAnswer(
          path: Path(field: TinySurvey.Field.name), replaces: [name], answer: .text("Sekar"))
      ])
      return chained(
        [edit.bytes(village: frame.stream.village)], of: frame.stream, secret: parcelSecret,
        after: frame)
    }
    return try [[next], [next, begun], [edits[0]], edits, [edits[0], begun]].map { frames in
      guard let parcel = Parcel(frames, on: ground) else {
        throw Violation(description: "what goes on from the ground can be a parcel")
      }
      var writer = ByteWriter()
      parcel.encode(to: &writer)
      var reader = ByteReader(writer.bytes)
      _ = try reader.raw(16)
      let runs = try reader.count(limit: 255)
      _ = try reader.count(limit: Parcel.limit)
      return [UInt8(runs)] + (try reader.blob(limit: Parcel.limit))
    }
  }

  private static func tag(of dot: Dot, on ground: FuzzGround) -> UInt64 {
    ground.hash(of: dot)?.tag ?? 0
  }
}
