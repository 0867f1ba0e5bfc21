import Bytes
import Causality
import Model
import TestSupport
import Testing
import Workload

@testable import Wire

/// What both sides hold, in memory.
final class KnownGround: ParcelGround {
  var acknowledged: [VillageVector] = []
  var hashes: [Dot: ChainHash] = [:]
  var secrets: [StreamID: StreamSecret] = [:]

  func hash(of dot: Dot) -> ChainHash? { hashes[dot] }
  func secret(of stream: StreamID) -> StreamSecret? { secrets[stream] }

  /// Takes in what a stream has so far, and acknowledges it.
  func hold(_ frame: Frame) {
    var chain = Chain(
      stream: frame.stream, secret: frame.secret ?? secrets[frame.stream] ?? Self.nobody,
      count: frame.first - 1,
      head: frame.first == 1
        ? .start
        : hashes[
          Dot(
            replica: frame.stream.replica, village: frame.stream.village,
            counter: frame.first - 1)] ?? .start)
    for content in frame.contents {
      let hash = chain.append(content)
      let stream = frame.stream
      hashes[Dot(replica: stream.replica, village: stream.village, counter: chain.count)] = hash
    }
    if let secret = frame.secret { secrets[frame.stream] = secret }
    var vectors = Dictionary(uniqueKeysWithValues: acknowledged.map { ($0.village, $0.vector) })
    vectors[frame.stream.village, default: VersionVector()].set(frame.end)
    acknowledged = vectors.sorted { $0.key < $1.key }.map {
      VillageVector(village: $0.key, vector: $0.value)
    }
  }

  private static let nobody: StreamSecret = {
    var random = SplitMix64(seed: 0)
    return StreamSecret(random: &random)
  }()
}

/// News that is told by what the office acknowledged: it opens where that is held, and nowhere else.
@Suite struct `Parcels` {
  private let villages: [VillageCode]
  private let secret: StreamSecret

  init() throws {
    villages = try (0..<6).map {
      try #require(VillageCode(number: 5_171_031_001 + UInt64($0) * 3))
    }
    secret = try #require(StreamSecret((0..<16).map { UInt8($0) }))
  }

  private func frame(
    _ contents: [[UInt8]], of stream: StreamID, after before: Frame? = nil
  ) -> Frame {
    var chain = Chain(
      stream: stream, secret: secret, count: before?.lastCounter ?? 0,
      head: before?.last ?? .start)
    for content in contents { _ = chain.append(content) }
    return Frame(
      stream: stream, first: (before?.lastCounter ?? 0) + 1, previous: before?.last.tag ?? 0,
      last: chain.head, secret: before == nil ? secret : nil, contents: contents)
  }

  /// Three villages: two streams that go on and one that begins, and a stream of somebody else.
  private func scene(_ seed: UInt64) -> (ground: KnownGround, frames: [Frame]) {
    let ground = KnownGround()
    var frames: [Frame] = []
    for (index, village) in villages.prefix(3).enumerated() {
      let others = StreamID(village: village, replica: ReplicaID(UInt64(5 + index)))
      var invented = InventedChanges(SplitMix64(seed: seed &* 7 &+ UInt64(index)), stream: others)
      ground.hold(frame(invented.contents(4), of: others))
      let own = StreamID(village: village, replica: ReplicaID(7))
      guard own != others else { continue }
      var mine = InventedChanges(SplitMix64(seed: seed &* 9 &+ UInt64(index)), stream: own)
      let before = index == 0 ? nil : frame(mine.contents(3), of: own)
      if let before { ground.hold(before) }
      frames.append(frame(mine.contents(1 + Int(seed % 5)), of: own, after: before))
    }
    return (ground, frames)
  }

