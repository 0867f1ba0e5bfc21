import Causality
import TestSupport
import Testing

/// Villages, dots, hashes and names.
struct IdentifierTests {
  @Test(
    arguments: [
      ("51.71.03.1007", 5_171_031_007), ("5171031007", 5_171_031_007),
      ("00.00.00.0001", 1), ("0000000001", 1), ("99.99.99.9999", 9_999_999_999),
    ] as [(String, UInt64)])
  func `A village is read with its dots or without`(text: String, number: UInt64) throws {
    let village = try #require(VillageCode(text))

    #expect(village.number == number)
    #expect(village == VillageCode(number: number))
    #expect(VillageCode(village.description) == village)
  }

  @Test(arguments: [
    "", "5171", "517103100", "51710310077", "51.71.03.100", "51.71.03.10077", "51-71-03-1007",
    "51.71.031007", "5171.03.1007", "5.171.03.1007", "51.71.03.10.7", "51.71..3.1007",
    " 5171031007", "5171031007 ", "517103100x", "51.71.03.1oo7", "+171031007", "٥١٧١٠٣١٠٠٧",
    ".............", "51.71.03.1007.", "0000000000", "00.00.00.0000",
  ])
  func `What is no village code is refused`(text: String) {
    #expect(VillageCode(text) == nil)
  }

  @Test func `Villages are printed as the ministry prints them`() throws {
    #expect(VillageCode(number: 5_171_031_007)?.description == "51.71.03.1007")
    #expect(VillageCode(number: 7)?.description == "00.00.00.0007")
    #expect(VillageCode(number: 10_000_000_000) == nil)
    #expect(VillageCode(number: 0) == nil)

    var random = SplitMix64(seed: 1)
    for _ in 0..<500 {
      let village = try #require(VillageCode(number: UInt64(1 + random.below(9_999_999_999))))
      #expect(VillageCode(village.description) == village)
      #expect(village.description.utf8.count == 13)
    }
  }

  @Test func `Dots order by village, then replica, then counter`() throws {
    let villages = try [1, 2].map { try #require(VillageCode(number: $0)) }
    var dots: [Dot] = []
    for village in villages {
      for replica in [1, 2] as [UInt64] {
        for counter in [1, 2] as [UInt64] {
          dots.append(Dot(replica: ReplicaID(replica), village: village, counter: counter))
        }
      }
    }

    for (left, a) in dots.enumerated() {
      for (right, b) in dots.enumerated() { #expect((a < b) == (left < right)) }
    }
    #expect(dots[5].stream == StreamID(village: villages[1], replica: ReplicaID(1)))
    #expect(dots[3].stream < dots[4].stream && dots[1].stream < dots[2].stream)
    #expect(dots[0].description == "0000000000000001@00.00.00.0001#1")
  }

  @Test func `Two changes at one dot have two names`() throws {
    let village = try #require(VillageCode(number: 1))
    let dot = Dot(replica: ReplicaID(1), village: village, counter: 1)
    let next = Dot(replica: ReplicaID(1), village: village, counter: 2)
    let original = Name(dot: dot, tag: 0xaa)
    let clone = Name(dot: dot, tag: 0xbb)

    #expect(original != clone)
    #expect(Set([original, clone]).count == 2)
    #expect(original < clone && !(clone < original))
    #expect(clone < Name(dot: next, tag: 0))
    #expect(clone.description == "0000000000000001@00.00.00.0001#1:bb")
  }

  @Test func `A hash is 32 bytes, and its tag the first eight`() throws {
    let bytes = (1...32).map { UInt8($0) }
    let hash = try #require(ChainHash(bytes))

    #expect(hash.bytes == bytes)
    #expect(hash.tag == 0x0102_0304_0506_0708)
    #expect(hash.fourth == 0x191a_1b1c_1d1e_1f20)
    #expect(hash.description == "0102030405060708")
    #expect(ChainHash(bytes.dropLast()) == nil)
    #expect(ChainHash(bytes + [0]) == nil)
    #expect(ChainHash([UInt8](repeating: 0, count: 32)) == .start)
    for index in bytes.indices {
      var other = bytes
      other[index] ^= 0x80
      #expect(ChainHash(other) != hash)
    }
  }
}
