import Bytes
import Causality
import Forms
import Model
import Reading
import Rules
import Store

/// Finds everything in one record that a person must decide.
struct ConflictReader {
  private let place: Workplace
  private let reading: RecordReading
  private let form: Form
  private let display: Display
  private let namer: PlaceNamer
  private let testimony: Testimony

  /// Makes a reader; a thorough one also says what each author knew and replaced, which takes a look
  /// into the journal for each of them.
  init(_ place: Workplace, _ reading: RecordReading, form: Form, isThorough: Bool = true) {
    self.place = place
    self.reading = reading
    self.form = form
    display = place.display(form)
    namer = PlaceNamer(display, reading)
    testimony = Testimony(place, reading, display: display, isThorough: isThorough)
  }

  func items(_ line: RecordLine) throws -> [ConflictItem] {
    var items: [ConflictItem] = []
    if reading.life.liveness == .contested {
      items.append(try life(reading.life, row: nil, line))
    }
    if case .open(let provisional, let sides) = reading.homeVerdict {
      items.append(try answers(provisional, sides, at: .village, line))
    }
    for open in reading.openRegisters {
      guard case .open(let provisional, let sides) = open.verdict else { continue }
      items.append(try answers(provisional, sides, at: open.path, line))
    }
    for row in reading.rows where row.life.liveness == .contested {
      items.append(try life(row.life, row: row.row, line))
    }
    for finding in DerivedConflicts.findings(in: reading, zoneMinutes: place.zoneMinutes) {
      items.append(
        ConflictItem(
          line: line, place: namer.name(of: finding.question, row: finding.row), path: nil,
          matter: .check(finding, given: try given(finding.question, row: finding.row)),
          decision: nil, reopenedBy: []))
    }
    for shared in try place.shared(reading) {
      items.append(
        ConflictItem(
          line: line, place: namer.name(of: shared.question, row: nil), path: nil,
          matter: .shared(shared, given: try given(shared.question, row: nil)), decision: nil,
          reopenedBy: []))
    }
    return items
  }

  /// What stands at the question that is wrong.
  private func given(_ question: Question, row: Text?) throws -> [GivenAnswer] {
    guard let register = form.register(of: question) else { return [] }
    let place = register.path(row: row)
    return try reading.registers.filter { other in
      other.path.field == place.field && other.path.row == place.row
        && other.verdict.answer.map { $0 != .absent } ?? false
    }.flatMap { standing in
      try reading.state.siblings(at: standing.path).filter { $0.answer != .absent }.map { sibling in
        GivenAnswer(
          place: namer.name(of: standing.path),
          text: display.text(sibling.answer, at: standing.path),
          witness: try testimony.witness(of: sibling.origin, at: standing.path))
      }
    }
  }

  /// The sides of what stands at a place.
  func sides(_ provisional: Answer?, _ sides: [Side], at path: Path) throws -> [ConflictSide] {
    let names = SideNames.names(of: sides.map(\.answer), record: reading.record, path: path)
    return try zip(sides, names).map { side, name in
      ConflictSide(
        name: name, answer: side.answer, text: display.text(side.answer, at: path),
        witnesses: try side.contenders.compactMap {
          try testimony.witness(of: $0.origin, at: path)
        }, isProvisional: side.answer == provisional)
    }
  }

  private func answers(
    _ provisional: Answer, _ sides: [Side], at path: Path, _ line: RecordLine
  ) throws -> ConflictItem {
    let contenders = RecordReading.contenders(
      reading.state.siblings(at: path), state: reading.state,
      directory: place.standing.directory
    ).sorted()
    let decision = contenders.last(where: \.isDecision)
    let others = contenders.filter { $0.origin != decision?.origin }
    return ConflictItem(
      line: line, place: namer.name(of: path), path: path,
      matter: .answers(try self.sides(provisional, sides, at: path)),
      decision: try decision.flatMap { try testimony.witness(of: $0.origin, at: path) },
      reopenedBy: decision == nil ? [] : Set(others.map(\.person)).sorted())
  }

  private func life(
    _ life: LifeReading, row: Row?, _ line: RecordLine
  ) throws -> ConflictItem {
    let path = Path(row: row, field: .life)
    let unseen = try life.unseen.map { seen in
      GivenAnswer(
        place: namer.name(of: seen.path),
        text: reading.state.siblings(at: seen.path).first { $0.origin == seen.name }
          .map { display.text($0.answer, at: seen.path) } ?? "",
        witness: try testimony.witness(of: seen.name, at: seen.path))
    }
    let lives = RecordReading.contenders(
      reading.state.siblings(at: path), state: reading.state,
      directory: place.standing.directory
    ).sorted()
    let decision = lives.last(where: \.isDecision)
    let others =
      lives.filter { $0.origin != decision?.origin }.map(\.person)
      + unseen.compactMap(\.witness?.person)
    return ConflictItem(
      line: line, place: namer.name(of: path), path: path,
      matter: .life(
        deletes: try life.deletes.compactMap { try testimony.witness(of: $0.origin, at: path) },
        unseen: unseen),
      decision: try decision.flatMap { try testimony.witness(of: $0.origin, at: path) },
      reopenedBy: decision == nil ? [] : Set(others).sorted())
  }
}
