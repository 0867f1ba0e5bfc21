import Bytes
import TestSupport
import Testing

/// Identifiers in letters: a prefix of the letters is a range of identifiers.
struct LettersTests {
  static let alphabet = Letters.alphabet.map { String(UnicodeScalar($0)) }

  /// Finds the number again by halving: letters order as numbers do.
  static func number(of text: String, bits: Int) -> UInt128 {
    var low: UInt128 = 0
    var high = (UInt128(1) << UInt128(bits)) - 1
    while low < high {
      let middle = low + (high - low + 1) / 2
      if Letters.text(of: middle, bits: bits, count: text.utf8.count) <= text {
        low = middle
      } else {
        high = middle - 1
      }
    }
    return low
  }

  @Test func `The alphabet has 31 letters, in order, and none that is mistaken for another`() {
    #expect(Letters.alphabet.count == 31)
    #expect(Set(Letters.alphabet).count == 31)
    #expect(Letters.alphabet == Letters.alphabet.sorted())
    for letter in "0O1IL".utf8 {
      #expect(!Letters.alphabet.contains(letter))
      #expect(Letters.value(of: letter) == nil)
    }
    for letter in UInt8.min...UInt8.max {
      let isDigit = (50...57).contains(letter)
      let isLetter = (65...90).contains(letter & 0xdf) && letter >= 65 && letter < 123
      let isMistakable = [73, 76, 79].contains(letter & 0xdf) && isLetter
      #expect((Letters.value(of: letter) != nil) == (isDigit || isLetter && !isMistakable))
    }
  }

  @Test func `Lower case is accepted and means the same`() {
    for (value, letter) in Letters.alphabet.enumerated() {
      let small = letter >= 65 ? letter + 32 : letter
      #expect(Letters.value(of: letter) == value)
      #expect(Letters.value(of: small) == value)
    }
    #expect(Letters.normalized("7kqm2") == "7KQM2")
    #expect(
      Letters.range(ofPrefix: "7kqm2", bits: 80) == Letters.range(ofPrefix: "7KQM2", bits: 80))
  }

  @Test(arguments: ["", "7K0", "O", "7 K", "é", "7K-", "\u{212a}"])
  func `What is not of the alphabet is refused`(typed: String) {
    #expect(Letters.normalized(typed) == nil)
    if !typed.isEmpty { #expect(Letters.range(ofPrefix: typed, bits: 80) == nil) }
  }

  @Test(arguments: 1...10)
  func `On few bits every prefix is exactly the range of its numbers`(bits: Int) {
    let all = (0..<UInt128(1) << UInt128(bits)).map {
      ($0, Letters.text(of: $0, bits: bits, count: 3))
    }
    for length in 1...2 {
      let numbers = Dictionary(grouping: all) { String($0.1.prefix(length)) }
      var gen = Gen()
      while !gen.done() {
        let prefix = (0..<length).map { _ in gen.pick(Self.alphabet) }.joined()
        let expected = (numbers[prefix] ?? []).map(\.0)
        let range = Letters.range(ofPrefix: prefix, bits: bits)
        #expect(range.map { Array($0) } ?? [] == expected, "\(prefix) in \(bits) bits")
      }
    }
    #expect(Letters.range(ofPrefix: "", bits: bits) == 0...(all.last?.0 ?? 0))
  }

  @Test(arguments: 1...17)
  func `On 80 bits every prefix is the range of its numbers`(length: Int) throws {
    var random = SplitMix64(seed: length)
    for round in 0..<60 {
      let highest = (UInt128(1) << 80) - 1
      let number =
        switch round {
        case 0: 0 as UInt128
        case 1: highest
        default: UInt128(random.next()) << 16 | UInt128(random.next() >> 48)
        }
      let prefix = String(Letters.text(of: number, bits: 80, count: 17).prefix(length))
      let range = try #require(Letters.range(ofPrefix: prefix, bits: 80))

      #expect(range.contains(number))
      guard length <= 9 else {
        #expect(range == Letters.range(ofPrefix: String(prefix.prefix(9)), bits: 80))
        continue
      }
      func prefixOf(_ number: UInt128) -> String {
        Letters.text(of: number, bits: 80, count: length)
      }
      #expect(prefixOf(range.lowerBound) == prefix)
      #expect(prefixOf(range.upperBound) == prefix)
      if range.lowerBound > 0 { #expect(prefixOf(range.lowerBound - 1) < prefix) }
      if range.upperBound < highest { #expect(prefixOf(range.upperBound + 1) > prefix) }
    }
  }

  @Test func `Seventeen letters say all of 80 bits`() {
    var random = SplitMix64(seed: 80)
    for _ in 0..<40 {
      let number = UInt128(random.anyLength()) << 16 | UInt128(random.below(1 << 16))
      let text = Letters.text(of: number, bits: 80, count: 17)
      #expect(text.utf8.count == 17)
      #expect(Self.number(of: text, bits: 80) == number)
      #expect(Letters.number(text, bits: 80) == number)
      #expect(Letters.number(text.lowercased(), bits: 80) == number)
    }
  }

  @Test(arguments: 1...9)
  func `On few bits all letters are read as the smallest number that has them, or none`(bits: Int) {
    for length in 1...2 {
      let numbers = (0..<UInt128(1) << UInt128(bits)).reversed()
      let smallest = Dictionary(
        numbers.map { (Letters.text(of: $0, bits: bits, count: length), $0) },
        uniquingKeysWith: { _, smaller in smaller })
      var gen = Gen()
      while !gen.done() {
        let text = (0..<length).map { _ in gen.pick(Self.alphabet) }.joined()
        if Letters.number(text, bits: bits) != smallest[text] { Issue.record("\(text)") }
      }
    }
  }

  @Test(arguments: ["7K0", "é", "ZZZZZZZZZZZZZZZZZ\u{301}", "2222222222222222O"])
  func `What is not of the alphabet is no number`(typed: String) {
    #expect(Letters.number(typed, bits: 80) == nil)
  }

  @Test func `Bits above those that count are left out`() {
    #expect(
      Letters.text(of: .max, bits: 80, count: 17)
        == Letters.text(of: (1 << 80) - 1, bits: 80, count: 17))
    #expect(Letters.text(of: 0, bits: 80, count: 5) == "22222")
    #expect(Letters.text(of: .max, bits: 96, count: 5) == "ZZZZZ")
  }
}
