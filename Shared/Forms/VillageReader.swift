import Causality
import Model

/// Reads villages from a table, each with the line that it is on.
struct VillageReader {
  private var reader: CSVReader
  private var columns: [String: Int]?

  init(_ bytes: [UInt8]) {
    reader = CSVReader(bytes)
  }

  mutating func next() throws(VillageError) -> (Village, line: Int)? {
    let columns = try header()
    guard let row = try row() else { return nil }
    return (try village(row, columns), row.line)
  }

  private mutating func header() throws(VillageError) -> [String: Int] {
    if let columns { return columns }
    var found: [String: Int] = [:]
    for (index, name) in (try row()?.fields ?? []).enumerated() { found[name.trimmed] = index }
    let wanted = ["code", "bps", "kecamatan_code", "kecamatan", "kind", "name", "lat", "lon"]
    for name in wanted where found[name] == nil { throw .missingColumn(name) }
    columns = found
    return found
  }

  private mutating func row() throws(VillageError) -> CSVRow? {
    do {
      return try reader.next()
    } catch {
      throw .table(error)
    }
  }

  private func village(
    _ row: CSVRow, _ columns: [String: Int]
  ) throws(VillageError) -> Village {
    func cell(_ column: String) -> String {
      columns[column].map { row.fields[$0].trimmed } ?? ""
    }
    func required(_ column: String) throws(VillageError) -> String {
      let text = cell(column)
      guard !text.isEmpty else { throw .malformed(column: column, line: row.line) }
      return text
    }
    func decimal(_ column: String) throws(VillageError) -> Decimal {
      guard let number = Decimal(cell(column)) else {
        throw .malformed(column: column, line: row.line)
      }
      return number
    }

    guard let code = VillageCode(cell("code")) else {
      throw .malformed(column: "code", line: row.line)
    }
    guard let kind = VillageKind(code), kind.rawValue == cell("kind") else {
      throw .wrongKind(code, line: row.line)
    }
    let kecamatanCode = cell("kecamatan_code")
    guard kecamatanCode.utf8.count == 8, code.description.hasPrefix(kecamatanCode + ".") else {
      throw .wrongKecamatan(code, line: row.line)
    }
    let bps = cell("bps")
    guard bps.utf8.count == 10, bps.utf8.allSatisfy({ (48...57).contains($0) }) else {
      throw .malformed(column: "bps", line: row.line)
    }
    return Village(
      code: code, bps: bps, kecamatanCode: kecamatanCode, kecamatan: try required("kecamatan"),
      kind: kind, name: try required("name"),
      aliases: cell("aliases").split(separator: ";").map { String($0).trimmed },
      latitude: try decimal("lat"), longitude: try decimal("lon"),
      areaKm2: cell("area_km2").isEmpty ? nil : try decimal("area_km2"))
  }
}
