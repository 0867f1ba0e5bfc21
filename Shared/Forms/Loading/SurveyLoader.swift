import Model

/// Reads the survey sheet from top to bottom and keeps the sections that are still open.
struct SurveyLoader {
  /// How deep groups may be nested.
  static let depthLimit = 16

  /// A group or repeat whose end has not come yet; the first one is the form itself.
  private struct Section {
    enum Kind { case form, group, repeated }

    var kind = Kind.form
    var row = CSVRow(line: 0, fields: [])
    var name = ""
    var id = FieldID(0)
    var rule: Rule?
    var key: String?
    var relevant: Expression?
    var items: [Item] = []
  }

  private let columns: SurveyColumns
  private let lists: [String: ChoiceList]
  private var sections = [Section()]
  // NB: a key that no other table has costs each start a search of all conformances there are.
  private var lines: [UInt32: Int] = [:]
  /// The names in each repeat, and under no name those outside of all.
  private var names: [String: Set<String>] = [:]
  /// What must be looked up once all names are known.
  private var wanted: [(row: CSVRow, expression: Expression, repeatName: String?)] = []

  init(_ columns: SurveyColumns, lists: [String: ChoiceList]) {
    self.columns = columns
    self.lists = lists
  }

  mutating func load() throws(FormError) -> [Item] {
    for row in columns.table.rows {
      let type = columns.type(row)
      switch type {
      case "begin_group", "begin group": try open(row, .group)
      case "begin_repeat", "begin repeat": try open(row, .repeated)
      case "end_group", "end group": try close(row, .group)
      case "end_repeat", "end repeat": try close(row, .repeated)
      default: try question(row, type)
      }
    }
    guard sections.count == 1 else {
      throw error(sections[sections.count - 1].row, .unclosed(sections[sections.count - 1].name))
    }
    guard !sections[0].items.isEmpty else {
      throw FormError(sheet: .survey, line: 0, fact: .noQuestions)
    }
    try checkReferences()
    return sections[0].items
  }

  private func error(_ row: CSVRow, _ fact: FormError.Fact) -> FormError {
    columns.table.error(row, fact)
  }

  /// The repeat that is open.
  private var repeatName: String? { sections.last { $0.kind == .repeated }?.name }

  private mutating func append(_ item: Item) {
    sections[sections.count - 1].items.append(item)
  }

  /// Takes a row's name and number, each of which nothing else may have.
  private mutating func identify(_ row: CSVRow) throws(FormError) -> (name: String, id: FieldID) {
    let name = try columns.name(row)
    guard names[repeatName ?? "", default: []].insert(name).inserted else {
      throw error(row, .duplicateName(name))
    }
    let id = try columns.id(row)
    if let line = lines.updateValue(row.line, forKey: id.number) {
      throw error(row, .duplicateID(id.number, line: line))
    }
    return (name, id)
  }

  private mutating func want(_ expression: Expression?, _ row: CSVRow) -> Expression? {
    if let expression { wanted.append((row, expression, repeatName)) }
    return expression
  }

  private func checkReferences() throws(FormError) {
    var outline = Outline()
    outline.add(sections[0].items, inside: nil)
    let index = NameIndex(outline.items.map { ($0.item.name, $0.repeatName) })
    for (row, expression, repeatName) in wanted {
      for name in expression.references {
        guard let position = index.find(name, seenFrom: repeatName) else {
          let isAmbiguous = index.isAmbiguous(name)
          throw error(row, isAmbiguous ? .ambiguousReference(name) : .unknownReference(name))
        }
        if case .group = outline.items[position].item {
          throw error(row, .unknownReference(name))
        }
      }
    }
  }
}

extension SurveyLoader {
  private mutating func open(_ row: CSVRow, _ kind: Section.Kind) throws(FormError) {
    var section = Section(kind: kind, row: row)
    (section.name, section.id) = try identify(row)
    guard sections.count <= SurveyLoader.depthLimit else {
      throw error(row, .tooDeep(section.name))
    }
    if let outer = sections.last, outer.rule != nil {
      throw error(row, .unfitMember(section.name, group: outer.name))
    }
    section.rule = try columns.rule(row)
    if kind == .repeated {
      if repeatName != nil { throw error(row, .nestedRepeat(section.name)) }
      if let rule = section.rule {
        throw error(row, .unfitRule(rule.description, type: "repeat"))
      }
      section.key = columns.key(row)
    }
    section.relevant = want(try columns.expression(row, "relevant"), row)
    sections.append(section)
  }

  private mutating func close(_ row: CSVRow, _ kind: Section.Kind) throws(FormError) {
    guard let section = sections.last, section.kind == kind else { throw error(row, .strayEnd) }
    sections.removeLast()
    append(kind == .group ? .group(try group(section)) : .repeated(try repeated(section)))
  }

  private func group(_ section: Section) throws(FormError) -> Group {
    if let rule = section.rule {
      let members: [Question] = section.items.compactMap { item in
        guard case .question(let question) = item, question.type != .note else { return nil }
        return question
      }
      guard !members.isEmpty else { throw error(section.row, .emptyGroup(section.name)) }
      guard members.count <= Answer.memberLimit, rule.fits(group: members.map(\.type)) else {
        throw error(section.row, .unfitRule(rule.description, type: "group"))
      }
    }
    return Group(
      id: section.id, name: section.name, labels: columns.labels(section.row),
      hints: columns.hints(section.row), relevant: section.relevant, rule: section.rule,
      items: section.items)
  }

  private func repeated(_ section: Section) throws(FormError) -> Repeat {
    if let key = section.key {
      var outline = Outline()
      outline.add(section.items, inside: nil)
      guard outline.questions.contains(where: { $0.isKey }) else {
        throw error(section.row, .unfitKey(key))
      }
    }
    try checkComparisons(in: section)
    return Repeat(
      id: section.id, name: section.name, labels: columns.labels(section.row),
      hints: columns.hints(section.row), relevant: section.relevant, key: section.key,
      items: section.items)
  }
}