  @Test(arguments: 0..<24) func `Whatever was packed comes out as it was`(seed: UInt64) throws {
    let (ground, frames) = scene(seed)
    let parcel = try #require(Parcel(frames, on: ground))
    #expect(parcel.open(on: ground) == frames)
    var writer = ByteWriter()
    parcel.encode(to: &writer)
    var reader = ByteReader(writer.bytes)
    #expect(try Parcel(from: &reader) == parcel)
    try reader.finish()
  }

  @Test func `Nobody tells of the same changes twice in one parcel`() throws {
    let (ground, frames) = scene(3)
    #expect(Parcel(frames, on: ground) != nil)
    #expect(Parcel(frames + [frames[0]], on: ground) == nil)
    // What goes on from it may follow.
    let next = frame(frames[0].contents, of: frames[0].stream, after: frames[0])
    #expect(Parcel(frames + [next], on: ground)?.open(on: ground) == frames + [next])
  }

  /// Edits of records that the office holds, in streams of the laptop and of others.
  private func edits() -> (ground: KnownGround, frames: [Frame]) {
    let ground = KnownGround()
    var frames: [Frame] = []
    for (index, village) in villages.enumerated() {
      let others = StreamID(village: village, replica: ReplicaID(90 + UInt64(index)))
      let records = frame(
        (0..<20).map { creation("usaha \($0)", at: $0).bytes(village: village) }, of: others)
      ground.hold(records)
      let own = StreamID(village: village, replica: ReplicaID(0x1234_5678_9abc_def0))
      let before = frame([creation("sendiri", at: 20).bytes(village: village)], of: own)
      ground.hold(before)
      let dot = Dot(replica: others.replica, village: village, counter: UInt64(index) + 3)
      guard let hash = ground.hashes[dot] else { continue }
      let name = Name(dot: dot, tag: hash.tag)
      let context = VersionVector([records.end])
      let edit = ChangeContent(
        form: 1, record: RecordID(creation: hash), author: author(30 + index), context: context,
        cites: [name],
        body: .answers([
          PlacedAnswer(
            path: Path(field: FieldID(16)), replaces: [name], answer: .text("warung \(index)"))
        ]))
      frames.append(frame([edit.bytes(village: village)], of: own, after: before))
    }
    return (ground, frames)
  }

  private func author(_ minute: Int) -> Authorship {
    Authorship(
      person: .office, device: DeviceID(7),
      stamp: Stamp(milliseconds: 1_790_000_000_000 + Int64(minute) * 60_000), directory: 9)
  }

  private func creation(_ name: String, at minute: Int) -> ChangeContent {
    ChangeContent(
      form: 1, record: nil, author: author(minute),
      body: .answers([
        PlacedAnswer(path: .life, answer: .life(.alive)),
        PlacedAnswer(path: Path(field: FieldID(16)), answer: .text(Text(name))),
      ]))
  }

  @Test func `What the office holds is named by where it lies`() throws {
    let (ground, frames) = edits()
    let parcel = try #require(Parcel(frames, on: ground))
    #expect(parcel.open(on: ground) == frames)
    // A frame of one such edit is more than a hundred bytes.
    #expect(parcel.body.count < 110, "\(parcel.body.count)")
    #expect(frames.allSatisfy { $0.bytes.count > 100 })
  }

  /// Bytes that were written once and must always be read, whatever this program writes by now.
  private static let golden = """
    92c333fbcb4c8c973970f7acc3e0ac6c06840441fdf7f7fbfb17bb150592d7bf6ca76c8f730b0ae180811e29\
    ed6df8469a6a2f09a820a7b74fdb7d89e6744a0148d360bc9f0b41a5b3363aa8bf2b41cc8e7d1543be
    """

