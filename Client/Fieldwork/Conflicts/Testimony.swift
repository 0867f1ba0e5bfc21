import Bytes
import Causality
import Forms
import Model
import Reading
import Rules
import Store

/// Says of the answers in one record who gave them, when, and knowing what.
///
/// What somebody knew is taken from the version vector that their stream states: of every change of
/// the record in that village it says whether it was held. A change of another village was known
/// through the carry that brought it.
final class Testimony {
  private let place: Workplace
  private let record: RecordID
  private let state: RecordState
  private let display: Display
  private let isThorough: Bool
  private var history: [JournalEntry]?
  private var carries: [JournalEntry] = []
  private var seenBefore: [Name: [SeenCount]] = [:]

  init(
    _ place: Workplace, _ reading: RecordReading, display: Display, isThorough: Bool = true
  ) {
    self.isThorough = isThorough
    self.place = place
    record = reading.record
    state = reading.state
    self.display = display
  }

  /// The witness of an answer that stands at a place of the record.
  func witness(of origin: Name, at path: Path) throws -> Witness? {
    guard let author = state.author(of: origin) else { return nil }
    let change = try place.store.change(origin)?.change
    guard isThorough else {
      return witness(origin, author, reason: change?.content.reason, seen: nil, replaced: [])
    }
    let placed = change?.content.answers.first { $0.path == path }
    return witness(
      origin, author, reason: change?.content.reason, seen: try seen(by: origin),
      replaced: try (placed?.replaces ?? []).map { try replaced($0, at: path) })
  }

  /// The witness of a change.
  func witness(of change: Change) -> Witness {
    witness(
      change.origin, change.content.author, reason: change.content.reason, seen: nil, replaced: [])
  }

  private func witness(
    _ origin: Name, _ author: Authorship, reason: String?, seen: [SeenCount]?,
    replaced: [ReplacedAnswer]
  ) -> Witness {
    let directory = place.standing.directory
    return Witness(
      origin: origin, person: author.person, personName: directory.person(author.person)?.name,
      device: author.device, deviceName: directory.device(author.device)?.name,
      time: author.stamp.milliseconds, trust: Trust(author), act: author.act, reason: reason,
      seen: seen, replaced: replaced)
  }

  private func replaced(_ name: Name, at path: Path) throws -> ReplacedAnswer {
    guard let change = try place.store.change(name)?.change,
      let answer = change.content.answers.first(where: { $0.path == path })?.answer
    else { return ReplacedAnswer(person: nil, text: nil) }
    return ReplacedAnswer(
      person: change.content.author.person, text: display.text(answer, at: path))
  }

  /// How many of each person's changes of the record the author of a change had seen.
  private func seen(by name: Name) throws -> [SeenCount]? {
    if let known = seenBefore[name] { return known }
    guard let vector = try place.store.held(before: name) else { return nil }
    let (changes, carries) = try changes()
    let village = name.dot.village
    let brought = carries.filter { carry in
      carry.change.dot.village == village && vector.covers(carry.change.dot)
    }
    var counts: [PersonID: (seen: Int, all: Int)] = [:]
    for entry in changes where entry.change.name != name {
      let change = entry.change
      let isSeen =
        change.dot.village == village && vector.covers(change.dot)
        || brought.contains { $0.change.brings(change.origin) }
      counts[change.content.author.person, default: (0, 0)].all += 1
      if isSeen { counts[change.content.author.person, default: (0, 0)].seen += 1 }
    }
    let seen = counts.sorted { $0.key < $1.key }.map {
      SeenCount(person: $0.key, seen: $0.value.seen, all: $0.value.all)
    }
    seenBefore[name] = seen
    return seen
  }

  private func changes() throws -> ([JournalEntry], carries: [JournalEntry]) {
    if let history { return (history, carries) }
    let all = try place.store.history(of: record)
    let hasMoved = state.origins.contains { $0.isMove }
    carries = hasMoved ? try place.store.carries(of: record) : []
    history = all
    return (all, carries)
  }
}

extension VersionVector {
  /// Whether a change in the vector's village is held.
  fileprivate func covers(_ dot: Dot) -> Bool {
    count(of: dot.replica) >= dot.counter
  }
}

extension Change {
  /// Whether it is a carry that accounts for an answer.
  fileprivate func brings(_ origin: Name) -> Bool {
    guard case .carry(let state, _) = content.body else { return false }
    return state.accounts(for: origin)
  }
}
