import ArgumentParser
import Store

/// `verify`: derives everything again from the journal, and compares.
struct OfficeVerify: ParsableCommand {
  static let configuration = CommandHelp.verify.configuration("verify")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let office = try Headquarters(place)
    let found = try office.store.verify { done, all in
      office.console.show(.progress(done: done, all: all))
    }
    office.console.show(nil)
    var report = Report("verify")
    report.facts = [
      .init("changes", .changes, .number(found.changes)),
      .init("streams", .streams, .number(found.streams)),
      .init("records", .records, .number(found.records)),
      .init("current", .current, .number(found.current)),
      .init("settled", .settled, .number(found.settled)),
      .init("in_conflict", .inConflict, .number(found.inConflict)),
      .init("replaced", .replaced, .number(found.replaced)),
      .init("waiting_frames", .waiting, .number(found.waiting)),
    ]
    report.tables = [
      Report.Table(
        key: "problems",
        columns: [.init(key: "kind", heading: .state), .init(key: "problem", heading: .problem)],
        rows: found.problems.map { [.text($0.word), .text(Term.problem($0).text)] },
        empty: .sound)
    ]
    office.print(report, as: format.format)
    guard found.isClean else {
      throw Failure.unsound(path: office.path, problems: found.problems.count)
    }
  }
}
