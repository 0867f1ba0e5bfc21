/// The edits of the workload: those of the laptops between two syncs, and two short lists of single
/// ones.
extension Denpasar {
  /// One edit of a record: the laptop that makes it, and the fields with their new values.
  public struct Edit: Sendable {
    /// What the edit is for.
    public enum Kind: String, Sendable {
      /// Of the laptop's own record, alone.
      case own
      /// The first of two that do not see each other.
      case first = "ca"
      /// The second of two that do not see each other.
      case second = "cb"
    }

    /// The laptop.
    public let laptop: Int
    /// The record.
    public let record: Int
    /// The fields by number, with their new values.
    public let changes: [(field: Int, value: Value)]
    /// What it is for.
    public let kind: Kind
  }

  /// The edits of the second part, in the order in which they are made.
  public static func edits(_ count: Int) -> [Edit] {
    let order = shuffled(count, seed: seed + 1)
    var r = SplitMix(seed + 2)
    var edits: [Edit] = []
    for record in order.prefix(count / 10) {
      let chosen = pickFields(&r, 3)
      let changes = chosen.map { ($0, newValue(of: $0, &r)) }
      edits.append(
        Edit(laptop: record % villages, record: record, changes: changes, kind: .own))
    }
    for record in order[(count / 10)..<(count / 10 + count / 20)] {
      let chosen = pickFields(&r, 4)
      let first = chosen.prefix(3).map { ($0, newValue(of: $0, &r)) }
      edits.append(
        Edit(laptop: record % villages, record: record, changes: first, kind: .first))
      let second = chosen.dropFirst().map { ($0, newValue(of: $0, &r)) }
      edits.append(
        Edit(laptop: (record + 1) % villages, record: record, changes: second, kind: .second))
    }
    return edits
  }

  /// An edit that one person makes alone.
  public struct SingleEdit: Sendable {
    /// The record.
    public let record: Int
    /// The fields by number, with their new values.
    public let changes: [(field: Int, value: Value)]
  }

  /// Edits of three fields each, to be saved one by one.
  public static func microEdits(_ count: Int, many: Int = 500) -> [SingleEdit] {
    singleEdits(count, many: many, fields: 3, seed: seed + 3)
  }

  /// Edits of one field each, the last news of one laptop.
  public static func smallEdits(_ count: Int, many: Int = 10) -> [SingleEdit] {
    singleEdits(count, many: many, fields: 1, seed: seed + 4)
  }

  private static func singleEdits(
    _ count: Int, many: Int, fields: Int, seed: UInt64
  ) -> [SingleEdit] {
    var r = SplitMix(seed)
    return (0..<many).map { _ in
      let record = r.below(UInt64(count))
      let changes = pickFields(&r, fields).map { ($0, newValue(of: $0, &r)) }
      return SingleEdit(record: record, changes: changes)
    }
  }

  private static func newValue(of field: Int, _ r: inout SplitMix) -> Value {
    switch fields[field].kind {
    case .text where fields[field].name == "notes": return .text(note(&r))
    case .integer: return .integer(Int64(r.below(100_000)))
    case .real: return .real(Int64(r.below(1_000_000_000)))
    case .text:
      let word = r.pick(Terms.denpasar.words)
      return .text("\(word) \(r.below(1000))")
    }
  }

  private static func pickFields(_ r: inout SplitMix, _ count: Int) -> [Int] {
    var all = Array(0..<fields.count)
    for index in 0..<count { all.swapAt(index, index + r.below(UInt64(all.count - index))) }
    return Array(all.prefix(count))
  }

  private static func shuffled(_ count: Int, seed: UInt64) -> [Int] {
    var r = SplitMix(seed)
    var all = Array(0..<count)
    for index in stride(from: count - 1, to: 0, by: -1) {
      all.swapAt(index, r.below(UInt64(index + 1)))
    }
    return all
  }
}
