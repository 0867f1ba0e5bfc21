/// What was wrong with bytes that should have been in one of Kulkul's formats.
public enum ByteError: Error, Hashable, Sendable {
  /// The bytes ended before the value did.
  case truncated(at: Int)
  /// A number is longer than its type, or is not written in its shortest form.
  case malformedNumber(at: Int)
  /// A length or a count is beyond what the format allows.
  case overLimit(Int, limit: Int, at: Int)
  /// Text that is not UTF-8.
  case malformedText(at: Int)
  /// A value that the format does not know here.
  case unexpected(UInt64, at: Int)
  /// Bytes after the end of the value.
  case trailing(at: Int)
  /// Values that the format wants in ascending order are not.
  case disorder(at: Int)
}

/// Reads what ``ByteWriter`` wrote, and trusts nothing.
///
/// Every length is checked against the bytes that are there before memory is taken for it, and
/// every number must be in its shortest form, so that equal values have equal bytes and a hostile
/// sender can neither crash a reader nor make it allocate more than it sent.
public struct ByteReader: Sendable {
  /// All the bytes, those already read included.
  public let bytes: [UInt8]
  /// The index of the next byte to read.
  public private(set) var position: Int
  /// The index after the last byte that may be read.
  public let end: Int

  /// Makes a reader of all bytes.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    position = 0
    end = bytes.count
  }

  /// Makes a reader of a part of the bytes, without copying them.
  public init(_ bytes: [UInt8], range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  /// Whether every byte has been read.
  public var isAtEnd: Bool { position == end }

  /// How many bytes are left.
  public var remaining: Int { end - position }

  /// Checks that nothing is left.
  public func finish() throws(ByteError) {
    if position != end { throw .trailing(at: position) }
  }

  /// Reads one byte.
  public mutating func byte() throws(ByteError) -> UInt8 {
    guard position < end else { throw .truncated(at: position) }
    defer { position += 1 }
    return bytes[position]
  }

  /// Reads a varint in its shortest form.
  public mutating func varint() throws(ByteError) -> UInt64 {
    let start = position
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      let bits = UInt64(next & 0x7f)
      if shift == 63 && bits > 1 { throw .malformedNumber(at: start) }
      value |= bits << shift
      if next & 0x80 == 0 {
        if next == 0 && shift > 0 { throw .malformedNumber(at: start) }
        return value
      }
      shift += 7
      if shift > 63 { throw .malformedNumber(at: start) }
    }
  }

  /// Reads a number that must fit 32 bits.
  public mutating func varint32() throws(ByteError) -> UInt32 {
    let start = position
    let value = try varint()
    guard let small = UInt32(exactly: value) else { throw .malformedNumber(at: start) }
    return small
  }

  /// Reads a count of at most `limit`.
  public mutating func count(limit: Int) throws(ByteError) -> Int {
    let start = position
    let value = try varint()
    guard let count = Int(exactly: value), count <= limit else {
      throw .overLimit(Int(clamping: value), limit: limit, at: start)
    }
    return count
  }

  /// Reads how many elements follow, each of which takes at least `least` bytes.
  ///
  /// The check keeps a short hostile message from reserving a long array.
  public mutating func count(limit: Int, ofAtLeast least: Int) throws(ByteError) -> Int {
    let start = position
    let value = try count(limit: limit)
    guard value <= remaining / max(1, least) else { throw .truncated(at: start) }
    return value
  }

  /// Reads a zigzagged signed number.
  public mutating func signed() throws(ByteError) -> Int64 {
    let value = try varint()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// Reads eight bytes, most significant first.
  public mutating func fixed64() throws(ByteError) -> UInt64 {
    guard remaining >= 8 else { throw .truncated(at: position) }
    var value: UInt64 = 0
    for index in position..<(position + 8) { value = value << 8 | UInt64(bytes[index]) }
    position += 8
    return value
  }

  /// Reads exactly `count` bytes.
  public mutating func raw(_ count: Int) throws(ByteError) -> [UInt8] {
    guard count >= 0, remaining >= count else { throw .truncated(at: position) }
    defer { position += count }
    return Array(bytes[position..<(position + count)])
  }

  /// Skips exactly `count` bytes and returns where they lie.
  public mutating func skip(_ count: Int) throws(ByteError) -> Range<Int> {
    guard count >= 0, remaining >= count else { throw .truncated(at: position) }
    defer { position += count }
    return position..<(position + count)
  }

  /// Reads a length of at most `limit` and that many bytes.
  public mutating func blob(limit: Int) throws(ByteError) -> [UInt8] {
    let length = try count(limit: limit)
    return try raw(length)
  }

  /// Reads a length of at most `limit` and that many bytes of UTF-8.
  public mutating func text(limit: Int) throws(ByteError) -> String {
    let start = position
    let length = try count(limit: limit)
    guard remaining >= length else { throw .truncated(at: position) }
    var text = bytes.withUnsafeBufferPointer { memory in
      String(
        decoding: UnsafeBufferPointer(rebasing: memory[position..<(position + length)]),
        as: UTF8.self)
    }
    // NB: what is no UTF-8 was mended, and has other bytes now. To compare them takes a tenth of what
    // the standard library's check takes, which is not compiled for arrays of bytes.
    let isWhole = text.withUTF8 { utf8 in
      utf8.count == length
        && bytes.withUnsafeBytes { memory in
          UnsafeRawBufferPointer(utf8).elementsEqual(
            UnsafeRawBufferPointer(rebasing: memory[position..<(position + length)]))
        }
    }
    guard isWhole else { throw .malformedText(at: start) }
    position += length
    return text
  }
}
