import Bytes
import Causality
import Forms
import Model
import Reading
import Rules
import Store

/// Records as JSON, version 1: docs/formats/EXPORT.md says what is in them.
public struct RecordJSON: Sendable {
  /// The version; raised when a field changes its meaning or goes.
  public static let version = 1

  private let place: Workplace
  private let form: Form
  private let withPrivate: Bool

  /// Makes a writer of a form's records.
  ///
  /// - Parameters:
  ///   - place: where they are shown.
  ///   - form: their form.
  ///   - withPrivate: whether private answers are written too.
  public init(_ place: Workplace, form: Form, withPrivate: Bool) {
    self.place = place
    self.form = form
    self.withPrivate = withPrivate
  }

  /// The object of one record that was shown, in one line.
  public func text(_ shown: ShownReading, row: RecordRow) -> String {
    let reading = shown.reading
    let village = place.standing.villages[reading.home]
    let namer = PlaceNamer(
      Display(form: form, language: "", zoneMinutes: 0, privacy: .masked), reading)
    var object = JSONObject()
    object.string("id", reading.record.description)
    object.string("seen", shown.token.description)
    object.string("village", reading.home.description)
    object.string("village_name", village?.name)
    object.string("kecamatan", village?.kecamatan)
    object.raw("in_transit", row.isInTransit ? "true" : "false")
    object.string("life", "\(reading.life.liveness)")
    object.string("created", row.created.map(RecordJSON.time))
    object.string("created_by", row.creator?.description)
    object.string("changed", RecordJSON.time(row.changed))
    object.string("changed_by", row.editor?.description)
    object.array("open", reading.openRegisters.map { namer.name(of: $0.path).description })
    object.raw("answers", answers(reading))
    return object.text
  }

  /// The beginning, which says like every report which changes and which rules it was made from.
  func head(exported: Int64) throws -> String {
    let state = try HeldState(place)
    var object = JSONObject()
    object.raw("version", String(RecordJSON.version))
    object.string("kind", "export")
    object.string("survey", place.standing.survey?.name)
    object.string("form", form.name)
    object.string("form_version", form.version)
    object.string("exported", RecordJSON.time(exported))
    object.string("held", state.held)
    object.raw("directory", String(state.directory))
    return object.text.dropLast() + ",\"records\":["
  }

  /// An instant in UTC as RFC 3339 has it.
  static func time(_ milliseconds: Int64) -> String {
    CivilTime.rfc3339(of: milliseconds, zoneOffsetMinutes: 0).dropLast("+00:00".count) + "Z"
  }

  private func answers(_ reading: RecordReading) -> String {
    var object = JSONObject()
    for register in form.registers where register.repeat == nil {
      put(register, row: nil, reading, into: &object)
    }
    for repeated in form.repeats {
      let registers = form.registers.filter { $0.repeat?.id == repeated.id }
      let key = repeated.key.flatMap { form.question(named: "\(repeated.name)/\($0)") }
      if let key, key.isPrivate, !withPrivate { continue }
      let rows = reading.rows(of: repeated).map { row in
        var inner = JSONObject()
        inner.string(TableColumn.letters, row.string)
        if let key { inner.raw(key.name, value(RowKey.answer(row, to: key))) }
        for register in registers { put(register, row: row, reading, into: &inner) }
        return inner.text
      }
      if !rows.isEmpty { object.raw(repeated.name, "[\(rows.joined(separator: ","))]") }
    }
    return object.text
  }

  private func put(
    _ register: Register, row: Text?, _ reading: RecordReading, into object: inout JSONObject
  ) {
    switch register.kind {
    case .choices(let question), .set(let question):
      if question.isPrivate && !withPrivate { return }
      let elements = reading.elements(of: question, row: row)
      if !elements.isEmpty { object.array(question.name, elements.map(\.string)) }
    case .single(let question):
      if question.isPrivate && !withPrivate { return }
      guard let answer = reading.verdict(at: register.path(row: row)).answer else { return }
      object.raw(question.name, value(answer))
    case .group(let group, let members):
      guard let answer = reading.verdict(at: register.path(row: row)).answer else { return }
      var inner = JSONObject()
      for (index, member) in members.enumerated() where withPrivate || !member.isPrivate {
        if answer.member(index) != .cleared { inner.raw(member.name, value(answer.member(index))) }
      }
      object.raw(group.name, answer == .cleared ? "null" : inner.text)
    }
  }

  private func value(_ answer: Answer) -> String {
    switch answer {
    case .cleared, .absent, .life, .unknown: "null"
    case .present: "true"
    case .number(let number): number.description
    case .real(let bits):
      Double(bitPattern: bits).isFinite ? Double(bitPattern: bits).description : "null"
    case .text(let text): JSONText.quoted(text.string)
    case .date(let day): JSONText.quoted(CivilDate(daysSince1970: day).description)
    case .instant(let instant): JSONText.quoted(RecordJSON.time(instant))
    case .village(let village): JSONText.quoted(village.description)
    case .group(let members): "[" + members.map(value).joined(separator: ",") + "]"
    }
  }
}

/// An object of JSON that is written field by field, in order.
struct JSONObject {
  private var fields = ""

  /// The whole object.
  var text: String { "{\(fields)}" }

  mutating func raw(_ key: String, _ value: String) {
    if !fields.isEmpty { fields += "," }
    fields += JSONText.quoted(key) + ":" + value
  }

  mutating func string(_ key: String, _ value: String?) {
    raw(key, value.map(JSONText.quoted) ?? "null")
  }

  mutating func array(_ key: String, _ values: [String]) {
    raw(key, "[\(values.map(JSONText.quoted).joined(separator: ","))]")
  }
}
