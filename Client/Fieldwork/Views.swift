import Causality
import Forms
import Model
import Reading
import Store

/// A record as it is being shown to a person.
public struct ShownReading: Sendable {
  /// What the rules make of it.
  public let reading: RecordReading
  /// The form.
  public let form: Form
  /// The village of the copy that is shown.
  public let village: VillageCode
  /// What names this view.
  public let token: ViewToken
  /// What names all that the person has seen of it by now, also what this view masks.
  public let known: ViewToken
}

extension Workplace {
  /// A record as it stands now, without noting that anyone was shown it.
  ///
  /// - Throws: `StoreError.noRecord` if it is not here.
  public func reading(of record: RecordID, form number: UInt32) throws -> RecordReading {
    let form = try form(number)
    guard let copy = try store.peek(record, form: number) else {
      throw StoreError.noRecord(record)
    }
    return RecordReading(
      record: record, state: copy.state, copy: copy.village, form: form,
      directory: standing.directory)
  }

  /// Shows a record to the person, which is noted: it is what a later edit of theirs may replace.
  ///
  /// It also becomes the record that `@` means.
  public func show(_ record: RecordID, form number: UInt32) throws -> ShownReading {
    guard let shown = try show([(record, number)]).first else {
      throw StoreError.noRecord(record)
    }
    try store.setLastRecord(record)
    return shown
  }

  /// Shows several records to the person at once.
  ///
  /// - Parameter privacy: whether private answers are masked; as everywhere here when `nil`.
  func show(
    _ records: [(record: RecordID, form: UInt32)], privacy: Privacy? = nil
  ) throws -> [ShownReading] {
    let isMasked = privacy ?? self.privacy == .masked
    return try store.show(records, to: person, isMasked: isMasked).map { shown in
      let form = try form(shown.form)
      let reading = RecordReading(
        record: shown.record, state: shown.state, masked: shown.masked, copy: shown.village,
        form: form, directory: standing.directory)
      return ShownReading(
        reading: reading, form: form, village: shown.village, token: shown.token,
        known: shown.known)
    }
  }

  /// What an edit or decision may replace: the view that a token names, else what the person was
  /// last shown of the record.
  ///
  /// - Throws: ``WorkError/notShown(_:)`` if there is no such view.
  public func view(
    of record: RecordID, form number: UInt32, seen token: ViewToken? = nil
  ) throws -> RecordReading {
    let form = try form(number)
    if let token {
      guard let view = try store.view(token, of: record) else { throw WorkError.unknownView(token) }
      guard view.record == record else { throw WorkError.viewOfOther(token, record) }
      return try reading(view.state, masked: view.masked, of: record, form: form)
    }
    guard let latest = try store.latestView(of: record, form: number, for: try worker()) else {
      throw WorkError.notShown(record)
    }
    return try reading(latest.state, masked: latest.masked, of: record, form: form)
  }

  /// A state that was once shown, read as of now's rules.
  func reading(
    _ state: RecordState, masked: Masked, of record: RecordID, form: Form
  ) throws -> RecordReading {
    var copy = Home.birthplace(of: state, record: record)
    if copy == nil { copy = try store.peek(record, form: form.id)?.village }
    guard let copy else { throw StoreError.noRecord(record) }
    return RecordReading(
      record: record, state: state, masked: masked, copy: copy, form: form,
      directory: standing.directory)
  }
}
