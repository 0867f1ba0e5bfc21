import Bytes
import Causality
import Model
import TestSupport
import Testing

/// One order and one binary form for every answer.
struct AnswerTests {
  static func seen(_ field: UInt32, _ counter: UInt64, tag: UInt64 = 1) -> Life.Seen {
    let dot = Dot(replica: ReplicaID(1), village: Villages.sanur, counter: counter)
    return Life.Seen(path: Path(field: FieldID(field)), name: Name(dot: dot, tag: tag))
  }

  static func real(_ value: Double) -> Answer {
    .real(bits: value.bitPattern)
  }

  /// Answers of all kinds in ascending order.
  static let ascending: [Answer] = {
    let numbers = [
      "-999999999999999999", "-10", "-9.5", "-1", "-0.000000000000001", "0", "0.000000000000001",
      "0.1", "0.100000000000001", "1", "9", "10", "999999999999999998", "999999999999999999",
    ]
    let reals: [Answer] = [
      .real(bits: .max), .real(bits: (-Double.nan).bitPattern), real(-.infinity),
      real(-.greatestFiniteMagnitude), real(-1), real(-.leastNonzeroMagnitude), real(-0.0),
      real(0.0), real(.leastNonzeroMagnitude), real(1), real(1.0.nextUp), real(.infinity),
      real(.nan), .real(bits: Double.nan.bitPattern + 1), .real(bits: .max >> 1),
    ]
    let texts = ["", "\0", "A", "a", "a\0", "ab", "e\u{301}", "\u{e9}", "😀"]
    let groups: [[Answer]] = [
      [.cleared, .whole(1)], [.cleared, .text("a")], [.absent], [.whole(-1)], [.whole(1)],
      [.whole(1), .cleared, .whole(0)], [.whole(1), .whole(0)], [.whole(2)], [real(-0.0)],
      [.text("a")], [.village(Villages.sanur)], [.unknown(kind: 11, bytes: [])],
    ]
    let lives: [Life] = [
      Life(isAlive: false), Life(isAlive: false, seen: [seen(16, 1)]),
      Life(isAlive: false, seen: [seen(16, 1), seen(17, 1)]),
      Life(isAlive: false, seen: [seen(16, 1, tag: 2)]), Life(isAlive: false, seen: [seen(16, 2)]),
      Life(isAlive: false, seen: [seen(17, 1)]), .alive, Life(isAlive: true, seen: [seen(16, 1)]),
    ]
    return [.cleared, .absent, .present] + numbers.map { .number(.read($0)) } + reals
      + texts.map { .text($0) } + [.min, -1, 0, 1, .max].map { .date($0) }
      + [.min, -1, 0, 1, .max].map { .instant($0) } + groups.map { .group($0) }
      + lives.map { .life($0) } + Villages.all.sorted().map { .village($0) }
      + [
        .unknown(kind: 11, bytes: []), .unknown(kind: 11, bytes: [0]),
        .unknown(kind: 11, bytes: [0, 0]), .unknown(kind: 11, bytes: [1]),
        .unknown(kind: 12, bytes: []), .unknown(kind: 255, bytes: [0]),
      ]
  }()

  static func read(_ bytes: [UInt8]) throws(ByteError) -> Answer {
    var reader = ByteReader(bytes)
    let answer = try Answer(from: &reader)
    try reader.finish()
    return answer
  }

  // MARK: Order

  /// A list in which every earlier element is less than every later one is totally ordered: the
  /// order is antisymmetric and transitive there because that of the positions is.
  static func checkOrder(of answers: [Answer], sourceLocation: SourceLocation = #_sourceLocation) {
    let bytes = answers.map(\.canonicalBytes)
    for (left, a) in answers.enumerated() {
      for (right, b) in answers.enumerated() {
        let isRight =
          (a < b) == (left < right) && (a == b) == (left == right)
          && (bytes[left] == bytes[right]) == (left == right)
        if !isRight { Issue.record("\(a), \(b)", sourceLocation: sourceLocation) }
      }
    }
  }

  @Test func `Answers of all kinds are in one order, and equal as their bytes are`() {
    #expect(Set(Self.ascending).count == Self.ascending.count)
    Self.checkOrder(of: Self.ascending)
  }

  @Test(arguments: 0..<4)
  func `Random answers are in one order, and equal as their bytes are`(seed: Int) {
    var random = SplitMix64(seed: seed)
    let distinct = Set((0..<150).map { _ in random.answer() })
    Self.checkOrder(of: distinct.sorted())
  }

