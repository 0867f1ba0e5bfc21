import Causality
import Model
import Testing

/// What happened at one dot of one record, as the tests know it.
struct Event {
  enum Work {
    case puts([PlacedAnswer], by: Authorship)
    /// A carry, with the origins that the copy it was taken from accounted for.
    case brings(RecordState, accounting: Set<Name>, villageOnly: Bool)
  }

  let name: Name
  /// The identity of its answers: the name, unless it issues another branch's change again.
  let origin: Name
  let work: Work

  func apply(to state: inout RecordState) {
    switch work {
    case .puts(let answers, let author): state.apply(origin, by: author, answers)
    case .brings(let other, _, let villageOnly): state.merge(other, villageOnly: villageOnly)
    }
  }
}

/// The naive reading of a record, against which the merge of states is held.
///
/// It keeps *all* that ever happened and derives everything from it: a set of events accounts for
/// the origins of its changes and for those that its carries brought; an answer stands if its
/// origin is accounted for and no change that is accounted for replaces it there. Nothing is
/// merged, nothing is dropped, and the order of events has no part in it.
struct Ledger {
  private var puts: [Name: (answers: [PlacedAnswer], author: Authorship)] = [:]

  /// Notes what a change says, whichever copies will hold it.
  mutating func note(_ origin: Name, _ answers: [PlacedAnswer], by author: Authorship) {
    puts[origin] = (answers, author)
  }

  func answers(of origin: Name) -> [PlacedAnswer] {
    puts[origin]?.answers ?? []
  }

  func isMove(_ origin: Name) -> Bool {
    answers(of: origin).contains { $0.path == .village }
  }

  /// The origins that events account for.
  func accounted(by events: [Event]) -> Set<Name> {
    var origins = Set<Name>()
    for event in events {
      switch event.work {
      case .puts: origins.insert(event.origin)
      case .brings(_, let brought, let villageOnly):
        origins.formUnion(villageOnly ? brought.filter(isMove) : brought)
      }
    }
    return origins
  }

  /// Whether an event may come after others: those before it in its stream, and what it replaces.
  func isReady(_ event: Event, after events: [Event]) -> Bool {
    let dot = event.name.dot
    let before = events.count { $0.name.dot.stream == dot.stream }
    guard before + 1 == dot.counter else { return false }
    guard case .puts(let answers, _) = event.work else { return true }
    return accounted(by: events).isSuperset(of: answers.flatMap(\.replaces))
  }

  /// The places where something stands, and what stands there.
  func registers(of origins: Set<Name>) -> [RecordState.Register] {
    var replaced: [Path: Set<Name>] = [:]
    for origin in origins {
      for placed in answers(of: origin) {
        replaced[placed.path, default: []].formUnion(placed.replaces)
      }
    }
    var standing: [Path: [Sibling]] = [:]
    for origin in origins.sorted() {
      for placed in answers(of: origin) where replaced[placed.path]?.contains(origin) != true {
        standing[placed.path, default: []].append(
          Sibling(origin: origin, answer: placed.answer))
      }
    }
    return standing.sorted { $0.key < $1.key }.map {
      .init(path: $0.key, siblings: Siblings($0.value))
    }
  }

  /// Every origin, with its author exactly while an answer of it stands.
  func origins(_ origins: Set<Name>, standingAt registers: [RecordState.Register])
    -> [RecordState.Origin]
  {
    let live = Set(registers.flatMap { $0.siblings.map(\.origin) })
    return origins.sorted().map { origin in
      .init(
        name: origin, isMove: isMove(origin),
        author: live.contains(origin) ? puts[origin]?.author : nil)
    }
  }

  /// Whether a state is exactly what the origins add up to.
  func agrees(_ state: RecordState, with origins: Set<Name>) -> Bool {
    let registers = registers(of: origins)
    return state.registers == registers
      && state.origins == self.origins(origins, standingAt: registers)
  }
}
