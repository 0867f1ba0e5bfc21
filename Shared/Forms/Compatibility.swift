import Model

/// What keeps a version of a form from following another, while laptops are away with the older.
public enum FormProblem: Hashable, Sendable {
  /// It is another form.
  case otherForm(id: UInt32, name: String)
  /// What has a number is now of another kind: a question, group, register group or repeat.
  case kindChanged(FieldID, was: String, is: String)
  /// A question has another type.
  case typeChanged(FieldID, was: String, is: String)
  /// A question, group or repeat has moved into, out of or between repeats.
  case repeatChanged(FieldID, was: String?, is: String?)
  /// A question has moved into, out of or between register groups.
  case groupChanged(FieldID)
  /// The members of a register group are not the old ones, in their order, and then new ones.
  case membersChanged(FieldID)
  /// The key of a repeat is another question.
  case keyChanged(FieldID)
  /// A question no longer offers a choice that answers may have.
  case choicesRemoved(FieldID, names: [String])
  /// A rule changed from or to `sum` or `union`, whose answers mean something else.
  case ruleChanged(FieldID, was: Rule, is: Rule)
}

extension Form {
  /// What keeps this form from following an older one; nothing if it may.
  ///
  /// Answers are kept under numbers, and laptops that have not heard of the new form go on writing
  /// under the old one. So a number must go on meaning what it meant. Names, labels, conditions,
  /// the order of the sheet and most rules are free, and so is leaving a question out.
  public func compatible(with older: Form) -> [FormProblem] {
    if id != older.id || name != older.name {
      return [.otherForm(id: older.id, name: older.name)]
    }
    let now = entries
    var problems: [FormProblem] = []
    for (field, before) in older.entries.sorted(by: { $0.key < $1.key }) {
      guard let after = now[field] else { continue }
      if before.kind != after.kind {
        problems.append(.kindChanged(field, was: before.kind, is: after.kind))
        continue
      }
      if before.inside != after.inside {
        problems.append(
          .repeatChanged(field, was: name(of: before, in: older), is: name(of: after, in: self)))
      }
      switch (before.item, after.item) {
      case (.question(let was), .question(let now)):
        problems += compare(was, now, older: older)
      case (.group(let was), .group(let now)):
        if let problem = compare(was, now) { problems.append(problem) }
      case (.repeated(let was), .repeated(let now)):
        if older.keyID(of: was) != keyID(of: now) { problems.append(.keyChanged(field)) }
      default: break
      }
    }
    return problems
  }

  private func compare(_ was: Question, _ now: Question, older: Form) -> [FormProblem] {
    var problems: [FormProblem] = []
    if was.type.kind != now.type.kind {
      problems.append(.typeChanged(was.id, was: was.type.word, is: now.type.word))
    } else if let list = was.type.list, let other = now.type.list {
      let removed = older.choices(list).map(\.name).filter { choice(named: $0, in: other) == nil }
      if !removed.isEmpty { problems.append(.choicesRemoved(was.id, names: removed)) }
    }
    if older.register(of: was)?.field != register(of: now)?.field {
      problems.append(.groupChanged(was.id))
    } else if was.rule != now.rule, !was.rule.mayChange || !now.rule.mayChange {
      problems.append(.ruleChanged(was.id, was: was.rule, is: now.rule))
    }
    return problems
  }

  private func compare(_ was: Group, _ now: Group) -> FormProblem? {
    guard was.rule != nil else { return nil }
    return now.members.starts(with: was.members) ? nil : .membersChanged(was.id)
  }

  private func keyID(of repeated: Repeat) -> FieldID? {
    repeated.key.flatMap { question(named: "\(repeated.name)/\($0)") }?.id
  }

  private func name(of entry: Entry, in form: Form) -> String? {
    form.repeats.first { $0.id == entry.inside }?.name
  }

  private struct Entry {
    let item: Item
    /// The repeat around it, by number, because names are free.
    let inside: FieldID?

    var kind: String {
      switch item {
      case .question: "question"
      case .group(let group): group.rule == nil ? "group" : "register group"
      case .repeated: "repeat"
      }
    }
  }

  private var entries: [FieldID: Entry] {
    var outline = Outline()
    outline.add(items, inside: nil)
    var entries: [FieldID: Entry] = [:]
    for (item, repeatName) in outline.items {
      entries[item.id] = Entry(item: item, inside: repeatName.flatMap { `repeat`(named: $0)?.id })
    }
    return entries
  }
}

extension Group {
  fileprivate var members: [FieldID] {
    items.compactMap { item in
      guard case .question(let question) = item, question.type != .note else { return nil }
      return question.id
    }
  }
}

extension QuestionType {
  /// The type without the name of its list.
  fileprivate var kind: Substring { word.prefix { $0 != " " } }
}

extension Rule {
  fileprivate var mayChange: Bool { self != .sum && self != .union }
}
