import Causality
import Forms
import Model
import Reading
import Store

/// What a change did, in one word.
public enum Deed: String, Hashable, Sendable {
  /// The record was created.
  case created
  /// Answers were given.
  case edited
  /// A conflict was settled.
  case resolved
  /// The record was deleted.
  case deleted
  /// The record was brought back, or kept.
  case undeleted
  /// The record was moved.
  case moved
  /// The office brought the record over from another village.
  case carried
  /// Something that this version does not know.
  case unknown
}

/// One answer of a change: what it was and what it became.
public struct HistoryLine: Hashable, Sendable {
  /// The place.
  public let place: PlaceName
  /// The answers that it replaced, private ones masked; none if it replaced nothing that is known.
  public let old: [String]
  /// The answer, private ones masked.
  public let new: String
  /// Whether an element or a row came (`true`) or went (`false`); `nil` for other answers.
  public let isThere: Bool?
  /// Whether the answer is an increment of what is counted.
  public let isIncrement: Bool
}

/// One change of a record.
public struct HistoryEntry: Sendable {
  /// What it did.
  public let deed: Deed
  /// Who, when and with what right.
  public let witness: Witness
  /// The village in whose stream it is.
  public let village: VillageCode
  /// Of a carry, the villages that answers came from; of a move, where it went.
  public let villages: [VillageCode]
  /// Its answers.
  public let lines: [HistoryLine]
  /// When it was applied here, in milliseconds since 1970.
  public let arrived: Int64
}

/// Everything that happened to a record, as far as it is held here.
public struct History: Sendable {
  /// The record's line in a list.
  public let line: RecordLine
  /// The changes, the oldest first.
  public let entries: [HistoryEntry]
  /// Whether nothing of it was dropped here, or left out when this laptop began with a snapshot.
  public let isWhole: Bool

  /// Reads the history of a record.
  public init(_ place: Workplace, of record: RecordID, form number: UInt32) throws {
    let reading = try place.reading(of: record, form: number)
    line = try Listing(place).line(record, form: number)
    isWhole = try place.store.isHistoryWhole(of: record)
    let changes = try place.store.history(of: record)
    let carries = try place.store.carries(of: record)
    let scribe = Scribe(
      place, reading, display: place.display(try place.form(number)), changes: changes)
    entries = (changes + carries).sorted {
      ($0.change.content.author.stamp, $0.change.dot)
        < ($1.change.content.author.stamp, $1.change.dot)
    }.map(scribe.entry)
  }
}

/// Writes entries of a history.
private struct Scribe {
  private let display: Display
  private let namer: PlaceNamer
  private let testimony: Testimony
  private let known: [Name: Change]

  init(
    _ place: Workplace, _ reading: RecordReading, display: Display, changes: [JournalEntry]
  ) {
    self.display = display
    namer = PlaceNamer(display, reading)
    testimony = Testimony(place, reading, display: display)
    known = Dictionary(changes.map { ($0.change.origin, $0.change) }) { first, _ in first }
  }

  func entry(_ entry: JournalEntry) -> HistoryEntry {
    let change = entry.change
    var villages: [VillageCode] = []
    switch change.content.body {
    case .answers(let answers):
      for placed in answers {
        if case .village(let village) = placed.answer { villages.append(village) }
      }
    case .carry(let state, _):
      villages = Set(state.origins.map(\.name.dot.village)).sorted()
    case .unknown: break
    }
    return HistoryEntry(
      deed: deed(of: change), witness: testimony.witness(of: change),
      village: change.dot.village, villages: villages,
      lines: change.content.answers.compactMap(line), arrived: entry.arrived)
  }

  private func deed(of change: Change) -> Deed {
    switch change.content.body {
    case .unknown: return .unknown
    case .carry: return .carried
    case .answers(let answers):
      if change.content.record == nil { return .created }
      if answers.contains(where: { $0.path == .village }) { return .moved }
      if case .life(let life)? = answers.first(where: { $0.path == .life })?.answer {
        return life.isAlive ? .undeleted : .deleted
      }
      return change.content.author.act == .resolution ? .resolved : .edited
    }
  }

  private func line(_ placed: PlacedAnswer) -> HistoryLine? {
    var isThere: Bool?
    switch placed.answer {
    // A row that appears with its first answers, and a record with its own, need no line.
    case .life(let life) where life.isAlive && placed.replaces.isEmpty: return nil
    case .life(let life): isThere = life.isAlive
    case .present: isThere = true
    case .absent: isThere = false
    default: break
    }
    let old = isThere == nil ? placed.replaces.compactMap { answer($0, at: placed.path) } : []
    return HistoryLine(
      place: namer.name(of: placed.path), old: old,
      new: display.text(placed.answer, at: placed.path), isThere: isThere,
      isIncrement: display.form.register(field: placed.path.field)?.rule == .sum
        && placed.replaces.isEmpty)
  }

  private func answer(_ name: Name, at path: Path) -> String? {
    known[name]?.content.answers.first { $0.path == path }.map {
      display.text($0.answer, at: path)
    }
  }
}
