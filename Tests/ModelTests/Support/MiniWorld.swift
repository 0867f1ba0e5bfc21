import Bytes
import Causality
import Model
import TestSupport

/// One record in two villages, and a few replicas that write in it, exchange and carry.
///
/// All that happens is chosen by whoever is asked, so a world is made by a seed or by going through
/// all small ones. Replicas hold both villages; each may be the office that carries.
struct MiniWorld {
  enum Action {
    /// Someone answers, in view of some of what stands.
    case write
    /// Someone moves the record.
    case move
    /// One replica takes what another holds of a village.
    case exchange
    /// One replica brings what it holds of the record in the other village.
    case carry
    /// One replica tells the village where the record went, and nothing else.
    case tell
    /// One replica issues a change again under a dot of its own.
    case reissue
  }

  struct Copy {
    var held: [Int] = []
    var state = RecordState()
  }

  static let villages = [Villages.sanur, Villages.renon]
  static let nama = Path(field: FieldID(16))
  static let produk = Path(row: Row(FieldID(20), "K7"), field: FieldID(21))

  let paths: [Path]
  let actions: [Action]
  /// What happened, by village.
  private(set) var events: [[Event]] = [[], []]
  private(set) var ledger = Ledger()
  /// The copies, by replica and then by village.
  private(set) var copies: [[Copy]]
  /// A change of a cloned store, which bears the first dot of the first replica.
  private let stray: Name
  private var made: UInt64 = 0

  init(replicas: Int, paths: [Path] = [nama, produk], actions: [Action]) {
    self.paths = paths
    self.actions = actions
    copies = Array(repeating: [Copy(), Copy()], count: replicas)
    let dot = Dot(replica: Self.replica(0), village: Self.villages[0], counter: 1)
    stray = Name(dot: dot, tag: 0x8000)
    ledger.note(stray, [.init(path: Self.nama, answer: .text("salinan"))], by: author(of: 9))
  }

  /// Replicas whose identifiers do not ascend with their index.
  private static func replica(_ index: Int) -> ReplicaID {
    ReplicaID([0x50, 0x10, 0x90][index])
  }

  private func author(of number: UInt64) -> Authorship {
    Authorship(
      person: .named("surveyor\(number % 3)"), device: DeviceID(UInt32(number)),
      stamp: Stamp(milliseconds: 1_790_000_000_000 + Int64(number)))
  }

  // MARK: What happens

  /// Does one thing, chosen out of all that is possible now.
  mutating func step(in village: Int, using chooser: inout some Choosing) {
    let replica = chooser.below(copies.count)
    let copy = copies[replica][village]
    let other = copies[replica][1 - village]
    switch chooser.pick(actions) {
    case .write:
      var answers: [PlacedAnswer] = []
      let first = chooser.below(paths.count)
      let last = first + chooser.below(paths.count - first)
      for path in paths[first...last] { answers.append(answer(at: path, on: copy, &chooser)) }
      put(answers, by: replica, in: village)
    case .move:
      put([answer(at: .village, on: copy, &chooser)], by: replica, in: village)
    case .exchange:
      let from = chooser.below(copies.count)
      for index in copies[from][village].held { take(index, to: replica, in: village) }
    case .carry where !other.held.isEmpty:
      bring(from: other, villageOnly: false, by: replica, to: village)
    case .tell where other.state.origins.contains(where: \.isMove):
      bring(from: other, villageOnly: true, by: replica, to: village)
    case .reissue:
      let held = copy.held.compactMap { index -> Name? in
        if case .puts = events[village][index].work { events[village][index].origin } else { nil }
      }
      let origin = chooser.pick([stray] + held)
      put(ledger.answers(of: origin), by: replica, in: village, origin: origin)
    case .carry, .tell: break
    }
  }

  private func answer(
    at path: Path, on copy: Copy, _ chooser: inout some Choosing
  ) -> PlacedAnswer {
    let seen = chooser.some(of: copy.state.siblings(at: path).map(\.origin))
    let answer: Answer =
      path == .village ? .village(Self.villages[Int(made % 2)]) : .whole(Int64(made % 3))
    return PlacedAnswer(path: path, replaces: seen, answer: answer)
  }

  private mutating func put(
    _ answers: [PlacedAnswer], by replica: Int, in village: Int, origin: Name? = nil
  ) {
    let name = nextName(of: replica, in: village)
    let author = author(of: made)
    if origin == nil { ledger.note(name, answers, by: author) }
    let first = origin.map { ledger.author(of: $0) ?? author } ?? author
    let event = Event(name: name, origin: origin ?? name, work: .puts(answers, by: first))
    events[village].append(event)
    take(events[village].count - 1, to: replica, in: village)
  }

