import Bytes
import TestSupport
import Testing

/// A reader trusts no length and no count.
struct ByteReaderTests {
  /// One of everything, and how it is read.
  static let everything: [UInt8] = {
    var writer = ByteWriter()
    writer.byte(7)
    writer.varint(300)
    writer.count(5)
    writer.signed(-1_000_000)
    writer.fixed64(0x0102_0304_0506_0708)
    writer.raw([1, 2, 3])
    writer.blob([9, 8, 7])
    writer.text("Sanur Kauh — é")
    writer.text(Text("tahu"))
    return writer.bytes
  }()

  static func readEverything(_ reader: inout ByteReader) throws(ByteError) -> [String] {
    var read: [String] = []
    read.append("\(try reader.byte())")
    read.append("\(try reader.varint())")
    read.append("\(try reader.count(limit: 5))")
    read.append("\(try reader.signed())")
    read.append("\(try reader.fixed64())")
    read.append("\(try reader.raw(3))")
    read.append("\(try reader.blob(limit: 3))")
    read.append(try reader.text(limit: 100))
    read.append(try reader.text(limit: 4))
    try reader.finish()
    return read
  }

  @Test func `One of everything comes back`() throws {
    var reader = ByteReader(Self.everything)
    let read = try Self.readEverything(&reader)

    #expect(
      read == [
        "7", "300", "5", "-1000000", "72623859790382856", "[1, 2, 3]", "[9, 8, 7]",
        "Sanur Kauh — é", "tahu",
      ])
    #expect(reader.isAtEnd && reader.remaining == 0)
  }

  @Test func `Every cut is noticed`() {
    for cut in Self.everything.indices {
      var reader = ByteReader(Array(Self.everything[..<cut]))
      let error = #expect(throws: ByteError.self) { try Self.readEverything(&reader) }
      guard case .truncated = error else {
        Issue.record("cut at \(cut): \(String(describing: error))")
        continue
      }
    }
  }

  @Test func `A reader of a part ends where the part ends`() throws {
    let surrounded = [0xff, 0xff] + Self.everything + [0xff]
    var part = ByteReader(surrounded, range: 2..<(surrounded.count - 1))
    #expect(try Self.readEverything(&part).count == 9)

    var cut = ByteReader(surrounded, range: 2..<(surrounded.count - 2))
    #expect(throws: ByteError.self) { try Self.readEverything(&cut) }
  }

  @Test func `Bytes that follow are noticed`() throws {
    var reader = ByteReader([1, 2])
    _ = try reader.byte()
    #expect(throws: ByteError.trailing(at: 1)) { try reader.finish() }
  }

  @Test func `A count may reach its limit and not pass it`() throws {
    var reader = ByteReader([5])
    #expect(try reader.count(limit: 5) == 5)

    reader = ByteReader([6])
    #expect(throws: ByteError.overLimit(6, limit: 5, at: 0)) { try reader.count(limit: 5) }

    reader = ByteReader(VarintTests.written(.max))
    #expect(throws: ByteError.overLimit(.max, limit: .max, at: 0)) {
      try reader.count(limit: .max)
    }
  }

  @Test func `A count cannot promise more elements than there are bytes`() throws {
    var reader = ByteReader([3, 0, 0, 0, 0, 0, 0])
    #expect(try reader.count(limit: 10, ofAtLeast: 2) == 3)

    reader = ByteReader([3, 0, 0, 0, 0, 0])
    #expect(throws: ByteError.truncated(at: 0)) { try reader.count(limit: 10, ofAtLeast: 2) }

    reader = ByteReader(VarintTests.written(UInt64(Int.max)))
    #expect(throws: ByteError.truncated(at: 0)) { try reader.count(limit: .max, ofAtLeast: 0) }
  }

  /// Memory for what these promise does not exist: a reader that took it first would end here.
  @Test(arguments: [1 << 20, 1 << 40, 1 << 62, UInt64(Int.max)] as [UInt64])
  func `A length is compared with the bytes before memory is taken`(length: UInt64) {
    let bytes = VarintTests.written(length) + [1, 2, 3]

    var reader = ByteReader(bytes)
    #expect(throws: ByteError.self) { try reader.blob(limit: .max) }
    reader = ByteReader(bytes)
    #expect(throws: ByteError.self) { try reader.text(limit: .max) }
    reader = ByteReader(bytes)
    #expect(throws: ByteError.truncated(at: 0)) { try reader.raw(Int(length)) }
    reader = ByteReader(bytes)
    #expect(throws: ByteError.truncated(at: 0)) { try reader.skip(Int(length)) }
    reader = ByteReader(bytes)
    #expect(throws: ByteError.overLimit(Int(length), limit: 9, at: 0)) {
      try reader.blob(limit: 9)
    }
  }

  @Test func `A negative length reads nothing`() {
    var reader = ByteReader([1, 2, 3])
    #expect(throws: ByteError.truncated(at: 0)) { try reader.raw(-1) }
    #expect(throws: ByteError.truncated(at: 0)) { try reader.skip(-1) }
  }

  @Test func `Skipping says where the bytes lie`() throws {
    var reader = ByteReader([0, 1, 2, 3])
    _ = try reader.byte()
    #expect(try reader.skip(2) == 1..<3)
    #expect(try reader.byte() == 3)
  }

  @Test(
    arguments: [
      [0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x61, 0x80],
    ] as [[UInt8]])
  func `Text that is not UTF-8 is refused`(bytes: [UInt8]) {
    var writer = ByteWriter()
    writer.blob(bytes)
    var reader = ByteReader(writer.bytes)
    #expect(throws: ByteError.malformedText(at: 0)) { try reader.text(limit: 9) }
  }

  @Test func `Text keeps its bytes, whatever they mean`() throws {
    for text in ["", "\0", "e\u{301}", "\u{e9}", "\u{feff}x", "👩🏽‍🌾", "a\r\nb"] {
      var writer = ByteWriter()
      writer.text(text)
      var reader = ByteReader(writer.bytes)
      #expect(try reader.text(limit: 100).utf8.elementsEqual(text.utf8))
    }
  }

  @Test func `Random bytes are read or refused, and never worse`() {
    var random = SplitMix64(seed: 2)
    for _ in 0..<2000 {
      let length = random.below(40)
      var reader = ByteReader(random.bytes(length))
      _ = try? Self.readEverything(&reader)
      #expect(reader.position <= reader.end)
    }
  }

  @Test func `A writer that forgets begins anew`() {
    var writer = ByteWriter()
    writer.text("lama")
    writer.removeAll()
    writer.byte(1)
    #expect(writer.bytes == [1])
  }
}
