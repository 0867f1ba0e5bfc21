import Causality
import Model
import TestSupport
import Wire

/// Makes streams by hand, honest or not.
struct Forger {
  private var chain: Chain
  private let secret: StreamSecret
  private let stream: StreamID

  init(_ village: VillageCode, replica: ReplicaID = ReplicaID(0x0bad), seed: UInt64 = 9) {
    var random = SplitMix64(seed: seed)
    secret = StreamSecret(random: &random)
    stream = StreamID(village: village, replica: replica)
    chain = Chain(stream: stream, secret: secret)
  }

  /// A frame with the next changes of the stream.
  mutating func frame(_ contents: [ChangeContent]) -> Frame {
    frame(bytes: contents.map { $0.bytes(village: stream.village) })
  }

  mutating func frame(bytes contents: [[UInt8]]) -> Frame {
    let first = chain.count + 1
    let previous = chain.head
    for content in contents { _ = chain.append(content) }
    return Frame(
      stream: stream, first: first, previous: first == 1 ? 0 : previous.tag, last: chain.head,
      secret: first == 1 ? secret : nil, contents: contents)
  }

  /// The name of the last change made.
  var last: Name {
    let dot = Dot(replica: stream.replica, village: stream.village, counter: chain.count)
    return Name(dot: dot, tag: chain.head.tag)
  }

  /// The identity of the record that the last change created.
  var record: RecordID { RecordID(creation: chain.head) }
}

extension ChangeContent {
  /// A new record, or answers in one.
  static func forged(
    by person: PersonID, on device: DeviceID, directory: UInt64, act: Act = .edit,
    record: RecordID? = nil, cites: [Name] = [], form: UInt32 = 1, _ answers: [PlacedAnswer]
  ) -> ChangeContent {
    let life = PlacedAnswer(path: .life, answer: .life(.alive))
    return ChangeContent(
      form: form, record: record,
      author: Authorship(
        person: person, device: device, stamp: Stamp(milliseconds: 1_790_000_000_000),
        directory: directory, act: act),
      cites: cites, body: .answers(record == nil ? answers + [life] : answers))
  }
}

extension Frame {
  /// The frame without anybody's seal, for a store that knows none of them.
  var bare: Frame {
    Frame(
      stream: stream, first: first, previous: previous, last: last, secret: secret,
      contents: contents)
  }
}
