import Bytes
import Causality
import Model
import Reading
import Sync
import Testing
import Wire
import Worlds

@testable import Store

/// Branches of a copy that an office had issued again before it was lost: the next one knows of them by a
/// base alone.
extension `Dropped history` {
  /// A laptop, its copy with a branch, and a newcomer whose base stands for both; the backup `first.db` has
  /// nothing of the branch.
  ///
  /// - Parameters:
  ///   - count: how many changes the laptop made.
  ///   - aside: how many the copy made.
  ///   - isTold: whether the copy was told of its branch; else that is its stream still.
  ///   - isLater: whether the first backup has what the laptop made.
  private func branchInBase(
    of count: Int, aside: Int, isTold: Bool, isLater: Bool
  ) throws -> (laptop: TestLaptop, twin: TestLaptop, newcomer: TestLaptop, aside: RecordID) {
    let laptop = try laptop(1)
    let newcomer = try self.laptop(2)
    let twin = try laptop.twin()
    for number in 0..<count {
      _ = try laptop.add(wayan, in: At.renon, [At.name: .text(Text("satu \(number)"))])
    }
    let records = try (0..<aside).map { number in
      try twin.add(wayan, in: At.renon, [At.name: .text(Text("lain \(number)"))])
    }
    if isLater { try laptop.sync(office) }
    try backUp("first.db")
    try laptop.sync(office)
    if isTold {
      for _ in 0..<2 { try twin.sync(office) }
    } else {
      // The reply is lost.
      _ = try twin.send(try twin.store.firstRequest(), to: office)
    }
    try backUp("second.db")
    for _ in 0..<2 { try newcomer.sync(office) }
    return (laptop, twin, newcomer, try #require(records.first))
  }

  /// What was issued again stands in a base alone, and nobody has the changes that issued it any more.
  @Test(arguments: [(1, true), (3, true), (1, false), (3, false)], [false, true])
  func `A branch that only a base accounts for is said to be taken`(
    branch: (count: Int, isTold: Bool), isLater: Bool
  ) throws {
    let (laptop, twin, newcomer, aside) = try branchInBase(
      of: branch.count, aside: 1, isTold: branch.isTold, isLater: isLater)
    let restored = try putBack("first.db")
    for _ in 0..<2 { try newcomer.sync(restored) }
    for one in [twin, laptop, twin, newcomer] { try one.sync(restored) }
    try expectAgreement([restored.store, laptop.store, twin.store, newcomer.store])
    #expect(try restored.store.peek(aside, form: 1) != nil)
    for one in [twin, laptop] {
      #expect(try one.store.unsentCount() == 0)
      #expect(try one.sync(restored).isAllSent)
    }
    #expect(try restored.store.quarantined().isEmpty)
  }

  /// It comes to the office in parts, and its village is somebody else's by then, so no base follows.
  @Test(arguments: [false, true], [SyncSession.budget, 1])
  func `A branch that only a base accounts for is no longer unsent, though its village is lost`(
    isLater: Bool, budget: Int
  ) throws {
    let (_, twin, newcomer, _) = try branchInBase(
      of: 3, aside: 2, isTold: false, isLater: isLater)
    let restored = try putBack("first.db")
    for _ in 0..<2 { try newcomer.sync(restored) }
    for word in ["wayan", "made"] { try restored.person(word, .surveyor, [At.sanur]) }
    for _ in 0..<2 { try twin.weigh(most: budget) { restored } }
    #expect(try twin.store.unsentCount() == 0)
    #expect(try twin.sync(restored).isAllSent)
    #expect(try twin.sync(restored).rounds == 1)
    #expect(try restored.store.quarantined().isEmpty)
    // A backup that was begun later has it, and the village goes.
    for name in ["third.db", "fourth.db", "fifth.db"] {
      _ = try restored.store.backUp(to: folder.path(name))
      for _ in 0..<2 { try twin.sync(restored) }
    }
    #expect(try twin.store.vector(of: At.renon).isEmpty)
  }

  /// Between the two parts of the branch stands what another wrote, so they come in two frames.
  ///
  /// The cut of the office is behind the second, at it, and before it.
  @Test(arguments: [3, 2, 1], [false, true])
  func `What goes on from a branch that only a base accounts for is issued again`(
    count: Int, isLater: Bool
  ) throws {
    let third = try self.laptop(3)
    let (laptop, twin, newcomer, _) = try branchInBase(
      of: count, aside: 1, isTold: false, isLater: isLater)
    _ = try third.add(made, in: At.renon, [At.name: .text("di antara")])
    let stick = Stick()
    try stick.write(third.store)
    try stick.read(twin.store)
    let last = try twin.add(wayan, in: At.renon, [At.name: .text("lain lagi")])
    let restored = try putBack("first.db")
    for _ in 0..<2 { try newcomer.sync(restored) }
    for _ in 0..<2 {
      for one in [twin, laptop, third, newcomer] { try one.sync(restored) }
    }
    #expect(try restored.store.peek(last, form: 1) != nil)
    #expect(try restored.store.quarantined().isEmpty)
    for one in [twin, laptop, third, newcomer] {
      #expect(try one.store.unsentCount() == 0)
      #expect(try one.sync(restored).isAllSent)
    }
    try expectAgreement(
      [restored.store, laptop.store, twin.store, newcomer.store, third.store])
    #expect(try restored.store.verify().problems == [])
  }

  /// A branch's frame ends with a carry, of which no state tells that it came.
  @Test func `A branch before a cut that ends with a carry is looked into`() throws {
    let alone = try TestLaptop(seed: 31)
    let record = try alone.add(wayan, in: At.sanur, [At.name: .text("pindah")])
    let copy = try alone.twin()
    for number in 0..<4 {
      _ = try alone.add(wayan, in: At.renon, [At.name: .text(Text("satu \(number)"))])
    }
    _ = try copy.add(wayan, in: At.renon, [At.name: .text("lain")])
    try copy.edit(record, by: wayan, [.village: .village(At.renon)])
    let newcomer = try laptop(2)
    try backUp("first.db")
    try alone.join(office, for: [wayan, made])
    try alone.sync(office)
    try backUp("second.db")
    for _ in 0..<2 { try newcomer.sync(office) }
    let restored = try putBack("first.db")
    for _ in 0..<2 { try newcomer.sync(restored) }
    try copy.join(restored, for: [wayan, made])
    for _ in 0..<2 {
      for one in [copy, newcomer, alone] { try one.sync(restored) }
    }
    #expect(try restored.store.peek(record, form: 1)?.village == At.renon)
    #expect(try copy.store.unsentCount() == 0)
    #expect(try restored.store.quarantined().isEmpty)
    try expectAgreement([restored.store, copy.store, newcomer.store, alone.store])
  }
}
