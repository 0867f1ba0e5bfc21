import Bytes
import Causality
import Model
import TestSupport
import Testing

@testable import Wire

/// Contents that go by columns: all of them come back as they were, and nothing else gets in.
@Suite struct `Contents in columns` {
  private let stream: StreamID
  private let secret: StreamSecret

  init() throws {
    let village = try #require(VillageCode("51.71.03.1007"))
    stream = StreamID(village: village, replica: ReplicaID(42))
    secret = try #require(StreamSecret((0..<16).map { UInt8($0) }))
  }

  private func frame(_ contents: [[UInt8]], first: UInt64 = 1) -> Frame {
    var chain = Chain(stream: stream, secret: secret, count: first - 1)
    for content in contents { _ = chain.append(content) }
    return Frame(
      stream: stream, first: first, previous: 0, last: chain.head,
      secret: first == 1 ? secret : nil, contents: contents)
  }

  private func isWhole(_ frame: Frame) -> Bool {
    var chain = Chain(stream: stream, secret: secret)
    for content in frame.contents { _ = chain.append(content) }
    return frame.stream == stream && frame.secret == secret && chain.head == frame.last
  }

  private func unpack(_ packed: [UInt8], like contents: [[UInt8]]) throws -> [[UInt8]] {
    try ColumnBody.unpack(
      packed[...], count: contents.count, length: contents.reduce(0) { $0 + $1.count }, of: stream)
  }

  @Test(arguments: 0..<24) func `Whatever was written comes back byte for byte`(
    seed: UInt64
  ) throws {
    var invented = InventedChanges(SplitMix64(seed: seed), stream: stream)
    let contents = invented.contents(seed < 22 ? Int(seed) + 1 : 150)
    let packed = try #require(ColumnBody.pack(contents, of: stream))
    #expect(try unpack(packed, like: contents) == contents)
    let all = frame(contents)
    #expect(try Frame(all.bytes) == all)
    #expect(all.bytes[3] == 9)
  }

  @Test func `What is no content goes in the old form`() throws {
    for odd: [UInt8] in [[1], [1, 64], [1, 0, 0x80], [1, 0, 1, 1, 65], []] {
      #expect(ColumnBody.pack([odd], of: stream) == nil)
      let frame = frame([odd, [UInt8](repeating: 7, count: 99)])
      #expect(frame.bytes[3] & 8 == 0)
      #expect(try Frame(frame.bytes) == frame)
    }
  }

  @Test func `Changes that are all alike go in the form that is shorter`() throws {
    var invented = InventedChanges(SplitMix64(seed: 3), stream: stream)
    let contents = [[UInt8]](repeating: invented.contents(1)[0], count: 1000)
    let frame = frame(contents)
    #expect(frame.bytes.count < 1200)
    #expect(try Frame(frame.bytes) == frame)
  }

  @Test func `A damaged body is refused or does not lead to the last hash`() throws {
    var invented = InventedChanges(SplitMix64(seed: 8), stream: stream)
    let whole = frame(invented.contents(3))
    let bytes = whole.bytes
    #expect(bytes[3] == 9)
    var refused = 0
    for end in 0..<bytes.count {
      let read = try? Frame(Array(bytes[..<end]))
      #expect(read.map(isWhole) != true, "cut at \(end)")
      refused += read == nil ? 1 : 0
    }
    for index in bytes.indices {
      for bit in [index % 8, 7] {
        var other = bytes
        other[index] ^= 1 << UInt8(bit)
        guard let read = try? Frame(other) else {
          refused += 1
          continue
        }
        // Beyond the last decision a byte may say the same in another way.
        #expect(!isWhole(read) || read == whole, "byte \(index), bit \(bit)")
      }
    }
    #expect(refused > bytes.count)
  }

  @Test func `Random bytes say something or are refused, and take no time`() throws {
    var random = SplitMix64(seed: 5)
    for _ in 0..<800 {
      let body = (0..<random.below(60)).map { _ in UInt8(random.below(256)) }
      let count = 1 + random.below(40)
      let length = count + random.below(600)
      let contents = try? ColumnBody.unpack(body[...], count: count, length: length, of: stream)
      if let contents { #expect(contents.reduce(0) { $0 + $1.count } == length) }
    }
  }

  @Test func `A short body cannot unpack to a long content`() throws {
    let limit = ColumnBody.freeLength + 20 * ColumnBody.greatestGrowth
    for body in [[UInt8](repeating: 0, count: 20), [UInt8](repeating: 255, count: 20)] {
      #expect(throws: ByteError.overLimit(limit + 1, limit: limit, at: 0)) {
        try ColumnBody.unpack(body[...], count: 1, length: limit + 1, of: stream)
      }
      #expect(throws: ByteError.self) {
        try ColumnBody.unpack(body[...], count: 4096, length: 4096, of: stream)
      }
    }
  }

  @Test func `A decision costs what its chance says, and all of them come back`() throws {
    var random = SplitMix64(seed: 1)
    let memory = Chances.Memory()
    for likely in [1, 2, 50, 500] {
      let bits = (0..<20_000).map { _ in random.below(likely) == 0 ? 1 : 0 }
      var encoder = BinaryEncoder(capacity: 16)
      let writing = memory.take(1)
      for bit in bits { encoder.bit(bit, writing) }
      let bytes = encoder.finish()
      bytes.withUnsafeBytes { pointer in
        var decoder = BinaryDecoder(pointer)
        let reading = memory.take(1)
        #expect(bits.allSatisfy { $0 == decoder.bit(reading) })
        #expect(decoder.isAtEnd)
      }
      switch likely {
      case 1: #expect(bytes.count < 20)
      case 2: #expect(abs(bytes.count - 2500) < 40)
      case 50: #expect(bytes.count < 400)
      default: #expect(bytes.count < 80)
      }
    }
  }
}
