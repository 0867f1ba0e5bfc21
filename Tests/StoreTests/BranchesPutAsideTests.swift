import Bytes
import Causality
import Model
import Reading
import Sync
import TestSupport
import Testing
import Wire
import Worlds

@testable import Store

/// What a laptop wrote beside its stream, at the office and at the laptop, until both have it under one name.
@Suite struct `Branches that are put aside`: OfTwoSurveyors {
  let surveyors: TwoSurveyors

  init() throws { surveyors = try TwoSurveyors() }

  @Test func `A branch that becomes the stream after a restore is unsent no more`() throws {
    let first = try laptop(1, [wayan, made])
    let record = try first.add(wayan, in: At.renon, [At.name: .text("A")])
    try first.sync(office)
    let backup = try office.store.copy(to: nil)
    let twin = try first.twin()
    try first.edit(record, by: wayan, [At.outcome: .text("satu")])
    try first.sync(office)
    try twin.edit(record, by: made, [At.name: .text("B")])
    #expect(try twin.sync(office).isAllSent)
    let again = try office.putBack(to: backup)
    try twin.sync(again)
    try first.sync(again)
    try twin.sync(again)
    let last = try twin.sync(again)
    try first.sync(again)
    #expect(last.isAllSent)
    #expect(try twin.store.unsentCount() == 0)
    #expect(try first.store.unsentCount() == 0)
    #expect(try twin.store.unsentRecords().isEmpty)
    #expect(try first.store.unsentRecords().isEmpty)
    #expect(try twin.store.vectors() == again.store.vectors())
    #expect(try first.store.vectors() == again.store.vectors())
    for store in [again.store, first.store, twin.store] {
      let report = try store.verify()
      #expect(report.isClean, "\(report)")
    }
  }

  @Test func `What waits behind a branch waits no more once that is issued again`() throws {
    let first = try laptop(1, [wayan, made])
    let record = try first.add(wayan, in: At.renon, [At.name: .text("A")])
    try first.sync(office)
    let backup = try office.store.copy(to: nil)
    let twin = try first.twin()
    try first.edit(record, by: wayan, [At.outcome: .text("satu")])
    try first.edit(record, by: wayan, [At.outcome: .text("dua")])
    try first.sync(office)
    try twin.edit(record, by: made, [At.name: .text("B")])
    // The copy comes first to the restored office; then the other goes on where the lost one was, and
    // only then tells all.
    let again = try office.putBack(to: backup)
    try twin.sync(again)
    let last = try first.edit(record, by: wayan, [At.wave: .text("tiga")])
    try first.sync(again)
    #expect(try again.store.waitingCount() == 0)
    for _ in 0..<2 { for laptop in [twin, first] { try laptop.sync(again) } }
    #expect(try first.store.vectors() == again.store.vectors())
    let state = try #require(try again.store.peek(record, form: 1)).state
    #expect(state.accounts(for: try #require(last.change).name))
    #expect(state.siblings(at: At.outcome).map(\.answer) == [.text("dua")])
    #expect(try again.store.verify().isClean)
  }

