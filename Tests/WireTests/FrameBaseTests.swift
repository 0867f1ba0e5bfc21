import Bytes
import Causality
import Model
import Testing

@testable import Wire

/// What a frame says that it goes on from.
@Suite struct `A frame's base` {
  private let stream: StreamID
  private let secret: StreamSecret
  private let base: Frame.Base
  private let seal = Seal(signer: DeviceID(4), signature: Array(repeating: 9, count: 64))

  init() throws {
    let village = try #require(VillageCode(number: 5_171_031_007))
    stream = StreamID(village: village, replica: ReplicaID(42))
    secret = try #require(StreamSecret(Array(0..<16)))
    base = Frame.Base(hash: ChainHash(1, 2, 3, 4), secret: secret)
  }

  private func frame(seal: Seal?, base: Frame.Base?) -> Frame {
    Frame(
      stream: stream, first: 7, previous: 1, last: ChainHash(5, 6, 7, 8), secret: nil, base: base,
      seal: seal, contents: [[1], [2, 3]])
  }

  @Test func `It travels under a seal, in the place of the tag`() throws {
    let based = frame(seal: seal, base: base)
    let plain = frame(seal: seal, base: nil)
    #expect(try Frame(based.bytes) == based)
    #expect(try Frame(plain.bytes) == plain)
    #expect(based.bytes.count == plain.bytes.count + 40)
    #expect(based.bytes[3] == plain.bytes[3] | 16)
  }

  @Test func `Without a seal, at the beginning and in the first version there is none`() throws {
    #expect(throws: WireError.self) { try Frame(frame(seal: nil, base: base).bytes) }
    var old = frame(seal: seal, base: base).bytes
    old[2] = 1
    #expect(throws: WireError.self) { try Frame(old) }
    var beginning = Frame(
      stream: stream, first: 1, previous: 0, last: ChainHash(5, 6, 7, 8), secret: secret,
      seal: seal, contents: [[1]]
    ).bytes
    beginning[3] |= 16
    #expect(throws: WireError.self) { try Frame(beginning) }
  }

  @Test func `Every cut of it is refused`() throws {
    let bytes = frame(seal: seal, base: base).bytes
    for length in bytes.indices {
      #expect(throws: WireError.self) { try Frame(Array(bytes[..<length])) }
    }
  }
}
