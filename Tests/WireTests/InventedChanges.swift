import Bytes
import Causality
import Model
import TestSupport

@testable import Wire

/// Makes contents of every shape that there is, from choices.
struct InventedChanges<Choices: Choosing> {
  var choices: Choices
  let stream: StreamID
  private var names: [Name] = []
  private var records: [RecordID] = []
  private var milliseconds: Int64 = 1_790_000_000_000

  init(_ choices: Choices, stream: StreamID) {
    self.choices = choices
    self.stream = stream
  }

  mutating func contents(_ count: Int) -> [[UInt8]] {
    (0..<count).map { _ in
      // Now and then something of a later version, and something that is no change at all.
      switch choices.below(24) {
      case 0: [2] + (0..<choices.below(40)).map { _ in UInt8(choices.below(256)) }
      default: content().bytes(village: stream.village)
      }
    }
  }

  private mutating func content() -> ChangeContent {
    let record = choices.below(3) == 0 ? nil : record()
    var vector: VersionVector?
    if choices.below(4) == 0 {
      vector = VersionVector(
        (0..<choices.below(4)).map { _ in
          VersionVector.Entry(
            replica: ReplicaID(UInt64(choices.below(9))), count: UInt64(1 + choices.below(500)),
            head: number())
        })
    }
    return ChangeContent(
      form: UInt32(choices.below(3)), record: record, author: author(), context: vector,
      cites: record == nil ? [] : someNames(record), body: body(record),
      reason: choices.below(5) == 0 ? text() : nil,
      origin: choices.below(9) == 0 ? name(record) : nil)
  }

  private mutating func body(_ record: RecordID?) -> ChangeBody {
    switch choices.below(12) {
    case 0:
      var state = RecordState()
      for _ in 0..<(1 + choices.below(3)) {
        let answers = [PlacedAnswer(path: path(), answer: answer())]
        state.apply(name(record), by: author(), answers)
      }
      return .carry(state, villageOnly: choices.yes())
    case 1:
      return .unknown(
        kind: UInt8(4 + choices.below(252)),
        bytes: (0..<choices.below(30)).map { _ in UInt8(choices.below(256)) })
    default:
      var answers: [Path: PlacedAnswer] = [:]
      for _ in 0..<choices.below(12) {
        let path = path()
        answers[path] = PlacedAnswer(path: path, replaces: someNames(record), answer: answer())
      }
      if answers.count > 1 { answers[.village] = nil }
      return .answers(Array(answers.values))
    }
  }

  private mutating func author() -> Authorship {
    milliseconds += Int64(choices.below(1_000_000)) - 1000
    var evidence: ClockEvidence?
    if choices.yes() {
      evidence = ClockEvidence(
        trusted: milliseconds - Int64(choices.below(9_000_000)),
        elapsed: choices.yes() ? Int64(choices.below(9_000_000)) : nil)
    }
    let person = choices.pick(["wayan", "surveyor12", "kadek.sari", "x-1"])
    return Authorship(
      person: PersonID(person) ?? .office, device: DeviceID(UInt32(choices.below(50))),
      stamp: Stamp(milliseconds: milliseconds, logical: UInt16(choices.below(3))),
      evidence: evidence, directory: UInt64(choices.below(90)),
      act: choices.pick([.edit, .edit, .resolution, .office]))
  }

  private mutating func answer(inGroup: Bool = false) -> Answer {
    switch choices.below(inGroup ? 12 : 15) {
    case 0: return .cleared
    case 1: return choices.yes() ? .present : .absent
    case 2, 3: return .whole(Int64(bitPattern: number() >> UInt64(choices.below(64))))
    case 4:
      return .number(
        Decimal(unscaled: Int64(choices.below(2_000_000)) - 999_999, scale: 6) ?? .zero)
    case 5: return .real(bits: number())
    case 6: return .date(Int32(choices.below(40_000)) - 5000)
    case 7: return .instant(Int64(bitPattern: number()) >> Int64(choices.below(40)))
    case 8: return .village(stream.village)
    case 9: return .unknown(kind: 99, bytes: [1, 0, 255])
    case 12:
      return Answer.members((0..<choices.below(5)).map { _ in answer(inGroup: true) })
    case 13:
      let seen = (0..<choices.below(5)).map { _ in Life.Seen(path: path(), name: name(nil)) }
      return .life(Life(isAlive: choices.yes(), seen: seen))
    default: return .text(text())
    }
  }

  private mutating func path() -> Path {
    let row = Row(FieldID(200), Text(choices.pick(["2024", "2025", "k7q", "é"])))
    return Path(
      row: choices.below(4) == 0 ? row : nil,
      field: FieldID(UInt32(choices.pick([1, 16, 17, 30, 31, 45, 400, 70_000]))),
      element: choices.below(5) == 0 ? Text(choices.pick(["hotel", "ekspor", "0812"])) : "")
  }

  private mutating func text() -> String {
    let words = [
      "Warung", "warung", "WARUNG", "wArUnG", "Made", "12", "007", "IMG_8f2a.jpg", "é", "漢字",
      "😀", " ", "  ", "-", ", ", "a.b@c", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "12345678901234567890123456789012345678901234567890", "surveyor12", "\u{0}", "\n", "R7KQ2",
    ]
    return (0..<choices.below(7)).map { _ in choices.pick(words) }.joined()
  }

  private mutating func record() -> RecordID {
    if !records.isEmpty, choices.yes() { return choices.pick(records) }
    records.append(RecordID(high: number(), low: UInt16(choices.below(65_536))))
    return records[records.count - 1]
  }

  private mutating func name(_ record: RecordID?) -> Name {
    if !names.isEmpty, choices.yes() { return choices.pick(names) }
    let other = VillageCode(number: 5_171_021_002) ?? stream.village
    let dot = Dot(
      replica: choices.yes() ? stream.replica : ReplicaID(UInt64(choices.below(9))),
      village: choices.below(5) == 0 ? other : stream.village,
      counter: UInt64(1 + choices.below(1000)))
    let tag = choices.yes() ? record?.high ?? number() : number()
    names.append(Name(dot: dot, tag: tag))
    return names[names.count - 1]
  }

  private mutating func someNames(_ record: RecordID?) -> [Name] {
    (0..<choices.below(4)).map { _ in name(record) }
  }

  private mutating func number() -> UInt64 {
    UInt64(choices.below(1 << 31)) << 33 | UInt64(choices.below(1 << 31)) << 2
      | UInt64(choices.below(4))
  }
}
