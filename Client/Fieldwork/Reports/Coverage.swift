import Bytes
import Causality
import Forms
import Model
import Store
import Wire

/// How far the survey is in one village, or in all.
public struct CoverageCount: Hashable, Sendable {
  /// Records that are not deleted.
  public var records = 0
  /// Of those, how many were enumerated.
  public var enumerated = 0
  /// Of those, how many visits had another result.
  public var otherResults = 0
  /// How many things a person must decide in them.
  public var conflicts = 0
  /// Of the enumerated, how many are of each size, by scheme.
  public var sizes: [SizeScheme: [SizeClass: Int]] = [:]
}

/// One village's line of the report.
public struct CoverageRow: Sendable {
  /// The village.
  public let village: Village
  /// Whether this store holds the village at all; a laptop holds its own.
  public let isHeld: Bool
  /// The counts.
  public let count: CoverageCount
}

/// How far the survey is: a line for every village of the survey, also where nothing was recorded.
///
/// What a report says depends on the changes held and on the rules, so it states both.
public struct Coverage: Sendable {
  /// The villages, in order of code.
  public let rows: [CoverageRow]
  /// All of them together.
  public let total: CoverageCount
  /// Records in villages that the survey does not have.
  public let outside: CoverageCount
  /// The digest of all that is held, 20 hexadecimal digits.
  public let held: String
  /// The version of the directory, with its rules.
  public let directory: UInt64

  /// Counts the records of a form.
  public init(_ place: Workplace, form number: UInt32) throws {
    let questions = CoverageQuestions(try place.form(number))
    var filter = RecordFilter()
    filter.columns = questions.columns
    var counts: [VillageCode: CoverageCount] = [:]
    var total = CoverageCount()
    var outside = CoverageCount()
    for row in try place.store.records(form: number, filter) {
      let one = questions.count(row)
      total.add(one)
      if place.standing.villages[row.home] == nil {
        outside.add(one)
      } else {
        counts[row.home, default: CoverageCount()].add(one)
      }
    }
    let held = Set(place.standing.scope)
    let isOffice = place.standing.role == .office
    rows = place.standing.villages.villages.sorted { $0.code < $1.code }.map { village in
      CoverageRow(
        village: village, isHeld: isOffice || held.contains(village.code),
        count: counts[village.code] ?? CoverageCount())
    }
    self.total = total
    self.outside = outside
    let state = try HeldState(place)
    self.held = state.held
    directory = state.directory
  }
}

/// From which changes and which rules a report was made: who has both the same finds the same.
struct HeldState {
  /// The digest of all that is held, 20 hexadecimal digits.
  let held: String
  /// The version of the directory, with its rules.
  let directory: UInt64

  init(_ place: Workplace) throws {
    held = Hex.text(Digest.vectors(try place.store.vectors()).bytes.prefix(10))
    directory = place.standing.directory.version
  }
}

extension CoverageCount {
  mutating func add(_ other: CoverageCount) {
    records += other.records
    enumerated += other.enumerated
    otherResults += other.otherResults
    conflicts += other.conflicts
    for (scheme, classes) in other.sizes {
      sizes[scheme, default: [:]].merge(classes) { $0 + $1 }
    }
  }
}

/// The questions that coverage is counted by, where a form has them: the result of the visit, the
/// workers and the investment.
private struct CoverageQuestions {
  private static let result = "hasil_kunjungan"
  private static let enumerated = "tercacah"
  private static let workers = ["tk_l", "tk_p"]
  private static let investment = "investasi_tanpa_tb"

  /// The typed columns to ask for.
  let columns: [String]
  private let index: [String: Int]

  init(_ form: Form) {
    let names = [Self.result, Self.investment] + Self.workers
    columns = names.filter { name in
      form.question(named: name).map { $0.repeatName == nil && !$0.hasElements } ?? false
    }
    index = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
  }

  func count(_ row: RecordRow) -> CoverageCount {
    var count = CoverageCount(records: 1)
    count.conflicts = row.conflicts
    switch value(Self.result, row) {
    case Self.enumerated?: count.enumerated = 1
    case .some: count.otherResults = 1
    case nil: break
    }
    guard count.enumerated > 0 else { return count }
    let workers = Self.workers.map { number($0, row) }
    let total = workers.contains(nil) ? nil : workers.compactMap { $0 }.reduce(0, +)
    for scheme in SizeScheme.allCases {
      let size = scheme.size(workers: total, investment: number(Self.investment, row))
      count.sizes[scheme] = [size: 1]
    }
    return count
  }

  private func value(_ name: String, _ row: RecordRow) -> String? {
    index[name].flatMap { row.columns[$0] }
  }

  private func number(_ name: String, _ row: RecordRow) -> Int64? {
    value(name, row).flatMap { Int64($0) }
  }
}
