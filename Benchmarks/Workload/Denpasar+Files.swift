/// The workload as text, line by line, so that other programs can be measured on the same bytes.
extension Denpasar {
  /// One of the files that a workload consists of.
  public enum File: String, CaseIterable, Sendable {
    /// The records as JSON, one a line.
    case records = "jsonl"
    /// The records as a table.
    case table = "csv"
    /// The edits of the laptops as JSON, one a line.
    case edits = "p2.jsonl"
    /// The changed cells, a line each, laptop after laptop.
    case cells = "p2.csv"
    /// The edits that are saved one by one.
    case micro = "micro.jsonl"
    /// The last news of one laptop.
    case small = "small.jsonl"
  }

  /// Hands on the lines of a file, each with its end.
  public static func lines(
    of file: File, records count: Int, _ take: (String) throws -> Void
  ) rethrows {
    switch file {
    case .records:
      for index in 0..<count { try take(jsonLine(index)) }
    case .table:
      try tableLines(records: count, take)
    case .edits:
      for edit in edits(count) {
        try take(
          "[\(edit.laptop),\"\(identifier(edit.record))\",\"\(edit.kind.rawValue)\","
            + object(edit.changes) + "]\n")
      }
    case .cells:
      for part in cells(count) { try take(part) }
    case .micro:
      for edit in microEdits(count) { try take(singleLine(edit)) }
    case .small:
      for edit in smallEdits(count) { try take(singleLine(edit)) }
    }
  }

  /// Hands on the lines of the table, of records in which other words may stand.
  public static func tableLines(
    records count: Int, of terms: Terms = .denpasar, _ take: (String) throws -> Void
  ) rethrows {
    try take(csvHeader)
    for index in 0..<count { try take(csvLine(index, of: terms)) }
  }

  /// A record as a line of JSON.
  public static func jsonLine(_ index: Int) -> String {
    "{\"id\":\"\(identifier(index))\","
      + object(record(index).enumerated().map { ($0.offset, $0.element) }).dropFirst() + "\n"
  }

  /// The first line of the table.
  public static let csvHeader = "id," + fields.map(\.name).joined(separator: ",") + "\n"

  /// A record as a line of the table.
  public static func csvLine(_ index: Int, of terms: Terms = .denpasar) -> String {
    var line = identifier(index)
    for value in record(index, of: terms) { line += "," + value.csv }
    return line + "\n"
  }

  /// The changed cells of each laptop as text: the shortest that says which cell becomes what.
  ///
  /// - Returns: a text for each of the 43 laptops, with a line for each cell.
  public static func cells(_ count: Int) -> [String] {
    var parts = [String](repeating: "", count: villages)
    for edit in edits(count) {
      for (field, value) in edit.changes {
        parts[edit.laptop] += "\(edit.laptop),\(edit.record),\(field),\(value.short)\n"
      }
    }
    return parts
  }

  private static func singleLine(_ edit: SingleEdit) -> String {
    "[\"\(identifier(edit.record))\"," + object(edit.changes) + "]\n"
  }

  private static func object(_ changes: [(field: Int, value: Value)]) -> String {
    let members = changes.map { "\"\(fields[$0.field].name)\":\($0.value.json)" }
    return "{" + members.joined(separator: ",") + "}"
  }
}
