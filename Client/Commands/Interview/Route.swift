import Bytes
import Fieldwork
import Forms
import Model

/// One place on the way through a form.
enum Stop: Hashable {
  /// The heading of a section, or of a row of a repeat.
  case heading(String)
  /// A question, in a row if it is in a repeat.
  case question(Question, row: Text?)
  /// The end of a repeat's rows, where another may be added.
  case more(Repeat, count: Int)
}

/// The way through a form as it is now: rows that were added lie on it.
struct Route {
  private(set) var stops: [Stop] = []
  private let proposal: Proposal
  private let language: String
  private let addedRows: [Row]

  /// Lays the way.
  ///
  /// - Parameter addedRows: rows that were begun and have no answer yet.
  init(_ form: Form, _ proposal: Proposal, addedRows: [Row], language: String) {
    self.proposal = proposal
    self.addedRows = addedRows
    self.language = language
    lay(form.items, row: nil)
  }

  /// How many questions lie on the way, and how many before a stop.
  func count(before index: Int? = nil) -> Int {
    stops.prefix(index ?? stops.count).count {
      if case .question = $0 { true } else { false }
    }
  }

  private mutating func lay(_ items: [Item], row: Text?) {
    for item in items {
      switch item {
      case .question(let question):
        if question.type == .note {
          stops.append(.heading(question.label(language)))
        } else if !question.isKey {
          stops.append(.question(question, row: row))
        }
      case .group(let group):
        if !group.labels.isEmpty { stops.append(.heading(group.labels.lookup(language))) }
        lay(group.items, row: row)
      case .repeated(let repeated): lay(repeated)
      }
    }
  }

  private mutating func lay(_ repeated: Repeat) {
    var rows = proposal.rows(of: repeated)
    rows += addedRows.filter { $0.group == repeated.id && !rows.contains($0.id) }.map(\.id)
    for row in rows {
      stops.append(.heading("\(repeated.label(language)) \(row)"))
      lay(repeated.items, row: row)
    }
    stops.append(.more(repeated, count: rows.count))
  }
}
