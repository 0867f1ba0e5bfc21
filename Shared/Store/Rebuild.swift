import Causality
import GRDB
import Model
import Wire

/// Derives records anew from the journal.
///
/// The journal is the truth; the tables of records are a reading of it. They are derived again when
/// a form comes or changes, and by `verify`, which compares.
extension Store {
  /// Derives all records of a form again, within a transaction.
  ///
  /// Nothing is sent for it.
  func rebuild(_ db: Database, form: UInt32) throws {
    let context = try context(db)
    let table = context.table(form)
    var states = try derive(db, form: form)
    if states.isEmpty { return }
    try table.clear(db)
    let insertion = try table.insertion(db)
    var records = Set<RecordID>()
    for key in states.keys.sorted(by: { ($0.record, $0.village) < ($1.record, $1.village) }) {
      guard let copy = states.removeValue(forKey: key) else { continue }
      try table.put(
        db, StoredCopy(record: key.record, village: key.village, state: copy.state, key: nil),
        by: insertion, context: context, now: copy.arrived)
      if copy.state.origins.contains(where: \.isMove) { records.insert(key.record) }
    }
    for record in records.sorted() { try table.refreshHomes(db, record) }
  }

  struct CopyKey: Hashable {
    let record: RecordID
    let village: VillageCode
  }

  struct DerivedCopy {
    var state: RecordState
    var arrived: Int64
  }

  /// The states of all copies, from the journal alone.
  func derive(_ db: Database, form: UInt32?) throws -> [CopyKey: DerivedCopy] {
    var states: [CopyKey: DerivedCopy] = [:]
    for village in try Cuts.villages(db) {
      try Cuts.forEach(db, village) { copy, state in
        if let form, copy.form != form { return }
        states[CopyKey(record: copy.record, village: village)] = DerivedCopy(
          state: state, arrived: surroundings.wall())
      }
    }
    try Journal.forEach(db) { entry, _ in
      let change = entry.change
      if let form, change.content.form != form { return }
      let key = CopyKey(record: change.record, village: change.dot.village)
      var copy = states[key] ?? DerivedCopy(state: RecordState(), arrived: entry.arrived)
      copy.arrived = entry.arrived
      switch change.content.body {
      case .answers(let answers):
        copy.state.apply(change.origin, by: change.content.author, answers)
      case .carry(let state, let villageOnly): copy.state.merge(state, villageOnly: villageOnly)
      case .unknown: return
      }
      states[key] = copy
    }
    return states
  }
}
