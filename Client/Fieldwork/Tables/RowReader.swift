import Bytes
import Forms
import Model
import Reading
import Rules

/// Turns one row of a table into wishes, given the view that it was made from.
///
/// A cell with the same text as the view's own export says nothing. So an exported table that is
/// imported untouched writes nothing, also where an older form's answers are no answers any more,
/// and of an edited one only what was edited.
struct RowReader {
  private let header: TableHeader
  private let planner: AnswerPlanner
  private let cells: [String]
  private var plan: WishPlan
  private let minter: RowMinter?
  /// What is wrong with cells, by column.
  private(set) var problems: [(column: Int, fact: ImportProblem.Fact)] = []

  /// Makes a reader.
  ///
  /// - Parameter minter: names new rows of a record that is there; chance does where it is `nil`.
  init(
    _ header: TableHeader, _ cells: [String], planner: AnswerPlanner, minter: RowMinter? = nil
  ) {
    self.minter = minter
    self.header = header
    self.cells = cells
    self.planner = planner
    plan = WishPlan(planner)
  }

  /// The wishes, after ``read()``.
  var wishes: [Wish] { plan.wishes }

  mutating func read() {
    for stray in header.strays where !text(stray).isEmpty { problems.append((stray, .strayCell)) }
    for unit in header.units { read(unit, row: unit.key, slot: nil) }
    for slot in header.slots { read(slot) }
  }

  private func text(_ index: Int) -> String { Spelling.trimmed(cells[index]) }

  private mutating func read(_ slot: TableHeader.Slot) {
    let letters = slot.letters.map(text) ?? ""
    guard planner.view != nil, !letters.isEmpty, let column = slot.letters else {
      // Letters in the row of a new record are those of the record that it was copied from.
      let columns = slot.units.flatMap(\.columns)
      guard columns.contains(where: { !text($0.index).isEmpty }) else { return }
      let row = minter?.row(of: slot) ?? RowFinder.mint(planner.random)
      for unit in slot.units { read(unit, row: Row(slot.repeated.id, row), slot: nil) }
      return
    }
    var finder = RowFinder(planner)
    do {
      let row = try finder.row(
        letters, of: slot.repeated, in: header.names[column], among: .existing)
      for unit in slot.units { read(unit, row: Row(slot.repeated.id, row), slot: row) }
    } catch {
      problems.append((column, .unknownRow))
    }
  }

  /// Reads one register at one place.
  ///
  /// - Parameters:
  ///   - unit: the register and its columns.
  ///   - row: the row that it is in.
  ///   - slot: the row in the slot, if it was there in the view.
  private mutating func read(_ unit: TableHeader.Unit, row: Row?, slot: Text?) {
    let changed = unit.columns.filter { text($0.index) != before($0.column, unit, row, slot) }
    guard let first = changed.first else { return }
    if let view = planner.view, view.masked.touches(unit.register.path(row: row?.id)) {
      // An empty cell says nothing here: whoever filled the table in was not shown what stands there.
      for column in unit.columns where !text(column.index).isEmpty {
        problem(column.index, .maskedInTable)
      }
      return
    }
    do throws(AnswerError) {
      switch unit.register.kind {
      case .choices(let question), .set(let question):
        let named = try Typed.elements(text(first.index), of: question, form: planner.form)
        revive(row)
        plan.elements(unit.register, row?.id, becoming: named)
      case .single(let question):
        let answer = try Typed.parse(
          text(first.index), as: question, form: planner.form,
          zoneOffsetMinutes: planner.zoneMinutes)
        try single(answer, unit, row, column: first.index)
      case .group: try group(unit, changed, row)
      }
    } catch {
      problem(first.index, .answer(error))
    }
  }

  /// What the view would have exported to a column; of a group in one cell, nothing.
  private func before(
    _ column: TableColumn, _ unit: TableHeader.Unit, _ row: Row?, _ slot: Text?
  ) -> String? {
    guard let view = planner.view else { return "" }
    if case .register(let register, .group) = column.content {
      return view.verdict(at: register.path(row: row?.id)).answer == nil ? "" : nil
    }
    return Spelling.trimmed(column.cell(view, slot: slot, zoneMinutes: planner.zoneMinutes))
  }

  private mutating func single(
    _ answer: Answer, _ unit: TableHeader.Unit, _ row: Row?, column: Int
  ) throws(AnswerError) {
    let path = unit.register.path(row: row?.id)
    var answer = answer
    if unit.register.rule == .sum, let shown = planner.view?.verdict(at: path).answer,
      case .number(let before) = shown
    {
      // The table shows totals, so a new total is an increment of what was added since.
      guard case .number(let now) = answer else { return problem(column, .useIncrement) }
      guard let more = now.adding(before.negated) else { throw .outOfRange }
      if more == .zero { return }
      answer = .number(more)
    }
    revive(row)
    plan.put(path, answer)
  }

  private mutating func group(
    _ unit: TableHeader.Unit, _ changed: [(index: Int, column: TableColumn)], _ row: Row?
  ) throws(AnswerError) {
    let path = unit.register.path(row: row?.id)
    let shown = planner.view?.verdict(at: path)
    if let whole = unit.whole {
      let answer = try Typed.parse(
        text(whole), as: unit.register, form: planner.form,
        zoneOffsetMinutes: planner.zoneMinutes)
      if answer == shown?.answer ?? .cleared { return }
      revive(row)
      plan.put(path, answer)
      return
    }
    let isWhole = unit.columns.count == unit.register.questions.count
    if shown?.isOpen == true, let kept = kept(in: unit, changed, isWhole: isWhole) {
      return problem(kept, .openGroup(group: unit.register.name))
    }
    var answer = shown?.answer ?? .cleared
    for (index, column) in isWhole ? unit.columns : changed {
      guard case .register(_, .member(let question, let member)) = column.content else { continue }
      do {
        let part = try Typed.parse(
          text(index), as: question, form: planner.form, zoneOffsetMinutes: planner.zoneMinutes)
        answer = answer.setting(member, of: unit.register.questions.count, to: part)
      } catch {
        problem(index, .answer(error))
      }
    }
    revive(row)
    plan.put(path, answer)
  }

  /// A column of a group in conflict that would be taken from the provisional answer: what is written
  /// there would be mixed from two people's answers.
  private func kept(
    in unit: TableHeader.Unit, _ changed: [(index: Int, column: TableColumn)], isWhole: Bool
  ) -> Int? {
    let all = Set(changed.map(\.index))
    if !isWhole { return changed.first?.index }
    return unit.columns.map(\.index).first { !all.contains($0) && !text($0).isEmpty }
  }

  private mutating func revive(_ row: Row?) {
    if let row { plan.revive(row) }
  }

  private mutating func problem(_ index: Int, _ problem: AssignmentError.Problem) {
    let error = AssignmentError(name: header.names[index], problem: problem)
    problems.append((index, .answer(error)))
  }
}
