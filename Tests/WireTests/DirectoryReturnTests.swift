import Bytes
import Testing

@testable import Wire

/// A directory that is handed back, of which nobody knows yet whether anybody signed it.
@Suite struct `A directory on its way back` {
  /// One that announces so much, of which nothing unpacks.
  private static func announcing(entries: Int, of length: Int, packed: Int) -> [UInt8] {
    var writer = ByteWriter()
    writer.raw(DirectoryReturn.magic)
    writer.byte(DirectoryReturn.version)
    writer.fixed64(7)
    writer.blob([])
    writer.count(entries)
    writer.count(length)
    writer.blob([UInt8](repeating: 0, count: packed))
    return writer.bytes
  }

  @Test(arguments: [
    (1, 5 << 20, 1), (1_000_000, 64 << 20, 5583), (1000, 999, 100), (5000, 10_000, 1),
    (400_000, 1 << 20, 100_000),
  ])
  func `What would be far more than came is refused before it is unpacked`(
    entries: Int, length: Int, packed: Int
  ) {
    let bytes = Self.announcing(entries: entries, of: length, packed: packed)
    let error = #expect(throws: WireError.self) { try DirectoryReturn(bytes) }
    guard case .malformed(.overLimit) = error else {
      Issue.record("\(error as Any)")
      return
    }
  }

  @Test func `Whose it is can be told without unpacking it`() throws {
    let bytes = Self.announcing(entries: 1, of: 9, packed: 1)
    #expect(try DirectoryReturn.survey(of: bytes) == 7)
    #expect(throws: WireError.damaged) { try DirectoryReturn(bytes) }
    #expect(throws: WireError.foreign) { try DirectoryReturn.survey(of: [1, 2, 3]) }
  }

  @Test(arguments: [
    (count: 1, size: 2 << 20), (count: 300, size: 100_000), (count: 100_000, size: 9),
    (count: 100_000, size: 0),
  ])
  func `However alike its entries are, it comes back`(count: Int, size: Int) throws {
    let entry = (0..<size).map { UInt8(truncatingIfNeeded: $0 / 7) }
    let returned = DirectoryReturn(
      survey: 7, entries: [[UInt8]](repeating: entry, count: count), signature: [])
    #expect(try DirectoryReturn(returned.bytes) == returned)
  }
}
