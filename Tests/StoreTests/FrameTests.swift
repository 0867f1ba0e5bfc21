import Causality
import Model
import Sync
import TestSupport
import Testing
import Wire
import Worlds

@testable import Store

@Suite struct `Frames on their way in` {
  let office: TestOffice
  let one: TestLaptop
  let wayan: PersonID
  let made: PersonID

  init() throws {
    office = try TestOffice()
    wayan = try office.person("wayan", .surveyor, [At.renon, At.sanur])
    made = try office.person("made", .surveyor, [At.renon, At.sanur])
    one = try TestLaptop(seed: 1, office: office, for: [wayan])
  }

  /// Everything the laptop holds of a village, a change to a frame.
  private func frames(of store: Store, _ village: VillageCode) throws -> [Frame] {
    let all = try store.frames(
      missingAt: [VillageVector(village: village, vector: VersionVector())], budget: .max)
    return all.frames.flatMap { frame -> [Frame] in
      guard let secret = frame.secret else { return [frame] }
      var chain = Chain(stream: frame.stream, secret: secret)
      var pieces: [Frame] = []
      for (index, content) in frame.contents.enumerated() {
        let previous = chain.head.tag
        _ = chain.append(content)
        pieces.append(
          Frame(
            stream: frame.stream, first: UInt64(index + 1), previous: index == 0 ? 0 : previous,
            last: chain.head, secret: index == 0 ? secret : nil, contents: [content]))
      }
      return pieces
    }
  }

  /// A record edited three times.
  private func history() throws -> RecordID {
    let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
    for name in ["B", "C"] { try one.edit(record, by: wayan, [At.name: .text(name)]) }
    return record
  }

  @Test func `Every order, with repetitions, comes to the same`() throws {
    let record = try history()
    let other = try one.add(wayan, in: At.renon, [At.wave: .text("1")])
    let frames = try frames(of: one.store, At.renon)
    #expect(frames.count == 4)
    let truth = try #require(try one.store.peek(record, form: 1)).state.bytes

    var gen = Gen()
    while !gen.done() {
      let order = gen.order(of: frames)
      let store = try TestLaptop(seed: 5).store
      for (index, frame) in order.enumerated() {
        let held = try store.vector(of: At.renon).total
        let outcome = try store.ingest(frame)
        let arrived = order[...index].map(\.first)
        let prefix = UInt64((1...4).prefix { arrived.contains($0) }.count)
        #expect(try store.vector(of: At.renon).total == prefix)
        #expect(outcome.applied == Int(prefix - held))
        #expect(outcome.waiting == index + 1 - Int(prefix))
        #expect(try store.ingest(frame).applied == 0, "a repeated frame is ignored")
      }
      #expect(try store.waitingCount() == 0)
      #expect(try store.peek(record, form: 1)?.state.bytes == truth)
      #expect(try store.peek(other, form: 1) != nil)
      #expect(try store.verify().isClean)
    }
  }

  @Test func `A frame that overlaps what is held adds only the rest`() throws {
    _ = try history()
    let whole = try one.store.frames(
      missingAt: [VillageVector(village: At.renon, vector: VersionVector())], budget: .max
    ).frames[0]
    let store = try TestLaptop(seed: 5).store
    #expect(try store.ingest(try frames(of: one.store, At.renon)[0]).applied == 1)
    #expect(try store.ingest(whole).applied == 2)
    #expect(try store.vectors() == one.store.vectors())
  }

  @Test func `A frame with a wrong hash is refused whole`() throws {
    _ = try history()
    let frame = try one.store.frames(
      missingAt: [VillageVector(village: At.renon, vector: VersionVector())], budget: .max
    ).frames[0]
    var contents = frame.contents
    contents[1][contents[1].count - 1] ^= 1
    let wrong = Frame(
      stream: frame.stream, first: 1, previous: 0, last: frame.last, secret: frame.secret,
      contents: contents)
    let store = try TestLaptop(seed: 5).store
    let outcome = try store.ingest(wrong)
    #expect(outcome.refusals.map(\.ground) == [.chain])
    #expect(outcome.applied == 0)
    #expect(try store.vectors().isEmpty)
    #expect(try store.ingest(frame).applied == 3)
  }

  @Test func `A second change at one dot is a fork, and the first stays`() throws {
    let wayan = self.wayan
    let store = try TestLaptop(seed: 5).store
    func content(_ text: String) -> ChangeContent {
      .forged(
        by: wayan, on: DeviceID(1), directory: 1,
        [PlacedAnswer(path: At.name, answer: .text(text))])
    }
    var left = Forger(At.renon)
    var right = Forger(At.renon)
    let common = [content("A"), content("B")]
    #expect(try store.ingest(left.frame(common)).applied == 2)
    _ = right.frame(common)
    #expect(try store.ingest(left.frame([content("C"), content("D")])).applied == 2)
    let vector = try store.vector(of: At.renon)

    let branch = right.frame([content("X")])
    #expect(try store.ingest(branch).refusals.map(\.ground) == [.fork])
    let onBranch = right.frame([content("Y"), content("Z")])
    let outcome = try store.ingest(onBranch)
    #expect(outcome.refusals.isEmpty && outcome.applied == 0, "it is offered again with the branch")
    #expect(try store.vector(of: At.renon) == vector)
    #expect(try store.records(form: 1).count == 4)
  }

