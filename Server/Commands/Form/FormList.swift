import ArgumentParser
import Forms
import Model
import Store

/// `form list`: every edition of every form that was published.
struct FormList: ParsableCommand {
  static let configuration = CommandHelp.formList.configuration("list")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let office = try Headquarters(place)
    let editions = try PublishedForm.all(in: try office.store.standing().directory)
    let newest = Dictionary(editions.map { ($0.form.id, $0.since) }) { max($0, $1) }
    let rows = editions.map { edition in
      [
        Value.number(Int(edition.form.id)), .text(edition.form.name), .text(edition.form.version),
        .number(Int(edition.since)), .number(edition.form.questions.count),
        .flag(newest[edition.form.id] == edition.since),
      ]
    }
    office.print(
      Report(
        "forms",
        tables: [
          .init(
            key: "forms",
            columns: [
              .init(key: "form", heading: .form, isNumber: true),
              .init(key: "name", heading: .name), .init(key: "edition", heading: .edition),
              .init(key: "directory", heading: .directory, isNumber: true),
              .init(key: "questions", heading: .questions, isNumber: true),
              .init(key: "current", heading: .isCurrent),
            ], rows: rows)
        ]), as: format.format)
  }
}
