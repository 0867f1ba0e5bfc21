import ArgumentParser
import Bytes
import Causality
import Fieldwork
import Forms

/// `kulkul coverage`: the records of each village.
struct CoverageCommand: StoreCommand {
  static let configuration = CommandHelp.coverage.configuration("coverage")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    let place = try bench.place(person: try bench.personIfClear())
    let coverage = try Coverage(place, form: try bench.form().id)
    var report = Report(
      "coverage",
      fields: [
        ("held", .string(coverage.held)), ("directory", .int(Int64(coverage.directory))),
        (
          "villages",
          .array(
            coverage.rows.map { row in
              .object(
                [
                  ("village", .string(row.village.code.description)),
                  ("name", .string(row.village.name)),
                  ("kecamatan", .string(row.village.kecamatan)), ("held", .bool(row.isHeld)),
                ] + fields(row.count))
            })
        ), ("total", .object(fields(coverage.total))),
        ("outside", .object(fields(coverage.outside))),
      ])
    report.blocks = [.table(table(coverage)), .gap] + sizes(coverage.total)
    report.blocks.append(.line(CoverageWords.stamp(coverage.held, coverage.directory).text, .dim))
    bench.print(report, output.format)
  }

  private func table(_ coverage: Coverage) -> Table {
    var table = Table([
      .init(.code), .init(.village), .init(.kecamatan), .init(.records, isNumber: true),
      .init(.enumerated, isNumber: true), .init(.otherResults, isNumber: true),
      .init(.conflicts, isNumber: true), .init(.note),
    ])
    for row in coverage.rows {
      table.rows.append(
        [
          Cell(row.village.code.description), Cell(row.village.name),
          Cell(row.village.kecamatan, .dim),
        ] + counts(row.count) + [Cell(row.isHeld ? "" : Label.notHeld.text, .dim)])
    }
    if coverage.outside.records > 0 {
      table.rows.append(
        ["", Cell(Label.outside.text, .warning), ""] + counts(coverage.outside) + [""])
    }
    table.rows.append(["", Cell(Label.total.text, .bold), ""] + counts(coverage.total) + [""])
    return table
  }

  private func counts(_ count: CoverageCount) -> [Cell] {
    [
      Cell(String(count.records)), Cell(String(count.enumerated)),
      Cell(String(count.otherResults)),
      Cell(String(count.conflicts), count.conflicts > 0 ? .warning : .plain),
    ]
  }

  private func sizes(_ count: CoverageCount) -> [Report.Block] {
    SizeScheme.allCases.compactMap { scheme in
      count.sizes[scheme].map { sizes in
        .line(CoverageWords.sizes(scheme, sizes).text)
      }
    }
  }

  private func fields(_ count: CoverageCount) -> [(key: String, value: JSON)] {
    let sizes = SizeScheme.allCases.map { scheme in
      (
        key: scheme.rawValue,
        value: JSON.object(
          scheme.classes.map { ($0.rawValue, .count(count.sizes[scheme]?[$0] ?? 0)) })
      )
    }
    return [
      ("records", .count(count.records)), ("enumerated", .count(count.enumerated)),
      ("other_results", .count(count.otherResults)), ("conflicts", .count(count.conflicts)),
      ("sizes", .object(sizes)),
    ]
  }
}
