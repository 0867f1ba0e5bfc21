import Forms
import Model

/// One thing that an edition of a form has otherwise than the one before it.
struct FormChange {
  /// What it is.
  enum Kind {
    case added
    case leftOut
    case renamed(was: String)
    case settled(was: Rule, now: Rule)
    case choices([String])
    case worded
  }

  let id: FieldID
  let name: String
  let kind: Kind

  /// What is otherwise in a form than in an older one, by number.
  static func all(from older: Form?, to form: Form) -> [FormChange] {
    let before = Dictionary(uniqueKeysWithValues: (older?.questions ?? []).map { ($0.id, $0) })
    let now = Dictionary(uniqueKeysWithValues: form.questions.map { ($0.id, $0) })
    var changes: [FormChange] = []
    for id in Set(before.keys).union(now.keys).sorted() {
      switch (before[id], now[id]) {
      case (nil, let question?): changes.append(.init(question, .added))
      case (let question?, nil): changes.append(.init(question, .leftOut))
      case (let was?, let question?):
        changes += differences(was, question, older: older, form: form)
      case (nil, nil): break
      }
    }
    return changes
  }

  private init(_ question: Question, _ kind: Kind) {
    id = question.id
    name = question.qualifiedName
    self.kind = kind
  }

  private static func differences(
    _ was: Question, _ now: Question, older: Form?, form: Form
  ) -> [FormChange] {
    var changes: [FormChange] = []
    if was.qualifiedName != now.qualifiedName {
      changes.append(.init(now, .renamed(was: was.qualifiedName)))
    }
    if was.rule != now.rule {
      changes.append(.init(now, .settled(was: was.rule, now: now.rule)))
    }
    if let list = now.type.list, let old = was.type.list {
      let known = Set((older?.choices(old) ?? []).map(\.name))
      let new = form.choices(list).map(\.name).filter { !known.contains($0) }
      if !new.isEmpty { changes.append(.init(now, .choices(new))) }
    }
    if changes.isEmpty && was != now { changes.append(.init(now, .worded)) }
    return changes
  }
}

extension FormChange.Kind {
  /// The word that programs get.
  var word: String {
    switch self {
    case .added: "added"
    case .leftOut: "leftOut"
    case .renamed: "renamed"
    case .settled: "rule"
    case .choices: "choices"
    case .worded: "worded"
    }
  }
}
