import Fieldwork
import Model
import Store

extension Workbench {
  /// The workplace of whoever works now.
  func place(privacy: Privacy = .masked) throws -> Workplace {
    try place(person: try person(), privacy: privacy)
  }

  /// The workplace of a person, or of nobody.
  func place(person: PersonID?, privacy: Privacy = .masked) throws -> Workplace {
    try Workplace(store, person: person, language: spokenLanguage, privacy: privacy)
  }

  /// That the office turned this laptop away, if it did.
  var turnedAway: Cell? {
    standing.turnedAwayAt.map { Cell(DayWords.turnedAway(clock.text($0)).text, .warning) }
  }

  /// The office's address, and that it turned this laptop away.
  func turnedAway(from office: String) -> Cell {
    turnedAway.map { Cell("\(office), \($0.text)", .warning) } ?? Cell(office)
  }

  /// What people call this laptop.
  var deviceName: String {
    if standing.role == .standalone { return Label.standalone.text }
    return standing.directory.device(standing.device)?.name ?? standing.device.description
  }
}
