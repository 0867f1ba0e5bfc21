import TestSupport
import Testing

@testable import Wire

/// The memory that is lent to zstd is used again, and leaves no trace in what comes of it.
@Suite struct `Packing again and again` {
  private let texts: [[UInt8]] = (0..<40).map { number in
    var random = SplitMix64(seed: UInt64(number))
    let words = (0..<20).map { _ in random.bytes(1 + random.below(12)) }
    return (0..<(number * 40)).flatMap { _ in random.pick(words) }
  }

  @Test func `A text is packed alike, whatever was packed before`() throws {
    let packed = texts.map { Compression.compress($0) }
    for index in texts.indices.reversed() {
      #expect(Compression.compress(texts[index]) == packed[index])
      let plain = try Compression.decompress(packed[index], length: texts[index].count)
      #expect(plain == texts[index])
    }
  }

  @Test func `What was damaged harms nothing that comes after`() throws {
    let packed = Compression.compress(texts[30])
    var damaged = packed
    for index in stride(from: 6, to: damaged.count, by: 7) { damaged[index] ^= 0x55 }
    for _ in 0..<3 {
      #expect(throws: WireError.self) {
        try Compression.decompress(damaged, length: texts[30].count + 1)
      }
      #expect(try Compression.decompress(packed, length: texts[30].count) == texts[30])
    }
  }

  @Test func `Many can pack at once`() async throws {
    let packed = texts.map { Compression.compress($0) }
    await withTaskGroup(of: Bool.self) { group in
      for lane in 0..<8 {
        group.addTask { [texts] in
          texts.indices.allSatisfy { index in
            let index = (index + lane * 5) % texts.count
            return Compression.compress(texts[index]) == packed[index]
          }
        }
      }
      for await isAlike in group { #expect(isAlike) }
    }
  }
}
