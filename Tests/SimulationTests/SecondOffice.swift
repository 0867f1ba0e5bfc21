import Causality
import Store
import TestSupport

/// Two offices that serve at once: one was put back from a backup on another machine, and the one that
/// was thought lost goes on where it stood. Some laptops go to the one, some to the other.
///
/// Both sign with one key, and neither knows of the other. Nobody says anything new at the former one: the
/// directory would go two ways, and the oracle goes by all that was said.
extension SimulatedWorld {
  /// Puts the office back from its newest backup while the former one goes on, or ends that.
  func splitOffice() throws {
    if former != nil {
      if random.chance(30) { rejoinOffice() }
      return
    }
    let before = office.store
    // NB: what laptops drop stands in the backup that the former one goes by, so it must be this one.
    guard try putOfficeBack(isSaid: random.yes(), isNewest: true) else { return }
    former = before
    var names: [String] = []
    for laptop in laptops where laptop.hasJoined && random.yes() {
      laptop.isAtFormer = true
      names.append(laptop.name)
    }
    tally["two offices at once", default: 0] += 1
    note(0, "goes on beside itself for \(names.isEmpty ? "nobody" : names.joined(separator: " "))")
  }

  /// The former office is found out, and everybody goes to the other one.
  func rejoinOffice() {
    guard former != nil else { return }
    former = nil
    for laptop in laptops { laptop.isAtFormer = false }
    note(0, "is one again")
  }

  /// Does something at the office that a laptop goes to.
  func atOffice<Value>(of laptop: SimulatedLaptop, _ body: () throws -> Value) throws -> Value {
    guard laptop.isAtFormer, let store = former else { return try body() }
    let (present, views) = (office.store, office.views)
    office.go(on: store)
    defer {
      office.go(on: present)
      office.views = views
    }
    tally["syncs with the former office", default: 0] += 1
    return try body()
  }
}
