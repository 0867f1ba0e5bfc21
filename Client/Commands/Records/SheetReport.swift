import Bytes
import Causality
import Fieldwork
import Forms
import Rules
import Store

/// A record as `show` prints it.
struct SheetReport {
  let bench: Workbench
  let place: Workplace
  let sheet: RecordSheet
  let items: [ConflictItem]

  var report: Report {
    Report("record", fields: fields, blocks: blocks)
  }

  // MARK: For people

  private var blocks: [Report.Block] {
    var blocks: [Report.Block] = [
      .line(RecordWords.title(sheet.line.short, name: sheet.line.name), .bold), .pairs(pairs),
    ]
    if !sheet.lines.isEmpty { blocks += [.gap, .table(table(sheet.lines))] }
    for row in sheet.rows {
      blocks += [.gap, .line(RecordWords.row(row.place.description, row.place.label), .bold)]
      if row.life == .contested { blocks.append(.line(Label.contested.text, .warning)) }
      blocks.append(.table(table(row.lines)))
    }
    for item in items { blocks += [.gap] + ConflictBlocks(bench, place).short(item) }
    let said = findings.map { Report.Block.line($0.text, .dim) }
    return said.isEmpty ? blocks : blocks + [.gap] + said
  }

  private var pairs: [(label: String, value: Cell)] {
    let row = sheet.line.row
    let clock = bench.clock
    let village = sheet.line.village.map(RecordWords.village) ?? row.home.description
    var pairs: [(label: String, value: Cell)] = [(Label.village.text, Cell(village))]
    if row.isInTransit {
      let from = bench.name(of: row.village)
      pairs.append((Label.state.text, Cell(RecordWords.inTransit(from), .warning)))
    }
    if row.life != .alive {
      let words = row.life == .deleted ? Label.deleted : Label.contested
      pairs.append((Label.state.text, Cell(words.text, .warning)))
    }
    if let created = row.created {
      let who = row.creator.map { bench.name(of: $0) }
      pairs.append((Label.created.text, Cell(RecordWords.by(clock.text(created), who))))
    }
    if row.changed != row.created {
      let who = row.editor.map { bench.name(of: $0) }
      pairs.append((Label.changed.text, Cell(RecordWords.by(clock.text(row.changed), who))))
    }
    let saved = RecordWords.saved(
      clock.text(row.saved), isUnsent: sheet.line.isUnsent, bench.standing.role)
    pairs.append((Label.saved.text, Cell(saved)))
    return pairs
  }

  private func table(_ lines: [SheetLine]) -> Table {
    var table = Table([
      .init(.question), .init(.meaning, isElastic: true), .init(.answer, isElastic: true),
      .init(.note),
    ])
    for line in lines {
      let note =
        line.isOpen
        ? Cell(RecordWords.open(line.behind), .warning)
        : Cell(line.behind > 1 ? RecordWords.behind(line.behind) : "", .dim)
      table.rows.append([
        Cell(line.place.description), Cell(line.place.label, .dim), Cell(line.text), note,
      ])
    }
    return table
  }

  /// What the form's checks say, apart from what stands among the things to decide.
  private var findings: [FindingWords] {
    sheet.findings.filter { finding in
      finding.severity == .warning || !items.contains { $0.isAbout(finding) }
    }.map { finding in
      FindingWords(
        finding, finding.severity == .warning ? .warning : .standing, language: place.language)
    }
  }

  // MARK: For programs

  private var fields: [(key: String, value: JSON)] {
    let record = RecordJSON(
      place, form: sheet.reading.form, withPrivate: place.privacy == .revealed)
    let lines = sheet.lines + sheet.rows.flatMap(\.lines)
    return [
      ("record", .raw(record.text(sheet.reading, row: sheet.line.row))),
      ("letters", .string(sheet.line.short)), ("name", .optional(sheet.line.name)),
      ("saved", .string(SurveyClock.utc(sheet.line.row.saved))),
      ("unsent", .bool(sheet.line.isUnsent)), ("seen", .string(sheet.token.description)),
      (
        "behind",
        .array(
          lines.filter { $0.behind > 1 }.map { line in
            .object([
              ("question", .string(line.place.description)), ("answers", .count(line.behind)),
              ("open", .bool(line.isOpen)),
            ])
          })
      ), ("findings", .array(sheet.findings.map(json))),
      ("decide", .array(items.map { ConflictBlocks(bench, place).json($0) })),
    ]
  }

  private func json(_ finding: Finding) -> JSON {
    FindingWords(finding, .standing, language: place.language).json
  }
}

extension ConflictItem {
  fileprivate func isAbout(_ finding: Finding) -> Bool {
    if case .check(let own, _) = matter { own == finding } else { false }
  }
}
