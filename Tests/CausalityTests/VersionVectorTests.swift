import Causality
import TestSupport
import Testing

/// The vector clock of a village.
struct VersionVectorTests {
  static let wayan = ReplicaID(10)
  static let made = ReplicaID(20)
  static let ketut = ReplicaID(30)

  static func vector(_ entries: (ReplicaID, UInt64, UInt64)...) -> VersionVector {
    VersionVector(entries.map { .init(replica: $0.0, count: $0.1, head: $0.2) })
  }

  static func joined(_ left: VersionVector, _ right: VersionVector) -> VersionVector {
    var joined = left
    joined.merge(right)
    return joined
  }

  /// Every vector of two replicas with counts up to 2 and one of two hashes for each.
  static let small: [VersionVector] = {
    var all: [VersionVector] = []
    var gen = Gen()
    while !gen.done() {
      var vector = VersionVector()
      for replica in [wayan, made] where gen.yes() {
        let count = UInt64(1 + gen.below(2))
        vector.raise(.init(replica: replica, count: count, head: UInt64(1 + gen.below(2))))
      }
      all.append(vector)
    }
    return all
  }()

  @Test func `The example in the documentation holds`() {
    let (wayan, made) = (Self.wayan, Self.made)
    let (w1, w2, m4) = (0xa1, 0xa2, 0xb4) as (UInt64, UInt64, UInt64)
    var laptop = VersionVector([.init(replica: wayan, count: 2, head: w2)])
    let office = VersionVector([
      .init(replica: wayan, count: 1, head: w1), .init(replica: made, count: 4, head: m4),
    ])
    #expect(laptop.relation(to: office) == .concurrent)

    laptop.merge(office)

    #expect(laptop == Self.vector((Self.wayan, 2, 0xa2), (Self.made, 4, 0xb4)))
    #expect(laptop.relation(to: office) == .after)
  }

  // MARK: Laws

  @Test func `Merging is a join`() {
    #expect(Self.small.count == 25)
    checkJoinLaws(of: Self.small, merge: Self.joined)
  }

  @Test func `The empty history adds nothing`() {
    for vector in Self.small {
      #expect(Self.joined(vector, VersionVector()) == vector)
      #expect(Self.joined(VersionVector(), vector) == vector)
    }
  }

  @Test func `A merge holds what either held, and nothing else`() {
    for a in Self.small {
      for b in Self.small {
        let both = Self.joined(a, b)
        for replica in [Self.wayan, Self.made, Self.ketut] {
          #expect(both.count(of: replica) == max(a.count(of: replica), b.count(of: replica)))
          #expect(both[replica] == a[replica] || both[replica] == b[replica])
        }
        #expect(VersionVector(ascending: both.entries) == both)
        #expect(VersionVector(a.entries + b.entries) == both)
      }
    }
  }

