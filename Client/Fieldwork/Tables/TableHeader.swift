import Bytes
import Forms
import Model

/// The header of a table that somebody wants imported: what stands in each of its columns.
struct TableHeader: Sendable {
  /// One register at one place, and the columns that hold parts of it.
  struct Unit: Sendable {
    let place: TableColumn.Place
    let register: Register
    var columns: [(index: Int, column: TableColumn)]

    /// The row of a keyed repeat that it is in.
    var key: Row? {
      if case .keyed(let repeated, let key) = place { Row(repeated.id, key) } else { nil }
    }

    /// The column that holds a group as a whole.
    var whole: Int? {
      columns.first { entry in
        if case .register(_, .group) = entry.column.content { true } else { false }
      }?.index
    }
  }

  /// A slot for rows of a repeat without a key.
  struct Slot: Sendable {
    let repeated: Repeat
    let number: Int
    /// The column with the letters of the row.
    var letters: Int?
    var units: [Unit] = []
  }

  /// The columns as they are named.
  let names: [String]
  /// The columns of the record itself, by name.
  private(set) var own: [String: Int] = [:]
  /// The columns without a name.
  private(set) var strays: [Int] = []
  /// What stands outside repeats and in rows of keyed ones.
  private(set) var units: [Unit] = []
  /// What stands in slots.
  private(set) var slots: [Slot] = []

  init(_ fields: [String], form: Form, zoneMinutes: Int) throws(ImportError) {
    names = fields.map(Spelling.trimmed)
    var seen: Set<String> = []
    for (index, name) in names.enumerated() {
      if name.isEmpty {
        strays.append(index)
        continue
      }
      guard seen.insert(name).inserted else { throw .doubleColumn(name) }
      if TableLayout.own.contains(name) {
        own[name] = index
      } else {
        let reader = ColumnReader(form: form, zoneMinutes: zoneMinutes)
        try add(try reader.column(name), at: index)
      }
    }
    for unit in units + slots.flatMap(\.units) where unit.whole != nil && unit.columns.count > 1 {
      throw .doubleColumn(unit.register.name)
    }
    guard own["_id"] != nil else { return }
    for slot in slots where slot.letters == nil {
      throw .missingColumn("\(slot.repeated.name)[\(slot.number)].\(TableColumn.letters)")
    }
  }

  private mutating func add(_ column: TableColumn, at index: Int) throws(ImportError) {
    guard case .slot(let repeated, let number) = column.place else {
      guard case .register(let register, _) = column.content else { return }
      TableHeader.add(column, register, at: index, to: &units)
      return
    }
    var position = slots.firstIndex { $0.number == number && $0.repeated.id == repeated.id }
    if position == nil {
      slots.append(Slot(repeated: repeated, number: number))
      position = slots.count - 1
    }
    guard let position else { return }
    switch column.content {
    case .letters: slots[position].letters = index
    case .register(let register, _):
      TableHeader.add(column, register, at: index, to: &slots[position].units)
    }
  }

  private static func add(
    _ column: TableColumn, _ register: Register, at index: Int, to units: inout [Unit]
  ) {
    let known = units.firstIndex { unit in
      guard unit.register.field == register.field else { return false }
      guard case .keyed(_, let key) = column.place else { return true }
      return unit.key?.id == key
    }
    if let known {
      units[known].columns.append((index, column))
    } else {
      units.append(Unit(place: column.place, register: register, columns: [(index, column)]))
    }
  }
}

/// Reads the name of a column.
private struct ColumnReader {
  let form: Form
  let zoneMinutes: Int

  func column(_ name: String) throws(ImportError) -> TableColumn {
    guard let open = name.firstIndex(of: "["), name.dropFirst().contains("]") else {
      let place = TableColumn.Place.record
      if let item = form.item(named: name), let content = content(item, in: nil) {
        return TableColumn(place, content)
      }
      throw .unknownColumn(name, suggestions: suggestions(for: name, in: nil))
    }
    guard let close = name.lastIndex(of: "]"), name[close...].hasPrefix("]."),
      let repeated = form.repeat(named: String(name[..<open]))
    else { throw .unknownColumn(name, suggestions: form.repeats.map { "\($0.name)[…]." }) }
    let inside = Spelling.trimmed(String(name[name.index(after: open)..<close]))
    let question = String(name[name.index(close, offsetBy: 2)...])
    guard let place = place(inside, of: repeated) else {
      throw .unknownColumn(name, suggestions: [])
    }
    if question == TableColumn.letters, repeated.key == nil { return TableColumn(place, .letters) }
    guard let item = form.item(named: "\(repeated.name)/\(question)"),
      let content = content(item, in: repeated)
    else {
      throw .unknownColumn(name, suggestions: suggestions(for: question, in: repeated))
    }
    return TableColumn(place, content)
  }

  private func place(_ typed: String, of repeated: Repeat) -> TableColumn.Place? {
    guard let key = repeated.key else {
      guard let number = Int(typed), (1...CSVReader.columnLimit).contains(number) else {
        return nil
      }
      return .slot(repeated, number)
    }
    guard let question = form.question(named: "\(repeated.name)/\(key)") else { return nil }
    do {
      let answer = try Typed.parse(
        typed, as: question, form: form, zoneOffsetMinutes: zoneMinutes)
      return Typed.rowName(of: answer, key: question).map { .keyed(repeated, $0) }
    } catch {
      // Ignored because the caller says that there is no such column.
      return nil
    }
  }

  private func content(_ item: Item, in repeated: Repeat?) -> TableColumn.Content? {
    switch item {
    case .repeated: return nil
    case .group(let group):
      guard let register = form.register(field: group.id), register.repeat?.id == repeated?.id
      else { return nil }
      return .register(register, .group)
    case .question(let question):
      guard let register = form.register(of: question), register.repeat?.id == repeated?.id else {
        return nil
      }
      switch register.kind {
      case .single: return .register(register, .answer(question))
      case .choices, .set: return .register(register, .elements(question))
      case .group(_, let members):
        guard let index = members.firstIndex(where: { $0.id == question.id }) else { return nil }
        return .register(register, .member(question, index))
      }
    }
  }

  private func suggestions(for name: String, in repeated: Repeat?) -> [String] {
    let planner = AnswerPlanner(form: form, view: nil, zoneMinutes: zoneMinutes) { 0 }
    return planner.suggestions(for: name, in: repeated)
      + (repeated == nil ? Spelling.closest(to: name, among: TableLayout.own) : [])
  }
}
