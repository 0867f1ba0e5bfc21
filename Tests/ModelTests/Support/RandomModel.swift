import Bytes
import Causality
import Model
import TestSupport

/// The villages that tests play in.
enum Villages {
  static let sanur = VillageCode(number: 5_171_011_003) ?? fallback
  static let renon = VillageCode(number: 5_171_021_009) ?? fallback
  static let dangin = VillageCode(number: 5_171_021_001) ?? fallback
  static let all = [sanur, renon, dangin]

  private static var fallback: VillageCode { preconditionFailure("BUG: no such village") }
}

extension PersonID {
  static func named(_ word: String) -> PersonID {
    guard let person = PersonID(word) else { preconditionFailure("BUG: no such person") }
    return person
  }
}

extension Decimal {
  static func read(_ text: String) -> Decimal {
    guard let number = Decimal(text) else { preconditionFailure("BUG: no such number") }
    return number
  }
}

/// Random values of the model: everything that its codecs can write, with a liking for borders.
extension SplitMix64 {
  mutating func name() -> Name {
    let dot = Dot(
      replica: ReplicaID(chance(70) ? UInt64(below(4)) : next()), village: pick(Villages.all),
      counter: chance(90) ? UInt64(1 + below(300)) : Dot.counterLimit)
    return Name(dot: dot, tag: chance(20) ? UInt64(below(2)) : next())
  }

  mutating func names(upTo count: Int) -> [Name] {
    (0..<below(count + 1)).map { _ in name() }
  }

  mutating func word() -> Text {
    pick(["", "\0", "tahu", "Tempe Bu Made", "e\u{301}", "\u{e9}", "👩🏽‍🌾", "a,\"b\"\n"])
  }

  mutating func text() -> Text {
    chance(90) ? word() : Text(String(repeating: "panjang ", count: below(20)))
  }

  mutating func path() -> Path {
    let system: [FieldID] = [.life, .village, .review, .alias]
    let field = chance(15) ? pick(system) : FieldID(UInt32(16 + below(below(9) == 0 ? 1 << 20 : 6)))
    let row = chance(25) ? Row(FieldID(UInt32(16 + below(3))), word()) : nil
    return Path(row: row, field: field, element: chance(25) ? text() : "")
  }

  mutating func decimal() -> Decimal {
    let digits = Int64(bitPattern: anyLength() >> 5) * (yes() ? 1 : -1)
    return Decimal(unscaled: digits, scale: UInt8(below(16))) ?? Decimal(digits)
  }

  mutating func life() -> Life {
    let seen = (0..<below(4)).map { _ in Life.Seen(path: path(), name: name()) }
    return Life(isAlive: yes(), seen: seen)
  }

  mutating func answer(insideGroup: Bool = false) -> Answer {
    switch below(insideGroup ? 10 : 12) {
    case 0: .cleared
    case 1: .absent
    case 2: .present
    case 3: .number(decimal())
    case 4: .real(bits: pick([0, 1 << 63, Double.nan.bitPattern, 1.5.bitPattern, next()]))
    case 5: .text(text())
    case 6: .date(pick([.min, -1, 0, 20_000, .max]))
    case 7: .instant(Int64(bitPattern: anyLength()))
    case 8: .village(pick(Villages.all))
    case 9: .unknown(kind: UInt8(11 + below(245)), bytes: someBytes(upTo: 5))
    case 10: .members((0..<below(4)).map { _ in answer(insideGroup: true) })
    default: .life(life())
    }
  }

  mutating func someBytes(upTo count: Int) -> [UInt8] {
    let length = below(count + 1)
    return bytes(length)
  }

  mutating func authorship() -> Authorship {
    let people = ["wayan", "made", "ketut", "surveyor-1", "a_b.c"].map(PersonID.named)
    var evidence: ClockEvidence?
    if yes() {
      let elapsed = yes() ? Int64(below(1 << 40)) - 1000 : nil
      evidence = ClockEvidence(trusted: Int64(below(1 << 48)), elapsed: elapsed)
    }
    return Authorship(
      person: chance(10) ? .office : pick(people), device: DeviceID(UInt32(below(1 << 20))),
      stamp: Stamp(number: anyLength()), evidence: evidence, directory: anyLength(),
      act: pick([.edit, .resolution, .office]))
  }

  mutating func vector() -> VersionVector {
    VersionVector(
      (0..<below(4)).map { _ in
        let count = UInt64(1 + below(chance(90) ? 300 : 1 << 48))
        return .init(replica: ReplicaID(next()), count: count, head: next())
      })
  }

  /// Answers at distinct places, ready to be applied to a state.
  mutating func placed(upTo count: Int, on state: RecordState = RecordState()) -> [PlacedAnswer] {
    if chance(10) {
      let standing = state.siblings(at: .village).map(\.origin)
      let home = Answer.village(pick(Villages.all))
      return [PlacedAnswer(path: .village, replaces: some(of: standing), answer: home)]
    }
    var paths = Set((0..<below(count + 1)).map { _ in path() })
    if chance(60) { paths.formUnion(some(of: state.registers.map(\.path))) }
    paths.remove(.village)
    return paths.sorted().map { path in
      let standing = state.siblings(at: path).map(\.origin)
      return PlacedAnswer(path: path, replaces: some(of: standing), answer: answer())
    }
  }

  mutating func state() -> RecordState {
    var state = RecordState()
    for _ in 0..<below(7) { state.apply(name(), by: authorship(), placed(upTo: 3, on: state)) }
    return state
  }

  mutating func body() -> ChangeBody {
    switch below(10) {
    case 0: .carry(state(), villageOnly: false)
    case 1: .carry(state().movesOnly, villageOnly: true)
    case 2: .unknown(kind: UInt8(4 + below(252)), bytes: someBytes(upTo: 9))
    default:
      .answers(
        placed(upTo: 5).map { placed in
          PlacedAnswer(path: placed.path, replaces: names(upTo: 3), answer: placed.answer)
        })
    }
  }

  mutating func content() -> ChangeContent {
    ChangeContent(
      form: UInt32(truncatingIfNeeded: anyLength()),
      record: chance(80) ? RecordID(UInt128(next()) << 16 | 7) : nil, author: authorship(),
      context: yes() ? vector() : nil, cites: names(upTo: 2), body: body(),
      reason: chance(30) ? text().string : nil, origin: chance(20) ? name() : nil)
  }
}
