import Causality
import Foundation
import Model
import Store
import Sync
import TestSupport
import Wire
import Worlds

/// What must be so after a fault.
extension CrashWorld {
  /// Opens the store as the next process would, looks for everything, and goes on.
  func check() throws {
    do {
      try subject.open()
    } catch {
      throw fail("the store does not open any more: \(error)")
    }
    if let reason = subject.store.twinReason { throw fail("the store thinks it was \(reason)") }
    try checkClean(subject.store, "the store")
    for change in subject.saved where try !isHeld(change) {
      throw fail("\(change.dot) was acknowledged and is not there")
    }
    try checkWhole(subject.store, of: subject)
    try checkTold()
    try checkBackups()
    try save(at: subject)
    if office != nil {
      try checkAgreement()
    } else {
      try checkClean(subject.store, "after going on the store")
    }
  }

  private func checkClean(_ store: Store, _ name: String) throws {
    let report = try store.verify()
    guard report.isClean else { throw fail("\(name) is not clean: \(report.problems)") }
  }

  /// Whether a change is in the store's history, or in what stands for dropped history.
  private func isHeld(_ change: Change) throws -> Bool {
    if let entry = try subject.store.change(change.name) { return entry.change == change }
    // NB: where history was dropped the office has it, which is looked at in the end.
    guard try subject.store.standing().role == .laptop else { return false }
    let vector = try subject.store.vector(of: change.dot.village)
    return vector.count(of: change.dot.replica) >= change.dot.counter
  }

  /// A save is there as a whole or not at all, told of or not; where it has come from elsewhere only
  /// when all has.
  private func checkWhole(_ store: Store, of site: Site? = nil) throws {
    var found: [Int: Set<Int>] = [:]
    var filter = RecordFilter()
    filter.withDeleted = true
    for row in try store.records(form: 1, filter) {
      // What a base stands for is told apart no more; it is looked at at the office, which has all.
      guard try store.isHistoryWhole(of: row.record) else { return }
      for entry in try store.history(of: row.record) {
        guard let reason = entry.change.content.reason else { continue }
        let parts = reason.split(separator: ".").compactMap { Int($0) }
        found[parts[0], default: []].insert(parts[1])
      }
    }
    for (number, some) in found.sorted(by: { $0.key < $1.key }) {
      guard let batch = batches[number] else { throw fail("nobody made save \(number)") }
      if some.count != batch.count, site == nil || site?.name == batch.site {
        throw fail("of save \(number) at \(batch.site) there are \(some.count) of \(batch.count)")
      }
    }
  }

  private func checkTold() throws {
    guard let office else { return }
    for (village, counts) in told.sorted(by: { $0.key < $1.key }) {
      let vector = try office.store.vector(of: village)
      for (replica, count) in counts.sorted(by: { $0.key < $1.key })
      where vector.count(of: replica) < count {
        throw fail("the office said that it has \(count) changes of \(village), and has not")
      }
    }
  }

  /// What has the name of a backup is one.
  private func checkBackups() throws {
    for (path, saved) in backups where FileManager.default.fileExists(atPath: path) {
      let backup = try Store.open(at: path, surroundings: subject.clock.surroundings)
      try checkClean(backup, "a backup")
      for change in saved where try backup.change(change.name)?.change != change {
        throw fail("\(change.dot) is not in the backup that was made after it")
      }
      try backup.close()
    }
  }

  /// All sync, and hold the same: everything that anybody was told is saved.
  private func checkAgreement() throws {
    guard let office else { return }
    for pass in 1...laptops.count + 1 {
      for laptop in laptops {
        let summary = try sync(laptop)
        guard summary.unsent == 0 else { throw fail("\(summary.unsent) changes cannot be sent") }
        if pass > laptops.count, summary.rounds > 1 || summary.received > 0 || summary.sent > 0 {
          throw fail("\(laptop.name) is not at rest when all have synced: \(summary)")
        }
      }
    }
    let digest = Digest.vectors(try office.store.vectors())
    let records = try states(office.store)
    for laptop in laptops {
      guard Digest.vectors(try laptop.store.vectors()) == digest else {
        throw fail("\(laptop.name) and the office hold different changes")
      }
      guard try states(laptop.store) == records else {
        throw fail("\(laptop.name) and the office hold different records")
      }
      guard try laptop.store.waitingCount() == 0 else { throw fail("\(laptop.name) waits") }
      try checkClean(laptop.store, laptop.name)
    }
    guard try office.store.waitingCount() == 0 else { throw fail("the office waits") }
    try checkClean(office.store, "the office")
    for site in laptops + [office] {
      for change in site.saved where try office.store.change(change.name)?.change != change {
        throw fail("\(change.dot) was acknowledged at \(site.name) and is not at the office")
      }
    }
    try checkWhole(office.store)
  }

  private func states(_ store: Store) throws -> [String] {
    var filter = RecordFilter()
    filter.withDeleted = true
    return try store.records(form: 1, filter).map(\.record).sorted().map { record in
      let shown = try store.peek(record, form: 1)
      return "\(record) \(shown.map { "\($0.village) \($0.state.bytes)" } ?? "")"
    }
  }
}
