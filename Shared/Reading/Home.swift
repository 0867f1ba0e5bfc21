import Causality
import Model
import Rules

/// Where a record lives.
///
/// The village is not a question: it is a register of the record's own that only a move writes. A
/// record that was never moved lives where it was created, which the name of the change that
/// created it says. Two moves that did not see each other are a conflict with a provisional home,
/// the same on every replica.
public enum Home {
  /// The verdict on the village, if the record was ever moved.
  public static func verdict(of state: RecordState) -> Verdict {
    let contenders = state.siblings(at: .village).compactMap { sibling in
      state.author(of: sibling.origin).map {
        // The office takes resolutions of supervisors alone.
        Contender(sibling, author: $0, role: $0.act == .resolution ? .supervisor : .surveyor)
      }
    }
    return settle(contenders, by: .ask)
  }

  /// Where the record lives by what this copy knows.
  ///
  /// - Parameters:
  ///   - state: the copy's state.
  ///   - record: the record.
  ///   - copy: the village that the copy is in, which is the answer if nothing else is known.
  public static func village(
    of state: RecordState, record: RecordID, copy: VillageCode
  ) -> VillageCode {
    if case .village(let home)? = verdict(of: state).answer { return home }
    return birthplace(of: state, record: record) ?? copy
  }

  /// The village in whose stream the record was created.
  public static func birthplace(of state: RecordState, record: RecordID) -> VillageCode? {
    state.origins.first { record.isCreated(by: $0.name) }?.name.dot.village
  }
}
