import Bytes
import Causality
import Model
import Worlds

extension Samples {
  /// Contents of every kind, with every part that a content can have.
  static func contents() -> [[UInt8]] {
    changes().map { $0.bytes(village: TinySurvey.villages[0]) }
  }

  /// States that such contents make.
  static func states() -> [[UInt8]] {
    var state = RecordState()
    var all: [[UInt8]] = []
    for (index, content) in changes().enumerated() {
      state.apply(name(UInt64(index) + 1), by: content.author, content.answers)
      all.append(state.bytes)
    }
    return all
  }

  static func pairsOfStates() -> [[UInt8]] {
    let all = states()
    return all.indices.map { all[$0] + all[all.count - 1 - $0] }
  }

  static func primitives() -> [[UInt8]] {
    var all: [[UInt8]] = [
      [0, 0x80, 1], [1, 5], [2, 0, 0, 0, 0, 0, 0, 0, 9], [3, 2, 1, 2], [4, 2, 104, 105],
    ]
    for answer in answers() { all.append([5] + answer.canonicalBytes) }
    for path in [Path.life, Path(row: Row(FieldID(31), "a"), field: FieldID(32), element: "b")] {
      var writer = ByteWriter()
      writer.byte(6)
      path.encode(to: &writer)
      all.append(writer.bytes)
    }
    var writer = ByteWriter()
    writer.byte(7)
    name(3).encode(to: &writer)
    writer.byte(8)
    VersionVector([.init(replica: ReplicaID(1), count: 2, head: 3)]).encode(to: &writer)
    return all + [writer.bytes, Array(all.joined())]
  }

  /// Frames for ``Tampering``: a record, what is done with it afterwards, and each in every mode.
  static func tamperings() -> [[UInt8]] {
    var story: [UInt8] = []
    var all: [[UInt8]] = []
    for (index, content) in changes().enumerated() {
      let bytes = content.bytes(village: TinySurvey.villages[0])
      let piece = [UInt8(index == 3 ? 0x40 : 0), 0] + length(bytes) + bytes
      story += piece
      for mode in 0..<4 as Range<UInt8> { all.append([mode] + piece) }
    }
    for mode in 0..<4 as Range<UInt8> { all.append([mode] + story) }
    return all
  }

  private static func length(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xff)]
  }

  private static func answers() -> [Answer] {
    [
      .cleared, .absent, .present, .whole(-12), Decimal("8.65").map { .number($0) } ?? .cleared,
      .real(bits: (1.5).bitPattern), .text("Batik"), .date(20_000), .instant(1_790_000_000_000),
      .group([.whole(1), .cleared, .text("x")]), .life(.alive),
      .life(Life(isAlive: false, seen: [Life.Seen(path: .life, name: name(1))])),
      .village(TinySurvey.villages[1]), .unknown(kind: 99, bytes: [1, 2]),
    ]
  }

  static func changes() -> [ChangeContent] {
    let scene = Scene.shared
    let author = Authorship(
      person: scene.person, device: scene.device, stamp: Stamp(milliseconds: 1_790_000_000_000),
      evidence: ClockEvidence(trusted: 1_789_999_000_000, elapsed: 1_000_000),
      directory: 6)
    let field = TinySurvey.Field.self
    let record = RecordID(high: Tampering.recordMark, low: 1)
    func content(
      _ record: RecordID?, _ answers: [PlacedAnswer], cites: [Name] = [],
      _ change: (inout ChangeContent) -> Void = { _ in }
    ) -> ChangeContent {
      var content = ChangeContent(
        form: 1, record: record, author: author, cites: cites, body: .answers(answers))
      change(&content)
      return content
    }
    let row = Row(field.products, "a")
    let first = [
      PlacedAnswer(path: .life, answer: .life(.alive)),
      PlacedAnswer(path: Path(field: field.name), answer: .text("Batik")),
      PlacedAnswer(path: Path(field: field.visits), answer: .whole(3)),
      PlacedAnswer(path: Path(field: field.colours, element: "merah"), answer: .present),
      PlacedAnswer(path: Path(row: row, field: .life), answer: .life(.alive)),
      PlacedAnswer(path: Path(row: row, field: field.brand), answer: .text("Kain")),
      PlacedAnswer(
        path: Path(field: field.fix),
        answer: .group([.whole(-8), .whole(115), .whole(5)])),
    ]
    return [
      content(nil, first),
      content(
        record,
        [
          PlacedAnswer(path: Path(field: field.name), replaces: [name(1)], answer: .text("Asih")),
          PlacedAnswer(path: Path(field: field.outcome), answer: .text("buka")),
        ], cites: [name(1)]
      ) { $0.context = VersionVector([.init(replica: ReplicaID(0x0bad), count: 1, head: 3)]) },
      content(
        record, [PlacedAnswer(path: Path(field: field.name), replaces: [], answer: .text("Lain"))]
      ) { $0.reason = "ditanyakan" },
      content(
        record,
        [
          PlacedAnswer(
            path: .life, replaces: [name(1)],
            answer: .life(
              Life(
                isAlive: false,
                seen: [Life.Seen(path: Path(field: field.name), name: name(1))])))
        ], cites: [name(1)]),
      content(
        record, [PlacedAnswer(path: .village, answer: .village(TinySurvey.villages[1]))],
        cites: [name(1)]),
      content(
        RecordID(high: Tampering.recordMark, low: 0),
        zip(answers(), 100...).map { PlacedAnswer(path: Path(field: FieldID($1)), answer: $0) }
      ) { $0.author.evidence = nil },
      content(record, first.map { PlacedAnswer(path: $0.path, answer: .cleared) }) {
        $0.origin = name(1)
      },
      content(nil, []) { $0.body = .carry(carried(by: author), villageOnly: false) },
      content(nil, []) { $0.body = .carry(carried(by: author), villageOnly: true) },
      content(nil, []) { $0.body = .unknown(kind: 200, bytes: [1, 2, 3]) },
    ]
  }

  private static func carried(by author: Authorship) -> RecordState {
    var state = RecordState()
    state.apply(
      name(1), by: author,
      [
        PlacedAnswer(path: .life, answer: .life(.alive)),
        PlacedAnswer(path: Path(field: TinySurvey.Field.name), answer: .text("Batik")),
      ])
    state.apply(
      name(2), by: author,
      [PlacedAnswer(path: .village, answer: .village(TinySurvey.villages[0]))])
    return state
  }

  private static func name(_ counter: UInt64) -> Name {
    let dot = Dot(
      replica: ReplicaID(0x0bad), village: TinySurvey.villages[0], counter: counter)
    return Name(dot: dot, tag: counter)
  }
}
