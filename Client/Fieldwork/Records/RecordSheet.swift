import Bytes
import Causality
import Forms
import Model
import Reading
import Rules
import Store

/// One answer of a record, as it is shown.
public struct SheetLine: Sendable {
  /// The place.
  public let place: PlaceName
  /// The answer, private ones masked.
  public let text: String
  /// How many answers stand there.
  public let behind: Int
  /// Whether a person must decide between them.
  public let isOpen: Bool
  /// Whether it is private.
  public let isPrivate: Bool
}

/// The answers in one row of a repeat.
public struct SheetRow: Sendable {
  /// The repeat and the row.
  public let place: PlaceName
  /// Whether the row is there, or contested.
  public let life: Liveness
  /// Its answers.
  public let lines: [SheetLine]
}

/// A record as `show` shows it.
public struct RecordSheet: Sendable {
  /// Its line in a list: since when it is saved here, and whether it is at the office.
  public let line: RecordLine
  /// What names this view.
  public let token: ViewToken
  /// What the rules make of it.
  public let reading: ShownReading
  /// The answers outside repeats, in the order of the form.
  public let lines: [SheetLine]
  /// The rows, in the order of the form and then of their own.
  public let rows: [SheetRow]
  /// Everything that the form's checks say of the record as it stands.
  public let findings: [Finding]
}

extension Workplace {
  /// Shows a record to the person, which is noted, and says everything about it that is shown.
  public func sheet(of record: RecordID, form: UInt32) throws -> RecordSheet {
    let shown = try show(record, form: form)
    let builder = SheetBuilder(display: display(shown.form), reading: shown.reading)
    return RecordSheet(
      line: try Listing(self).line(record, form: form), token: shown.token, reading: shown,
      lines: builder.lines(row: nil, of: nil), rows: builder.rows(),
      findings: checker(shown.form).check(shown.reading))
  }
}

/// Gathers what is shown of a reading.
struct SheetBuilder {
  private let display: Display
  private let reading: RecordReading
  private let namer: PlaceNamer

  init(display: Display, reading: RecordReading) {
    self.display = display
    self.reading = reading
    namer = PlaceNamer(display, reading)
  }

  /// The answers outside repeats, or in one row.
  func lines(row: Text?, of repeated: Repeat?) -> [SheetLine] {
    display.form.registers.filter { $0.repeat?.id == repeated?.id }.compactMap { register in
      register.hasElements ? elements(register, row) : answer(register, row)
    }
  }

  func rows() -> [SheetRow] {
    display.form.repeats.flatMap { repeated in
      reading.rows.filter { $0.row.group == repeated.id && $0.life.liveness != .deleted }.map {
        SheetRow(
          place: namer.name(of: Path(row: $0.row, field: .life)), life: $0.life.liveness,
          lines: lines(row: $0.row.id, of: repeated))
      }
    }
  }

  private func answer(_ register: Register, _ row: Text?) -> SheetLine? {
    let path = register.path(row: row)
    guard let place = reading.reading(at: path) else { return nil }
    let answer = place.verdict.answer ?? .cleared
    return SheetLine(
      place: namer.name(of: path), text: display.text(answer, of: register),
      behind: max(1, place.contenders.count), isOpen: place.verdict.isOpen,
      isPrivate: register.isPrivate)
  }

  private func elements(_ register: Register, _ row: Text?) -> SheetLine? {
    let path = register.path(row: row)
    let places = reading.registers.filter {
      $0.path.field == path.field && $0.path.row == path.row
    }
    guard !places.isEmpty else { return nil }
    let question = register.questions[0]
    return SheetLine(
      place: namer.name(of: path),
      text: display.text(elements: reading.elements(of: question, row: row), of: question),
      behind: places.map { max(1, $0.contenders.count) }.max() ?? 1,
      isOpen: places.contains { $0.verdict.isOpen }, isPrivate: register.isPrivate)
  }
}