  @Test func `The relation agrees with the merge`() {
    for a in Self.small {
      for b in Self.small {
        let both = Self.joined(a, b)
        switch a.relation(to: b) {
        case .equal: #expect(a == b)
        case .before: #expect(a.total < b.total && both.total == b.total)
        case .after: #expect(a.total > b.total && both.total == a.total)
        case .concurrent: #expect(both.total > max(a.total, b.total))
        case .forked:
          #expect(
            a.entries.contains { b[$0.replica]?.count == $0.count && b[$0.replica] != $0 })
        }
      }
    }
  }

  @Test func `The relation turns around`() {
    for a in Self.small {
      for b in Self.small {
        let expected: CausalRelation =
          switch a.relation(to: b) {
          case .before: .after
          case .after: .before
          case let same: same
          }
        #expect(b.relation(to: a) == expected)
      }
    }
  }

  // MARK: The table

  @Test(
    arguments: [
      (vector(), vector(), .equal),
      (vector(), vector((made, 1, 1)), .before),
      (vector((made, 1, 1)), vector(), .after),
      (vector((made, 1, 1)), vector((made, 1, 1)), .equal),
      (vector((made, 1, 1)), vector((made, 2, 2)), .before),
      (vector((made, 3, 3)), vector((made, 2, 2)), .after),
      (vector((made, 1, 1)), vector((wayan, 1, 1)), .concurrent),
      (vector((made, 1, 1), (wayan, 1, 1)), vector((wayan, 1, 1)), .after),
      (vector((wayan, 1, 1)), vector((made, 1, 1), (wayan, 1, 1)), .before),
      (vector((made, 1, 1), (wayan, 2, 2)), vector((made, 2, 2), (wayan, 1, 1)), .concurrent),
      (vector((made, 1, 1), (wayan, 2, 2)), vector((wayan, 2, 2), (ketut, 1, 1)), .concurrent),
      (vector((made, 2, 7)), vector((made, 2, 8)), .forked),
      (vector((made, 2, 7), (wayan, 9, 9)), vector((made, 2, 8)), .forked),
      (vector((ketut, 5, 5), (made, 2, 7)), vector((made, 2, 8), (wayan, 1, 1)), .forked),
    ] as [(VersionVector, VersionVector, CausalRelation)])
  func `Two histories stand to each other in one of five ways`(
    left: VersionVector, right: VersionVector, relation: CausalRelation
  ) {
    #expect(left.relation(to: right) == relation)
  }

  @Test func `A fork below the heads is not seen by counts`() {
    let restored = Self.vector((Self.made, 2, 7))
    let office = Self.vector((Self.made, 3, 9))

    #expect(restored.relation(to: office) == .before)
  }

  @Test func `Of a fork the same branch stays, whoever merges`() {
    let one = Self.vector((Self.made, 2, 7))
    let other = Self.vector((Self.made, 2, 8))

    #expect(Self.joined(one, other) == Self.joined(other, one))
    #expect(Self.joined(one, other)[Self.made]?.head == 8)
  }

  // MARK: One history, one representation

  @Test func `The order in which entries come leaves no trace`() {
    let entries = [Self.wayan, Self.made, Self.ketut].flatMap { replica in
      [1, 2].map { VersionVector.Entry(replica: replica, count: $0, head: $0) }
    }
    var seen = Set<VersionVector>()
    var gen = Gen()
    while !gen.done() { seen.insert(VersionVector(gen.order(of: entries))) }

    #expect(seen == [Self.vector((Self.wayan, 2, 2), (Self.made, 2, 2), (Self.ketut, 2, 2))])
  }

  @Test func `An entry that is set takes the place of whatever was there`() {
    var vector = VersionVector([.init(replica: Self.made, count: 3, head: 9)])
    vector.set(.init(replica: Self.wayan, count: 2, head: 5))
    vector.set(.init(replica: Self.made, count: 1, head: 7))
    let both: [VersionVector.Entry] = [
      .init(replica: Self.made, count: 1, head: 7), .init(replica: Self.wayan, count: 2, head: 5),
    ]
    #expect(vector.entries == both.sorted { $0.replica < $1.replica })
    vector.set(.init(replica: Self.made, count: 0, head: 0))
    #expect(vector.entries == [both[1]])
  }

  @Test func `An entry is raised and never lowered`() {
    var vector = Self.vector((Self.made, 2, 2))
    vector.raise(.init(replica: Self.made, count: 1, head: 9))
    vector.raise(.init(replica: Self.wayan, count: 0, head: 9))
    #expect(vector == Self.vector((Self.made, 2, 2)))

    vector.raise(.init(replica: Self.made, count: 3, head: 1))
    #expect(vector == Self.vector((Self.made, 3, 1)))
    #expect(vector[Self.wayan] == nil)
    #expect(vector.count(of: Self.wayan) == 0)
  }

  @Test func `Entries in disorder, doubled, empty or beyond all counting are refused`() {
    func entry(_ replica: ReplicaID, _ count: UInt64) -> VersionVector.Entry {
      .init(replica: replica, count: count, head: 1)
    }
    #expect(VersionVector(ascending: []) == VersionVector())
    #expect(VersionVector(ascending: [entry(Self.wayan, 1), entry(Self.made, 1)]) != nil)
    #expect(VersionVector(ascending: [entry(Self.made, 1), entry(Self.wayan, 1)]) == nil)
    #expect(VersionVector(ascending: [entry(Self.made, 1), entry(Self.made, 2)]) == nil)
    #expect(VersionVector(ascending: [entry(Self.made, 0)]) == nil)
    #expect(VersionVector(ascending: [entry(Self.made, Dot.counterLimit)]) != nil)
    #expect(VersionVector(ascending: [entry(Self.made, Dot.counterLimit + 1)]) == nil)
  }

  @Test func `The total of the longest streams does not overflow`() throws {
    let entries = (1...70_000 as ClosedRange<UInt64>).map {
      VersionVector.Entry(replica: ReplicaID($0), count: Dot.counterLimit, head: 1)
    }
    let vector = try #require(VersionVector(ascending: entries))

    #expect(vector.total == .max)
    #expect(Self.vector((Self.made, 2, 1), (Self.wayan, 3, 1)).total == 5)
    #expect(VersionVector().total == 0 && VersionVector().isEmpty)
  }

  @Test func `Many replicas are found by halving`() {
    let even = (0..<100 as Range<UInt64>).map { ReplicaID($0 * 2) }
    let vector = VersionVector(even.map { .init(replica: $0, count: $0.number + 1, head: 0) })

    for replica in even { #expect(vector.count(of: replica) == replica.number + 1) }
    for replica in even { #expect(vector[ReplicaID(replica.number + 1)] == nil) }
    #expect(Self.vector((Self.made, 3, 0)).description == "[0000000000000014:3]")
  }
}
