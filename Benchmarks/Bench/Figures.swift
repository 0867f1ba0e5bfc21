import CBaseline
import Foundation
import Store
import Workload

/// What was measured, and how it is printed.
struct Figures {
  let records: Int
  var plain: [Double] = []
  var kulkul: [Double] = []
  var uploads: Int?

  /// What zstd -3 makes of the CSV of 4,045 records.
  static let packedCSV = 427_145

  init(records: Int) {
    self.records = records
  }

  /// Measures one run of each, in turn, in processor time of this process.
  mutating func measure(records: [[Denpasar.Value]], folder: URL, run: Int) throws {
    let plainPath = folder.appendingPathComponent("plain-\(run).db").path
    plain.append(try Self.seconds { try Self.insertPlain(records, path: plainPath) })
    let laptop = try Laptop(path: folder.appendingPathComponent("kulkul-\(run).db").path)
    let edits = laptop.edits(Array(records.enumerated().map { ($0.offset, $0.element) }))
    kulkul.append(try Self.seconds { _ = try laptop.store.save(edits) })
    try laptop.store.close()
  }

  var importRatio: [Double] { zip(plain, kulkul).map { $0 / $1 }.sorted() }

  var table: String {
    let ratio = importRatio
    let rate = Double(records) / kulkul.sorted()[kulkul.count / 2]
    let importing = """
      bulk import, one commit, against plain SQLite from C (processor time)
        ratio \(Self.two(ratio[ratio.count / 2])) (\(Self.two(ratio[0])) to \(Self.two(ratio[ratio.count - 1])), \
      \(ratio.count) runs), \(Int(rate)) records a second
      """
    guard let uploads else { return importing }
    let share = Double(uploads) / Double(Self.packedCSV)
    return importing + "\n" + """
      first sync of 43 laptops, \(records) records
        \(uploads) bytes\(records == 4045 ? ", \(Self.two(share)) of zstd -3 of the CSV (\(Self.packedCSV))" : "")
      """
  }

  var json: String {
    let ratio = importRatio
    return """
      {"version":1,"records":\(records),"import_ratio":\(Self.two(ratio[ratio.count / 2])),\
      "import_ratio_min":\(Self.two(ratio[0])),"import_ratio_max":\(Self.two(ratio[ratio.count - 1])),\
      "first_sync_bytes":\(uploads.map(String.init) ?? "null")}
      """
  }

  private static func insertPlain(_ records: [[Denpasar.Value]], path: String) throws {
    let columns = Denpasar.fields.map { field in
      switch field.kind {
      case .text: "\(field.name) TEXT"
      case .integer: "\(field.name) INTEGER"
      case .real: "\(field.name) REAL"
      }
    }
    let create = "CREATE TABLE rows (id TEXT PRIMARY KEY, \(columns.joined(separator: ", ")))"
    let marks = String(repeating: ", ?", count: columns.count)
    var baseline: OpaquePointer?
    try check(cbaseline_open(path, create, "INSERT INTO rows VALUES (?\(marks))", &baseline))
    defer { cbaseline_close(baseline) }
    try check(cbaseline_begin(baseline))
    for (index, values) in records.enumerated() {
      bind(Denpasar.identifier(index), 1, baseline)
      for (field, value) in values.enumerated() {
        switch value {
        case .text(let text): bind(text, Int32(field + 2), baseline)
        case .integer(let number):
          cbaseline_bind_integer(baseline, Int32(field + 2), number)
        case .real(let millionths):
          cbaseline_bind_real(baseline, Int32(field + 2), Double(millionths) / 1_000_000)
        }
      }
      try check(cbaseline_insert(baseline))
    }
    try check(cbaseline_commit(baseline))
  }

  private static func bind(_ text: String, _ index: Int32, _ baseline: OpaquePointer?) {
    var copy = text
    copy.withUTF8 { utf8 in
      utf8.withMemoryRebound(to: CChar.self) {
        _ = cbaseline_bind_text(baseline, index, $0.baseAddress, $0.count)
      }
    }
  }

  private struct BaselineError: Error {
    let code: Int32
  }

  private static func check(_ code: Int32) throws {
    if code != 0 { throw BaselineError(code: code) }
  }

  private static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = processorSeconds()
    try body()
    return processorSeconds() - start
  }

  private static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func two(_ number: Double) -> String {
    String(format: "%.3f", number)
  }
}
