import Causality
import Crypto
import Forms
import Model
import Office
import Store
import TestSupport
import Wire
import Worlds

/// A store, who works with it, and what these people were told is saved.
final class Site {
  let name: String
  /// Where the store lies; `nil` in memory, where nothing fails.
  let path: String?
  let use: StoreUse
  let clock: TurnedClock
  let person: PersonID
  var store: Store
  var saved: [Change] = []

  // Of a laptop.
  var key = Curve25519.Signing.PrivateKey()
  var code = ""

  init(
    _ name: String, at path: String?, from template: Store, person: PersonID, seed: UInt64,
    use: StoreUse = .shared
  ) throws {
    self.name = name
    self.path = path
    self.use = use
    self.person = person
    clock = TurnedClock(seed: seed)
    store = try template.copy(to: path, surroundings: clock.surroundings)
    // NB: what was copied is a template.
    try store.mint()
    if path != nil {
      try store.close()
      try open()
    }
  }

  /// Opens the store as the next process would.
  func open() throws {
    guard let path else { return }
    var surroundings = clock.surroundings
    surroundings.marks = path + ".marks"
    store = try Store.open(at: path, surroundings: surroundings, for: use)
    if isOffice { try store.mint() }
  }

  var isOffice: Bool { name == "office" }
}

/// The stores that sites begin as copies of.
enum Templates {
  static let surveyor = PersonID("wayan")
  static let supervisor = PersonID("ketut")

  static let office = Result {
    let clock = TurnedClock(seed: 2)
    let store = try Store.create(at: nil, role: .office, surroundings: clock.surroundings)
    try store.extendDirectory(TinySurvey.founding(key: try store.officeKey()))
    try store.extendDirectory(
      [(surveyor, Role.surveyor), (supervisor, .supervisor)].compactMap { id, role in
        id.map { .person(Person(id: $0, name: $0.description, role: role, scope: .all)) }
      })
    return store
  }

  static let laptop = Result {
    let clock = TurnedClock(seed: 1)
    let store = try Store.create(at: nil, role: .standalone, surroundings: clock.surroundings)
    try store.extendDirectory(TinySurvey.founding())
    return store
  }
}
