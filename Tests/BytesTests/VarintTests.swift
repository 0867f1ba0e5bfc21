import Bytes
import TestSupport
import Testing

/// Unsigned and signed numbers, and that each has one form only.
struct VarintTests {
  /// Zero, the largest number, and the numbers on both sides of every power of two.
  static let borders: [UInt64] =
    [0, .max] + (0..<64).flatMap { [(1 << $0) - 1, 1 << $0, (1 << $0) + 1] as [UInt64] }

  static func written(_ value: UInt64) -> [UInt8] {
    var writer = ByteWriter()
    writer.varint(value)
    return writer.bytes
  }

  @Test func `A number takes a byte for every seven bits`() {
    #expect(Self.written(0) == [0])
    #expect(Self.written(127) == [0x7f])
    #expect(Self.written(128) == [0x80, 0x01])
    #expect(Self.written(300) == [0xac, 0x02])
    #expect(Self.written(.max) == [UInt8](repeating: 0xff, count: 9) + [0x01])
    for length in 1...9 {
      #expect(Self.written((1 << UInt64(7 * length)) - 1).count == length)
      #expect(Self.written(1 << UInt64(7 * length)).count == length + 1)
    }
  }

  @Test func `Every border comes back`() throws {
    for value in Self.borders {
      var reader = ByteReader(Self.written(value))
      let back = try reader.varint()
      try reader.finish()

      #expect(back == value)
    }
  }

  @Test func `A cut number is truncated, at every cut`() {
    for value in Self.borders {
      let bytes = Self.written(value)
      for cut in bytes.indices {
        var reader = ByteReader(Array(bytes[..<cut]))
        #expect(throws: ByteError.truncated(at: cut)) { try reader.varint() }
      }
    }
  }

  @Test func `A number that is not in its shortest form is refused`() {
    for value in Self.borders {
      var padded = Self.written(value)
      while padded.count < 12 {
        padded[padded.count - 1] |= 0x80
        padded.append(0)
        var reader = ByteReader(padded)
        #expect(throws: ByteError.malformedNumber(at: 0)) { try reader.varint() }
      }
    }
  }

  @Test(
    arguments: [
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02],
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
      [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x82, 0x01],
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x81, 0x01],
      [UInt8](repeating: 0xff, count: 100),
    ] as [[UInt8]])
  func `A number of more than 64 bits is refused`(bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    #expect(throws: ByteError.malformedNumber(at: 0)) { try reader.varint() }
  }

  @Test func `All short strings of bytes are a shortest form or nothing`() {
    let interesting: [UInt8] = [0x00, 0x01, 0x7f, 0x80, 0x81, 0xff]
    var gen = Gen()
    while !gen.done() {
      let bytes = gen.list(upTo: 4, of: interesting)
      var reader = ByteReader(bytes)
      guard let value = try? reader.varint() else { continue }
      #expect(Self.written(value) == Array(bytes[..<reader.position]))
    }
  }

  @Test func `Random numbers of every length come back`() throws {
    var random = SplitMix64(seed: 1)
    var writer = ByteWriter()
    let values = (0..<1000).map { _ in random.anyLength() }
    for value in values { writer.varint(value) }
    for value in values { writer.signed(Int64(bitPattern: value)) }
    for value in values { writer.fixed64(value) }

    var reader = ByteReader(writer.bytes)
    for value in values where try reader.varint() != value { Issue.record("varint \(value)") }
    for value in values where try reader.signed() != Int64(bitPattern: value) {
      Issue.record("signed \(value)")
    }
    for value in values where try reader.fixed64() != value { Issue.record("fixed64 \(value)") }
    try reader.finish()
  }

  @Test(
    arguments: [
      (0, [0]), (-1, [1]), (1, [2]), (-64, [0x7f]), (64, [0x80, 1]),
      (.max, [0xfe] + [UInt8](repeating: 0xff, count: 8) + [1]),
      (.min, [UInt8](repeating: 0xff, count: 9) + [1]),
    ] as [(Int64, [UInt8])])
  func `Small numbers of either sign are short`(value: Int64, bytes: [UInt8]) throws {
    var writer = ByteWriter()
    writer.signed(value)
    #expect(writer.bytes == bytes)

    var reader = ByteReader(bytes)
    #expect(try reader.signed() == value)
  }

  @Test func `Only 32 bits fit a small number`() throws {
    var reader = ByteReader(Self.written(UInt64(UInt32.max)))
    #expect(try reader.varint32() == .max)

    reader = ByteReader([7] + Self.written(UInt64(UInt32.max) + 1))
    _ = try reader.byte()
    #expect(throws: ByteError.malformedNumber(at: 1)) { try reader.varint32() }
  }

  @Test func `Fixed numbers sort as their bytes do`() {
    let sorted = Self.borders.sorted()
    let bytes = sorted.map { value in
      var writer = ByteWriter()
      writer.fixed64(value)
      return writer.bytes
    }

    #expect(bytes.allSatisfy { $0.count == 8 })
    for (before, after) in zip(bytes, bytes.dropFirst()) where before != after {
      #expect(before.lexicographicallyPrecedes(after))
    }
    #expect(bytes.last == [UInt8](repeating: 0xff, count: 8))
  }
}
