import Causality
import Model
import Store

/// How much a person must decide, counted in one way wherever a number is told: by the day, by
/// `status`, by `sync`, and under a list of conflicts.
///
/// It counts things and not records, in records that are there, as far as the person's villages go.
/// Everyone who works in a village is told; whose role may settle decides.
public struct ToDecide: Hashable, Sendable {
  /// Open questions, open homes and contested lives, which a resolution settles.
  public let conflicts: Int
  /// Checks that records break since a merge, and answers that should be unique and are not, which an
  /// edit mends.
  public let checks: Int

  /// Whether there is nothing to decide and nothing to mend.
  public var isEmpty: Bool { conflicts == 0 && checks == 0 }

  /// Counts at a workplace.
  public init(_ place: Workplace) throws {
    var conflicts = 0
    var checks = 0
    for form in place.standing.forms.keys {
      let (open, broken) = try place.store.toDecide(form: form, around: place.villages)
      conflicts += open
      checks += broken
    }
    self.conflicts = conflicts
    self.checks = checks
  }
}

extension Workplace {
  /// The villages held here in which the person works; all that are held if nobody works here.
  public var villages: [VillageCode] {
    guard let scope = person.flatMap({ standing.directory.person($0) })?.scope else {
      return standing.scope
    }
    return standing.scope.filter { scope.contains($0) }
  }
}
