import Bytes
import Forms
import Model
import Reading
import Rules

/// One column of a table of answers: which part of which register it holds, in which row.
///
/// The rows of a keyed repeat are named by their keys, `omzet[2024].nilai`. Those of any other have
/// numbered slots, `produk[1].nama`, whose numbers mean nothing: `produk[1]._row` beside them holds
/// the letters of the row, by which it is found again.
struct TableColumn: Hashable, Sendable {
  /// What of a register stands in a column.
  enum Part: Hashable, Sendable {
    /// The answer to a question.
    case answer(Question)
    /// One member of a group.
    case member(Question, Int)
    /// A whole group, its members in order.
    case group
    /// The elements of a question.
    case elements(Question)
  }

  /// Which row of a repeat.
  enum Place: Hashable, Sendable {
    /// None: it is outside repeats.
    case record
    /// The row of a key.
    case keyed(Repeat, Text)
    /// A slot of any row.
    case slot(Repeat, Int)
  }

  /// What a column holds.
  enum Content: Hashable, Sendable {
    /// Answers.
    case register(Register, Part)
    /// The letters of the row in a slot.
    case letters
  }

  /// The letters of a row, as a column of its slot.
  static let letters = "_row"

  let name: String
  let place: Place
  let content: Content

  init(_ place: Place, _ content: Content) {
    let own: String =
      switch content {
      case .letters: TableColumn.letters
      case .register(let register, .group): register.name
      case .register(_, .answer(let question)), .register(_, .member(let question, _)),
        .register(_, .elements(let question)):
        question.name
      }
    switch place {
    case .record: name = own
    case .keyed(let repeated, let key): name = "\(repeated.name)[\(key)].\(own)"
    case .slot(let repeated, let number): name = "\(repeated.name)[\(number)].\(own)"
    }
    self.place = place
    self.content = content
  }

  /// The columns that a register is exported to.
  static func columns(of register: Register, at place: Place, withPrivate: Bool) -> [TableColumn] {
    let parts: [(Part, Question)] =
      switch register.kind {
      case .single(let question): [(.answer(question), question)]
      case .group(_, let members): members.enumerated().map { (.member($1, $0), $1) }
      case .choices(let question), .set(let question): [(.elements(question), question)]
      }
    return parts.filter { withPrivate || !$0.1.isPrivate }
      .map { TableColumn(place, .register(register, $0.0)) }
  }

  /// What stands in the column for a reading, where a slot holds a row.
  ///
  /// - Parameters:
  ///   - reading: the record as it was shown.
  ///   - slot: the row in the column's slot, if it is one.
  ///   - zoneMinutes: how far the survey's wall clock is ahead of UTC.
  func cell(_ reading: RecordReading, slot: Text?, zoneMinutes: Int) -> String {
    let row: Text?
    switch place {
    case .record: row = nil
    case .keyed(let repeated, let key):
      guard reading.rows(of: repeated).contains(key) else { return "" }
      row = key
    case .slot:
      guard let slot else { return "" }
      row = slot
    }
    guard case .register(let register, let part) = content else { return slot?.string ?? "" }
    if case .elements(let question) = part {
      return Typed.csv(elements: reading.elements(of: question, row: row), of: question)
    }
    guard let answer = reading.verdict(at: register.path(row: row)).answer else { return "" }
    switch part {
    case .answer(let question):
      return Typed.csv(answer, of: question, zoneOffsetMinutes: zoneMinutes)
    case .member(let question, let index):
      return Typed.csv(answer.member(index), of: question, zoneOffsetMinutes: zoneMinutes)
    case .group, .elements: return ""
    }
  }
}
