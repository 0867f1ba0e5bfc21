import Crypto
import Testing
import Workload

/// The workload's bytes are those that others were measured on.
@Suite struct `The workload` {
  private func sum(_ file: Denpasar.File, _ count: Int) -> String {
    var hash = SHA256()
    Denpasar.lines(of: file, records: count) { line in
      var line = line
      line.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    }
    return hash.finalize().map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0" + digits : digits
    }.joined()
  }

  @Test(arguments: [
    (Denpasar.File.records, "88f0dbb6614841596615a44e28204bb271f7969b7d560f458f6d4fc1488b4ae6"),
    (.table, "016e89a7936411cc83e342d9287d052b13338eeaf3fbaa4a7797625275912487"),
    (.edits, "a25a4e7eaaf9f3b73caabb63dd54902a01c239031171cd71d119b475a1d2959f"),
    (.cells, "75c975255328c9f7378dbc065cc3426617ba0e03ac045da4ec8ead6ebe5d3b32"),
    (.micro, "cb59b37b0bad9f526f7d0a5ec2b60131b1aad8177315ec6388278103d347332b"),
    (.small, "5267eb044dd9de14c7efd232e6d164091895314e26fdfe772cf572780235bc6a"),
  ])
  func `of 4,045 records has the bytes that are known`(file: Denpasar.File, expected: String) {
    #expect(sum(file, 4045) == expected)
  }

  @Test(arguments: [
    (Denpasar.File.records, "66a50c8e07d7be58e4b52b51a5bf19eec7b675bdf729da8347415fb74d4e7a6d"),
    (.table, "c4a0d6d7a0b53e4f8236c22a8d6ee82199c7174442c90a32f32293a62410932b"),
  ])
  func `of ten times as many has the bytes that are known`(file: Denpasar.File, expected: String) {
    #expect(sum(file, 40_450) == expected)
  }

  @Test(arguments: [
    (Denpasar.File.records, "5b0b63b12eb171d2dddd534caef9acf3ec0e51af8a39c54a074d08a92c78a3b3"),
    (.table, "b39c9620ef2e53a576aee65ae7ad34d1e1267ad270e39439729ab37790afa306"),
    (.edits, "bc09555c8cc1dd838b12d7c988b6a448fdf05af661c603be9ed7962ba97e6650"),
    (.cells, "6e836da1ff90863508661f39c356318396216c2df75dd2ccf485d7f29445c46c"),
    (.micro, "c543882c68daa9ea2c24350fddacb3c3a3f0f922a7a3ea0777bec9021dcfdbd8"),
    (.small, "1f49ef65e7ad728c3e509847d6cf66925f72d3eb98914640065c883b16189511"),
  ])
  func `of 100 records has the bytes that are known`(file: Denpasar.File, expected: String) {
    #expect(sum(file, 100) == expected)
  }

  @Test func `of other words has as many of each, and no word of its own`() {
    let (own, other) = (Denpasar.Terms.denpasar, Denpasar.Terms.heldOut)
    let lists = [\Denpasar.Terms.words, \.names, \.quarters, \.legal]
    for list in lists {
      #expect(own[keyPath: list].count == other[keyPath: list].count)
      #expect(Set(other[keyPath: list]).count == other[keyPath: list].count)
      #expect(Set(own[keyPath: list]).isDisjoint(with: other[keyPath: list]))
    }
    #expect(Denpasar.record(7, of: other).count == Denpasar.fields.count)
  }
}
