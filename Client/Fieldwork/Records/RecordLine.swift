import Causality
import Forms
import Model
import Rules
import Store

/// A record as it stands in a list.
public struct RecordLine: Sendable {
  /// What the store says of it.
  public let row: RecordRow
  /// The shortest letters that name it here.
  public let short: String
  /// Its name, by the form's naming question; masked if that is private.
  public let name: String?
  /// The village that it lives in; `nil` if the survey has none of the code.
  public let village: Village?
  /// Whether it holds changes that the office has not confirmed.
  public let isUnsent: Bool

  /// The record.
  public var record: RecordID { row.record }
  /// The form.
  public var form: UInt32 { row.form }
}

/// The shortest names of all records of a store, found at once.
///
/// Two records that share the most letters stand side by side in order, so each needs to be compared
/// with its neighbours only.
struct ShortNames {
  private let letters: [String]

  /// Gathers the records of a store.
  init(_ place: Workplace) throws {
    var filter = RecordFilter()
    filter.withDeleted = true
    var letters: [String] = []
    for form in place.standing.forms.keys {
      letters += try place.store.records(form: form, filter).map(\.record.description)
    }
    self.letters = letters.sorted()
  }

  /// The shortest letters that name a record.
  ///
  /// - Complexity: O(log records).
  func short(_ record: RecordID) -> String {
    let wanted = record.description
    var low = 0
    var high = letters.count
    while low < high {
      let middle = (low + high) / 2
      if letters[middle] < wanted { low = middle + 1 } else { high = middle }
    }
    var length = RecordID.shortest
    for index in [low - 1, low, low + 1] where letters.indices.contains(index) {
      if letters[index] == wanted { continue }
      let shared = zip(letters[index].utf8, wanted.utf8).prefix { $0 == $1 }.count
      length = max(length, min(shared + 1, RecordID.letterCount))
    }
    return String(wanted.prefix(length))
  }
}
