import ArgumentParser
import Bytes
import Causality
import Forms
import Model
import Store

/// `quarantine show`: what changes say that were not taken.
struct QuarantineShow: ParsableCommand {
  static let configuration = CommandHelp.quarantineShow.configuration("show")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var format: FormatOptions

  @Argument(help: OptionHelp.aside.argument("name"))
  private var name: String

  @Flag(help: OptionHelp.reveal.argument)
  private var reveal = false

  func run() throws {
    let office = try Headquarters(place)
    let run = try office.store.quarantinedRuns(all: true).find(name)
    let standing = try office.store.standing()
    var rows: [[Value]] = []
    for (index, change) in try office.store.changes(of: run).enumerated() {
      let counter = Int(clamping: run.first) + index
      guard let content = change.content else {
        rows.append([.number(counter), .none, .none, .none, .none, .none, .none])
        continue
      }
      let reader = AnswerReader(
        form: standing.forms[content.form], zone: office.zone, isRevealed: reveal)
      let record = content.record ?? change.hash.map { RecordID(creation: $0) }
      let lead: [Value] = [
        .number(counter), record.map { .text($0.description) } ?? .none,
        .text(content.author.person.description), .instant(content.author.stamp.milliseconds),
      ]
      for placed in content.answers {
        let read = reader.read(placed)
        rows.append(lead + [.text(read.place), read.answer, .flag(read.isPrivate)])
      }
      if content.answers.isEmpty { rows.append(lead + [.none, .none, .none]) }
    }
    office.print(report(run, rows, standing, try run.state(in: office.store)), as: format.format)
    if format.format != .json { try sayHow(run, office) }
  }

  private func report(
    _ run: QuarantinedRun, _ rows: [[Value]], _ standing: Standing, _ state: Value
  ) -> Report {
    let village = standing.villages[run.stream.village].map { Term.village($0).text }
    let device = standing.directory.device(run.device)?.name ?? "–"
    var table = Report.Table(
      key: "answers",
      columns: [
        .init(key: "change", heading: .change, isNumber: true),
        .init(key: "record", heading: .record), .init(key: "person", heading: .person),
        .init(key: "at", heading: .at), .init(key: "place", heading: .question),
        .init(key: "answer", heading: .answer), .init(key: "private", heading: .isPrivate),
      ], rows: rows)
    if format.format != .json {
      // A mask says it to people already.
      table = .init(
        key: table.key, columns: Array(table.columns.dropLast()),
        rows: rows.map { Array($0.dropLast()) })
    }
    return Report(
      "quarantined",
      facts: [
        .init("name", .name, .text(run.name)),
        .init(
          "device", .device, .numbered(Int(run.device.number), shown: "\(run.device) \(device)")),
        .init(
          "village", .village,
          .coded(run.stream.village.description, shown: village ?? "–")),
        .init("changes", .changes, .number(run.contents.count)),
        .init("arrived_at", .arrived, .instant(run.arrived)),
        .init("ground", .ground, .term(word: run.ground.word, .ground(run.ground))),
        .init("state", .state, state),
        .init("reason", .reason, run.decision?.reason.map { .text($0) } ?? .none),
      ], tables: [table])
  }

  private func sayHow(_ run: QuarantinedRun, _ office: Headquarters) throws {
    if run.decision?.kind == .taken { return }
    if let obstacle = try office.store.obstacle(to: run) {
      return office.say(.cannotTake(obstacle))
    }
    office.say(.howToTake(run.name))
  }
}

/// How answers are printed at the office: as they are typed, private ones masked.
private struct AnswerReader {
  let form: Form?
  let zone: Zone
  let isRevealed: Bool

  func read(_ placed: PlacedAnswer) -> (place: String, answer: Value, isPrivate: Bool) {
    let path = placed.path
    let repeated = path.row.flatMap { row in form?.repeats.first { $0.id == row.group } }
    let isKeyPrivate = repeated?.key.map { key in
      form?.question(named: "\(repeated?.name ?? "")/\(key)")?.isPrivate ?? true
    }
    let row = path.row.map { row in
      "\(repeated?.name ?? "#\(row.group.number)")"
        + "[\(isKeyPrivate == true && !isRevealed ? Term.masked.text : row.id.string)]"
    }
    switch (path.field, placed.answer) {
    case (.life, .life(let life)):
      return (row ?? Term.life.text, .text(Term.lives(life.isAlive).text), false)
    case (.village, .village(let village)):
      return (Term.home.text, .text(village.description), false)
    default: break
    }
    let register = form?.register(field: path.field)
    let place = (row.map { $0 + "." } ?? "") + (register?.name ?? "#\(path.field.number)")
    // What the form does not know may be private.
    let isPrivate = register?.isPrivate ?? true
    let text = register.map { self.text(placed.answer, $0, path) } ?? "\(placed.answer)"
    guard isPrivate && !isRevealed && !text.isEmpty else { return (place, .text(text), isPrivate) }
    return (place, .text(Term.masked.text), true)
  }

  private func text(_ answer: Answer, _ register: Register, _ path: Path) -> String {
    if register.hasElements && !path.element.isEmpty {
      return (answer == .absent ? "-" : "+") + path.element.string
    }
    guard let form else { return "" }
    return Typed.display(
      answer, of: register, form: form, language: form.defaultLanguage,
      zoneOffsetMinutes: zone.offsetMinutes)
  }
}
