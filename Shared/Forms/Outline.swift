import Model

/// The items of a form laid flat, in the order of the sheet.
struct Outline {
  private(set) var items: [(item: Item, repeatName: String?)] = []
  private(set) var questions: [Question] = []
  private(set) var repeats: [Repeat] = []
  private(set) var registers: [Register] = []

  mutating func add(_ list: [Item], inside outer: Repeat?) {
    for item in list {
      items.append((item, outer?.name))
      switch item {
      case .question(let question): add(question, inside: outer)
      case .group(let group): add(group, inside: outer)
      case .repeated(let repeated):
        repeats.append(repeated)
        add(repeated.items, inside: repeated)
      }
    }
  }

  private mutating func add(_ group: Group, inside outer: Repeat?) {
    guard let rule = group.rule else {
      add(group.items, inside: outer)
      return
    }
    var members: [Question] = []
    for item in group.items {
      guard case .question(let question) = item else { continue }
      items.append((item, outer?.name))
      questions.append(question)
      if question.type != .note { members.append(question) }
    }
    registers.append(
      Register(
        field: group.id, kind: .group(group, members: members), repeat: outer, rule: rule,
        isPrivate: members.contains(where: \.isPrivate)))
  }

  private mutating func add(_ question: Question, inside outer: Repeat?) {
    questions.append(question)
    guard question.type != .note, !question.isKey else { return }
    let kind: Register.Kind =
      if question.type.isSelectMultiple {
        .choices(question)
      } else if question.hasElements {
        .set(question)
      } else {
        .single(question)
      }
    registers.append(
      Register(
        field: question.id, kind: kind, repeat: outer, rule: question.rule,
        isPrivate: question.isPrivate))
  }
}

/// Finds positions by name, where names are unique outside repeats and within each repeat.
struct NameIndex: Sendable {
  private var outside: [String: Int] = [:]
  private var inside: [String: [String: Int]] = [:]
  /// The last position of a name inside any repeat, and the names that several repeats have.
  private var anywhere: [String: Int] = [:]
  private var shared: Set<String> = []

  init(_ names: [(name: String, repeatName: String?)]) {
    for (index, entry) in names.enumerated() {
      guard let repeatName = entry.repeatName else {
        outside[entry.name] = index
        continue
      }
      inside[repeatName, default: [:]][entry.name] = index
      if anywhere.updateValue(index, forKey: entry.name) != nil { shared.insert(entry.name) }
    }
  }

  func find(_ name: String) -> Int? {
    if let slash = name.utf8.firstIndex(of: UInt8(ascii: "/")) {
      return inside[String(name[..<slash])]?[String(name[name.utf8.index(after: slash)...])]
    }
    return find(name, seenFrom: nil)
  }

  func find(_ name: String, seenFrom repeatName: String?) -> Int? {
    if let repeatName, let index = inside[repeatName]?[name] { return index }
    if let index = outside[name] { return index }
    return shared.contains(name) ? nil : anywhere[name]
  }

  /// Whether only repeats have the name, and several of them.
  func isAmbiguous(_ name: String) -> Bool {
    outside[name] == nil && shared.contains(name)
  }
}
