import Bytes
import Causality
import Model
import Sync
import TestSupport
import Testing
import Wire
import Worlds

@testable import Store

/// Villages that are somebody else's by now, and by whose word they are let go, with what waits of them.
@Suite struct `Villages that are let go`: OfTwoSurveyors {
  let surveyors: TwoSurveyors

  init() throws { surveyors = try TwoSurveyors() }

  @Test func `What waits of a village that is somebody else's now waits no more`() throws {
    let other = try laptop(1, [made])
    let record = try other.add(made, in: At.renon, [At.name: .text("A")])
    try other.sync(office)
    let narrow = try office.person("nyoman", .surveyor, [At.renon, At.sanur])
    let laptop = try laptop(2, [narrow])
    try other.edit(record, by: made, [At.name: .text("B")])
    try other.sync(office)
    // Of a reply the first frame is lost on the way.
    var reply = try laptop.send(try laptop.store.firstRequest(), to: office)
    let frame = try #require(reply.frames.first)
    #expect(frame.contents.count == 2)
    let before = Dot(replica: frame.stream.replica, village: At.renon, counter: 1)
    let tag = try office.store.read { db in try Streams.hash(db, before)?.tag }
    reply.frames = [
      Frame(
        stream: frame.stream, first: 2, previous: try #require(tag), last: frame.last, secret: nil,
        seal: frame.seal, contents: [frame.contents[1]])
    ]
    #expect(try laptop.store.absorb(reply, isNewOffice: false).waiting == 1)
    try office.person("nyoman", .surveyor, [At.sanur])
    try laptop.sync(office)
    #expect(try laptop.store.waitingCount() == 0)
  }

  @Test(arguments: [false, true])
  func `What waits of a village that is somebody else's now is handed in, whoever lost it`(
    isLost: Bool
  ) throws {
    let other = try laptop(1, [made])
    let third = try laptop(3, [made])
    let record = try other.add(made, in: At.renon, [At.name: .text("A")])
    try other.sync(office)
    let narrow = try office.person("nyoman", .surveyor, [At.renon, At.sanur])
    let laptop = try laptop(2, [narrow])
    try laptop.sync(office)
    let backup = try office.store.copy(to: nil)
    try other.edit(record, by: made, [At.name: .text("B")])
    try other.sync(office)
    try third.sync(office)
    let last = try third.edit(record, by: made, [At.name: .text("C")])
    try third.sync(office)
    // It has a part in the village, so the office goes on speaking of that. Of a reply one frame is lost.
    try laptop.edit(record, by: narrow, [At.wave: .text("sendiri")])
    var reply = try laptop.send(try laptop.store.firstRequest(), to: office)
    let stream = try #require(last.change).dot.stream
    reply.frames.removeAll { $0.stream != stream }
    #expect(try laptop.store.absorb(reply, isNewOffice: false).waiting == 1)
    let asked = isLost ? try office.putBack(to: backup) : office
    try asked.store.noteHeard()
    try asked.person("nyoman", .surveyor, [At.sanur])
    try laptop.sync(asked)
    if isLost {
      // The office waits for what it goes on from, and has it when somebody brings that.
      #expect(try laptop.store.waitingCount() == 1)
      try other.sync(asked)
    }
    try laptop.sync(asked)
    #expect(try laptop.store.waitingCount() == 0)
    let state = try #require(try asked.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.name).map(\.answer) == [.text("C")])
    // To wait is over for good, and a village that is nobody's here can go.
    #expect(try laptop.sync(asked).isAllSent)
    #expect(try laptop.sync(asked).rounds == 1)
    let material = try laptop.store.syncMaterial(budget: SyncSession.budget)
    #expect(material.frames.isEmpty && material.waiting.isEmpty)
  }

