import Causality
import Model
import TestSupport
import Testing
import Workload

@testable import Wire

/// What the benchmark's workload costs on the wire, beside what `zstd -3` makes of its values alone.
@Suite struct `The budget of the wire` {
  /// The CSV of all records, and the CSVs of each laptop's edits.
  static let packedRecords = 427_145
  static let packedEdits = 23_832

  @Test func `A first sync costs less than the bare values as compressed CSV`() throws {
    var work = try WorkloadChanges()
    // One laptop in seven speaks for all.
    let frames = work.records().enumerated().filter { $0.offset % 7 == 0 }.map(\.element)
    let records = frames.reduce(0) { $0 + $1.contents.count }
    let bytes = frames.reduce(0) { $0 + $1.bytes.count }
    #expect(bytes < Self.packedRecords * records / 4045 * 66 / 100, "\(bytes) of \(records)")
  }

  @Test func `Edits of a day cost little more than the changed cells as compressed CSV`() throws {
    var work = try WorkloadChanges()
    _ = work.records()
    // Minutes between edits have to be told; in one sitting they are none.
    let spread = work.edits(apart: 600_000).reduce(0) { $0 + $1.bytes.count }
    #expect(spread < Self.packedEdits * 128 / 100, "\(spread)")
    let sitting = work.edits(apart: 2).reduce(0) { $0 + $1.bytes.count }
    #expect(sitting < Self.packedEdits * 121 / 100, "\(sitting)")
  }

  @Test func `A sync of ten edits, and one of none, are short`() throws {
    var work = try WorkloadChanges()
    _ = work.records()
    let ten = work.tenEdits()
    let vector = VersionVector([
      .init(replica: ten.stream.replica, count: ten.lastCounter, head: ten.last.tag),
      .init(replica: ReplicaID(.max), count: 5, head: .max),
    ])
    var request = SyncRequest(
      survey: .max, device: DeviceID(44), epoch: .max, digest: ten.last, directory: 53,
      directoryTag: .max, isComplete: false,
      villages: [VillageVector(village: ten.stream.village, vector: vector)], frames: [ten],
      unsent: 0, budget: 8 << 20)
    #expect(request.bytes.count <= 350, "\(request.bytes.count), frame \(ten.bytes.count)")
    request.villages = []
    request.frames = []
    let reply = SyncReply(epoch: .max, time: 1_790_000_000_000, status: .complete)
    let both = request.bytes.count + reply.bytes.count
    #expect(both <= 300, "\(both)")
  }
}

/// What both sides know beforehand, beside the workload's words and those that are held out.
@Suite struct `The prelude's words` {
  private static func words(_ text: some StringProtocol) -> Set<String> {
    Set(text.lowercased().split { !$0.isLetter || !$0.isASCII }.map(String.init))
  }

  private static func words(of terms: Denpasar.Terms) -> [String] {
    (terms.words + terms.names + terms.quarters + terms.legal).map { $0.lowercased() }
      + words(terms.street + " " + terms.interviewer + " " + terms.photo).sorted()
  }

  @Test func `are none of those that the held out records are made of`() {
    let letters = String(decoding: Prelude.contents.joined(), as: UTF8.self)
    let known = Self.words(Prelude.words).union(Self.words(letters))
    #expect(Self.words(of: .heldOut).filter(known.contains) == [])
    // It is a test of something, for of the workload's own most are known.
    let own = Denpasar.Terms.denpasar
    #expect(own.words.filter(Self.words(Prelude.words).contains).count == 59)
    #expect(Self.words(of: own).filter(known.contains).count > 90)
  }
}

/// The workload as the changes of 43 laptops that have joined, each with its own village.
struct WorkloadChanges {
  private var random = SplitMix64(seed: 7)
  private let villages: [VillageCode]
  private let streams: [StreamID]
  private let secret: StreamSecret
  private var heads: [ChainHash] = []
  private var made: [Int: (record: RecordID, name: Name)] = [:]
  private var times = [Int64](repeating: 1_790_000_000_000, count: Denpasar.villages)
  private static let heard: Int64 = 1_789_999_900_000

  init() throws {
    villages = try (0..<Denpasar.villages).map {
      try #require(VillageCode(number: UInt64(5_171_010_001 + $0 * 1000)))
    }
    var random = SplitMix64(seed: 11)
    streams = villages.map { StreamID(village: $0, replica: ReplicaID(random.next())) }
    secret = StreamSecret(random: &random)
  }

