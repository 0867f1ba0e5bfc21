import Causality
import Model
import Store
import TestSupport
import Worlds

/// Who worked where, by the version of the directory that said so.
///
/// An office that went back to a backup has forgotten what it said since. Until somebody hands the
/// directory back it gives villages out by what it knows, to laptops that know no better either.
struct Assignments {
  private var pages: [(version: UInt64, homes: [PersonID: [VillageCode]])] = []

  /// Writes down who works where from a version on.
  mutating func note(_ homes: [PersonID: [VillageCode]], from version: UInt64) {
    pages.removeAll { $0.version >= version }
    pages.append((version, homes))
  }

  /// Who worked where at a version.
  func homes(at version: UInt64) -> [PersonID: [VillageCode]] {
    pages.last { $0.version <= version }?.homes ?? [:]
  }
}

extension SimulatedWorld {
  /// Says where a person works from now on.
  func assign(_ person: PersonID, to scope: [VillageCode]) throws {
    let role = try directory(of: office.store).person(person)?.role ?? .surveyor
    homes[person] = scope
    try office.store.extendDirectory([entry(person, role, scope)])
    try noteAssignments()
    for laptop in laptops where laptop.hasJoined && laptop.people.contains(person) {
      laptop.scope = self.scope(of: laptop.people, by: homes)
    }
    note(0, "\(person) now works in \(scope.count) villages")
  }

  /// Writes down what the directory says by now.
  func noteAssignments() throws {
    assignments.note(homes, from: try directory(of: office.store).version)
  }

  /// Where people work.
  func scope(
    of people: [PersonID], by homes: [PersonID: [VillageCode]]
  ) -> Set<VillageCode> {
    if people.contains(where: { $0 == Self.supervisor }) { return Set(TinySurvey.villages) }
    return Set(people.flatMap { homes[$0] ?? [] })
  }

  /// The villages of which the office may send something to a laptop that asks: those that are its
  /// people's by the directory that the office has, and none while the laptop knows more of that.
  func mayBeSent(
    to laptop: SimulatedLaptop, knowing directory: UInt64
  ) throws -> Set<VillageCode> {
    let version = try self.directory(of: office.store).version
    if directory > version { return [] }
    return scope(of: laptop.people, by: assignments.homes(at: version))
  }
}