  /// The laptop was put back to an older copy of its disk, and saves while its request is on its way.
  @Test(arguments: [false, true])
  func `A village is not let go with what was saved beside its own past`(isLate: Bool) throws {
    let laptop = try laptop(1, [made])
    let record = try laptop.add(made, in: At.renon, [At.name: .text("A")])
    try laptop.sync(office)
    let copy = try laptop.store.copy(to: nil)
    for text in ["satu", "dua"] { try laptop.edit(record, by: made, [At.wave: .text(Text(text))]) }
    try laptop.sync(office)
    let whole = try laptop.store.syncMaterial(budget: SyncSession.budget).held
    let twin = TestLaptop(copying: laptop, store: copy)
    try office.mark()
    try office.person("made", .surveyor, [At.sanur])
    // The office asks it for everything first, and lets nothing go with that.
    var session = SyncSession()
    var step = session.start()
    var isSaved = false
    while !isSaved {
      guard case .gather(let budget, let refused, let handsIn) = step else { break }
      step = session.gathered(
        try twin.store.syncMaterial(budget: budget, without: refused, handsIn: handsIn))
      guard case .send(let request) = step else { break }
      if request.isComplete {
        try twin.edit(record, by: made, [At.outcome: .text("lain")])
        isSaved = true
      }
      var reply = try twin.send(request, to: office)
      // As when it is said to the store as it was before it was put back, and comes late.
      if isLate && isSaved { reply.acknowledged = whole }
      step = session.received(reply)
      guard case .absorb(let taken, let isNewOffice) = step else { break }
      step = session.absorbed(try twin.store.absorb(taken, isNewOffice: isNewOffice))
    }
    #expect(isSaved)
    for _ in 0..<2 { #expect(try twin.sync(office).isAllSent) }
    let state = try #require(try office.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.outcome).map(\.answer) == [.text("lain")])
    #expect(state.siblings(at: At.wave).map(\.answer) == [.text("dua")])
    #expect(try office.store.verify().problems == [])
  }

  /// The file was put back by other means, so its epoch is the old one.
  ///
  /// What keeps the village until then is a draft; with `isFed` another laptop has brought everything again
  /// before it comes.
  @Test(arguments: [false, true], [false, true])
  func `A village is not let go by what an office said before it was put back`(
    hadBackup: Bool, isFed: Bool
  ) throws {
    let laptop = try laptop(1, [made])
    let other = try self.laptop(2, [wayan])
    let record = try laptop.add(made, in: At.renon, [At.name: .text("A")])
    try office.person("made", .surveyor, [At.sanur])
    if hadBackup { try office.mark() }
    let before = try office.store.copy(to: nil)
    try laptop.sync(office)
    var draft = Draft(person: made, form: 1, village: At.renon, record: nil, token: nil)
    try laptop.store.keep(&draft)
    try office.mark()
    for _ in 0..<2 { try laptop.sync(office) }
    #expect(try !laptop.store.vector(of: At.renon).isEmpty)
    try laptop.store.discard(draft)
    try other.sync(office)
    let again = TestOffice(over: before, clock: office.clock)
    if isFed { for _ in 0..<2 { #expect(try other.sync(again).isAllSent) } }
    // The backup that had it may be lost too.
    for _ in 0..<2 { #expect(try laptop.sync(again).released == []) }
    #expect(try again.store.peek(record, form: 1) != nil)
    try again.mark()
    let replica = try laptop.store.standing().replica
    #expect(try laptop.sync(again).released == [At.renon])
    #expect(try laptop.store.standing().replica != replica, "no stream begins twice")
  }

  /// What it said of other villages it may have said before it was put back.
  @Test(arguments: [false, true])
  func `Nothing is let go in a round that shows that the office has less than it had`(
    hasLess: Bool
  ) throws {
    let laptop = try laptop(1, [made])
    for village in [At.renon, At.sanur] {
      try laptop.add(made, in: village, [At.name: .text("A")])
    }
    try laptop.sync(office)
    try office.mark()
    try laptop.sync(office)
    try office.person("made", .surveyor, [At.sanur])
    var reply = try laptop.send(try laptop.store.firstRequest(), to: office)
    if hasLess {
      reply.acknowledged.removeAll { $0.village == At.sanur }
      reply.acknowledged.append(VillageVector(village: At.sanur, vector: VersionVector()))
    }
    let absorbed = try laptop.store.absorb(reply, isNewOffice: false)
    #expect(absorbed.hasFallenBack == hasLess)
    #expect(absorbed.released == (hasLess ? [] : [At.renon]))
  }
}
