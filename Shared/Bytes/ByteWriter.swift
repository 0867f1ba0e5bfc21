/// Appends the primitive forms of which every Kulkul format is made.
///
/// One set of primitives serves the journal's payloads, the packed states and the frames, so that
/// a reader needs to learn them once: unsigned numbers are LEB128 varints, signed numbers are
/// zigzagged first, fixed numbers are big-endian (so that bytes sort as numbers do), and text and
/// blobs are preceded by their length in bytes.
public struct ByteWriter: Sendable {
  @usableFromInline var written: [UInt8]

  /// What has been written so far.
  @inlinable public var bytes: [UInt8] { written }

  /// Makes an empty writer that can take `capacity` bytes before it grows.
  @inlinable
  public init(capacity: Int = 64) {
    written = []
    written.reserveCapacity(capacity)
  }

  /// Forgets what was written and keeps the memory.
  public mutating func removeAll() {
    written.removeAll(keepingCapacity: true)
  }

  /// Appends one byte.
  @inlinable
  public mutating func byte(_ value: UInt8) {
    append(value)
  }

  /// Appends an unsigned number as a varint of one to ten bytes.
  @inlinable @inline(__always)
  public mutating func varint(_ value: UInt64) {
    // NB: nearly every count, index and field is one byte.
    if value < 0x80 { append(UInt8(truncatingIfNeeded: value)) } else { longVarint(value) }
  }

  @usableFromInline
  mutating func longVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  /// Appends a count or an index, which is never negative.
  @inlinable
  public mutating func count(_ value: Int) {
    precondition(value >= 0, "BUG: a count cannot be negative")
    varint(UInt64(value))
  }

  /// Appends a signed number: zigzag, then varint, so that small numbers of either sign stay short.
  @inlinable
  public mutating func signed(_ value: Int64) {
    varint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
  }

  /// Appends eight bytes, most significant first.
  @inlinable
  public mutating func fixed64(_ value: UInt64) {
    var bigEndian = value.bigEndian
    withUnsafeBytes(of: &bigEndian) { append(contentsOf: $0) }
  }

  /// Appends bytes as they are, without a length.
  @inlinable
  public mutating func raw(_ value: some Sequence<UInt8>) {
    append(contentsOf: value)
  }

  /// Appends bytes that lie in memory, without a length.
  @inlinable
  public mutating func raw(_ value: UnsafeRawBufferPointer) {
    append(contentsOf: value)
  }

  /// Appends a length and then the bytes.
  @inlinable
  public mutating func blob(_ value: [UInt8]) {
    count(value.count)
    written.append(contentsOf: value)
  }

  /// Appends a length in bytes and then the text as UTF-8.
  @inlinable
  public mutating func text(_ value: String) {
    var copy = value
    copy.withUTF8 { utf8 in
      count(utf8.count)
      written.append(contentsOf: utf8)
    }
  }

  /// Appends a length in bytes and then the text as UTF-8.
  public mutating func text(_ value: Text) {
    text(value.string)
  }

  @inlinable
  mutating func append(_ byte: UInt8) {
    written.append(byte)
  }

  @inlinable
  mutating func append(contentsOf more: some Sequence<UInt8>) {
    written.append(contentsOf: more)
  }
}
