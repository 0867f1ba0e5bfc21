/// Writes comma-separated values that ``CSVReader`` reads back unchanged.
///
/// Only fields that need quotes get them, so that a small change of a table is a small change of
/// the file.
public struct CSVWriter: Sendable {
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []
  private let separator: UInt8

  /// Makes an empty table.
  public init(separator: UInt8 = UInt8(ascii: ",")) {
    self.separator = separator
  }

  /// Appends a row.
  public mutating func row(_ fields: [String]) {
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(separator) }
      append(field, isAlone: fields.count == 1)
    }
    bytes.append(Byte.lf)
  }

  /// Everything written so far as text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  private mutating func append(_ field: String, isAlone: Bool) {
    // An empty line is no row, and a mark at the beginning of a file is no text.
    let isLost = (field.isEmpty && isAlone) || (bytes.isEmpty && field.hasPrefix("\u{feff}"))
    guard isLost || field.utf8.contains(where: needsQuotes) else {
      bytes.append(contentsOf: field.utf8)
      return
    }
    bytes.append(Byte.quote)
    for byte in field.utf8 {
      if byte == Byte.quote { bytes.append(Byte.quote) }
      bytes.append(byte)
    }
    bytes.append(Byte.quote)
  }

  // All three separators, so that a reader who has to find out which one it is finds the right one.
  private func needsQuotes(_ byte: UInt8) -> Bool {
    byte == separator || byte == Byte.quote || Byte.isLineEnd(byte) || byte == Byte.comma
      || byte == Byte.semicolon || byte == Byte.tab
  }
}
