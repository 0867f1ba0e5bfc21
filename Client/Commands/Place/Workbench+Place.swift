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

  /// What people call this laptop.
  var deviceName: String {
    if standing.role == .standalone { return Label.standalone.text }
    return standing.directory.device(standing.device)?.name ?? standing.device.description
  }
}
