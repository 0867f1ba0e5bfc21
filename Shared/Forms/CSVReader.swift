/// What was found in a table that cannot be read; lines count from 1.
public enum CSVError: Error, Hashable, Sendable {
  /// A row has more or fewer fields than the header.
  case wrongCount(line: Int, found: Int, expected: Int)
  /// The row that begins here has more than ``CSVReader/columnLimit`` fields.
  case tooManyColumns(line: Int)
  /// A field has more than ``CSVReader/fieldLimit`` bytes.
  case fieldTooLong(line: Int)
  /// A quoted field that begins here never ends.
  case unterminatedQuote(line: Int)
  /// A quote inside a field without quotes, or something after a closing quote.
  case strayQuote(line: Int)
  /// Bytes that are no UTF-8 text.
  case notUTF8(line: Int)
}

/// One row of a table.
public struct CSVRow: Hashable, Sendable {
  /// The line on which the row begins, counted from 1.
  public let line: Int
  /// Its fields.
  public let fields: [String]

  /// Makes a row.
  public init(line: Int, fields: [String]) {
    self.line = line
    self.fields = fields
  }
}

/// Reads comma-separated values (RFC 4180) row by row, from bytes that nobody vouches for.
///
/// Spreadsheets write commas, semicolons or tabs depending on the country that they are set to, so
/// the separator is the one that the first line has most of. Lines end in LF, CRLF or CR; empty
/// lines are passed over; a byte order mark is no part of the text. A row with another number of
/// fields than the first one is refused, because guessing which one is missing puts answers under
/// wrong questions. After a row of the wrong length reading can go on; after any other error the
/// table has ended.
///
/// ```swift
/// var reader = CSVReader(bytes)
/// while let row = try reader.next() { table.append(row) }
/// ```
public struct CSVReader: Sendable {
  /// The longest field in bytes.
  public static let fieldLimit = 64 * 1024
  /// The most fields of a row.
  public static let columnLimit = 2000

  /// The byte between two fields.
  public let separator: UInt8
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1
  private var expected: Int?
  /// The fields of the row that was last refused for their number.
  public private(set) var refused: [String] = []

  /// Makes a reader; without a separator the first line says which one it is.
  public init(_ bytes: [UInt8], separator: UInt8? = nil) {
    self.bytes = bytes
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    self.separator = separator ?? CSVReader.separator(of: bytes[position...])
  }

  /// The next row, or `nil` at the end.
  public mutating func next() throws(CSVError) -> CSVRow? {
    skipEmptyLines()
    guard position < bytes.count else { return nil }
    let start = line
    let fields: [String]
    do {
      fields = try row(from: start)
    } catch {
      position = bytes.count
      throw error
    }
    if let expected, fields.count != expected {
      refused = fields
      throw .wrongCount(line: start, found: fields.count, expected: expected)
    }
    expected = fields.count
    return CSVRow(line: start, fields: fields)
  }

  private mutating func row(from start: Int) throws(CSVError) -> [String] {
    var fields: [String] = []
    fields.reserveCapacity(expected ?? 16)
    while true {
      guard fields.count < CSVReader.columnLimit else { throw .tooManyColumns(line: start) }
      let isQuoted = position < bytes.count && bytes[position] == Byte.quote
      fields.append(isQuoted ? try quotedField() : try plainField())
      guard position < bytes.count else { return fields }
      guard bytes[position] == separator else {
        passLineEnd()
        return fields
      }
      position += 1
    }
  }

  private mutating func plainField() throws(CSVError) -> String {
    let start = position
    var bits: UInt8 = 0
    while position < bytes.count {
      let byte = bytes[position]
      if byte == separator || Byte.isLineEnd(byte) { break }
      bits |= byte
      if byte == Byte.quote { throw .strayQuote(line: line) }
      guard position - start < CSVReader.fieldLimit else { throw .fieldTooLong(line: line) }
      position += 1
    }
    // Most cells of a form are empty, and most others are ASCII, of which any bytes are text.
    if start == position { return "" }
    let field = bytes[start..<position]
    return bits < 128 ? String(decoding: field, as: UTF8.self) : try text(field, line: line)
  }

  private mutating func quotedField() throws(CSVError) -> String {
    let start = line
    var field: [UInt8] = []
    position += 1
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == Byte.quote {
        guard position < bytes.count, bytes[position] == Byte.quote else {
          return try closedField(field, from: start)
        }
        position += 1
      } else if byte == Byte.lf || (byte == Byte.cr && !isAt(Byte.lf)) {
        line += 1
      }
      guard field.count < CSVReader.fieldLimit else { throw .fieldTooLong(line: start) }
      field.append(byte)
    }
    throw .unterminatedQuote(line: start)
  }

  private func closedField(_ field: [UInt8], from start: Int) throws(CSVError) -> String {
    if position < bytes.count, !isAt(separator), !Byte.isLineEnd(bytes[position]) {
      throw .strayQuote(line: line)
    }
    return try text(field[...], line: start)
  }

  private func text(_ field: ArraySlice<UInt8>, line: Int) throws(CSVError) -> String {
    guard let text = String(validating: field, as: UTF8.self) else { throw .notUTF8(line: line) }
    return text
  }

  private func isAt(_ byte: UInt8) -> Bool {
    position < bytes.count && bytes[position] == byte
  }

  private mutating func passLineEnd() {
    if isAt(Byte.cr) {
      position += 1
      if isAt(Byte.lf) { position += 1 }
    } else {
      position += 1
    }
    line += 1
  }

  private mutating func skipEmptyLines() {
    while position < bytes.count, Byte.isLineEnd(bytes[position]) { passLineEnd() }
  }

  private static func separator(of bytes: ArraySlice<UInt8>) -> UInt8 {
    let known = [Byte.comma, Byte.semicolon, Byte.tab]
    var counts = [0, 0, 0]
    var isQuoted = false
    for byte in bytes {
      if byte == Byte.quote {
        isQuoted.toggle()
      } else if !isQuoted {
        if Byte.isLineEnd(byte) { break }
        if let index = known.firstIndex(of: byte) { counts[index] += 1 }
      }
    }
    let best = known.indices.reduce(0) { best, other in
      counts[other] > counts[best] ? other : best
    }
    return known[best]
  }
}

/// The bytes that tables are made of.
enum Byte {
  static let tab = UInt8(ascii: "\t")
  static let lf = UInt8(ascii: "\n")
  static let cr = UInt8(ascii: "\r")
  static let quote = UInt8(ascii: "\"")
  static let comma = UInt8(ascii: ",")
  static let semicolon = UInt8(ascii: ";")

  static func isLineEnd(_ byte: UInt8) -> Bool { byte == lf || byte == cr }
}
