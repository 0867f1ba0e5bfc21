import Causality
import Model

/// Whether a record, or a row of a repeat, is there.
public enum Liveness: Hashable, Sendable {
  /// Nobody deleted it, or everyone who did was overruled.
  case alive
  /// It was deleted, and everything in it was seen by someone who did.
  case deleted
  /// It was deleted by someone, and another kept it or wrote in it unseen: a person must decide.
  case contested
}

/// What the life of a record or row comes to, and why.
///
/// Deleting hides and removes nothing, so what a deleter never saw is still there to object: an
/// answer that no standing delete has seen makes the record contested rather than gone. It is
/// enough that *some* delete saw it, since each of them alone would have hidden it rightly.
public struct LifeReading: Hashable, Sendable {
  /// Whether it is there.
  public let liveness: Liveness
  /// The deletes that stand.
  public let deletes: [Sibling]
  /// The answers that none of them has seen, in ascending order; empty while there is no delete.
  public let unseen: [Life.Seen]

  /// Makes a reading.
  public init(liveness: Liveness, deletes: [Sibling], unseen: [Life.Seen]) {
    self.liveness = liveness
    self.deletes = deletes
    self.unseen = unseen
  }
}

/// Reads whether a record is alive, or with `row` one row of it.
///
/// In scope are all answers of the record, those in its rows and its own fields included: a move
/// that the deleter had not seen also speaks against the delete, and so does a row that was brought
/// back. Of a row only its own places are. The life itself is not in scope, and that a row is gone
/// speaks against nothing.
///
/// - Complexity: O(places + pairs seen · log pairs seen).
public func lifeReading(of state: RecordState, row: Row?) -> LifeReading {
  let lives = state.siblings(at: Path(row: row, field: .life))
  let deletes = lives.filter { $0.deleted != nil }
  if deletes.isEmpty { return LifeReading(liveness: .alive, deletes: [], unseen: []) }
  var unseen = standing(in: state, row: row)
  // NB: taken together first, or a thousand deletes would each go through a thousand answers.
  let seen = deletes.map { $0.deleted?.seen ?? [] }
  unseen.subtract(ascending: seen.count == 1 ? seen[0] : seen.joined().sorted())
  let gone = rowDeletes(among: unseen, in: state)
  unseen.removeAll { gone.contains($0) }
  let isAgreed = deletes.count == lives.count && unseen.isEmpty
  return LifeReading(
    liveness: isAgreed ? .deleted : .contested, deletes: deletes, unseen: unseen)
}

/// Makes the answer that deletes a record or row, or brings it back, from what its author is shown.
///
/// It replaces only what the view holds of the life itself and lists the answers that stand in the
/// view. A list beyond ``Life/seenLimit`` is cut: what is left out counts as unseen, so the worst
/// is a question too many.
public func lifeAnswer(
  alive: Bool, seeing state: RecordState, row: Row?
) -> (replaces: [Name], answer: Answer) {
  let replaced = state.siblings(at: Path(row: row, field: .life)).map(\.origin)
  let seen = standing(in: state, row: row).prefix(Life.seenLimit)
  return (replaced, .life(Life(isAlive: alive, seen: Array(seen))))
}

/// Every answer in scope, in ascending order.
private func standing(in state: RecordState, row: Row?) -> [Life.Seen] {
  var pairs: [Life.Seen] = []
  for register in row.map(state.registers(of:)) ?? state.registers[...] {
    if register.path == Path(row: row, field: .life) { continue }
    for sibling in register.siblings {
      pairs.append(Life.Seen(path: register.path, name: sibling.origin))
    }
  }
  return pairs
}

/// Those of the answers that say that a row is gone.
private func rowDeletes(among pairs: [Life.Seen], in state: RecordState) -> Set<Life.Seen> {
  var deletes: Set<Life.Seen> = []
  var last: Path?
  for pair in pairs where pair.path.field == .life && pair.path != last {
    last = pair.path
    for sibling in state.siblings(at: pair.path) where sibling.deleted != nil {
      deletes.insert(Life.Seen(path: pair.path, name: sibling.origin))
    }
  }
  return deletes
}

extension Sibling {
  /// The delete that this is, if it is one.
  fileprivate var deleted: Life? {
    guard case .life(let life) = answer, !life.isAlive else { return nil }
    return life
  }
}

extension RecordState {
  /// The places of one row, which stand together because places ascend by row.
  fileprivate func registers(of row: Row) -> ArraySlice<Register> {
    let start = Path(row: row, field: FieldID(0))
    var low = 0
    var high = registers.count
    while low < high {
      let middle = (low + high) / 2
      if registers[middle].path < start { low = middle + 1 } else { high = middle }
    }
    return registers[low...].prefix { $0.path.row == row }
  }
}

extension [Life.Seen] {
  /// Takes out every pair of another ascending list; this one must ascend too.
  fileprivate mutating func subtract(ascending others: [Life.Seen]) {
    var rest = others[...]
    removeAll { pair in
      while let next = rest.first, next < pair { rest.removeFirst() }
      return rest.first == pair
    }
  }
}
