import ArgumentParser
import Causality
import Forms
import Store

/// `coverage`: how many records every village has, those with none included.
struct OfficeCoverage: ParsableCommand {
  static let configuration = CommandHelp.coverage.configuration("coverage")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var format: SheetOptions

  private static let outcome = "hasil_kunjungan"
  private static let enumerated = "tercacah"

  /// What there is of one village.
  private struct Tally {
    var records = 0
    var enumerated = 0
    var lastChange: Int64?

    mutating func add(_ row: RecordRow) {
      records += 1
      if row.columns.first == OfficeCoverage.enumerated { enumerated += 1 }
      lastChange = max(lastChange ?? row.changed, row.changed)
    }

    var values: [Value] {
      [
        .number(records), .number(enumerated), .number(records - enumerated),
        .instant(lastChange),
      ]
    }
  }

  func run() throws {
    let office = try Headquarters(place)
    let standing = try office.store.standing()
    var tallies: [VillageCode: Tally] = [:]
    var total = Tally()
    for form in standing.forms.values.sorted(by: { $0.id < $1.id }) {
      var filter = RecordFilter()
      if form.question(named: Self.outcome) != nil { filter.columns = [Self.outcome] }
      for row in try office.store.records(form: form.id, filter) {
        tallies[row.home, default: Tally()].add(row)
        total.add(row)
      }
    }
    let villages = standing.villages.villages.sorted { $0.code < $1.code }
    var table = Report.Table(key: "villages", columns: Self.columns, rows: [])
    table.rows = villages.map { village in
      [.text(village.code.description), .text(village.name), .text(village.kecamatan)]
        + tallies[village.code, default: Tally()].values
    }
    table.total = [.text(Term.total.text), .none, .none] + total.values
    office.print(Report("coverage", tables: [table]), as: format.format)
  }

  private static let columns: [Report.Table.Column] = [
    .init(key: "village", heading: .villageCode), .init(key: "name", heading: .village),
    .init(key: "kecamatan", heading: .kecamatan),
    .init(key: "records", heading: .records, isNumber: true),
    .init(key: "enumerated", heading: .enumerated, isNumber: true),
    .init(key: "other_results", heading: .other, isNumber: true),
    .init(key: "changed_at", heading: .lastChange),
  ]
}