  @Test func `Parcels that were written once are still read`() throws {
    let (ground, frames) = edits()
    let digits = Array(Self.golden)
    let bytes = try stride(from: 0, to: digits.count, by: 2).map {
      try #require(UInt8(String(digits[$0...($0 + 1)]), radix: 16))
    }
    var reader = ByteReader(bytes)
    let parcel = try Parcel(from: &reader)
    try reader.finish()
    let opened = try #require(parcel.open(on: ground))
    #expect(opened == frames)
    // What came out is what was said then, and not only what the same code makes of it now.
    var writer = ByteWriter()
    for frame in opened {
      for content in frame.contents { writer.blob(content) }
      writer.raw(frame.last.bytes)
    }
    let digest = Digest.sha256(writer.bytes).bytes
    #expect(
      digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        == "eec1749945fd75a60a4ef5c640dd94b8cb4bd5d615b45dc8fb8e71b9376363d3")
  }

  @Test func `Parcels are written as they were`() throws {
    let (ground, frames) = edits()
    let parcel = try #require(Parcel(frames, on: ground))
    var writer = ByteWriter()
    parcel.encode(to: &writer)
    let hex = writer.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(hex == Self.golden)
  }

  @Test func `A record that is made in a parcel is named by where it lies`() throws {
    let (ground, frames) = edits()
    let (stream, before) = (frames[0].stream, frames[0])
    let made = frame(
      [creation("baru", at: 50).bytes(village: stream.village)], of: stream, after: before)
    let name = Name(
      dot: Dot(replica: stream.replica, village: stream.village, counter: made.lastCounter),
      tag: made.last.tag)
    let edit = ChangeContent(
      form: 1, record: RecordID(creation: made.last), author: author(51), cites: [name],
      body: .answers([
        PlacedAnswer(path: Path(field: FieldID(16)), replaces: [name], answer: .text("lebih baru"))
      ]))
    let all = frame(
      before.contents + made.contents + [edit.bytes(village: stream.village)], of: stream,
      after: frame([creation("sendiri", at: 20).bytes(village: stream.village)], of: stream))
    let alone = try #require(Parcel([before], on: ground)).body.count
    let parcel = try #require(Parcel([all], on: ground))
    #expect(parcel.open(on: ground) == [all])
    #expect(parcel.body.count - alone < 30, "\(parcel.body.count - alone)")
  }

  @Test func `An office that holds something else opens nothing`() throws {
    let (ground, frames) = edits()
    let parcel = try #require(Parcel(frames, on: ground))
    let empty = KnownGround()
    #expect(parcel.open(on: empty) == nil)

    // Of one change that is cited another stands there.
    for dot in ground.hashes.keys.sorted() where (91..<96).contains(dot.replica.number) {
      let other = KnownGround()
      (other.acknowledged, other.hashes, other.secrets) =
        (ground.acknowledged, ground.hashes, ground.secrets)
      other.hashes[dot] = ChainHash(1, 2, 3, 4)
      let isCited = dot.counter == dot.replica.number - 90 + 3
      #expect((parcel.open(on: other) == nil) == isCited, "\(dot)")
    }

    // Somebody else wrote there, as the office knows and the laptop does not.
    let more = KnownGround()
    (more.acknowledged, more.hashes, more.secrets) =
      (ground.acknowledged, ground.hashes, ground.secrets)
    more.hold(
      frame(
        [creation("lain", at: 1).bytes(village: villages[0])],
        of: StreamID(village: villages[0], replica: ReplicaID(1))))
    #expect(parcel.open(on: more) == nil)

    // The laptop's own stream is at the office already, for the reply was lost.
    let late = KnownGround()
    (late.acknowledged, late.hashes, late.secrets) =
      (ground.acknowledged, ground.hashes, ground.secrets)
    for frame in frames { late.hold(frame) }
    #expect(parcel.open(on: late) == frames)
  }

  @Test func `What has a seal, or goes on from what is not held, is no parcel`() throws {
    let (ground, frames) = edits()
    let one = frames[0]
    let seal = Seal(signer: DeviceID(7), signature: [UInt8](repeating: 1, count: 64))
    let sealed = Frame(
      stream: one.stream, first: one.first, previous: one.previous, last: one.last, secret: nil,
      seal: seal, contents: one.contents)
    #expect(Parcel([sealed], on: ground) == nil)
    #expect(Parcel([one], on: KnownGround()) == nil)
    #expect(Parcel([], on: ground) == nil)
    let wrong = Frame(
      stream: one.stream, first: one.first, previous: one.previous, last: ChainHash(1, 2, 3, 4),
      secret: nil, contents: one.contents)
    #expect(Parcel([wrong], on: ground) == nil)
    let long = frame(
      [[UInt8](repeating: 2, count: Parcel.limit + 1)],
      of: StreamID(village: villages[0], replica: ReplicaID(3)))
    #expect(Parcel([long], on: ground) == nil)
  }

  @Test func `What is all alike goes in frames, for no reader would take so short a parcel`() throws
  {
    let stream = StreamID(village: villages[0], replica: ReplicaID(7))
    let long = String(repeating: "x", count: 4000)
    let contents = (0..<80).map { creation(long, at: $0).bytes(village: stream.village) }
    #expect(Parcel([frame(contents, of: stream)], on: KnownGround()) == nil)
    #expect(Parcel([frame(Array(contents.prefix(1)), of: stream)], on: KnownGround()) != nil)
  }

  @Test func `A damaged parcel opens to nothing else than what was packed`() throws {
    let (ground, frames) = edits()
    let parcel = try #require(Parcel(frames, on: ground))
    var writer = ByteWriter()
    parcel.encode(to: &writer)
    let whole = writer.bytes
    for end in whole.indices {
      var reader = ByteReader(Array(whole[..<end]))
      #expect(throws: ByteError.self) { try Parcel(from: &reader) }
    }
    for index in whole.indices {
      for bit in 0..<8 {
        var bytes = whole
        bytes[index] ^= 1 << UInt8(bit)
        var reader = ByteReader(bytes)
        guard let other = try? Parcel(from: &reader) else { continue }
        let opened = other.open(on: ground)
        #expect(opened == nil || opened == frames, "byte \(index), bit \(bit)")
      }
    }
  }

  @Test func `Random bytes open to nothing, and take no time`() throws {
    let (ground, _) = edits()
    var random = SplitMix64(seed: 12)
    for _ in 0..<2000 {
      var writer = ByteWriter()
      writer.raw((0..<16).map { _ in UInt8(random.below(256)) })
      let runs = 1 + random.below(4)
      writer.count(runs)
      writer.count(runs + random.below(600))
      writer.blob((0..<random.below(60)).map { _ in UInt8(random.below(256)) })
      var reader = ByteReader(writer.bytes)
      #expect(try Parcel(from: &reader).open(on: ground) == nil)
    }
  }

  @Test(arguments: [
    (0, 1, 20), (4097, 5000, 20), (2, 1, 20), (1, 4096 + 256 * 20 + 1, 20),
    (1, Parcel.limit + 1, 4096),
  ]) func `A parcel of a size that none has is refused`(
    runs: Int, length: Int, body: Int
  ) throws {
    for byte in [0, 255] as [UInt8] {
      var writer = ByteWriter()
      writer.raw([UInt8](repeating: 0, count: 16))
      writer.count(runs)
      writer.count(length)
      writer.blob([UInt8](repeating: byte, count: body))
      var reader = ByteReader(writer.bytes)
      #expect(throws: ByteError.self) { try Parcel(from: &reader) }
    }
  }

  @Test func `Who tells all sends no parcel`() throws {
    let (ground, frames) = edits()
    var request = MessageTests.request([])
    request.isComplete = false
    let parcel = try #require(Parcel(frames, on: ground))
    request.parcel = parcel
    #expect(try SyncRequest(request.bytes) == request)
    #expect(request.bytes[MessageTests.completeness] == 2)
    request.isComplete = true
    #expect(try SyncRequest(request.bytes).parcel == nil)
    var odd = request.bytes
    for flag: UInt8 in [2, 3] {
      odd[MessageTests.completeness] = flag
      #expect(throws: WireError.self) { try SyncRequest(odd) }
    }
  }
}
