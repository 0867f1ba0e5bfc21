import Fieldwork
import Forms
import Model
import Store

/// A record that a person named, with its form.
struct PickedRecord {
  let id: RecordID
  let form: UInt32
  /// The letters that name it here.
  let short: String
}

extension Workbench {
  /// The record that a person means; refused with a list where that is unclear.
  func record(_ typed: String, at place: Workplace) throws -> PickedRecord {
    switch try RecordFinder(place).find(typed) {
    case .one(let id, let form):
      return PickedRecord(id: id, form: form, short: try store.shortName(of: id))
    case .several(let lines): throw Failure.severalRecords(typed, lines.map(RecordWords.line))
    case .none where typed == "@": throw Failure.noLastRecord
    case .none(let suggestions):
      throw Failure.unknownRecord(typed, suggestions: suggestions.map(RecordWords.line))
    case .tooShort(let least): throw Failure.shortRecord(typed, least: least)
    }
  }

  /// The letters that name a record here; all of them where that cannot be found out.
  func letters(of record: RecordID) -> String {
    do {
      return try store.shortName(of: record)
    } catch {
      return record.description
    }
  }

  /// The view that a token on the command line names.
  func token(_ typed: String?) throws -> ViewToken? {
    guard let typed else { return nil }
    guard let token = ViewToken(typed) else { throw Failure.badToken(typed) }
    return token
  }
}
