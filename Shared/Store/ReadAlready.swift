import Forms
import Synchronization

/// The forms and lists of villages that this process has read, by their text.
///
/// To read a form takes a hundred times as long as to compare its text, and the same text comes
/// again and again: a store forgets what it had in memory with every transaction that fails, a
/// laptop that joins is told the form that it began with, and a process can have several stores open,
/// of which one is a backup that is checked.
enum ReadAlready {
  /// A form, and the table of its records.
  struct FormAndTable: Sendable {
    let form: Form
    let table: RecordTable
  }

  private struct Sheets: Hashable {
    let id: UInt32
    let sheets: FormSheets
  }

  private static let forms = Mutex<[Sheets: FormAndTable]>([:])
  private static let villages = Mutex<[String: VillageList]>([:])
  /// The most that is kept of each.
  private static let limit = 64

  /// The form of some sheets under a number.
  static func form(_ id: UInt32, _ sheets: FormSheets) throws -> FormAndTable {
    let key = Sheets(id: id, sheets: sheets)
    if let known = forms.withLock({ $0[key] }) { return known }
    let form = try Form(sheets)
    let read = FormAndTable(form: form, table: RecordTable(number: id, form: form))
    forms.withLock { keep(read, under: key, in: &$0) }
    return read
  }

  /// The list of villages of a sheet.
  static func villages(_ sheet: String) throws -> VillageList {
    if let known = villages.withLock({ $0[sheet] }) { return known }
    let list = try VillageList(csv: sheet)
    villages.withLock { keep(list, under: sheet, in: &$0) }
    return list
  }

  private static func keep<Key, Value>(_ value: Value, under key: Key, in all: inout [Key: Value]) {
    if all.count >= limit { all = [:] }
    all[key] = value
  }
}