  private mutating func bring(
    from other: Copy, villageOnly: Bool, by replica: Int, to village: Int
  ) {
    let name = nextName(of: replica, in: village)
    let accounted = ledger.accounted(by: other.held.map { events[1 - village][$0] })
    // A copy that is told of a move may be sent the whole state: it takes the moves alone.
    let state = villageOnly && made % 2 == 0 ? other.state.movesOnly : other.state
    let work = Event.Work.brings(state, accounting: accounted, villageOnly: villageOnly)
    events[village].append(Event(name: name, origin: name, work: work))
    take(events[village].count - 1, to: replica, in: village)
  }

  private mutating func take(_ index: Int, to replica: Int, in village: Int) {
    guard !copies[replica][village].held.contains(index) else { return }
    copies[replica][village].held.append(index)
    events[village][index].apply(to: &copies[replica][village].state)
  }

  private mutating func nextName(of replica: Int, in village: Int) -> Name {
    made += 1
    let stream = StreamID(village: Self.villages[village], replica: Self.replica(replica))
    let before = events[village].count { $0.name.dot.stream == stream }
    let dot = Dot(
      replica: stream.replica, village: stream.village, counter: UInt64(before + 1))
    return Name(dot: dot, tag: made)
  }

  // MARK: What must hold

  /// What was checked, and what was found wrong first.
  struct Finding {
    /// In how many orders the events may come.
    var orders = 0
    var merges = 0
    var wrong: String?
  }

  /// Whether every copy is what the ledger says.
  func checkCopies() -> String? {
    for (replica, villages) in copies.enumerated() {
      for (village, copy) in villages.enumerated() {
        let accounted = ledger.accounted(by: copy.held.map { events[village][$0] })
        if !ledger.agrees(copy.state, with: accounted) {
          return "replica \(replica) in village \(village) differs from the ledger"
        }
      }
    }
    return nil
  }

  /// Checks a village's events in every causal order, repeated, and merged from any two parts.
  ///
  /// Every set of events that is closed under causes gets a state the first time it is reached;
  /// each further way to reach it, by any last event, must lead to an equal one. Since the states
  /// are values, that covers all orders without going through each.
  func checkLaws(in village: Int, limit: Int = 6) -> Finding {
    let events = Array(self.events[village].prefix(limit))
    var finding = Finding()
    func members(_ set: Int) -> [Event] {
      events.indices.filter { set >> $0 & 1 == 1 }.map { events[$0] }
    }
    func found(_ what: String, _ set: Int) -> Finding {
      finding.wrong = "\(what), events \(String(set, radix: 2)) of \(events)"
      return finding
    }

    var states = [RecordState?](repeating: nil, count: 1 << events.count)
    var orders = [Int](repeating: 0, count: states.count)
    (states[0], orders[0]) = (RecordState(), 1)
    for set in states.indices {
      guard let state = states[set] else { continue }
      let held = members(set)
      if !ledger.agrees(state, with: ledger.accounted(by: held)) {
        return found("differs from the ledger", set)
      }
      if (try? RecordState(state.bytes)) != state { return found("lost in its bytes", set) }
      for (index, event) in events.enumerated() {
        var next = state
        if set >> index & 1 == 1 {
          event.apply(to: &next)
          if next != state { return found("event \(index) is not taken once", set) }
        } else if ledger.isReady(event, after: held) {
          event.apply(to: &next)
          let larger = set | 1 << index
          if let known = states[larger], known != next || known.bytes != next.bytes {
            return found("another order differs", larger)
          }
          states[larger] = next
          orders[larger] += orders[set]
        }
      }
    }
    finding.orders = orders[states.count - 1]

    for (one, left) in states.enumerated() {
      guard let left else { continue }
      for (other, right) in states.enumerated() {
        guard let right, let union = states[one | other] else { continue }
        var merged = left
        merged.merge(right)
        finding.merges += 1
        if merged != union { return found("merge with \(String(other, radix: 2)) differs", one) }
        if left.includes(right) != (merged.origins.count == left.origins.count) {
          return found("inclusion of \(String(other, radix: 2)) is wrong", one)
        }
      }
    }
    return finding
  }
}

extension Ledger {
  func author(of origin: Name) -> Authorship? {
    origins([origin], standingAt: registers(of: [origin])).first?.author
  }
}
