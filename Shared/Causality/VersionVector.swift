/// How two histories of one village stand to each other.
public enum CausalRelation: Hashable, Sendable {
  /// Both hold the same changes.
  case equal
  /// The left holds less than the right, and nothing else.
  case before
  /// The left holds all of the right, and more.
  case after
  /// Each holds something that the other lacks.
  case concurrent
  /// They hold different changes at one dot: a replica was cloned or restored.
  case forked
}

/// The vector clock of one village: for each replica, how many of its changes are held, and the
/// hash of the last.
///
/// A replica numbers its own changes in a village 1, 2, 3, … without gaps, so one counter describes
/// the whole prefix that is held, and the hash of the last change says *which* prefix. Vectors form
/// a join semilattice: ``merge(_:)`` is commutative, associative and idempotent among vectors
/// without a fork, which is why changes may arrive late, twice or by any road.
///
/// ```swift
/// var laptop = VersionVector([.init(replica: wayan, count: 2, head: w2)])
/// let office = VersionVector([
///   .init(replica: wayan, count: 1, head: w1), .init(replica: made, count: 4, head: m4),
/// ])
/// laptop.relation(to: office)  // .concurrent
/// laptop.merge(office)         // wayan: 2, made: 4
/// laptop.relation(to: office)  // .after
/// ```
///
/// - Invariant: entries are in ascending order of replica and none is zero, so equal histories have
///   equal representations.
public struct VersionVector: Hashable, Sendable {
  /// One replica's part of the history.
  public struct Entry: Hashable, Sendable {
    /// The replica.
    public let replica: ReplicaID
    /// How many of its changes are held; at least 1.
    public let count: UInt64
    /// The first eight bytes of the hash of the last of them.
    public let head: UInt64

    /// Makes an entry.
    public init(replica: ReplicaID, count: UInt64, head: UInt64) {
      self.replica = replica
      self.count = count
      self.head = head
    }
  }

  /// The entries in ascending order of replica.
  public private(set) var entries: [Entry]

  /// Makes the vector of an empty history.
  public init() {
    entries = []
  }

  /// Makes a vector of entries in any order; of two for one replica the larger count stays.
  public init(_ entries: some Sequence<Entry>) {
    self.init()
    for entry in entries { raise(entry) }
  }

  /// Makes a vector of entries that must already be in strictly ascending order with counts above
  /// zero; `nil` otherwise.
  public init?(ascending entries: [Entry]) {
    for (index, entry) in entries.enumerated() {
      guard entry.count > 0, entry.count <= Dot.counterLimit else { return nil }
      if index > 0 && entries[index - 1].replica >= entry.replica { return nil }
    }
    self.entries = entries
  }

  /// Whether nothing is held.
  public var isEmpty: Bool { entries.isEmpty }

  /// How many changes are held in all, or the largest number there is: a hostile vector can claim
  /// more than 64 bits can count.
  public var total: UInt64 {
    entries.reduce(0) { total, entry in
      let (sum, isTooLarge) = total.addingReportingOverflow(entry.count)
      return isTooLarge ? .max : sum
    }
  }

  /// The entry of a replica.
  ///
  /// - Complexity: O(log n).
  public subscript(replica: ReplicaID) -> Entry? {
    let index = firstIndex(notBefore: replica)
    guard index < entries.count, entries[index].replica == replica else { return nil }
    return entries[index]
  }

  /// How many of a replica's changes are held.
  public func count(of replica: ReplicaID) -> UInt64 {
    self[replica]?.count ?? 0
  }

  /// Takes an entry in if it says more than what is there.
  public mutating func raise(_ entry: Entry) {
    guard entry.count > 0 else { return }
    let index = firstIndex(notBefore: entry.replica)
    if index < entries.count, entries[index].replica == entry.replica {
      entries[index] = Self.larger(entries[index], entry)
    } else {
      entries.insert(entry, at: index)
    }
  }

  /// Puts an entry in the place of whatever is there of its replica.
  public mutating func set(_ entry: Entry) {
    let index = firstIndex(notBefore: entry.replica)
    if index < entries.count, entries[index].replica == entry.replica {
      entries.remove(at: index)
    }
    if entry.count > 0 { entries.insert(entry, at: index) }
  }

  /// Joins another history of the same village into this one.
  ///
  /// - Complexity: O(n + m).
  public mutating func merge(_ other: VersionVector) {
    if other.entries.isEmpty { return }
    var joined: [Entry] = []
    joined.reserveCapacity(max(entries.count, other.entries.count))
    var left = entries[...]
    var right = other.entries[...]
    while let a = left.first, let b = right.first {
      if a.replica < b.replica {
        joined.append(a)
        left.removeFirst()
      } else if b.replica < a.replica {
        joined.append(b)
        right.removeFirst()
      } else {
        joined.append(Self.larger(a, b))
        left.removeFirst()
        right.removeFirst()
      }
    }
    joined.append(contentsOf: left)
    joined.append(contentsOf: right)
    entries = joined
  }

  /// How this history stands to another.
  ///
  /// A fork is seen here only where both count the same and the hashes differ; where the counts
  /// differ, whoever holds the longer stream compares the hash at the smaller counter.
  public func relation(to other: VersionVector) -> CausalRelation {
    var more = false
    var less = false
    for entry in entries {
      guard let theirs = other[entry.replica] else {
        more = true
        continue
      }
      if entry.count == theirs.count {
        if entry.head != theirs.head { return .forked }
      } else if entry.count > theirs.count {
        more = true
      } else {
        less = true
      }
    }
    if other.entries.contains(where: { self[$0.replica] == nil }) { less = true }
    switch (more, less) {
    case (false, false): return .equal
    case (true, false): return .after
    case (false, true): return .before
    case (true, true): return .concurrent
    }
  }

  /// Of two entries for one replica the one that says more; of two that count the same and differ
  /// the one with the larger hash, so that a merge does not depend on its order.
  static func larger(_ a: Entry, _ b: Entry) -> Entry {
    a.count == b.count ? (a.head >= b.head ? a : b) : (a.count > b.count ? a : b)
  }

  func firstIndex(notBefore replica: ReplicaID) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].replica < replica { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension VersionVector: CustomStringConvertible {
  /// The vector in letters, for logs: `[000000000000002a:3 …]`.
  public var description: String {
    "[" + entries.map { "\($0.replica):\($0.count)" }.joined(separator: " ") + "]"
  }
}
