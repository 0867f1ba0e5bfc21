import Causality
import Forms
import Model
import Store
import Wire

/// How a file is imported.
public struct ImportRequest: Sendable {
  /// The form.
  public var form: UInt32
  /// The name of the file, to remember it by.
  public var name: String
  /// Whether rows that are wrong are passed over rather than keeping the whole file out.
  public var skipBad: Bool
  /// Whether a file that was imported before is imported again.
  public var again: Bool
  /// Whether the file is only checked, and nothing is saved.
  public var dryRun = false

  /// Asks for an import.
  public init(form: UInt32, name: String, skipBad: Bool = false, again: Bool = false) {
    self.form = form
    self.name = name
    self.skipBad = skipBad
    self.again = again
  }
}

/// What is the matter with a row of a file.
public struct ImportProblem: Sendable {
  /// What it is.
  public enum Fact: Sendable {
    /// The row has another number of cells than the header.
    case table(CSVError)
    /// The cell is no answer.
    case answer(AssignmentError)
    /// What the form's checks found.
    case finding(Finding)
    /// Records have the answer already that should be unique. A warning.
    case shared(SharedAnswer)
    /// An earlier line has the answer already that should be unique. A warning.
    case sharedWithLine(Int)
    /// A new record has no village.
    case noVillage
    /// A village's name needs a cell under `kecamatan`.
    case needsKecamatan
    /// The name is part of one village's: it was taken for that. A warning.
    case villageTaken(Village)
    /// Several villages fit.
    case severalVillages([Village])
    /// No village fits; these almost do.
    case unknownVillage(suggestions: [Village])
    /// The person does not work there.
    case foreignVillage(VillageCode)
    /// The village is another one than the record's: records are moved, not imported elsewhere.
    case villageChanged(from: VillageCode)
    /// No record has these letters.
    case unknownRecord
    /// There is an `_id` without `_seen`, so nothing says what the row was made from.
    case notSeen
    /// There is a `_seen` without `_id`.
    case seenWithoutRecord
    /// No view with this token is kept here.
    case unknownView
    /// The view is of another record.
    case viewOfOther
    /// The record was already deleted in the view.
    case deleted
    /// An earlier line is about the same record.
    case repeated(firstLine: Int)
    /// A cell stands under no name.
    case strayCell
    /// No row of the repeat has these letters.
    case unknownRow
    /// The person added to what is counted since the row was made.
    case countedSince
  }

  /// The line of the file, counted from 1.
  public let line: Int
  /// The column's name; `nil` if it is the row as a whole.
  public let column: String?
  /// What it is.
  public let fact: Fact
}

/// Why a file was not imported.
public enum ImportError: Error, Sendable {
  /// The file is larger than the limit, in bytes.
  case tooLarge(Int, limit: Int)
  /// It has more rows than the limit.
  case tooManyRows(limit: Int)
  /// There is nothing but a header, or not even that.
  case empty
  /// It is no table from some line on, so what follows cannot be read.
  case table(CSVError)
  /// The form has nothing of this name; these are close to it.
  case unknownColumn(String, suggestions: [String])
  /// Two columns have one name, or a group stands there as a whole and by its members.
  case doubleColumn(String)
  /// The letters of rows are missing: without them nothing says which rows the cells are of.
  case missingColumn(String)
  /// The same bytes were imported before.
  case imported(ImportedFile)
  /// Rows are wrong, so nothing was imported.
  case rows([ImportProblem], of: Int)
}

/// What was imported.
public struct ImportReport: Sendable {
  /// How many rows are to become new records, whether they were saved or only checked.
  public var newRows = 0
  /// How many rows are edits, whether they were saved or only checked.
  public var editRows = 0
  /// The records that are new, in the order of the file.
  public var created: [RecordID] = []
  /// The records that were changed.
  public var changed: [RecordID] = []
  /// How many rows said nothing new.
  public var unchanged = 0
  /// What was wrong with the rows that were passed over.
  public var skipped: [ImportProblem] = []
  /// The rows that were passed over, as a table of their own under the same header; those that had
  /// another number of cells have it still.
  public var skippedRows: [UInt8] = []
  /// What is unusual in the rows that were imported.
  public var warnings: [ImportProblem] = []
  /// Places at which an answer stands that the row's view did not have, by record.
  public var unseen: [(record: RecordID, place: PlaceName)] = []
  /// Places at which others' answers stay beside the row's, by record.
  public var beside: [(record: RecordID, place: PlaceName)] = []
}

/// Imports a table: rows without `_id` are new records, rows with `_id` and `_seen` are edits from
/// exactly that view.
public struct Importer: Sendable {
  /// The largest file, in bytes.
  public static let byteLimit = 32 << 20
  /// The most rows.
  public static let rowLimit = 20_000

  let place: Workplace

  /// Makes an importer.
  public init(_ place: Workplace) {
    self.place = place
  }

  /// Imports a file, all in one transaction.
  ///
  /// - Parameters:
  ///   - bytes: the file.
  ///   - request: how.
  ///   - keep: takes the rows that are passed over, before anything is imported: where they cannot
  ///     be kept, nothing is.
  ///   - progress: told which line of the file is read, of how many.
  /// - Throws: ``ImportError``; then nothing was imported.
  public func run(
    _ bytes: [UInt8], _ request: ImportRequest, keeping keep: ([UInt8]) throws -> Void = { _ in },
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> ImportReport {
    guard bytes.count <= Importer.byteLimit else {
      throw ImportError.tooLarge(bytes.count, limit: Importer.byteLimit)
    }
    let person = try place.worker()
    let digest = Digest.sha256(bytes).bytes
    if !request.again, let before = try place.store.imported(digest: digest) {
      throw ImportError.imported(before)
    }
    var run = ImportRun(place, form: try place.form(request.form), person: person)
    try run.read(bytes, progress)
    try run.warnOfShared()
    guard run.rows > 0 else { throw ImportError.empty }
    guard request.skipBad || run.report.skipped.isEmpty else {
      throw ImportError.rows(run.report.skipped, of: run.rows)
    }
    run.report.newRows = run.edits.count { $0.record == nil }
    run.report.editRows = run.edits.count - run.report.newRows
    if request.dryRun { return run.report }
    if !run.report.skippedRows.isEmpty { try keep(run.report.skippedRows) }
    if run.edits.isEmpty { return run.report }
    let file = ImportedFile(
      digest: digest, name: request.name, person: person, at: place.now,
      records: run.edits.count)
    do {
      run.take(try place.store.save(run.edits, importing: file, again: request.again))
    } catch let before as ImportedBefore {
      throw ImportError.imported(before.file)
    }
    return run.report
  }
}
