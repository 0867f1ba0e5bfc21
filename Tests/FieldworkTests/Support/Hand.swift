import Bytes
import Causality
import Fieldwork
import Forms
import Model
import Reading
import Store
import Testing

/// One person at one laptop, who types what people type.
struct Hand {
  let laptop: Laptop
  let person: String

  func place(_ privacy: Privacy = .masked) throws -> Workplace {
    try Workplace(laptop.store, person: PersonID(person), language: "en", privacy: privacy)
  }

  var actions: Actions { get throws { Actions(try place()) } }
  var desk: ConflictDesk { get throws { ConflictDesk(try place()) } }

  /// Adds a record of a closed business, which needs no other answers.
  @discardableResult
  func add(_ name: String, in village: VillageCode, _ more: String...) throws -> RecordID {
    laptop.time.pass(1000)
    let typed = ["hasil_kunjungan=tutup", "nama_usaha=\(name)"] + more
    return try actions.add(form: 1, in: village, try typed.map { try Assignment($0) }).record
  }

  func show(_ record: RecordID) throws -> ShownReading {
    try place().show(record, form: 1)
  }

  /// Edits from what was last shown.
  @discardableResult
  func edit(_ record: RecordID, _ typed: String..., seen: ViewToken? = nil) throws -> Outcome {
    laptop.time.pass(1000)
    return try actions.edit(record, form: 1, try typed.map { try Assignment($0) }, seen: seen)
  }

  /// Looks first, then edits.
  @discardableResult
  func lookAndEdit(_ record: RecordID, _ typed: String...) throws -> Outcome {
    _ = try show(record)
    laptop.time.pass(1000)
    return try actions.edit(record, form: 1, try typed.map { try Assignment($0) })
  }

  @discardableResult
  func resolve(
    _ record: RecordID, _ question: String, _ decision: Decision, seen: ViewToken? = nil
  ) throws -> Resolved {
    laptop.time.pass(1000)
    return try desk.resolve(
      record, form: 1, question, decision, because: "asked at the door", seen: seen)
  }

  func reading(_ record: RecordID) throws -> RecordReading {
    try place().reading(of: record, form: 1)
  }

  /// An answer as it would stand in a table.
  func answer(_ record: RecordID, _ name: String) throws -> String {
    let form = try place().form(1)
    let question = try #require(form.question(named: name))
    let reading = try reading(record)
    if question.hasElements {
      return Typed.csv(elements: reading.elements(of: question), of: question)
    }
    return Typed.csv(
      reading.answer(to: question) ?? .cleared, of: question, zoneOffsetMinutes: 480)
  }

  func csv(_ request: ExportRequest = ExportRequest(form: 1)) throws -> String {
    var bytes: [UInt8] = []
    _ = try Exporter(try place()).csv(request, to: { bytes += $0 })
    return String(decoding: bytes, as: UTF8.self)
  }

  @discardableResult
  func load(
    _ table: String, skipBad: Bool = false, again: Bool = false
  ) throws -> ImportReport {
    laptop.time.pass(1000)
    let request = ImportRequest(form: 1, name: "t.csv", skipBad: skipBad, again: again)
    return try Importer(try place()).run(Array(table.utf8), request)
  }
}

/// A table whose cells can be changed by column.
struct Sheet {
  var header: [String]
  var rows: [[String]]

  init(_ text: String) throws {
    var reader = CSVReader(Array(text.utf8))
    header = try #require(try reader.next()).fields
    rows = []
    while let row = try reader.next() { rows.append(row.fields) }
  }

  subscript(row: Int, column: String) -> String {
    get { header.firstIndex(of: column).map { rows[row][$0] } ?? "?" }
    set { if let index = header.firstIndex(of: column) { rows[row][index] = newValue } }
  }

  var text: String {
    var writer = CSVWriter()
    writer.row(header)
    for row in rows { writer.row(row) }
    return writer.text
  }
}
