import Causality
import Model
import Store
import Wire
import Worlds

/// Streams of changes that an input describes, with hashes and seals that are right.
///
/// No input can guess a hash, so one that only mutates bytes never comes past the first check. Here the
/// input says what is written, and the hashes, the names of what was written before and the records
/// are put right after it: what a device that was tampered with could send. The bytes are read as
///
/// ```
/// mode, then frame …
/// frame   = stream count content …     stream: replica (2 bits), village (2), tricks (3)
/// content = length (2 bytes) bytes
/// ```
struct Tampering {
  /// In what way the frames reach a store.
  let mode: UInt8
  /// The frames, in the order of the input.
  private(set) var frames: [Frame] = []
  private let scene: Scene
  private var chains: [StreamID: Chain] = [:]
  private var tags: [Dot: UInt64] = [:]
  private var records: [RecordID]
  private let signer: DeviceID
  private let key: [UInt8]

  /// What stands in a content for a record of the scene, or for one that was written before.
  static let recordMark: UInt64 = 0xfeed_face_feed_face

  init(_ bytes: [UInt8], scene: Scene) {
    self.scene = scene
    mode = (bytes.first ?? 0) % 4
    // At the office the laptop itself is tampered with; at the other laptop, whoever sealed.
    (signer, key) = (scene.device, scene.laptopKey)
    records = [scene.record]
    for origin in scene.origins { tags[origin.dot] = origin.tag }
    var rest = bytes.dropFirst()
    while let head = rest.popFirst(), let number = rest.popFirst(), frames.count < 16 {
      var contents: [[UInt8]] = []
      for _ in 0...Int(number & 3) {
        guard let high = rest.popFirst(), let low = rest.popFirst() else { break }
        let length = min(rest.count, Int(high) << 8 | Int(low))
        contents.append(Array(rest.prefix(length)))
        rest = rest.dropFirst(length)
      }
      if contents.isEmpty { break }
      add(contents, head: head)
    }
  }

  private mutating func add(_ contents: [[UInt8]], head: UInt8) {
    let replica = ReplicaID(0x0bad + UInt64(head & 3))
    let stream = StreamID(village: TinySurvey.villages[Int(head >> 2 & 3)], replica: replica)
    let secret = Self.secret
    var chain = chains[stream] ?? Chain(stream: stream, secret: secret)
    let (first, previous) = (chain.count + 1, chain.head.tag)
    var written: [[UInt8]] = []
    for content in contents {
      let bytes = mended(content, village: stream.village)
      let hash = chain.append(bytes)
      tags[Dot(replica: replica, village: stream.village, counter: chain.count)] = hash.tag
      records.append(RecordID(creation: hash))
      written.append(bytes)
    }
    let tricks = head >> 4 & 7
    let last = Dot(replica: replica, village: stream.village, counter: chain.count)
    let frame = Frame(
      stream: stream, first: first, previous: first == 1 ? 0 : previous,
      last: tricks == 1 ? ChainHash(1, 2, 3, 4) : chain.head, secret: first == 1 ? secret : nil,
      seal: tricks == 2 ? nil : Seal(last, chain.head, survey: 7, signer: signer, key: key),
      contents: written)
    // NB: a branch: the chain does not go on, and the next frame takes the same dots.
    if tricks != 3 { chains[stream] = chain }
    // Late, so that others wait for it; or twice.
    if tricks == 4, !frames.isEmpty {
      frames.insert(frame, at: frames.count - 1)
    } else {
      frames.append(frame)
    }
    if tricks == 5 { frames.append(frame) }
  }

  /// The content with the names and records that its bytes can only hint at.
  private func mended(_ bytes: [UInt8], village: VillageCode) -> [UInt8] {
    guard var content = try? ChangeContent(bytes, village: village) else { return bytes }
    if let record = content.record, record.high == Self.recordMark {
      content.record = records[Int(record.low) % records.count]
    }
    let mended = ChangeContent(
      form: content.form, record: content.record, author: content.author,
      context: content.context, cites: content.cites.map(mended),
      body: mended(content.body), reason: content.reason, origin: content.origin.map(mended))
    return mended.bytes(village: village)
  }

  private func mended(_ body: ChangeBody) -> ChangeBody {
    guard case .answers(let answers) = body else { return body }
    return .answers(
      answers.map { placed in
        PlacedAnswer(
          path: placed.path, replaces: placed.replaces.map(mended), answer: mended(placed.answer))
      })
  }

  private func mended(_ answer: Answer) -> Answer {
    guard case .life(let life) = answer else { return answer }
    let seen = life.seen.map { Life.Seen(path: $0.path, name: mended($0.name)) }
    return .life(Life(isAlive: life.isAlive, seen: seen))
  }

  private func mended(_ name: Name) -> Name {
    tags[name.dot].map { Name(dot: name.dot, tag: $0) } ?? name
  }

  private static let secret: StreamSecret = {
    guard let secret = StreamSecret([UInt8](repeating: 9, count: StreamSecret.length)) else {
      preconditionFailure("BUG: a secret of the right length")
    }
    return secret
  }()
}
