import Bytes
import Forms
import Model
import Store

/// What was found for what a person typed as the name of a record.
public enum FoundRecord: Sendable {
  /// One record.
  case one(RecordID, form: UInt32)
  /// Several fit: they are listed, and none is chosen.
  case several([RecordLine])
  /// None fits; these are named almost so.
  case none(suggestions: [RecordLine])
  /// Letters of a record, but fewer than say which.
  case tooShort(least: Int)
}

/// Finds the record that a person means.
///
/// `@` is the last one shown or written; five letters or more are the beginning of a record's own;
/// anything else is part of its name, or of another name. Where no record that is there has the
/// name, deleted ones are looked through too.
public struct RecordFinder: Sendable {
  /// The question for other names of what a record is about, by convention.
  static let otherNames = "alias"

  let place: Workplace

  /// Makes a finder.
  public init(_ place: Workplace) {
    self.place = place
  }

  /// Finds a record.
  ///
  /// - Parameters:
  ///   - typed: what was typed.
  ///   - form: only records of this form.
  public func find(_ typed: String, form: UInt32? = nil) throws -> FoundRecord {
    let text = Spelling.trimmed(typed)
    if text == "@" { return try last() }
    if text.isEmpty { return .none(suggestions: []) }
    let letters = Letters.normalized(text)
    if let letters, letters.utf8.count >= RecordID.shortest {
      let found = try place.store.find(prefix: letters).filter { form == nil || $0.form == form }
      if let only = found.first, found.count == 1 { return .one(only.record, form: only.form) }
      if !found.isEmpty { return .several(try found.map { try line($0.record, $0.form) }) }
    }
    for isDeleted in [false, true] {
      let named = try named(text, form: form, isDeleted: isDeleted)
      if let only = named.first, named.count == 1 { return .one(only.record, form: only.form) }
      if !named.isEmpty { return .several(named) }
    }
    if let letters, letters.utf8.count < RecordID.shortest {
      return .tooShort(least: RecordID.shortest)
    }
    return .none(suggestions: try suggestions(text, form: form))
  }

  private func last() throws -> FoundRecord {
    guard let record = try place.store.lastRecord() else { return .none(suggestions: []) }
    let found = try place.store.find(prefix: record.description).first { $0.record == record }
    return found.map { .one(record, form: $0.form) } ?? .none(suggestions: [])
  }

  private func named(_ text: String, form: UInt32?, isDeleted: Bool) throws -> [RecordLine] {
    var rows: [RecordRow] = []
    for form in forms(form) {
      var filter = filter(form)
      filter.deleted = isDeleted
      filter.text = text
      filter.searched = searched(form)
      rows += try place.store.records(form: form.id, filter)
    }
    return try Listing(place).lines(rows)
  }

  private func suggestions(_ text: String, form: UInt32?) throws -> [RecordLine] {
    var rows: [RecordRow] = []
    for form in forms(form) where form.nameQuestion.map(place.mayShow) ?? false {
      let all = try place.store.records(form: form.id, filter(form))
      let names = all.compactMap { $0.columns.first.flatMap { $0 } }
      let near = Spelling.closest(to: text, among: Array(Set(names)).sorted())
      for name in near { rows += all.filter { $0.columns.first == name }.prefix(1) }
    }
    return try Listing(place).lines(rows)
  }

  private func line(_ record: RecordID, _ form: UInt32) throws -> RecordLine {
    try Listing(place).line(record, form: form)
  }

  private func filter(_ form: Form) -> RecordFilter {
    var filter = RecordFilter()
    filter.columns = Listing(place).columns(form)
    return filter
  }

  private func searched(_ form: Form) -> [String] {
    let others = form.question(named: Self.otherNames, seenFrom: nil)
      .flatMap { $0.repeatName == nil && $0.type == .text ? $0 : nil }
    return [form.nameQuestion, others].compactMap { $0 }.filter(place.mayShow).map(\.name)
  }

  private func forms(_ number: UInt32?) -> [Form] {
    place.standing.forms.sorted { $0.key < $1.key }.map(\.value)
      .filter { number == nil || $0.id == number }
  }
}