extension SurveyLoader {
  private mutating func question(_ row: CSVRow, _ word: String) throws(FormError) {
    let type = try questionType(row, word)
    let (name, id) = try identify(row)
    let isKey = sections.last { $0.kind == .repeated }?.key == name
    let relevant = want(try columns.expression(row, "relevant"), row)
    let question = Question(
      id: id, name: name, type: type, labels: columns.labels(row), hints: columns.hints(row),
      required: want(try columns.required(row), row), relevant: relevant,
      constraint: want(try columns.expression(row, "constraint"), row),
      constraintMessage: columns.constraintMessage(row), warnings: try columns.warnings(row),
      comparison: try comparison(row, type: type, isKey: isKey),
      comparisonMessage: columns.comparisonMessage(row),
      rule: try rule(row, name: name, type: type, isKey: isKey),
      isPrivate: try columns.isPrivate(row), isUnique: try columns.isUnique(row),
      group: try registerGroup(row, name: name, type: type),
      repeatName: repeatName, isKey: isKey, conditions: conditions(own: relevant))
    for warning in question.warnings { wanted.append((row, warning.expression, repeatName)) }
    if isKey, !question.mayBeKey { throw error(row, .unfitKey(name)) }
    if question.isUnique, !question.mayBeUnique { throw error(row, .unfitUnique(name)) }
    append(.question(question))
  }

  private func questionType(_ row: CSVRow, _ word: String) throws(FormError) -> QuestionType {
    switch word {
    case "text": return .text
    case "integer": return .integer
    case "decimal": return .decimal
    case "date": return .date
    case "dateTime": return .dateTime
    case "note": return .note
    default: break
    }
    let words = word.split(separator: " ")
    guard words.count == 2, words[0] == "select_one" || words[0] == "select_multiple" else {
      throw error(row, .unknownType(word))
    }
    let list = String(words[1])
    guard lists[list] != nil else { throw error(row, .unknownList(list)) }
    return words[0] == "select_one" ? .selectOne(list: list) : .selectMultiple(list: list)
  }

  /// The register group that the question says it is a member of, which must be the one around it.
  private func registerGroup(
    _ row: CSVRow, name: String, type: QuestionType
  ) throws(FormError) -> String? {
    guard let outer = sections.last else { return nil }
    if let group = columns.group(row) {
      guard outer.kind == .group, outer.name == group else {
        throw error(row, .strayMember(name, group: group))
      }
      guard outer.rule != nil else { throw error(row, .groupWithoutRule(group)) }
      guard !type.isSelectMultiple, type != .note else {
        throw error(row, .unfitMember(name, group: group))
      }
      return group
    }
    if outer.rule != nil, type != .note {
      throw error(row, .unnamedMember(name, group: outer.name))
    }
    return nil
  }

  /// The question's rule: that of its register group, its own, or what goes without saying.
  private func rule(
    _ row: CSVRow, name: String, type: QuestionType, isKey: Bool
  ) throws(FormError) -> Rule {
    let own = try columns.rule(row)
    if let outer = sections.last, let rule = outer.rule {
      guard own == nil || own == rule else {
        throw error(row, .unfitRule(own?.description ?? "", type: "member of \(outer.name)"))
      }
      return rule
    }
    if isKey {
      guard own == nil || own == .fixed else {
        throw error(row, .unfitRule(own?.description ?? "", type: "key"))
      }
      return .fixed
    }
    let rule = own ?? (type.isSelectMultiple ? .union : .ask)
    guard rule.fits(type) else { throw error(row, .unfitRule(rule.description, type: type.word)) }
    return rule
  }

  private func comparison(
    _ row: CSVRow, type: QuestionType, isKey: Bool
  ) throws(FormError) -> Comparison? {
    guard let comparison = try columns.comparison(row) else { return nil }
    let isBetweenRows = if case .keepsClass = comparison { true } else { false }
    guard comparison.fits(type), !isKey, !isBetweenRows || repeatName != nil else {
      throw error(row, .unfitComparison("\(comparison)", type: isKey ? "key" : type.word))
    }
    return comparison
  }

  /// Sees that rows which are compared with each other have numbers for keys.
  private func checkComparisons(in section: Section) throws(FormError) {
    var outline = Outline()
    outline.add(section.items, inside: nil)
    if outline.questions.contains(where: { $0.isKey && $0.type == .integer }) { return }
    for case .keepsClass(let edges)? in outline.questions.map(\.comparison) {
      let comparison = Comparison.keepsClass(edges: edges)
      throw error(
        section.row, .unfitComparison("\(comparison)", type: "repeat without a key in integers"))
    }
  }

  private func conditions(own: Expression?) -> [Condition] {
    var conditions: [Condition] = []
    var around: String?
    for section in sections {
      if let relevant = section.relevant {
        conditions.append(Condition(expression: relevant, repeatName: around))
      }
      if section.kind == .repeated { around = section.name }
    }
    if let own { conditions.append(Condition(expression: own, repeatName: around)) }
    return conditions
  }
}

extension Question {
  /// Whether its answer can be the name of a row.
  fileprivate var mayBeKey: Bool {
    switch type {
    case .integer, .date, .text, .selectOne: group == nil
    case .decimal, .dateTime, .selectMultiple, .note: false
    }
  }

  /// Whether records can be compared by its answer: there is one, and it is written in one way.
  fileprivate var mayBeUnique: Bool {
    (type == .text || type == .integer) && !hasElements && rule != .sum && group == nil
      && repeatName == nil
  }
}
