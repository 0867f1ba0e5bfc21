import Testing

@testable import Wire

/// What is remembered of signatures says of nothing else that it was signed.
@Suite struct `Signatures that are remembered` {
  private let key = [UInt8](1...32)
  private let bytes = Array("kulkul".utf8)

  @Test func `What was found good once makes nothing else good`() throws {
    let owner = try #require(SigningKey.publicHalf(of: key))
    let other = try #require(SigningKey.publicHalf(of: key.reversed()))
    let word = try #require(Signatures.sign(bytes, by: key))
    var altered = word
    altered[5] ^= 1
    for _ in 0..<2 {
      #expect(Signatures.isGood(word, over: bytes, by: owner))
      #expect(!Signatures.isGood(word, over: bytes + [0], by: owner))
      #expect(!Signatures.isGood(altered, over: bytes, by: owner))
      #expect(!Signatures.isGood(word, over: bytes, by: other))
      // The same bytes in a row, parted elsewhere.
      #expect(!Signatures.isGood(word + bytes.prefix(1), over: Array(bytes.dropFirst()), by: owner))
    }
  }

  @Test func `Keys take turns, and each signs as ever`() throws {
    let keys = [key, key.reversed()]
    for round in 0..<3 {
      for key in keys {
        let owner = try #require(SigningKey.publicHalf(of: key))
        let text = bytes + [UInt8(round)]
        let word = try #require(Signatures.sign(text, by: key))
        #expect(Signatures.sign(text, by: key) == word)
        #expect(Signatures.isGood(word, over: text, by: owner))
      }
    }
  }

  @Test func `What is no key signs nothing, and nothing is signed by it`() throws {
    let word = try #require(Signatures.sign(bytes, by: key))
    #expect(Signatures.sign(bytes, by: [1, 2]) == nil)
    #expect(!Signatures.isGood(word, over: bytes, by: []))
    #expect(!Signatures.isGood([], over: bytes, by: key))
  }

  @Test func `More than is remembered is signed and checked all the same`() throws {
    let owner = try #require(SigningKey.publicHalf(of: key))
    let texts = (0..<5000).map { [UInt8($0 >> 8), UInt8($0 & 255)] }
    let words = texts.map { Signatures.sign($0, by: key) }
    for index in stride(from: 0, to: texts.count, by: 50) {
      let word = try #require(words[index])
      #expect(Signatures.sign(texts[index], by: key) == word)
      #expect(Signatures.isGood(word, over: texts[index], by: owner))
    }
  }
}
