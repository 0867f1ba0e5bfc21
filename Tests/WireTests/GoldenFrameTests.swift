import Bytes
import Causality
import Model
import Testing

@testable import Wire

/// Bytes that were written once and must always be read, and written again, in the same way.
@Suite struct `Golden frames` {
  private let stream: StreamID
  private let secret: StreamSecret

  init() throws {
    stream = StreamID(
      village: try #require(VillageCode("51.71.03.1007")), replica: ReplicaID(42))
    secret = try #require(StreamSecret((0..<16).map { UInt8($0) }))
  }

  private static let replica = "000000000000002a"
  private static let village = "dfd7dea113"
  private static let salt = "000102030405060708090a0b0c0d0e0f"

  private func frame(_ contents: [[UInt8]]) -> Frame {
    var chain = Chain(stream: stream, secret: secret)
    for content in contents { _ = chain.append(content) }
    return Frame(
      stream: stream, first: 1, previous: 0, last: chain.head, secret: secret, contents: contents)
  }

  private func bytes(_ hex: String...) throws -> [UInt8] {
    var rest = Substring(hex.joined())
    var bytes: [UInt8] = []
    while !rest.isEmpty {
      bytes.append(try #require(UInt8(rest.prefix(2), radix: 16)))
      rest = rest.dropFirst(2)
    }
    return bytes
  }

  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  @Test func `Frames of version 1 are still read`() throws {
    let short = frame([[1], [2, 3]])
    let plain = try bytes(
      "4b460101", Self.replica, Self.village, "0102", Self.salt, "0000000000000000",
      hex(short.last.bytes), "0505", "0101020203")
    #expect(try Frame(plain) == short)
    let alike = frame([[UInt8]](repeating: [UInt8](repeating: 1, count: 40), count: 3))
    let packed = try bytes(
      "4b460105", Self.replica, Self.village, "0103", Self.salt, "0000000000000000",
      hex(alike.last.bytes), "7b18", "28b52ffd207b7d000020280128010300988200506225c002")
    #expect(try Frame(packed) == alike)
    // What came with version 2 is nothing in version 1, and nobody knows of version 3.
    var odd = packed
    odd[3] = 9
    #expect(throws: WireError.malformed(.unexpected(9, at: 3))) { try Frame(odd) }
    odd[2] = 3
    #expect(throws: WireError.newer(version: 3)) { try Frame(odd) }
  }

  @Test func `Frames of version 2 stay what they are`() throws {
    let short = frame([[1], [2, 3]])
    let plain = try bytes(
      "4b460201", Self.replica, Self.village, "0102", Self.salt, hex(short.last.bytes), "05",
      "0101020203")
    #expect(short.bytes == plain)
    #expect(try Frame(plain) == short)
    let columns = frame(Array(Prelude.contents[7..<11]))
    let body = """
      b56d3ad3a54ab40aa3bd7952eee1977aff8af1ccd9684402490b7425f1620517a68a1d3d55a587773c90d02339\
      7e9aa2bb1a750175367d1d5f207b17e63d8eab11937671b16675e103732ee1e9c3208c513cabd532a809b22005\
      6235a01b0eb2c7c741a0dea6fc55db7802a0db8e8ac60906a8bb8655bb9526fb385b5b3db24fbb1e744830bbff\
      ffffffffac5988a59e842b74efbf12e5ed16efda721f71bfc968c8370944eb95318bafd698f96b1839113dc383\
      b0504829c5e239766d66256d
      """
    let told = try bytes(
      "4b460209", Self.replica, Self.village, "0104", Self.salt, hex(columns.last.bytes), "fd04",
      body)
    #expect(hex(columns.bytes) == hex(told))
    #expect(try Frame(told) == columns)
  }

  @Test func `The prelude, and what a long body comes to, are what they were`() throws {
    var writer = ByteWriter()
    for content in Prelude.contents { writer.blob(content) }
    #expect(
      hex(Digest.sha256(writer.bytes).bytes)
        == "d09422726cdb5b2f5cdd4a34809269139c4c5880e14a6db2d3c3c70e1878a6d7")
    let contents = Prelude.contents + [[2, 3, 4]] + Prelude.contents.reversed()
    let packed = try #require(ColumnBody.pack(contents, of: stream))
    #expect(packed.count == 1544)
    #expect(
      hex(Digest.sha256(packed).bytes)
        == "ad306493439c99b87473ca31bd32e6fba85181b0611fbb2f83cc023e3b6c631d")
  }
}
