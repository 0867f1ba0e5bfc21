import ArgumentParser
import Forms
import Model
import Store

/// `form publish`: the survey asks by another edition of its form from now on.
///
/// Laptops that have not heard of it go on under theirs, and what they write is read under the new
/// one; so a number must mean what it meant in *every* edition before, also in one whose question
/// the last edition left out.
struct FormPublish: ParsableCommand {
  static let configuration = CommandHelp.formPublish.configuration("publish")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var format: FormatOptions

  @Argument(help: OptionHelp.sheets.argument("folder"))
  private var paths: [String]

  @Flag(help: OptionHelp.dryRun.argument)
  private var dryRun = false

  func validate() throws {
    guard paths.count == 1 || paths.count == 3 else {
      throw ValidationError(OptionHelp.oneOrThree.text)
    }
  }

  func run() throws {
    let office = try Headquarters(place)
    let form = try Self.form(of: try SheetFiles.read(paths))
    let entry = DirectoryEntry.form(
      id: form.id, survey: form.sheets.survey, choices: form.sheets.choices,
      settings: form.sheets.settings)
    guard entry.bytes.count <= DirectoryEntry.limit else {
      throw Failure.sheetsTooLarge(limit: DirectoryEntry.limit)
    }
    if dryRun {
      let editions = try PublishedForm.all(in: try office.store.standing().directory)
      try Self.check(form, against: editions)
      show(form, after: editions, at: office)
      return office.say(.notPublished)
    }
    var editions: [PublishedForm] = []
    try office.store.extendDirectory { directory in
      editions = try PublishedForm.all(in: directory)
      try Self.check(form, against: editions)
      return [entry]
    }
    show(form, after: editions, at: office)
    office.say(.published(form.name, form.version))
  }

  private static func form(of sheets: FormSheets) throws -> Form {
    do {
      return try Form(sheets)
    } catch {
      throw Failure.form(error)
    }
  }

  /// Refuses a form that may not follow what was published.
  private static func check(_ form: Form, against editions: [PublishedForm]) throws {
    guard let newest = editions.last(where: { $0.form.id == form.id }) else {
      let known = editions.last?.form
      let problem = FormProblem.otherForm(id: known?.id ?? 0, name: known?.name ?? "")
      throw Failure.unfitForm(
        form.name, [FormObjection(edition: known?.version ?? "", problem: problem, name: "")])
    }
    if newest.form.sheets == form.sheets { throw Failure.formUnchanged(form.version) }
    if editions.contains(where: { $0.form.id == form.id && $0.form.version == form.version }) {
      throw Failure.editionTaken(form.version)
    }
    var seen = Set<FormProblem>()
    var found: [FormObjection] = []
    // NB: the newest first, because what it says is what whoever wrote the sheets knows.
    for edition in editions.reversed() where edition.form.id == form.id {
      for problem in form.compatible(with: edition.form) where seen.insert(problem).inserted {
        found.append(
          FormObjection(
            edition: edition.form.version, problem: problem,
            name: edition.form.name(of: problem) ?? form.name(of: problem) ?? ""))
      }
    }
    if !found.isEmpty { throw Failure.unfitForm(form.name, found) }
  }

  private func show(_ form: Form, after editions: [PublishedForm], at office: Headquarters) {
    let older = editions.last { $0.form.id == form.id }?.form
    let rows = FormChange.all(from: older, to: form).map { change in
      [
        Value.number(Int(change.id.number)), .text(change.name),
        .term(word: change.kind.word, .formChange(change.kind)),
      ]
    }
    office.print(
      Report(
        "form",
        facts: [
          .init("form", .form, .text(form.name)),
          .init("edition", .edition, .text(form.version)),
          .init("replaces", .replaces, older.map { .text($0.version) } ?? .none),
          .init("questions", .questions, .number(form.questions.count)),
          .init("is_published", .isPublished, .flag(!dryRun)),
        ],
        tables: [
          .init(
            key: "changes",
            columns: [
              .init(key: "number", heading: .number, isNumber: true),
              .init(key: "question", heading: .question), .init(key: "change", heading: .change),
            ], rows: rows, empty: .nothingAskedOtherwise)
        ]), as: format.format)
  }
}

/// What keeps a form from following an edition.
struct FormObjection {
  let edition: String
  let problem: FormProblem
  /// What the number is called there.
  let name: String
}

extension Form {
  /// What a problem is about, by name.
  fileprivate func name(of problem: FormProblem) -> String? {
    guard let field = problem.field else { return nil }
    return questions.first { $0.id == field }?.qualifiedName ?? name(of: field, among: items)
  }

  private func name(of field: FieldID, among items: [Item]) -> String? {
    for item in items {
      if item.id == field { return item.name }
      let inner: [Item] =
        switch item {
        case .group(let group): group.items
        case .repeated(let repeated): repeated.items
        case .question: []
        }
      if let name = name(of: field, among: inner) { return name }
    }
    return nil
  }
}

extension FormProblem {
  fileprivate var field: FieldID? {
    switch self {
    case .otherForm: nil
    case .kindChanged(let field, _, _), .typeChanged(let field, _, _),
      .repeatChanged(let field, _, _), .groupChanged(let field), .membersChanged(let field),
      .keyChanged(let field), .choicesRemoved(let field, _), .ruleChanged(let field, _, _):
      field
    }
  }
}
