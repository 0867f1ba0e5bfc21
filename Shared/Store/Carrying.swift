import Causality
import GRDB
import Model
import Reading

/// The office's carrying: it brings a moved record's answers to where the record now lives.
///
/// A carry is an ordinary change of the office in the new village, with the whole state of the
/// record and all the origins it accounts for, merged there as states are. So any number of
/// carries, by any office, in any order, agree; a late edit in the old village is another carry;
/// and where nothing is new, nothing is carried. Copies that are not the home are told of moves
/// alone. A standalone laptop is its own office.
extension Store {
  /// Carries what the records that a door touched now want carried.
  ///
  /// - Returns: the copies that something was carried into.
  @discardableResult
  func carryOn(after door: inout Door) throws -> [Door.Touch] {
    let moved = Set(
      door.touched.filter(\.hasMoved).map { MovedRecord(id: $0.record, form: $0.form) })
    if moved.isEmpty { return [] }
    let role = try Meta.text(door.db, .role).flatMap(StoreRole.init(rawValue:))
    guard role != .laptop else { return [] }
    var authoring = try Authoring(self, door.db)
    for record in moved.sorted(by: { $0.id < $1.id }) {
      // NB: a carry can make another one due (a copy learns of a second move); three villages that
      // point at each other need three rounds, and nothing new ends the loop.
      while try carryOnce(record, authoring: &authoring) {}
    }
    try authoring.finish()
    return authoring.door.touched
  }

  /// Carries what the records that were just written want carried.
  func carryOn(after authoring: inout Authoring) throws -> [Door.Touch] {
    var door = authoring.door
    return try carryOn(after: &door)
  }

  private struct MovedRecord: Hashable {
    let id: RecordID
    let form: UInt32
  }

  private func carryOnce(_ record: MovedRecord, authoring: inout Authoring) throws -> Bool {
    let table = authoring.door.context.table(record.form)
    let copies = try table.copies(authoring.door.db, record.id)
    for source in copies {
      let home = Home.village(of: source.state, record: record.id, copy: source.village)
      for village in Set(copies.map(\.village)).union([home]).sorted()
      where village != source.village {
        let target = copies.first { $0.village == village }?.state ?? RecordState()
        let isHome = village == home
        let cargo = isHome ? source.state : source.state.movesOnly
        if cargo.isEmpty { continue }
        if target.includes(cargo) {
          // NB: what is known there may have been taken away here by what was found only later.
          var merged = target
          merged.merge(cargo, villageOnly: !isHome)
          if merged == target { continue }
        }
        let content = ChangeContent(
          form: record.form, record: record.id,
          author: authoring.author(.office, act: .office),
          body: .carry(cargo, villageOnly: !isHome))
        do {
          _ = try authoring.write(content, in: village)
          return true
        } catch StoreError.tooLarge, StoreError.tooManyPlaces {
          // NB: the move itself stands; a record that no carry can hold stays in transit, and is said
          // to be. It must not keep out everything else that came with it.
          continue
        }
      }
    }
    return false
  }
}
