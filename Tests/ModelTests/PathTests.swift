import Bytes
import Causality
import Model
import TestSupport
import Testing

/// Places, people and records.
struct PathTests {
  @Test func `Places outside rows come first, then by row, field and element`() {
    let (produk, bahan) = (FieldID(20), FieldID(21))
    func places() -> [Path] {
      [
        Path.life, .village, Path(field: FieldID(16)), Path(field: FieldID(16), element: "a"),
        Path(field: FieldID(16), element: "b"), Path(field: FieldID(17)),
        Path(row: Row(produk, ""), field: FieldID(30)),
        Path(row: Row(produk, "a"), field: .life), Path(row: Row(produk, "a"), field: FieldID(30)),
        Path(row: Row(produk, "a"), field: FieldID(30), element: "a"),
        Path(row: Row(produk, "b"), field: .life), Path(row: Row(bahan, "a"), field: .life),
      ]
    }
    // NB: made twice, because two places are the same by what they say.
    for (left, a) in places().enumerated() {
      for (right, b) in places().enumerated() {
        #expect((a < b) == (left < right))
        #expect((a == b) == (left == right))
      }
    }
    #expect(Set(places() + places()).count == places().count)
    #expect(places().map(\.isVillage) == places().indices.map { $0 == 1 })
    #expect(FieldID.alias.isSystem && !FieldID(FieldID.firstOfForm).isSystem)
  }

  @Test(arguments: [
    "", "Wayan", "wayan kelod", "@office", "wayän", String(repeating: "a", count: 33),
  ])
  func `What is no person is refused`(word: String) {
    #expect(PersonID(word) == nil)
  }

  @Test func `People are short words, and the office is one of them`() {
    #expect(PersonID("surveyor1")?.description == "surveyor1")
    #expect(PersonID(String(repeating: "a", count: 32)) != nil)
    #expect(PersonID.office < PersonID.named("a"))
  }

  @Test func `Roles ascend, and each may what those below may`() {
    let roles = Role.allCases
    #expect(roles == roles.sorted())
    #expect(roles.map(\.mayWrite) == [false, true, true, true])
    #expect(roles.map(\.mayResolve) == [false, false, true, true])
    for role in roles { #expect(Role(role.description) == role) }
    #expect(Role("Admin") == nil)
  }

  @Test func `A record is the first 80 bits of the hash of the change that created it`() throws {
    let hash = try #require(ChainHash((1...32).map { UInt8($0) }))
    let record = RecordID(creation: hash)
    let dot = Dot(replica: ReplicaID(1), village: Villages.sanur, counter: 1)

    #expect(record.bytes == (1...10).map { UInt8($0) })
    #expect(record.isCreated(by: Name(dot: dot, tag: hash.tag)))
    #expect(!record.isCreated(by: Name(dot: dot, tag: hash.tag + 1)))
    #expect(RecordID(record.bytes) == record)
    #expect(RecordID(record.bytes.dropLast()) == nil)
    #expect(RecordID(record.number) == record)
  }

  @Test func `A prefix of a record's letters is a range of records`() throws {
    var random = SplitMix64(seed: 11)
    for _ in 0..<100 {
      let record = RecordID(UInt128(random.next()) << 16 | UInt128(random.below(1 << 16)))
      #expect(record.description.utf8.count == RecordID.letterCount)
      let short = String(record.description.prefix(RecordID.shortest))
      let range = try #require(Letters.range(ofPrefix: short, bits: 80))
      #expect(range.contains(record.number))
    }
  }

  @Test func `All letters of a record are read, and those of none are not`() {
    var random = SplitMix64(seed: 12)
    var refused = 0
    for _ in 0..<100 {
      let record = RecordID(UInt128(random.next()) << 16 | UInt128(random.below(1 << 16)))
      let letters = record.description
      #expect(RecordID(letters: letters) == record)
      #expect(RecordID(letters: letters.lowercased()) == record)
      #expect(RecordID(letters: String(letters.dropLast())) == nil)
      #expect(RecordID(letters: letters + "2") == nil)

      let other = letters.dropLast() + String(UnicodeScalar(random.pick(Letters.alphabet)))
      guard let near = RecordID(letters: String(other)) else {
        refused += 1
        continue
      }
      #expect(near.description == other)
    }
    #expect(refused > 50)
    #expect(RecordID(high: 1, low: 0) > RecordID(high: 0, low: .max))
  }
}
