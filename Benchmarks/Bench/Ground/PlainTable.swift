import CBaseline
import Glibc
import Workload

/// The same rows in plain SQLite by its C interface: what everything is measured against.
final class PlainTable {
  private let table: OpaquePointer

  init(path: String) throws {
    let columns =
      ["id TEXT PRIMARY KEY NOT NULL"]
      + Denpasar.fields.map { field in
        switch field.kind {
        case .text: field.name + " TEXT"
        case .integer: field.name + " INTEGER"
        case .real: field.name + " REAL"
        }
      }
    var opened: OpaquePointer?
    let words = columns.map { strdup($0) }
    defer { words.forEach { free($0) } }
    let pointers = words.map { UnsafePointer<CChar>($0) }
    try Baseline.check(ctable_open(path, pointers, Int32(pointers.count), &opened))
    guard let opened else { throw BenchError.unexpected("no table at \(path)") }
    table = opened
  }

  deinit { ctable_close(table) }

  /// Inserts rows: each durable, or all in one commit.
  func insert(_ rows: PlainRows, _ part: StrideTo<Int>? = nil, each isEach: Bool = false) throws {
    let all = part.map(Array.init) ?? Array(0..<rows.count)
    guard let first = all.first, let last = all.last else { return }
    let step = all.count > 1 ? all[1] - first : 1
    try Baseline.check(ctable_insert(table, rows.pointer, first, step, last + 1, isEach ? 1 : 0))
  }

  /// Changes cells in one commit.
  func update(_ cells: PlainRows, _ range: Range<Int>) throws {
    try Baseline.check(ctable_update(table, cells.pointer, range.lowerBound, range.upperBound))
  }

  func settle() throws { try Baseline.check(ctable_settle(table)) }

  /// Whether this SQLite has the session extension.
  static var hasSessions: Bool { csession_is_there() != 0 }

  /// Inserts rows as a laptop would, and hands out the changeset.
  func record(_ rows: PlainRows, first: Int, step: Int) throws -> Changeset {
    let changeset = Changeset()
    try Baseline.check(
      csession_record(
        table, rows.pointer, first, step, rows.count, &changeset.bytes, &changeset.length))
    return changeset
  }

  /// Applies a changeset and keeps it, in one commit.
  func apply(_ changeset: Changeset) throws {
    try Baseline.check(csession_apply(table, changeset.bytes, changeset.length))
  }
}

/// A changeset of the session extension.
final class Changeset {
  fileprivate(set) var bytes: UnsafeMutableRawPointer?
  fileprivate(set) var length: Int32 = 0

  deinit { csession_free(bytes) }
}

/// Rows for ``PlainTable``, made before anything is timed.
final class PlainRows {
  let pointer: OpaquePointer

  var count: Int { crows_count(pointer) }

  /// Records, with their identifiers.
  init(records: some Sequence<Int>) {
    pointer = crows_make(Int32(Denpasar.fields.count + 1))
    for index in records {
      add(Denpasar.identifier(index))
      for value in Denpasar.record(index) { add(value) }
    }
  }

  /// Cells to change.
  init(cells: [(record: Int, field: Int, value: Denpasar.Value)]) {
    pointer = crows_make(3)
    for (record, field, value) in cells {
      crows_add_integer(pointer, Int64(field + 1))
      add(value)
      add(Denpasar.identifier(record))
    }
  }

  deinit { crows_free(pointer) }

  private func add(_ value: Denpasar.Value) {
    switch value {
    case .text(let text): add(text)
    case .integer(let number): crows_add_integer(pointer, number)
    case .real(let millionths): crows_add_real(pointer, Double(millionths) / 1_000_000)
    }
  }

  private func add(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      utf8.withMemoryRebound(to: CChar.self) {
        crows_add_text(pointer, $0.baseAddress, $0.count)
      }
    }
  }
}

/// What the baselines have in common.
enum Baseline {
  static func check(_ code: Int32) throws {
    if code != 0 { throw BenchError.sqlite(code) }
  }
}
