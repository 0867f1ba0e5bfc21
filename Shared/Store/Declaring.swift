import Causality
import GRDB
import Model
import Wire

/// What became of that which waited for what was declared void.
public struct VoidOutcome: Sendable {
  /// Changes that the office issued again without it.
  public var issued = 0
  /// Frames that wait on, for something else, or because nothing shows what they go on from.
  public var waiting = 0
  /// What was not taken, and why.
  public var refusals: [Refusal] = []
}

/// Why something is not declared void.
public enum VoidRefusal: Error, Hashable, Sendable {
  /// Nobody stands for what waits, or who does was turned away: a person must say how far it goes.
  case doubtful(farthest: UInt64)
  /// Nothing waits for a change with that counter, or it is held.
  case outside(ClosedRange<UInt64>)
  /// A carry has no counters.
  case noCounters
}

extension Store {
  /// Declares what is missing void, and goes on without it: at once with what waits, and later with
  /// whatever comes, until something of it is found.
  ///
  /// Each frame goes in a transaction of its own, so a process that ends between two leaves nothing
  /// half done, and to declare it again goes on.
  ///
  /// - Parameter last: the last counter that is given up; what is wanted, when `nil`.
  /// - Throws: ``VoidRefusal`` if it must be said how far it goes, or goes farther than anything waits
  ///   for.
  public func declareVoid(
    _ missing: MissingRun, upTo last: UInt64? = nil, by person: PersonID,
    because reason: String
  ) throws -> VoidOutcome {
    var place = missing.place
    if let last {
      guard case .changes = missing.wanted else { throw VoidRefusal.noCounters }
      let range = place.first...max(place.first, missing.farthest)
      guard range.contains(last) else { throw VoidRefusal.outside(range) }
      place.count = last
    } else if missing.isDoubtful, case .changes = missing.wanted {
      throw VoidRefusal.doubtful(farthest: missing.farthest)
    }
    let keys = try write { db in
      if missing.declaration == nil || last != nil {
        try Voids.note(
          db, place,
          VoidDeclaration(declared: surroundings.wall(), person: person, reason: reason))
      }
      return try Voids.waiting(db, for: place)
    }
    let admission = OfficeAdmission(device: .standalone)
    var news = Inbox.News()
    var total = IngestOutcome()
    for key in keys {
      guard let retried = try retryOrPutAway(key, admission: admission) else { continue }
      news.add(retried.news)
      total.add(retried.outcome)
    }
    try wake(after: &news, admission: admission, device: .standalone, into: &total)
    var outcome = VoidOutcome()
    outcome.issued = total.applied
    outcome.refusals = total.refusals
    outcome.waiting = try read { db in try Voids.waiting(db, for: place).count }
    return outcome
  }
}
