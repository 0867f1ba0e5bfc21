import Bytes
import Causality
import Model
import TestSupport
import Testing

/// What is written is read again; what is not written so is refused; and nothing worse happens.
struct CodecTests {
  static let village = Villages.sanur

  /// Whether bytes are refused, or are exactly the bytes of what they read as.
  static func areRefusedOrCanonical(content bytes: [UInt8]) -> Bool {
    guard let content = try? ChangeContent(bytes, village: village) else { return true }
    return content.bytes(village: village) == bytes
  }

  static func areRefusedOrCanonical(state bytes: [UInt8]) -> Bool {
    guard let state = try? RecordState(bytes) else { return true }
    return state.bytes == bytes && (try? RecordState(state.movesOnly.bytes)) == state.movesOnly
  }

  static func name(_ replica: UInt64, _ counter: UInt64, tag: UInt64 = 1) -> Name {
    let dot = Dot(replica: ReplicaID(replica), village: village, counter: counter)
    return Name(dot: dot, tag: tag)
  }

  static let author = Authorship(
    person: .named("wayan"), device: DeviceID(1), stamp: Stamp(milliseconds: 1_790_000_000_000))

  /// Content small enough to try every byte at every place.
  static let small = ChangeContent(
    form: 1, record: nil, author: author, cites: [name(1, 1)],
    body: .answers([
      PlacedAnswer(path: Path(field: FieldID(16)), replaces: [name(1, 2)], answer: .text("tahu")),
      PlacedAnswer(path: Path(field: FieldID(17)), replaces: [name(1, 1)], answer: .whole(3)),
    ]))

  // MARK: Content

