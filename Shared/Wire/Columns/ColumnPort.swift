import Bytes

/// One side of the coder, so that the grammar of a content is written once for both.
///
/// The walk asks for each part of a content with `take…`, codes it, and hands it on with `put…`. On
/// the way out a port takes from the content and writes decisions; on the way in it takes nothing,
/// reads decisions, and puts the content together. What the two sides do cannot drift apart.
protocol ColumnPort {
  static var isDecoding: Bool { get }

  mutating func takeByte() throws(ByteError) -> UInt8
  mutating func takeVarint() throws(ByteError) -> UInt64
  mutating func takeFixed64() throws(ByteError) -> UInt64
  mutating func takeRest() -> Int
  mutating func takeSpan(_ count: Int) throws(ByteError) -> Range<Int>
  var taken: [UInt8] { get }
  /// Checks that so much more has room.
  func check(room: Int) throws(ByteError)

  mutating func put(byte: UInt8) throws(ByteError)
  mutating func put(varint: UInt64) throws(ByteError)
  mutating func put(fixed64: UInt64) throws(ByteError)
  mutating func put(raw: [UInt8]) throws(ByteError)

  mutating func bit(_ value: Int, _ chance: Chance) -> Int
  mutating func even(_ value: Int) -> Int
  mutating func bit(_ value: Int, _ chance: Chance, _ other: Chance, _ useOther: Bool) -> Int
}

extension ColumnPort {
  /// A number of some bits, each of which depends on those before it.
  @inline(__always)
  mutating func tree(_ value: Int, bits: Int, _ chances: Chance) -> Int {
    var node = 1
    for shift in stride(from: bits - 1, through: 0, by: -1) {
      node = node << 1 | bit((value >> shift) & 1, chances + node)
    }
    return node - 1 << bits
  }

  /// The lowest bits of a number, each as likely one as zero.
  @inline(__always)
  mutating func flat(_ value: UInt64, bits: Int) -> UInt64 {
    var result: UInt64 = 0
    for shift in stride(from: bits - 1, through: 0, by: -1) {
      result = result << 1 | UInt64(even(Int((value >> UInt64(shift)) & 1)))
    }
    return result
  }

  /// Any number: how many bits it has, its leading bits, and the rest as they are.
  mutating func number(_ value: UInt64, _ chances: Chance) -> UInt64 {
    let width = tree(64 - value.leadingZeroBitCount, bits: 7, chances)
    if width < 2 { return UInt64(width) }
    // NB: a width beyond 64 does not happen in what an encoder wrote.
    let below = min(width, 64) - 1
    let led = min(NumberLayout.led, below)
    let rest = below - led
    let head = tree(
      Int(truncatingIfNeeded: (value >> UInt64(rest)) & (1 << UInt64(led) - 1)), bits: led,
      chances + NumberLayout.heads + (width & 7) << NumberLayout.led)
    let tail = flat(value, bits: rest)
    return (1 << UInt64(led) | UInt64(head)) << UInt64(rest) | tail
  }

  /// Any number that is a zigzag: its sign, and then the rest.
  mutating func zigzag(_ value: UInt64, _ chances: Chance) -> UInt64 {
    // NB: no decision of a tree has the chance at zero.
    let sign = UInt64(bit(Int(value & 1), chances))
    return number(value >> 1, chances) << 1 | sign
  }

  /// Any signed number.
  mutating func signed(_ value: Int64, _ chances: Chance) -> Int64 {
    let zigzag = zigzag(UInt64(bitPattern: (value << 1) ^ (value >> 63)), chances)
    return Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
  }
}

/// Where the chances of a number lie.
enum NumberLayout {
  static let led = 6
  static let heads = 128
  static let size = heads + 8 << led
}

/// Takes a content apart and writes decisions.
struct ColumnSource: ColumnPort {
  static var isDecoding: Bool { false }
  /// The content that is being taken apart.
  var reader = ByteReader([])
  var coder: BinaryEncoder

