import Bytes
import Causality
import Forms
import Model
import Reading

/// One typed column of a form's table, and what of a record stands in it.
struct RecordColumn: Sendable {
  enum Source: Hashable, Sendable {
    case single
    case member(Int)
    case elements
  }

  let name: String
  /// The name as SQL wants it.
  let quoted: String
  let type: String
  let field: FieldID
  let source: Source

  init(name: String, type: String, field: FieldID, source: Source) {
    self.name = name
    quoted = quotedForSQL(name)
    self.type = type
    self.field = field
    self.source = source
  }

  /// The columns of the registers that are in a repeat, or outside all repeats.
  static func columns(of form: Form, inside repeated: Repeat?) -> [RecordColumn] {
    var columns: [RecordColumn] = []
    for register in form.registers where register.repeat?.id == repeated?.id {
      switch register.kind {
      case .single(let question):
        columns.append(
          RecordColumn(
            name: question.name, type: affinity(question.type), field: register.field,
            source: .single))
      case .group(_, let members):
        for (index, member) in members.enumerated() {
          columns.append(
            RecordColumn(
              name: member.name, type: affinity(member.type), field: register.field,
              source: .member(index)))
        }
      case .choices(let question), .set(let question):
        columns.append(
          RecordColumn(
            name: question.name, type: "TEXT", field: register.field, source: .elements))
      }
    }
    return columns
  }

  private static func affinity(_ type: QuestionType) -> String {
    switch type {
    case .integer: "INTEGER"
    case .decimal: "NUMERIC"
    default: "TEXT"
    }
  }
}

extension SQLValue {
  /// An answer as a person who reads the table with plain SQL would want it.
  init(_ answer: Answer) {
    switch answer {
    case .cleared, .absent: self = .null
    case .present: self = .integer(1)
    case .number(let number):
      self = number.whole.map { .integer($0) } ?? .real(number.approximation)
    case .real(let bits): self = .real(Double(bitPattern: bits))
    case .text(let text): self = .text(text.string)
    case .date(let day): self = .text(CivilDate(daysSince1970: day).description)
    case .instant(let instant):
      self = .text(CivilTime.rfc3339(of: instant, zoneOffsetMinutes: 0))
    case .village(let village): self = .text(village.description)
    case .group, .life, .unknown: self = .null
    }
  }

  /// Whether a value that was read is what SQLite makes of one that was written: a column of
  /// numbers keeps a whole real as an integer, and text that reads as a number as that.
  func isStored(as written: SQLValue) -> Bool {
    if self == written { return true }
    switch (self, written) {
    case (.integer(let read), .real(let number)): return Double(read) == number
    case (.real(let read), .integer(let number)): return read == Double(number)
    case (.integer(let read), .text(let text)): return Int64(text) == read
    case (.real(let read), .text(let text)): return Double(text) == read
    case (.text(let read), .integer(let number)): return read == String(number)
    case (.text(let read), .real(let number)): return Double(read) == number
    default: return false
    }
  }

  /// Elements as a JSON array.
  static func array(_ elements: [Text]) -> SQLValue {
    if elements.isEmpty { return .null }
    var json = "["
    for (index, element) in elements.enumerated() {
      if index > 0 { json += "," }
      json += JSONText.quoted(element.string)
    }
    return .text(json + "]")
  }
}
