import ArgumentParser
import Bytes
import Causality
import Fieldwork
import Model
import Store

/// `kulkul status`: what this laptop is.
struct StatusCommand: StoreCommand {
  static let configuration = CommandHelp.status.configuration("status")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    let standing = bench.standing
    let person = try bench.personIfClear()
    let unsent = try bench.store.unsentCount()
    let waiting = try bench.store.waitingCount()
    let due = try ToDecide(try bench.place(person: person))
    let drafts = try person.map { try bench.store.drafts(of: $0).count } ?? 0
    let path = bench.store.path ?? ""
    let heard = standing.heardAt
    let isAlone = standing.role == .standalone
    let villages = standing.scope.map { bench.name(of: $0) }
    var report = Report(
      "status",
      fields: [
        ("survey", .optional(standing.survey?.name)), ("role", .string(standing.role.rawValue)),
        ("person", .optional(person?.description)),
        ("people", .array(bench.served.map { .string($0.description) })),
        ("device", isAlone ? .null : .int(Int64(standing.device.number))),
        ("office", .optional(standing.address)),
        ("heard_at", .optional(heard.map { SurveyClock.utc($0) })),
        ("turned_away_at", .optional(standing.turnedAwayAt.map { SurveyClock.utc($0) })),
        ("villages", .array(standing.scope.map { .string($0.description) })),
        ("unsent", .int(Int64(unsent))), ("waiting", .count(waiting)),
        ("conflicts", .count(due.conflicts)), ("checks", .count(due.checks)),
        ("drafts", .count(drafts)),
        ("directory", .int(Int64(standing.directory.version))),
        ("replica", .string(standing.replica.description)), ("store", .string(path)),
      ])
    let office = standing.address ?? Label.standalone.text
    report.blocks = [
      .pairs([
        (Label.survey.text, Cell(standing.survey?.name ?? "", .bold)),
        (Label.who.text, Cell(person.map { bench.name(of: $0) } ?? Label.nobody.text)),
        (Label.device.text, Cell(bench.deviceName)),
        (Label.villages.text, Cell(DayWords.villages(villages).text)),
        (Label.office.text, bench.turnedAway(from: office)),
        (Label.lastSync.text, Cell(heard.map { bench.clock.text($0) } ?? Label.never.text)),
        (Label.unsent.text, Cell(DayWords.unsent(unsent, standing.role).text)),
        (Label.inbox.text, Cell(DayWords.waiting(waiting).text)),
        (Label.conflicts.text, Cell(DayWords.toDecide(due).text)),
        (Label.drafts.text, Cell(String(drafts))), (Label.store.text, Cell(path)),
      ])
    ]
    bench.print(report, output.format)
  }
}
