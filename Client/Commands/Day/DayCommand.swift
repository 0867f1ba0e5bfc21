import ArgumentParser
import Bytes
import Causality
import Fieldwork
import Forms
import Model
import Store

/// `kulkul` alone: the day, and what to type next.
struct DayCommand: StoreCommand {
  static let configuration = CommandHelp.day.configuration("day", isHidden: true)

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    let day = try DayReport(try bench.place(person: try bench.personIfClear()))
    bench.print(report(day, bench), output.format)
  }

  private func report(_ day: DayReport, _ bench: Workbench) -> Report {
    var report = Report("day", fields: fields(day, bench))
    report.blocks.append(.line(DayWords.survey(day.survey?.name ?? "").text, .bold))
    report.blocks.append(.pairs(pairs(day, bench)))
    report.blocks.append(.gap)
    let isTurnedAway = bench.standing.turnedAwayAt != nil
    report.blocks += DayWords.next(day, isTurnedAway: isTurnedAway).map { .line($0.text) }
    return report
  }

  private func pairs(_ day: DayReport, _ bench: Workbench) -> [(label: String, value: Cell)] {
    let who = day.personID.map { DayWords.person(bench.name(of: $0), day.person?.role).text }
    let drafts = day.drafts.isEmpty ? nil : String(day.drafts.count)
    let heard =
      day.heardAt.map { bench.clock.text($0) }
      ?? (day.role == .standalone ? Label.standalone.text : Label.never.text)
    let optional: [(Label, Cell?)] = [
      (.who, Cell(who ?? Label.nobody.text, who == nil ? .warning : .plain)),
      (.villages, Cell(DayWords.villages(day.villages.map(\.name)).text)),
      (.records, Cell(DayWords.records(day.records).text)),
      (.today, Cell(DayWords.today(recorded: day.recordedToday, changed: day.changedToday).text)),
      (.unsent, Cell(DayWords.unsent(day.unsent, day.role).text)),
      (
        .conflicts,
        Cell(
          DayWords.toDecide(day.toDecide).text, day.toDecide.isEmpty ? .plain : .warning)
      ),
      (.drafts, drafts.map { Cell($0, .warning) }),
      (.lastSync, Cell(heard)), (.office, bench.turnedAway),
    ]
    return optional.compactMap { label, cell in cell.map { (label.text, $0) } }
  }

  private func fields(_ day: DayReport, _ bench: Workbench) -> [(key: String, value: JSON)] {
    [
      ("survey", .optional(day.survey?.name)), ("role", .string(day.role.rawValue)),
      ("person", .optional(day.personID?.description)),
      ("villages", .array(day.villages.map { .string($0.code.description) })),
      ("records", .count(day.records)), ("recorded_today", .count(day.recordedToday)),
      ("changed_today", .count(day.changedToday)), ("unsent", .int(Int64(day.unsent))),
      ("conflicts", .count(day.toDecide.conflicts)),
      ("checks", .count(day.toDecide.checks)), ("drafts", .count(day.drafts.count)),
      ("heard_at", .optional(day.heardAt.map { SurveyClock.utc($0) })),
      ("turned_away_at", .optional(bench.standing.turnedAwayAt.map { SurveyClock.utc($0) })),
    ]
  }
}