  private mutating func author(_ laptop: Int, apart: Int) -> Authorship {
    times[laptop] += Int64(random.below(apart))
    guard let person = PersonID("surveyor\(laptop % 3 + 10)") else { return Self.nobody }
    return Authorship(
      person: person, device: DeviceID(UInt32(laptop + 1)),
      stamp: Stamp(milliseconds: times[laptop]),
      evidence: ClockEvidence(
        trusted: Self.heard, elapsed: times[laptop] - Self.heard + Int64(random.below(2))),
      directory: 53)
  }

  private static let nobody = Authorship(
    person: .office, device: .standalone, stamp: Stamp(number: 0))

  static func answer(_ value: Denpasar.Value) -> Answer {
    switch value {
    case .text(let text): .text(text)
    case .integer(let number): .whole(number)
    case .real(let millionths): .number(Decimal(unscaled: millionths, scale: 6) ?? .zero)
    }
  }

  /// The first upload of each laptop: its records in one village.
  mutating func records() -> [Frame] {
    (0..<Denpasar.villages).map { laptop in
      let stream = streams[laptop]
      var chain = Chain(stream: stream, secret: secret)
      var contents: [[UInt8]] = []
      for index in stride(from: laptop, to: 4045, by: Denpasar.villages) {
        var answers = [PlacedAnswer(path: .life, answer: .life(.alive))]
        for (field, value) in Denpasar.record(index).enumerated() {
          answers.append(
            PlacedAnswer(
              path: Path(field: FieldID(UInt32(16 + field))), answer: Self.answer(value)))
        }
        let content = ChangeContent(
          form: 1, record: nil, author: author(laptop, apart: 600_000), body: .answers(answers)
        ).bytes(village: stream.village)
        contents.append(content)
        let hash = chain.append(content)
        let dot = Dot(replica: stream.replica, village: stream.village, counter: chain.count)
        made[index] = (RecordID(creation: hash), Name(dot: dot, tag: hash.tag))
      }
      heads.append(chain.head)
      return Frame(
        stream: stream, first: 1, previous: 0, last: chain.head, secret: secret,
        contents: contents)
    }
  }

  /// The uploads of the second part: a stream of each laptop in its own village, and one in the next.
  mutating func edits(apart: Int) -> [Frame] {
    var contents: [StreamID: [[UInt8]]] = [:]
    for edit in Denpasar.edits(4045) {
      guard let made = made[edit.record] else { continue }
      let village = edit.record % Denpasar.villages
      let isOwn = village == edit.laptop
      let stream = StreamID(village: villages[village], replica: streams[edit.laptop].replica)
      let held = VersionVector.Entry(
        replica: streams[village].replica, count: 94, head: heads[village].tag)
      let content = ChangeContent(
        form: 1, record: made.record, author: author(edit.laptop, apart: apart),
        context: isOwn || contents[stream] != nil ? nil : VersionVector([held]),
        cites: [made.name],
        body: .answers(
          edit.changes.map { change in
            PlacedAnswer(
              path: Path(field: FieldID(UInt32(16 + change.field))), replaces: [made.name],
              answer: Self.answer(change.value))
          }))
      contents[stream, default: []].append(content.bytes(village: stream.village))
    }
    return contents.sorted { $0.key < $1.key }.map { stream, contents in
      let isOwn = streams.contains(stream)
      return frame(contents, of: stream, after: isOwn ? 95 : 0)
    }
  }

  /// Ten edits of the name of a business.
  mutating func tenEdits() -> Frame {
    let contents = (0..<10).compactMap { index -> [UInt8]? in
      guard let made = made[(index * 7 + 3) * Denpasar.villages] else { return nil }
      let word = random.pick(["warung", "kios", "ukir", "tenun", "gudang", "servis"])
      return ChangeContent(
        form: 1, record: made.record, author: author(0, apart: 2), cites: [made.name],
        body: .answers([
          PlacedAnswer(
            path: Path(field: FieldID(16)), replaces: [made.name],
            answer: .text("\(word) \(random.below(1000))"))
        ])
      ).bytes(village: villages[0])
    }
    return frame(contents, of: streams[0], after: 120)
  }

  private func frame(_ contents: [[UInt8]], of stream: StreamID, after count: UInt64) -> Frame {
    let tag: UInt64 = count == 0 ? 0 : 0x5f8f_2594_435a_4d79
    var chain = Chain(
      stream: stream, secret: secret, count: count, head: ChainHash(tag, tag, tag, tag))
    for content in contents { _ = chain.append(content) }
    return Frame(
      stream: stream, first: count + 1, previous: tag, last: chain.head,
      secret: count == 0 ? secret : nil, contents: contents)
  }
}