  /// Two copies, of which one has written once and the other thrice, as frames of one change each.
  private func branch() throws -> (laptop: TestLaptop, frames: [Frame], record: RecordID) {
    let laptop = try laptop(1, [made])
    let record = try laptop.add(made, in: At.renon, [At.name: .text("A")])
    try laptop.sync(office)
    let twin = try laptop.twin()
    try twin.edit(record, by: made, [At.outcome: .text("lain")])
    try twin.sync(office)
    for text in ["satu", "dua", "tiga"] {
      try laptop.edit(record, by: made, [At.wave: .text(Text(text))])
    }
    let held = try #require(
      try laptop.store.read { db in try Acknowledged.vector(db, of: At.renon) })
    let frames = try laptop.store.frames(
      missingAt: [VillageVector(village: At.renon, vector: held)], budget: .max
    ).frames
    return (laptop, try frames.flatMap { try laptop.store.pieces(of: $0) }, record)
  }

  @Test func `What waits for a branch is woken by who brings that again`() throws {
    let (laptop, frames, record) = try branch()
    #expect(frames.count == 3)
    _ = try laptop.push([frames[2]], to: office)
    #expect(try office.store.waitingCount() == 1)
    // The office is killed after the branch was issued again, and before it looks who waited for it.
    for frame in frames.prefix(2) {
      try office.store.write { db in
        var ingest = try Ingest(
          office.store, db, admission: OfficeAdmission(device: laptop.device),
          device: laptop.device, isProven: true)
        try ingest.take(frame)
      }
    }
    #expect(try office.store.waitingCount() == 1)
    _ = try laptop.push(Array(frames.prefix(2)), to: office)
    #expect(try office.store.waitingCount() == 0)
    let state = try #require(try office.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.wave).map(\.answer) == [.text("tiga")])
  }

  /// A stick brought the copy what goes on from a branch that the office has issued again.
  @Test func `What waits for a branch waits no more when a snapshot tells of it`() throws {
    let laptop = try laptop(1, [made])
    let record = try laptop.add(made, in: At.renon, [At.name: .text("A")])
    let twin = try laptop.twin()
    try twin.edit(record, by: made, [At.outcome: .text("lain")])
    try twin.sync(office)
    for text in ["satu", "lagi"] {
      try laptop.edit(record, by: made, [At.wave: .text(Text(text))])
    }
    let request = try laptop.store.firstRequest()
    // What is saved while the request is on its way is put aside with the rest, and not taken yet.
    try laptop.edit(record, by: made, [At.wave: .text("dua")])
    _ = try laptop.store.absorb(try laptop.send(request, to: office), isNewOffice: false)
    try stick.write(laptop.store)
    try stick.read(twin.store)
    #expect(try twin.store.waitingCount() == 1)
    try laptop.sync(office)
    try office.mark()
    // NB: if it is handed in the office says so, too.
    for _ in 0..<2 { try twin.weigh(isHandingIn: false) { office } }
    #expect(try !twin.store.read { db in try Cuts.isWhole(db, At.renon) })
    #expect(try twin.store.waitingCount() == 0)
    let state = try #require(try twin.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.wave).map(\.answer) == [.text("dua")])
  }

  /// A stick of the laptop's own has what was put aside since; then its stream begins with that again.
  @Test func `What comes back of a branch keeps its place before what goes on from it`() throws {
    let laptop = try laptop(1, [made])
    let record = try laptop.add(made, in: At.renon, [At.name: .text("A")])
    let twin = try laptop.twin()
    try twin.edit(record, by: made, [At.outcome: .text("lain")])
    try twin.sync(office)
    try laptop.edit(record, by: made, [At.wave: .text("satu")])
    try stick.write(laptop.store)
    let request = try laptop.store.firstRequest()
    try laptop.edit(record, by: made, [At.wave: .text("dua")])
    // Of the stream itself nothing comes yet.
    var reply = try laptop.send(request, to: office)
    reply.frames = []
    _ = try laptop.store.absorb(reply, isNewOffice: false)
    #expect(try stick.read(laptop.store).received == 1)
    for _ in 0..<2 { #expect(try laptop.sync(office).isAllSent) }
    #expect(try laptop.store.verify().problems == [])
    // As when a form changes.
    try laptop.store.write { db in try laptop.store.rebuild(db, form: 1) }
    let state = try #require(try laptop.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.wave).map(\.answer) == [.text("dua")])
    #expect(try laptop.store.unsentCount() == 0)
  }

  /// The file was put back by other means, so its epoch is the old one, and nobody has what it issued again.
  @Test func `A branch comes again to an office that is found to have less than it said`() throws {
    let (laptop, _, record) = try branch()
    let before = try office.store.copy(to: nil)
    var reply = try laptop.send(try laptop.store.firstRequest(), to: office)
    #expect(reply.branches.count == 1)
    reply.frames = []
    _ = try laptop.store.absorb(reply, isNewOffice: false)
    let epoch = try laptop.store.standing().epoch
    #expect(try laptop.store.read { db in try Branches.untaken(db, epoch: epoch) } == 0)
    let again = TestOffice(over: before, clock: office.clock)
    #expect(try again.store.standing().epoch == office.store.standing().epoch)
    for _ in 0..<2 { #expect(try laptop.sync(again).isAllSent) }
    let state = try #require(try again.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.wave).map(\.answer) == [.text("tiga")])
    #expect(try laptop.sync(again).rounds == 1)
  }

  /// An office that knows by a base what a branch begins with takes a later part without an earlier one.
  @Test func `Of a branch that is put aside no more is taken than the office says`() throws {
    let (laptop, frames, _) = try branch()
    for _ in 0..<2 { try laptop.sync(office) }
    #expect(try laptop.store.unsentCount() == 0)
    let last = try #require(frames.last)
    try laptop.store.write { db in
      let taken = BranchTaken(fork: last.first, last: last.lastDot, tag: last.last.tag)
      try Branches.noteTaken(db, taken, epoch: 99)
      #expect(try Branches.untaken(db, epoch: 99) == 2)
      // Where it says that nothing is to be put aside it has all that is before, too.
      let whole = BranchTaken(
        fork: last.lastCounter + 1, last: last.lastDot, tag: last.last.tag)
      try Branches.noteTaken(db, whole, epoch: 99)
      #expect(try Branches.untaken(db, epoch: 99) == 0)
    }
  }

  /// A stick brought a laptop a run under one seal, of which only the beginning came in.
  @Test(arguments: [1, 2])
  func `The beginning of a branch that came without its seal is put aside`(length: Int) throws {
    let first = try laptop(1, [wayan])
    let other = try laptop(2, [made])
    let reader = try laptop(3, [made])
    let moved = try other.add(made, in: At.sanur, [At.name: .text("R")])
    try other.sync(office)
    let record = try first.add(wayan, in: At.renon, [At.name: .text("A")])
    for laptop in [first, reader] { try laptop.sync(office) }
    let twin = try first.twin()
    try other.edit(moved, by: made, [.village: .village(At.renon)])
    try other.sync(office)
    try twin.sync(office)
    for _ in 0..<length { try twin.add(wayan, in: At.renon, [At.name: .text("B")]) }
    try twin.edit(moved, by: wayan, [At.name: .text("late")])
    try stick.write(twin.store)
    try first.edit(record, by: wayan, [At.wave: .text("satu")])
    try first.sync(office)
    let read = try stick.read(reader.store)
    #expect(read.received == length && read.waiting == 1)
    try twin.sync(office)
    for _ in 0..<2 { try reader.sync(office) }
    #expect(try reader.store.vectors() == office.store.vectors())
    #expect(try reader.store.unsentCount() == 0)
    #expect(try reader.store.waitingCount() == 0)
    #expect(try reader.sync(office).rounds == 1)
    #expect(try reader.store.verify().problems == [])
    let late = try reader.reading(moved).state.siblings(at: At.name)
    #expect(late.map(\.answer) == [.text("late")])
  }
}
