import Causality
import Forms
import Model
import Store

/// Which records a list has.
public struct ListRequest: Sendable {
  /// Only those recorded or changed today, by the survey's day.
  public var today = false
  /// Only those that the person created or changed last.
  public var mine = false
  /// Only those in these villages.
  public var villages: [VillageCode]?
  /// Only those with changes that the office has not confirmed.
  public var unsent = false
  /// Deleted ones instead of the others.
  public var deleted = false
  /// Only those with something that a person must decide, or a check that is broken.
  public var conflict = false
  /// Only those in which a text outside repeats has this in it; private ones are searched only where
  /// they are shown.
  public var text: String?
  /// Only those around the person's villages.
  public var around = false
  /// Only those of this form; of all forms when `nil`.
  public var form: UInt32?

  /// Asks for every record that is not deleted.
  public init() {}
}

/// Lists records.
public struct Listing: Sendable {
  let place: Workplace

  /// Makes a listing.
  public init(_ place: Workplace) {
    self.place = place
  }

  /// The records asked for, the latest created first.
  ///
  /// - Throws: ``WorkError/nobody`` if only the person's are asked for and nobody works here.
  public func lines(_ request: ListRequest = ListRequest()) throws -> [RecordLine] {
    let unsent = try unsentRecords()
    var rows: [RecordRow] = []
    for form in try forms(request) {
      rows += try place.store.records(
        form: form.id, try filter(request, form: form, unsent: unsent))
    }
    return try lines(rows, unsent: unsent)
  }

  /// One record's line.
  public func line(_ record: RecordID, form: UInt32) throws -> RecordLine {
    var filter = RecordFilter()
    filter.withDeleted = true
    filter.records = [record]
    filter.columns = try columns(place.form(form))
    guard let row = try place.store.records(form: form, filter).first else {
      throw StoreError.noRecord(record)
    }
    return line(
      row, short: try place.store.shortName(of: record),
      isUnsent: try unsentRecords().contains(record))
  }

  /// The lines of rows that have the column of the name.
  func lines(_ rows: [RecordRow], unsent: Set<RecordID>? = nil) throws -> [RecordLine] {
    if rows.isEmpty { return [] }
    let unsent = try unsent ?? unsentRecords()
    let names = try ShortNames(place)
    return rows.map { row in
      line(row, short: names.short(row.record), isUnsent: unsent.contains(row.record))
    }
  }

  /// The columns that a line needs.
  func columns(_ form: Form) -> [String] {
    form.nameQuestion.map { [$0.name] } ?? []
  }

  func filter(_ request: ListRequest, form: Form, unsent: Set<RecordID>) throws -> RecordFilter {
    var filter = RecordFilter()
    if request.today { filter.touchedSince = place.startOfToday }
    if request.mine {
      filter.person = try place.worker()
      filter.former = place.standing.former
    }
    filter.villages = request.villages
    filter.deleted = request.deleted
    filter.onlyConflicts = request.conflict
    if request.around { filter.around = place.villages }
    if request.unsent { filter.records = unsent }
    filter.columns = columns(form)
    if let text = request.text {
      filter.text = text
      filter.searched = form.questions.filter { question in
        question.repeatName == nil && question.type == .text && place.mayShow(question)
      }.map(\.name)
    }
    return filter
  }

  /// The records that the office has not confirmed; at the office itself there are none.
  func unsentRecords() throws -> Set<RecordID> {
    place.standing.role == .office ? [] : try place.store.unsentRecords()
  }

  private func forms(_ request: ListRequest) throws -> [Form] {
    if let form = request.form { return [try place.form(form)] }
    return place.standing.forms.sorted { $0.key < $1.key }.map(\.value)
  }

  private func line(_ row: RecordRow, short: String, isUnsent: Bool) -> RecordLine {
    let naming = place.standing.forms[row.form]?.nameQuestion
    let name = row.columns.first.flatMap { $0 }.map { name in
      place.privacy.text(name, isPrivate: naming?.isPrivate ?? false)
    }
    return RecordLine(
      row: row, short: short, name: name, village: place.standing.villages[row.home],
      isUnsent: isUnsent)
  }
}
