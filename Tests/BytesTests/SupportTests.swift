import TestSupport
import Testing

/// What the other tests choose their cases with.
struct SupportTests {
  @Test func `A generator goes through every combination once`() {
    var seen: [[Int]] = []
    var gen = Gen()
    while !gen.done() {
      let first = gen.below(3)
      seen.append(first == 2 ? [first] : [first, gen.below(2)])
    }

    #expect(seen == [[0, 0], [0, 1], [1, 0], [1, 1], [2]])
  }

  @Test func `A generator that is asked nothing has one turn`() {
    var turns = 0
    var gen = Gen()
    while !gen.done() { turns += 1 }

    #expect(turns == 1)
  }

  @Test func `All orders, selections and lists are generated`() {
    var orders = Set<[Int]>()
    var gen = Gen()
    while !gen.done() { orders.insert(gen.order(of: 1...4)) }
    #expect(orders.count == 24)

    var selections = Set<[Int]>()
    gen = Gen()
    while !gen.done() { selections.insert(gen.some(of: 1...4)) }
    #expect(selections.count == 16)

    var lists: [String] = []
    gen = Gen()
    while !gen.done() { lists.append(String(gen.list(upTo: 3, of: "ab"))) }
    #expect(lists.count == 1 + 2 + 4 + 8)
    #expect(Set(lists).count == lists.count)
  }

  @Test func `A seed gives the same numbers everywhere`() {
    var random = SplitMix64(seed: 1_234_567 as UInt64)

    #expect(random.next() == 6_457_827_717_110_365_317)
    #expect(random.next() == 3_203_168_211_198_807_973)
    #expect(random.next() == 9_817_491_932_198_370_423)
  }

  @Test func `The join laws are checked`() {
    let samples = [1, 2, 3]
    checkJoinLaws(of: samples, merge: max)

    withKnownIssue { checkJoinLaws(of: samples, merge: +) }
    withKnownIssue { checkJoinLaws(of: samples) { left, _ in left } }
    withKnownIssue { checkJoinLaws(of: samples) { ($0 + $1 + 1) / 2 } }
  }
}