  @Test func `What names an answer that is not held waits, and is not told of`() throws {
    let two = try TestLaptop(seed: 2, office: office, for: [made])
    let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
    try one.sync(office)
    try two.sync(office)
    try two.edit(record, by: made, [At.name: .text("B")])
    let first = try frames(of: one.store, At.renon)
    let second = try frames(of: two.store, At.renon).filter {
      $0.stream.replica != first[0].stream.replica
    }

    let store = try TestLaptop(seed: 5).store
    let early = try store.ingest(second[0])
    #expect(early.applied == 0 && early.waiting == 1)
    #expect(try store.vectors().isEmpty, "what waits is not held")
    let late = try store.ingest(first[0])
    #expect(late.applied == 2 && late.waiting == 0)
    let reading = try #require(try store.peek(record, form: 1)).state
    #expect(reading.siblings(at: At.name).map(\.answer) == [.text("B")])
  }

  @Test func `A vector is stated exactly when others' changes came in between`() throws {
    let two = try TestLaptop(seed: 2, office: office, for: [made])
    let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
    try one.edit(record, by: wayan, [At.name: .text("B")])
    try one.sync(office)
    try two.sync(office)
    try two.edit(record, by: made, [At.name: .text("C")])
    try two.edit(record, by: made, [At.name: .text("D")])
    try two.add(made, in: At.sanur, [At.name: .text("E")])
    try two.sync(office)
    try one.sync(office)
    try one.add(wayan, in: At.sanur, [At.name: .text("F")])
    try one.edit(record, by: wayan, [At.name: .text("G")])
    try one.edit(record, by: wayan, [At.name: .text("H")])

    func contexts(_ store: Store, _ village: VillageCode) throws -> [VersionVector?] {
      let own = try store.standing().replica
      return try store.read { db in
        var contexts: [VersionVector?] = []
        try Journal.forEach(db) { entry, _ in
          let dot = entry.change.dot
          if dot.replica == own, dot.village == village {
            contexts.append(entry.change.content.context)
          }
        }
        return contexts
      }
    }
    let mine = try one.store.standing().replica
    let theirs = try two.store.standing().replica
    #expect(try contexts(one.store, At.renon).map { $0 != nil } == [false, false, true, false])
    #expect(try contexts(one.store, At.renon)[2]?.count(of: theirs) == 2)
    #expect(try contexts(two.store, At.renon).map { $0 != nil } == [true, false])
    #expect(try contexts(two.store, At.renon)[0]?.count(of: mine) == 2)
    #expect(try contexts(two.store, At.sanur).map { $0 != nil } == [false])
    #expect(try contexts(one.store, At.sanur).map { $0?.count(of: theirs) } == [1])
  }

  @Test func `A change that nobody here can read is refused and holds nothing up`() throws {
    var forger = Forger(At.renon)
    let store = try TestLaptop(seed: 5).store
    let outcome = try store.ingest(forger.frame(bytes: [[1, 2, 3]]))
    #expect(outcome.refusals.map(\.ground) == [.malformed])
    _ = try history()
    for frame in try frames(of: one.store, At.renon) {
      #expect(try store.ingest(frame).applied == 1)
    }
  }

  @Test func `A record that only a newer version can read is kept, and is no damage`() throws {
    var forger = Forger(At.renon)
    var strange = ChangeContent.forged(by: made, on: one.device, directory: 1, [])
    strange.body = .unknown(kind: 200, bytes: [1, 2, 3])
    #expect(try one.store.ingest(try office.sealed(forger.frame([strange]))).applied == 1)
    let report = try one.store.verify()
    #expect(report.isClean, "\(report.problems)")
    #expect(report.changes == 1 && report.records == 0)
  }

  @Test func `A whole directory that comes late takes nothing of the newer one back`() throws {
    let late = SyncReply(
      epoch: try office.store.standing().epoch, time: 0, status: .complete, directoryStart: 0,
      directory: try office.store.standing().directory.entries.map(\.bytes),
      directorySignature: try office.store.directorySignature())
    #expect(!late.directorySignature.isEmpty)
    try office.person("ketut", .supervisor, nil)
    try one.sync(office)
    let entries = try one.store.standing().directory.entries
    #expect(try entries == office.store.standing().directory.entries)
    _ = try one.store.absorb(late, isNewOffice: false)
    #expect(try one.store.standing().directory.entries == entries)
  }

  @Test func `A reply that comes twice, and late, adds nothing twice`() throws {
    let two = try TestLaptop(seed: 2, office: office, for: [made])
    try office.person("ketut", .supervisor, nil)
    let record = try history()
    try one.sync(office)
    let material = try two.store.syncMaterial(budget: 1 << 20)
    let request = SyncRequest(
      survey: 7, device: two.device, epoch: 0, digest: Digest.vectors([]),
      directory: material.directory, directoryTag: material.directoryTag, isComplete: true,
      villages: [], frames: [], unsent: 0, budget: 1 << 20)
    let reply = try two.send(request, to: office)
    #expect(reply.directory.count == 1)
    for _ in 0..<3 { _ = try two.store.absorb(reply, isNewOffice: false) }
    #expect(
      try two.store.standing().directory.entries == office.store.standing().directory.entries)
    #expect(try two.store.vectors() == office.store.vectors())
    #expect(try two.edit(record, by: made, [At.name: .text("D")]).change != nil)
    #expect(try two.sync(office).refusals.isEmpty)
  }
}
