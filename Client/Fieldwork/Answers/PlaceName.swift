import Bytes
import Causality
import Forms
import Model
import Reading

/// What people call a place in a record: `nama_usaha`, `produk[K7M3].nama`, `pemasaran` with the
/// element `bazar`, `desa`.
public struct PlaceName: Hashable, Sendable, CustomStringConvertible {
  /// What kind of place it is.
  public enum Kind: Hashable, Sendable {
    /// A question or group, or one element of a question.
    case answer
    /// The life of the record.
    case life
    /// The life of a row.
    case rowLife
    /// Where the record lives.
    case village
    /// A number that the form does not know.
    case unknown
  }

  /// The word for where a record lives, which is no question.
  public static let village = "desa"

  /// What kind of place it is.
  public let kind: Kind
  /// The question, group or repeat.
  public let name: String
  /// The row, as it is typed: its key, or the shortest beginning of its letters that is its own.
  public let row: String?
  /// The element, if it is one of several.
  public let element: String?
  /// What people see, in the language of the workplace.
  public let label: String

  /// As it is typed in an assignment, without the element; empty for the record as a whole.
  public let description: String
}

/// Finds the names of the places of one record.
struct PlaceNamer {
  /// The fewest letters of a row that are shown.
  static let shortestRow = 4

  let display: Display
  private let rows: [Row]

  /// Makes a namer for a record with these rows.
  init(_ display: Display, rows: [Row]) {
    self.display = display
    self.rows = rows
  }

  init(_ display: Display, _ reading: RecordReading?) {
    self.init(display, rows: (reading?.rows ?? []).map(\.row))
  }

  func name(of path: Path) -> PlaceName {
    let repeated = path.row.flatMap { row in
      display.form.repeats.first { $0.id == row.group }
    }
    let row = path.row.map { spelt($0, of: repeated) }
    let owner = repeated.map { "\($0.name)[\(row ?? "")]" } ?? row.map { "#[\($0)]" }
    let before = owner.map { $0 + "." } ?? ""
    if path == .village {
      return PlaceName(
        kind: .village, name: PlaceName.village, row: nil, element: nil,
        label: PlaceName.village, description: PlaceName.village)
    }
    if path.field == .life {
      return PlaceName(
        kind: row == nil ? .life : .rowLife, name: repeated?.name ?? "", row: row, element: nil,
        label: repeated?.label(display.language) ?? "", description: owner ?? "")
    }
    guard let register = display.form.register(field: path.field) else {
      let name = "#\(path.field.number)"
      return PlaceName(
        kind: .unknown, name: name, row: row, element: nil, label: name,
        description: before + name)
    }
    let isElement = register.hasElements && !path.element.isEmpty
    let element = isElement ? display.text(.present, at: path) : nil
    return PlaceName(
      kind: .answer, name: register.name, row: row, element: element,
      label: register.label(display.language), description: before + register.name)
  }

  /// The place of a question, of a group the member's own name.
  func name(of question: Question, row: Text?) -> PlaceName {
    let repeated = question.repeatName.flatMap { display.form.repeat(named: $0) }
    let place = repeated.flatMap { repeated in row.map { Row(repeated.id, $0) } }
    let short = place.map { spelt($0, of: repeated) }
    let before = repeated.map { "\($0.name)[\(short ?? "")]." } ?? ""
    return PlaceName(
      kind: .answer, name: question.name, row: short, element: nil,
      label: question.label(display.language), description: before + question.name)
  }

  /// A key, masked if it is private, or the shortest beginning of the letters of a row.
  private func spelt(_ row: Row, of repeated: Repeat?) -> String {
    if let repeated, let key = repeated.key {
      let isPrivate = display.form.question(named: "\(repeated.name)/\(key)")?.isPrivate ?? false
      return display.privacy.text(row.id.string, isPrivate: isPrivate)
    }
    let letters = row.id.string
    var length = PlaceNamer.shortestRow
    for other in rows where other.group == row.group && other != row {
      let shared = zip(letters.utf8, other.id.string.utf8).prefix { $0 == $1 }.count
      length = max(length, shared + 1)
    }
    return String(letters.prefix(length))
  }
}
