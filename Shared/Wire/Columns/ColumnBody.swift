import Bytes
import Causality

/// The contents of a frame, told by what they say instead of change by change.
///
/// The bytes of a content are covered by hashes and must come back as they were, so what is packed
/// is unpacked and compared before anything is sent.
enum ColumnBody {
  /// A body may unpack to so much, and to so many bytes more for each of its own: real ones reach
  /// a tenth of that, and a hostile one costs its reader no more time than it has bytes for.
  static let freeLength = 4096
  static let greatestGrowth = 256

  /// Packs contents; `nil` if one of them is not what this version reads, or if they are so alike
  /// that a reader would refuse them.
  static func pack(_ contents: [[UInt8]], of stream: StreamID) -> [UInt8]? {
    if contents.contains(where: \.isEmpty) { return nil }
    let length = contents.reduce(0) { $0 + $1.count }
    var walk = ColumnWalk(ColumnSource(capacity: length / 4 + 64), stream: stream)
    do throws(ByteError) {
      for content in contents {
        walk.port.reader = ByteReader(content)
        try walk.content()
      }
      let packed = walk.port.coder.finish()
      let back = try unpack(packed[...], count: contents.count, length: length, of: stream)
      return back == contents ? packed : nil
    } catch {
      // Ignored because there is another form, which takes whatever comes.
      return nil
    }
  }

  /// Unpacks so many contents of so many bytes in all.
  static func unpack(
    _ bytes: ArraySlice<UInt8>, count: Int, length: Int, of stream: StreamID
  ) throws(ByteError) -> [[UInt8]] {
    let limit = freeLength + bytes.count * greatestGrowth
    guard length <= limit else { throw .overLimit(length, limit: limit, at: 0) }
    let result: Result<[[UInt8]], ByteError> = bytes.withUnsafeBytes { pointer in
      do throws(ByteError) {
        return .success(try unpack(pointer, count: count, length: length, of: stream))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private static func unpack(
    _ bytes: UnsafeRawBufferPointer, count: Int, length: Int, of stream: StreamID
  ) throws(ByteError) -> [[UInt8]] {
    var walk = ColumnWalk(ColumnSink(BinaryDecoder(bytes), room: length), stream: stream)
    var contents: [[UInt8]] = []
    contents.reserveCapacity(count)
    for _ in 0..<count {
      walk.port.content.reserveCapacity(min(contents.last?.count ?? 64, walk.port.room))
      try walk.content()
      walk.port.room -= walk.port.content.count
      contents.append(walk.port.content)
      walk.port.content = []
    }
    guard walk.port.room == 0 else { throw .truncated(at: length - walk.port.room) }
    guard walk.port.coder.isAtEnd else { throw .trailing(at: walk.port.coder.position) }
    return contents
  }
}
