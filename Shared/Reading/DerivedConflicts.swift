import Causality
import Forms
import Model
import Rules

/// Two right edits that make a wrong whole.
///
/// A laptop checks every answer as it is given. After a merge the record as a whole may still break
/// a check that each author kept: a total above a part, a date before another. Such a record is
/// listed beside the conflicts. It is derived like a verdict: the day that `today()` means is the
/// day of the record's newest stamp, so every replica finds the same.
public enum DerivedConflicts {
  /// The checks that the record breaks although each of its authors alone kept them.
  public static func findings(in reading: RecordReading, zoneMinutes: Int) -> [Finding] {
    guard let form = reading.form, reading.life.liveness != .deleted, isMerged(reading.state) else {
      return []
    }
    let newest = reading.state.origins.compactMap { $0.author?.stamp }.max() ?? Stamp(number: 0)
    let today = CivilTime.day(of: newest.milliseconds, zoneOffsetMinutes: zoneMinutes)
    return FormChecker(form: form, today: today, zoneOffsetMinutes: zoneMinutes).check(reading)
      .filter { $0.severity == .error }
  }

  /// How many there are.
  public static func count(in reading: RecordReading, zoneMinutes: Int) -> Int {
    findings(in: reading, zoneMinutes: zoneMinutes).count
  }

  /// Whether answers of more than one replica stand in the record, or of more than one person: two
  /// people at one laptop write from views of their own as well.
  private static func isMerged(_ state: RecordState) -> Bool {
    var first: (replica: ReplicaID, person: PersonID)?
    for origin in state.origins {
      guard let person = origin.author?.person else { continue }
      let replica = origin.name.dot.replica
      if let first, first != (replica, person) { return true }
      first = (replica, person)
    }
    return false
  }
}