  @Test(arguments: 0..<8)
  func `Content comes back from its bytes`(seed: Int) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<50 {
      let content = random.content()
      let bytes = content.bytes(village: Self.village)
      let back = try ChangeContent(bytes, village: Self.village)
      if back != content || back.bytes(village: Self.village) != bytes {
        Issue.record("seed \(seed): \(content)")
        return
      }
    }
  }

  @Test func `Content that is cut is refused, or is what it says`() {
    var random = SplitMix64(seed: 20)
    for round in 0..<60 {
      let bytes = random.content().bytes(village: Self.village)
      for cut in bytes.indices where !Self.areRefusedOrCanonical(content: Array(bytes[..<cut])) {
        Issue.record("round \(round), cut at \(cut)")
      }
    }
    let bytes = Self.small.bytes(village: Self.village)
    for cut in bytes.indices {
      #expect(throws: ByteError.self) {
        try ChangeContent(Array(bytes[..<cut]), village: Self.village)
      }
    }
  }

  @Test(arguments: 0..<6)
  func `Content with a wrong byte is refused, or is what it says`(seed: Int) {
    var random = SplitMix64(seed: 30 + seed)
    for round in 0..<40 {
      let bytes = random.content().bytes(village: Self.village)
      for _ in 0..<50 {
        var wrong = bytes
        wrong[random.below(wrong.count)] =
          random.yes() ? UInt8(random.below(8)) : random.bytes(1)[0]
        guard Self.areRefusedOrCanonical(content: wrong) else {
          Issue.record("seed \(seed), round \(round): \(Hex.text(wrong))")
          return
        }
      }
    }
  }

  @Test func `Small content with any byte at any place is refused, or is what it says`() throws {
    let bytes = Self.small.bytes(village: Self.village)
    #expect(try ChangeContent(bytes, village: Self.village) == Self.small)
    for index in bytes.indices {
      for byte in UInt8.min...UInt8.max {
        var wrong = bytes
        wrong[index] = byte
        if !Self.areRefusedOrCanonical(content: wrong) {
          Issue.record("\(byte) at \(index): \(Hex.text(wrong))")
        }
      }
    }
  }

  @Test func `Bytes put in or taken out are refused, or are what they say`() {
    var random = SplitMix64(seed: 40)
    for round in 0..<2000 {
      var bytes = random.content().bytes(village: Self.village)
      let index = random.below(bytes.count)
      if random.yes() {
        bytes.remove(at: index)
      } else {
        bytes.insert(UInt8(random.below(4)), at: index)
      }
      if !Self.areRefusedOrCanonical(content: bytes) {
        Issue.record("round \(round): \(Hex.text(bytes))")
      }
    }
  }

  @Test func `The order in which content was put together leaves no trace`() {
    guard case .answers(let answers) = Self.small.body else { return }
    let bytes = Self.small.bytes(village: Self.village)
    var gen = Gen()
    while !gen.done() {
      let content = ChangeContent(
        form: 1, record: nil, author: Self.author,
        cites: gen.order(of: [Self.name(1, 1), Self.name(1, 1)]),
        body: .answers(gen.order(of: answers)))
      #expect(content.bytes(village: Self.village) == bytes)
    }
  }

  @Test func `A name of the change's own village takes no bytes for it, and is read in no other`()
    throws
  {
    let here = ChangeContent(
      form: 1, record: nil, author: Self.author, cites: [Self.name(1, 1)], body: .answers([]))
    let dot = Dot(replica: ReplicaID(1), village: Villages.renon, counter: 1)
    var there = here
    there.cites = [Name(dot: dot, tag: 1)]

    let near = here.bytes(village: Self.village)
    let far = there.bytes(village: Self.village)
    #expect(near.count < far.count)
    #expect(try ChangeContent(far, village: Self.village) == there)
    #expect(try ChangeContent(near, village: Villages.renon) == there)
    #expect(throws: ByteError.self) { try ChangeContent(far, village: Villages.renon) }
  }

  @Test func `A move is alone in its change`() throws {
    let home = PlacedAnswer(path: .village, answer: .village(Villages.renon))
    let other = PlacedAnswer(path: Path(field: FieldID(16)), answer: .whole(1))
    var content = Self.small

    content.body = .answers([home])
    #expect(
      try ChangeContent(content.bytes(village: Self.village), village: Self.village) == content)
    content.body = .answers([home, other])
    #expect(throws: ByteError.self) {
      try ChangeContent(content.bytes(village: Self.village), village: Self.village)
    }
  }

  @Test func `A change mentions no name that it does not use`() throws {
    var content = Self.small
    content.cites = [Self.name(1, 1), Self.name(1, 2)]
    content.body = .answers([])
    let bytes = content.bytes(village: Self.village)
    // Two cites, the first and the second of the table; then answers, none of them.
    #expect(bytes.suffix(5) == [2, 0, 1, 1, 0])

    for cites in [[], [0], [1]] as [[UInt8]] {
      let head = Array(bytes.dropLast(5))
      let wrong = head + [UInt8(cites.count)] + cites + [1, 0]
      #expect(throws: ByteError.self) {
        try ChangeContent(wrong, village: Self.village)
      }
    }
  }

  @Test func `What is not understood is relayed as it came`() throws {
    var content = Self.small
    content.body = .unknown(kind: 200, bytes: [1, 2, 3])
    let bytes = content.bytes(village: Self.village)
    let back = try ChangeContent(bytes, village: Self.village)

    #expect(back.bytes(village: Self.village) == bytes)
    #expect(back.answers.isEmpty)
    #expect(back.prerequisites == content.cites)
  }

  @Test func `Unknown versions and flags are refused`() {
    let bytes = Self.small.bytes(village: Self.village)
    for (index, byte) in [(0, 0), (0, 2), (1, 64), (1, 128), (1, 16)] as [(Int, UInt8)] {
      var wrong = bytes
      wrong[index] = byte
      #expect(throws: ByteError.self) { try ChangeContent(wrong, village: Self.village) }
    }
    #expect(throws: ByteError.self) { try ChangeContent(bytes + [0], village: Self.village) }
    #expect(throws: ByteError.self) { try ChangeContent([], village: Self.village) }
  }

  @Test func `Content may not be longer than the limit`() {
    var content = Self.small
    content.body = .unknown(kind: 9, bytes: [UInt8](repeating: 0, count: ChangeContent.limit))
    #expect(throws: ByteError.self) {
      try ChangeContent(content.bytes(village: Self.village), village: Self.village)
    }
  }

  // MARK: States

  @Test(arguments: 0..<4)
  func `A state comes back from its bytes`(seed: Int) throws {
    var random = SplitMix64(seed: 50 + seed)
    for _ in 0..<50 {
      let state = random.state()
      #expect(try RecordState(state.bytes) == state)
      #expect(try RecordState(state.movesOnly.bytes) == state.movesOnly)
    }
  }

  @Test func `A state that is cut is refused, at every cut`() {
    var random = SplitMix64(seed: 60)
    for _ in 0..<15 {
      let bytes = random.state().bytes
      for cut in bytes.indices where (try? RecordState(Array(bytes[..<cut]))) != nil {
        Issue.record("cut at \(cut) of \(Hex.text(bytes))")
      }
    }
  }

  @Test(arguments: 0..<4)
  func `A state with a wrong byte is refused, or is what it says`(seed: Int) {
    var random = SplitMix64(seed: 70 + seed)
    for round in 0..<30 {
      let bytes = random.state().bytes
      for _ in 0..<60 {
        var wrong = bytes
        wrong[random.below(wrong.count)] =
          random.yes() ? UInt8(random.below(8)) : random.bytes(1)[0]
        guard Self.areRefusedOrCanonical(state: wrong) else {
          Issue.record("seed \(seed), round \(round): \(Hex.text(wrong))")
          return
        }
      }
    }
  }

  @Test func `An answer in a state needs an author, and an author an answer`() throws {
    let place = Path(field: FieldID(16))
    var state = RecordState()
    state.apply(Self.name(1, 1), by: Self.author, [PlacedAnswer(path: place, answer: .present)])
    let bytes = state.bytes
    // The flags stand after the count, and the name's replica, village, counter and tag.
    let flags = 1 + 8 + 5 + 1 + 8
    #expect(bytes[flags] == 2)

    var anonymous = bytes
    anonymous[flags] = 0
    anonymous.removeSubrange((flags + 1)..<(bytes.count - 5))
    #expect(throws: ByteError.self) { try RecordState(anonymous) }

    var empty = Array(bytes.dropLast(5))
    empty.append(0)
    #expect(throws: ByteError.self) { try RecordState(empty) }
  }

  @Test func `A home in a state is a move`() {
    let home = PlacedAnswer(path: .village, answer: .village(Villages.renon))
    var state = RecordState()
    state.apply(Self.name(1, 1), by: Self.author, [home])
    var bytes = state.bytes
    let flags = 1 + 8 + 5 + 1 + 8
    #expect(bytes[flags] == 3)

    bytes[flags] = 2
    #expect(throws: ByteError.self) { try RecordState(bytes) }
  }

  // MARK: Vectors and counts

  @Test func `A vector comes back from its bytes, and no cut does`() throws {
    var random = SplitMix64(seed: 80)
    for _ in 0..<50 {
      let vector = random.vector()
      var writer = ByteWriter()
      vector.encode(to: &writer)
      var reader = ByteReader(writer.bytes)
      #expect(try VersionVector(from: &reader) == vector)
      for cut in writer.bytes.indices {
        var reader = ByteReader(Array(writer.bytes[..<cut]))
        #expect(throws: ByteError.self) { try VersionVector(from: &reader) }
      }
    }
  }

  @Test(arguments: [2, 21, 20_001, 1_000_001, 1 << 32, 1 << 62, UInt64.max] as [UInt64])
  func `Counts that promise more than there is are refused`(count: UInt64) {
    func bytes(_ parts: [UInt8]...) -> [UInt8] {
      var writer = ByteWriter()
      for part in parts { part.isEmpty ? writer.varint(count) : writer.raw(part) }
      writer.raw([1, 1, 1])
      return writer.bytes
    }
    // Up to the table of names: version, flags, form, person, device, stamp, directory, act.
    let head: [UInt8] =
      [1, 0, 1, 5] + Array("wayan".utf8) + [1] + [UInt8](repeating: 0, count: 8) + [0, 1]

    #expect(throws: ByteError.self) {
      try ChangeContent(bytes(head, []), village: Self.village)  // names
    }
    #expect(throws: ByteError.self) {
      try ChangeContent(bytes(head, [0], []), village: Self.village)  // cites
    }
    #expect(throws: ByteError.self) {
      try ChangeContent(bytes(head, [0, 0, 1], []), village: Self.village)  // answers
    }
    #expect(throws: ByteError.self) {
      try ChangeContent(bytes(head, [0, 0, 1, 1, 64], []), village: Self.village)  // replaced
    }
    #expect(throws: ByteError.self) {
      try ChangeContent(bytes(head, [0, 0, 2], []), village: Self.village)  // origins
    }
    #expect(throws: ByteError.self) { try RecordState(bytes([])) }  // origins
    #expect(throws: ByteError.self) { try RecordState(bytes([0], [])) }  // places
    var reader = ByteReader(bytes([]))
    #expect(throws: ByteError.self) { try VersionVector(from: &reader) }
  }

  @Test func `Random bytes are refused, or are what they say`() {
    var random = SplitMix64(seed: 90)
    for _ in 0..<3000 {
      let bytes = random.someBytes(upTo: 60).map { random.yes() ? $0 & 3 : $0 }
      if !Self.areRefusedOrCanonical(state: bytes) { Issue.record("\(Hex.text(bytes))") }
      if !Self.areRefusedOrCanonical(content: [1] + bytes) { Issue.record("\(Hex.text(bytes))") }
    }
  }
}
