import Causality
import Forms
import Model
import Store

/// The villages that people mean by what they type.
///
/// A full name is that village, but ten of the preset's names are beginnings of others: what was
/// understood is echoed, and at a terminal confirmed once where it could be another and something is
/// to be written. A part that fits several is refused, never guessed.
extension Workbench {
  /// The village that is meant.
  ///
  /// - Parameter isForReading: whether nothing is written there, so that an echo is enough.
  func village(_ typed: String, isForReading: Bool = false) throws -> Village {
    switch standing.villages.find(typed) {
    case .several(let some): throw Failure.severalVillages(typed, some)
    case .none(let suggestions):
      throw Failure.unknownVillage(typed, suggestions: suggestions)
    case .exact(let village, let others):
      if typed.utf8.first.map({ (48...57).contains($0) }) != true { say(.villageTaken(village)) }
      if !others.isEmpty, !isForReading, console.isInteractive,
        try !store.isConfirmed(village.code)
      {
        let answer = try console.ask(Prompt.isItThat(village, others: others).text)
        guard Prompt.isYes(answer) else { throw Failure.notConfirmed }
        try store.confirm(village.code)
      }
      return village
    }
  }

  /// The village of a new record: as typed, or the only one that the person works in here.
  func villageOfNewRecord(_ typed: String?, person: PersonID) throws -> Village {
    if let typed { return try village(typed) }
    let scope = standing.directory.person(person)?.scope
    let mine = standing.scope.filter { scope?.contains($0) ?? true }
    if mine.count == 1, let only = standing.villages[mine[0]] {
      say(.villageTaken(only))
      return only
    }
    guard console.isInteractive else { throw Failure.needsVillage(count: mine.count) }
    while true {
      guard let line = try console.ask(Prompt.village.text) else { throw Failure.endOfInput }
      if line.isEmpty { continue }
      do {
        return try village(line)
      } catch let failure as Failure {
        say(.failed(failure))
      }
    }
  }
}