  init(capacity: Int) {
    coder = BinaryEncoder(capacity: capacity)
  }

  var taken: [UInt8] { reader.bytes }
  mutating func takeByte() throws(ByteError) -> UInt8 { try reader.byte() }
  mutating func takeVarint() throws(ByteError) -> UInt64 { try reader.varint() }
  mutating func takeFixed64() throws(ByteError) -> UInt64 { try reader.fixed64() }
  mutating func takeRest() -> Int { reader.remaining }
  mutating func takeSpan(_ count: Int) throws(ByteError) -> Range<Int> { try reader.skip(count) }
  func check(room: Int) throws(ByteError) {}
  mutating func put(byte: UInt8) throws(ByteError) {}
  mutating func put(varint: UInt64) throws(ByteError) {}
  mutating func put(fixed64: UInt64) throws(ByteError) {}
  mutating func put(raw: [UInt8]) throws(ByteError) {}

  @inline(__always)
  mutating func bit(_ value: Int, _ chance: Chance) -> Int {
    coder.bit(value, chance)
    return value
  }

  @inline(__always)
  mutating func even(_ value: Int) -> Int {
    coder.narrow(value, 32768)
    return value
  }

  @inline(__always)
  mutating func bit(_ value: Int, _ chance: Chance, _ other: Chance, _ useOther: Bool) -> Int {
    let share = Chances.share(useOther ? other : chance)
    coder.narrow(value, share)
    coder.learn(value, chance)
    coder.learn(value, other)
    return value
  }
}

/// Reads decisions and puts a content together, as long as it may grow.
struct ColumnSink: ColumnPort {
  static var isDecoding: Bool { true }
  var coder: BinaryDecoder
  var content: [UInt8] = []
  /// How long the content may become.
  var room: Int

  init(_ coder: BinaryDecoder, room: Int) {
    self.coder = coder
    self.room = room
  }

  var taken: [UInt8] { content }
  mutating func takeByte() throws(ByteError) -> UInt8 { 0 }
  mutating func takeVarint() throws(ByteError) -> UInt64 { 0 }
  mutating func takeFixed64() throws(ByteError) -> UInt64 { 0 }
  mutating func takeRest() -> Int { 0 }
  mutating func takeSpan(_ count: Int) throws(ByteError) -> Range<Int> { 0..<0 }

  @inline(__always)
  func check(room more: Int) throws(ByteError) {
    guard content.count + more <= room, !coder.isBeyond else {
      throw .overLimit(content.count + more, limit: room, at: coder.position)
    }
  }

  mutating func put(byte: UInt8) throws(ByteError) {
    try check(room: 1)
    content.append(byte)
  }

  mutating func put(varint: UInt64) throws(ByteError) {
    var rest = varint
    while rest >= 0x80 {
      content.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    content.append(UInt8(truncatingIfNeeded: rest))
    try check(room: 0)
  }

  mutating func put(fixed64: UInt64) throws(ByteError) {
    try check(room: 8)
    for shift in stride(from: 56, through: 0, by: -8) {
      content.append(UInt8(truncatingIfNeeded: fixed64 >> UInt64(shift)))
    }
  }

  mutating func put(raw: [UInt8]) throws(ByteError) {
    try check(room: raw.count)
    content.append(contentsOf: raw)
  }

  @inline(__always)
  mutating func bit(_ value: Int, _ chance: Chance) -> Int { coder.bit(chance) }

  @inline(__always)
  mutating func even(_ value: Int) -> Int { coder.narrow(32768) }

  @inline(__always)
  mutating func bit(_ value: Int, _ chance: Chance, _ other: Chance, _ useOther: Bool) -> Int {
    let bit = coder.narrow(Chances.share(useOther ? other : chance))
    coder.learn(bit, chance)
    coder.learn(bit, other)
    return bit
  }
}