  @Test func `Sorting does not depend on where one begins`() {
    var random = SplitMix64(seed: 9)
    for _ in 0..<20 { #expect(random.order(of: Self.ascending).sorted() == Self.ascending) }
  }

  // MARK: Form

  @Test func `Every answer comes back from its bytes`() throws {
    var random = SplitMix64(seed: 10)
    for answer in Self.ascending + (0..<500).map({ _ in random.answer() }) {
      let back = try Self.read(answer.canonicalBytes)
      if back != answer || back.hashValue != answer.hashValue { Issue.record("\(answer)") }
      if back.canonicalBytes.first != answer.kind { Issue.record("\(answer)") }
    }
  }

  @Test func `All short strings of bytes are the one form of an answer, or none`() {
    var count = 0
    var gen = Gen()
    while !gen.done() {
      let kind = UInt8(gen.below(13))
      let bytes = [kind] + gen.list(upTo: 4, of: [0, 1, 2, 3, 8, 0x7f, 0x80, 0xff])
      guard let answer = try? Self.read(bytes) else { continue }
      count += 1
      if answer.canonicalBytes != bytes { Issue.record("\(bytes) reads as \(answer)") }
    }
    #expect(count > 1000)
  }

  @Test(
    arguments: [
      [8, 0], [8, 1, 0], [8, 2, 1, 0],  // groups without a last answer
      [8, 1, 8, 1, 1], [8, 1, 9, 0, 0],  // a group or a life inside a group
      [3, 0, 0x80, 0x00], [3, 1, 20], [3, 1, 0], [3, 16, 2],  // numbers in another form
      [3, 0] + [UInt8](repeating: 0xff, count: 9) + [1],  // more than 18 digits
      [6, 0x80, 0x80, 0x80, 0x80, 0x20],  // more than 32 bits of days
      [9, 2, 0], [10] + [UInt8](repeating: 0xff, count: 9) + [1], [1, 0], [],
    ] as [[UInt8]])
  func `What is not in canonical form is refused`(bytes: [UInt8]) {
    #expect(throws: ByteError.self) { try Self.read(bytes) }
  }

  @Test(arguments: [5, 8, 9, 11] as [UInt8])
  func `Counts that promise more than there is are refused`(kind: UInt8) {
    for count in [200, 1 << 16, 1 << 40, UInt64.max] {
      var writer = ByteWriter()
      writer.byte(kind)
      if kind == 9 { writer.byte(0) }
      writer.varint(count)
      writer.raw([1, 1, 1])
      #expect(throws: ByteError.self) { try Self.read(writer.bytes) }
    }
  }

  @Test func `Text and groups may reach their limits and not pass them`() throws {
    let longest = Answer.text(String(repeating: "a", count: Answer.textLimit))
    #expect(try Self.read(longest.canonicalBytes) == longest)
    let longer = Answer.text(String(repeating: "a", count: Answer.textLimit + 1))
    #expect(throws: ByteError.self) { try Self.read(longer.canonicalBytes) }

    let largest = Answer.group([Answer](repeating: .present, count: Answer.memberLimit))
    #expect(try Self.read(largest.canonicalBytes) == largest)
    let larger = Answer.group([Answer](repeating: .present, count: Answer.memberLimit + 1))
    #expect(throws: ByteError.self) { try Self.read(larger.canonicalBytes) }
  }

  @Test func `What was seen is listed in order, each once`() throws {
    let pairs = [Self.seen(16, 1), Self.seen(16, 2), Self.seen(17, 1)]
    var gen = Gen()
    while !gen.done() {
      let given = gen.order(of: pairs) + gen.some(of: pairs)
      #expect(Life(isAlive: false, seen: given).seen == pairs)
    }

    for disorder in [[pairs[1], pairs[0]], [pairs[0], pairs[0]]] {
      var writer = ByteWriter()
      writer.raw([9, 0, 2])
      for pair in disorder {
        // The list alone, without kind, flag and count.
        writer.raw(Answer.life(Life(isAlive: false, seen: [pair])).canonicalBytes.dropFirst(3))
      }
      #expect(throws: ByteError.self) { try Self.read(writer.bytes) }
    }
  }

  @Test func `Missing members of a group at its end are left out`() {
    #expect(Answer.members([]) == .cleared)
    #expect(Answer.members([.cleared, .cleared]) == .cleared)
    #expect(Answer.members([.whole(1), .cleared]) == .group([.whole(1)]))
    #expect(Answer.members([.cleared, .whole(1)]).member(0) == .cleared)
    #expect(Answer.members([.cleared, .whole(1)]).member(1) == .whole(1))
    #expect(Answer.members([.cleared, .whole(1)]).member(2) == .cleared)
    #expect(Answer.whole(1).member(0) == .cleared)
  }
}
