import Bytes
import Causality
import Forms
import Model
import Reading
import Store

/// What is exported.
public struct ExportRequest: Sendable {
  /// The form.
  public var form: UInt32
  /// Which records; its form is ignored.
  public var records: ListRequest
  /// Whether private answers are exported too.
  public var withPrivate: Bool

  /// Asks for all records of a form without their private answers.
  public init(form: UInt32, records: ListRequest = ListRequest(), withPrivate: Bool = false) {
    self.form = form
    self.records = records
    self.withPrivate = withPrivate
  }
}

/// What was exported.
public struct ExportReport: Hashable, Sendable {
  /// How many records.
  public var records = 0
  /// How many rows of repeats had no room in the table; JSON has room for all.
  public var rowsLeftOut = 0
}

/// Exports records as a table or as JSON, some at a time so that memory stays bounded.
///
/// Exporting is showing: what was exported is noted as shown to the person, and its token stands in
/// `_seen`, so that an import of the edited table is an edit from exactly that view.
public struct Exporter: Sendable {
  /// How many records are shown, and so noted, in one transaction.
  static let batch = 250

  let place: Workplace

  /// Makes an exporter.
  public init(_ place: Workplace) {
    self.place = place
  }

  /// Exports as comma-separated values.
  ///
  /// - Parameters:
  ///   - request: what to export.
  ///   - sink: takes the bytes, some at a time.
  ///   - progress: told how many records are done, of how many.
  public func csv(
    _ request: ExportRequest, to sink: ([UInt8]) throws -> Void,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> ExportReport {
    let form = try place.form(request.form)
    let layout = try TableLayout(place, form: form, withPrivate: request.withPrivate)
    var report = ExportReport()
    var writer = CSVWriter()
    writer.row(layout.header)
    try sink(writer.bytes)
    try forEachBatch(request, form, progress) { batch in
      var writer = CSVWriter()
      for (_, shown) in batch {
        let (cells, leftOut) = layout.cells(shown.reading)
        report.records += 1
        report.rowsLeftOut += leftOut
        writer.row(own(shown) + cells)
      }
      try sink(writer.bytes)
    }
    return report
  }

  /// Exports as one JSON object, version 1.
  public func json(
    _ request: ExportRequest, to sink: ([UInt8]) throws -> Void,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> ExportReport {
    let form = try place.form(request.form)
    let record = RecordJSON(place, form: form, withPrivate: request.withPrivate)
    var report = ExportReport()
    try sink(Array(try record.head(exported: place.now).utf8))
    try forEachBatch(request, form, progress) { batch in
      var text = ""
      for (row, shown) in batch {
        text += report.records == 0 ? "\n" : ",\n"
        text += record.text(shown, row: row)
        report.records += 1
      }
      try sink(Array(text.utf8))
    }
    try sink(Array("\n]}\n".utf8))
    return report
  }

  private func own(_ shown: ShownReading) -> [String] {
    let home = shown.reading.home
    return [
      shown.reading.record.description, shown.token.description, home.description,
      place.standing.villages[home]?.kecamatan ?? "",
    ]
  }

  private func forEachBatch(
    _ request: ExportRequest, _ form: Form, _ progress: (Int, Int) -> Void,
    _ body: ([(RecordRow, ShownReading)]) throws -> Void
  ) throws {
    let listing = Listing(place)
    let unsent = request.records.unsent ? try listing.unsentRecords() : []
    let filter = try listing.filter(request.records, form: form, unsent: unsent)
    let rows = try place.store.records(form: form.id, filter)
    for start in stride(from: 0, to: rows.count, by: Exporter.batch) {
      let some = rows[start..<min(rows.count, start + Exporter.batch)]
      let shown = try place.show(
        some.map { ($0.record, form.id) }, privacy: request.withPrivate ? .revealed : .masked)
      try body(Array(zip(some, shown)))
      progress(start + some.count, rows.count)
    }
  }
}
