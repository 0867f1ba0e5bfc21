import Bytes

/// How likely one decision is to be a one, learned from what came before in the same frame.
///
/// The upper 22 bits are the chance less one half, the lower ten count what was seen: the first
/// decisions move the chance far and later ones less, so a place that always looks the same costs
/// next to nothing after a few changes, and no table has to be sent. Zero is one half, so fresh
/// memory is a fresh model.
///
/// Both sides compute with whole numbers alone, in the same order, and so agree on every machine.
typealias Chance = UnsafeMutablePointer<Int32>

enum Chances {
  /// How many decisions a chance remembers; then old ones fade.
  private static let memory: Int32 = 255
  /// By how many decisions were seen, the part of the way that the next one moves a chance: 20 of
  /// 20 times so many and 40 more, in 2^21ths.
  private static let rates: [Int32] = (0...255).map { (seen: Int32) -> Int32 in
    (20 << 21) / (seen * 20 + 40)
  }
  // NB: unsafe by type only; it is written once and never changed, and lives as long as the program.
  nonisolated(unsafe) static let rateTable: UnsafePointer<Int32> = {
    let table = UnsafeMutablePointer<Int32>.allocate(capacity: rates.count)
    table.initialize(from: rates, count: rates.count)
    return UnsafePointer(table)
  }()

  /// The chance of a one, from 1 to 65,535 of 65,536.
  @inline(__always)
  static func share(_ chance: Chance) -> UInt32 {
    let value = (chance.pointee >> 16) + 32768
    return UInt32(truncatingIfNeeded: max(1, value))
  }

  /// Learns from a decision.
  @inline(__always)
  static func learn(_ bit: Int, _ chance: Chance, _ rates: UnsafePointer<Int32>) {
    let state = chance.pointee
    let seen = state & 1023
    let old = Int64(state >> 10)
    let target = Int64(bit) << 22 &- 1 << 21 &- Int64(bit)
    let new = old &+ ((target &- old) &* Int64(rates[Int(seen)])) >> 21
    chance.pointee = Int32(truncatingIfNeeded: new << 10) | min(memory, seen + 1)
  }
}

/// Writes decisions as one long binary fraction, each in the share of its chance.
///
/// It is the carryless binary arithmetic coder: two bounds of 32 bits, of which the leading bytes
/// that agree are written.
struct BinaryEncoder {
  private(set) var bytes: [UInt8] = []
  private var low: UInt32 = 0
  private var high: UInt32 = .max
  private let rates = Chances.rateTable

  init(capacity: Int) {
    bytes.reserveCapacity(capacity)
  }

  @inline(__always)
  mutating func bit(_ bit: Int, _ chance: Chance) {
    narrow(bit, Chances.share(chance))
    learn(bit, chance)
  }

  @inline(__always)
  func learn(_ bit: Int, _ chance: Chance) { Chances.learn(bit, chance, rates) }

  @inline(__always)
  mutating func narrow(_ bit: Int, _ share: UInt32) {
    let middle = low &+ UInt32(truncatingIfNeeded: (UInt64(high &- low) &* UInt64(share)) >> 16)
    // NB: without a branch, for nobody can foretell these.
    let isOne = 0 &- UInt32(truncatingIfNeeded: bit)
    high = middle & isOne | high & ~isOne
    low = low & isOne | (middle &+ 1) & ~isOne
    while (low ^ high) & 0xff00_0000 == 0 {
      bytes.append(UInt8(truncatingIfNeeded: high >> 24))
      low <<= 8
      high = high << 8 | 255
    }
  }

  /// Ends the fraction with as few bytes as tell it from every other; a reader reads zeros after.
  mutating func finish() -> [UInt8] {
    if low > 0 {
      for count: UInt32 in 1...4 {
        let shift = 32 - 8 * count
        let head = UInt64(low >> shift) + (low << (32 - shift) == 0 || shift == 0 ? 0 : 1)
        guard head << shift <= UInt64(high) else { continue }
        for index in 0..<count {
          bytes.append(UInt8(truncatingIfNeeded: head >> UInt64(8 * (count - 1 - index))))
        }
        break
      }
    }
    return bytes
  }
}

/// Reads what ``BinaryEncoder`` wrote; whatever the bytes are, they say some decisions.
struct BinaryDecoder {
  private let bytes: UnsafeRawBufferPointer
  private(set) var position: Int
  private var low: UInt32 = 0
  private var high: UInt32 = .max
  private var value: UInt32 = 0
  private let rates = Chances.rateTable

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    position = 0
    for _ in 0..<4 { value = value << 8 | next() }
  }

  /// Whether all bytes were read, and no more zeros after them than an end is short of.
  var isAtEnd: Bool { position >= bytes.count && !isBeyond }

  /// Whether more was read than was written.
  var isBeyond: Bool { position > bytes.count + 4 }

  @inline(__always)
  private mutating func next() -> UInt32 {
    defer { position += 1 }
    return position < bytes.count ? UInt32(bytes[position]) : 0
  }

  @inline(__always)
  mutating func bit(_ chance: Chance) -> Int {
    let bit = narrow(Chances.share(chance))
    learn(bit, chance)
    return bit
  }

  @inline(__always)
  func learn(_ bit: Int, _ chance: Chance) { Chances.learn(bit, chance, rates) }

  @inline(__always)
  mutating func narrow(_ share: UInt32) -> Int {
    let middle = low &+ UInt32(truncatingIfNeeded: (UInt64(high &- low) &* UInt64(share)) >> 16)
    let bit = value <= middle ? 1 : 0
    // NB: without a branch, for nobody can foretell these.
    let isOne = 0 &- UInt32(truncatingIfNeeded: bit)
    high = middle & isOne | high & ~isOne
    low = low & isOne | (middle &+ 1) & ~isOne
    while (low ^ high) & 0xff00_0000 == 0 {
      low <<= 8
      high = high << 8 | 255
      value = value << 8 | next()
    }
    return bit
  }
}
