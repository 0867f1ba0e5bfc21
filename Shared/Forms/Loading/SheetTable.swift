import Model

/// One sheet of a form: its rows, and where each column is.
struct SheetTable {
  /// More rows than any form has.
  static let rowLimit = 20_000

  let sheet: FormSheet
  let headers: [String]
  private(set) var rows: [CSVRow] = []
  private var columns: [String: Int] = [:]

  init(_ bytes: [UInt8], sheet: FormSheet) throws(FormError) {
    self.sheet = sheet
    var reader = CSVReader(bytes)
    headers = try SheetTable.next(&reader, of: sheet)?.fields.map(\.trimmed) ?? []
    for (index, header) in headers.enumerated() where !header.isEmpty {
      guard columns.updateValue(index, forKey: header) == nil else {
        throw FormError(sheet: sheet, line: 1, fact: .duplicateColumn(header))
      }
    }
    while let row = try SheetTable.next(&reader, of: sheet) {
      guard rows.count < SheetTable.rowLimit else {
        throw FormError(sheet: sheet, line: row.line, fact: .tooManyRows)
      }
      if !row.fields.allSatisfy(\.trimmed.isEmpty) { rows.append(row) }
    }
  }

  private static func next(
    _ reader: inout CSVReader, of sheet: FormSheet
  ) throws(FormError) -> CSVRow? {
    do {
      return try reader.next()
    } catch {
      throw FormError(sheet: sheet, line: error.line, fact: .table(error))
    }
  }

  func require(_ names: [String]) throws(FormError) {
    for name in names where columns[name] == nil {
      throw FormError(sheet: sheet, line: 1, fact: .missingColumn(name))
    }
  }

  /// The cell of a row under a column; empty where the sheet has no such column.
  func cell(_ row: CSVRow, _ column: String) -> String {
    columns[column].map { row.fields[$0].trimmed } ?? ""
  }

  func error(_ row: CSVRow, _ fact: FormError.Fact) -> FormError {
    FormError(sheet: sheet, line: row.line, fact: fact)
  }
}

extension CSVError {
  /// Where it was found.
  var line: Int {
    switch self {
    case .wrongCount(let line, _, _), .tooManyColumns(let line), .fieldTooLong(let line),
      .unterminatedQuote(let line), .strayQuote(let line), .notUTF8(let line):
      line
    }
  }
}

/// The columns of a sheet that hold one text in several languages: `label::English (en)`.
struct LanguageColumns {
  /// The code in `Bahasa Indonesia (id)`; a name without a code is its own.
  static func code(_ name: String) -> String {
    let trimmed = name.trimmed
    guard trimmed.hasSuffix(")"), let open = trimmed.lastIndex(of: "(") else { return trimmed }
    let code = String(trimmed[trimmed.index(after: open)...].dropLast()).trimmed
    return code.isEmpty ? trimmed : code
  }

  private let columns: [(language: String, index: Int)]
  private let defaultLanguage: String

  /// Finds the columns of a text; one without a language is in the form's own.
  init(_ name: String, in table: SheetTable, default defaultLanguage: String) {
    self.defaultLanguage = defaultLanguage
    let prefix = name + "::"
    columns = table.headers.enumerated().compactMap { index, header in
      if header == name { return (defaultLanguage, index) }
      guard header.hasPrefix(prefix) else { return nil }
      return (LanguageColumns.code(String(header.dropFirst(prefix.count))), index)
    }
  }

  init(columns: [(language: String, index: Int)], default defaultLanguage: String) {
    self.columns = columns
    self.defaultLanguage = defaultLanguage
  }

  var languages: [String] { columns.map(\.language) }

  func words(_ row: CSVRow, in table: SheetTable) -> Words {
    var texts: [(language: String, text: String)] = []
    for (language, index) in columns where !row.fields[index].isEmpty {
      texts.append((language, row.fields[index].trimmed))
    }
    return Words(texts, default: defaultLanguage)
  }
}
