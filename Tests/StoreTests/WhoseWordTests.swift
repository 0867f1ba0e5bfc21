import Bytes
import Causality
import Crypto
import Model
import Office
import Reading
import Sync
import Testing
import Wire
import Worlds

@testable import Store

/// Keys that were replaced, offices that fell back, and those who say that they are one.
@Suite struct `Whose word it is`: OfTwoSurveyors {
  let surveyors: TwoSurveyors

  init() throws { surveyors = try TwoSurveyors() }

  private func restored(_ store: Store, isSaid: Bool = true) throws -> TestOffice {
    if isSaid { try store.beginAgain() }
    try store.mint()
    return TestOffice(over: store, clock: office.clock)
  }

  /// Gives a device another key: with its store, or with a new one.
  @discardableResult
  private func replaceKey(
    of laptop: TestLaptop, keepsStore: Bool, _ code: String = "K7M3Q9X2"
  ) throws -> TestLaptop {
    _ = try office.store.invite(
      laptop.device, name: "laptop", people: [wayan], code: Array(code.utf8),
      expires: office.clock.surroundings.wall() + InviteCode.lifetime)
    let key = Curve25519.Signing.PrivateKey()
    let again =
      keepsStore
      ? TestLaptop(store: laptop.store, clock: laptop.clock, key: key, device: laptop.device)
      : try TestLaptop(seed: 77)
    let request = EnrolRequest(
      code: code, key: Array(key.publicKey.rawRepresentation), preset: "tiny",
      survey: keepsStore ? 7 : 0, device: keepsStore ? laptop.device : .standalone,
      replica: try again.store.standing().replica, streams: [])
    let reply = try EnrolReply(try office.enrolment.answer(request.bytes))
    try again.store.join(
      reply, address: "memory", key: Array(key.rawRepresentation), person: wayan)
    return TestLaptop(
      store: again.store, clock: again.clock, key: key, device: laptop.device)
  }

  // MARK: A device's former key

  @Test func `What others hold under a key that was replaced is the device's`() throws {
    let a = try laptop(21, [wayan])
    let b = try laptop(22, [made])
    let record = try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try stick.write(a.store)
    try stick.read(b.store)
    try b.edit(record, by: made, [At.outcome: .text("open")])
    try replaceKey(of: a, keepsStore: false)
    #expect(try b.sync(office).isAllSent)
    #expect(try office.store.quarantined().isEmpty)
    #expect(try office.store.waitingCount() == 0)
    #expect(try office.store.vector(of: At.renon) == b.store.vector(of: At.renon))
    let state = try #require(try office.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.name).map(\.answer) == [.text("batik")])
  }

  @Test func `What was sealed by a key that was turned away is held and reverted`() throws {
    let a = try laptop(21, [wayan])
    let b = try laptop(22, [made])
    let record = try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try stick.write(a.store)
    try stick.read(b.store)
    try b.edit(record, by: made, [At.outcome: .text("open")])
    try office.revoke(a.device)
    try replaceKey(of: a, keepsStore: false)
    #expect(try b.sync(office).isAllSent)
    try b.sync(office)
    #expect(try office.store.quarantined().isEmpty)
    #expect(try office.store.vector(of: At.renon) == b.store.vector(of: At.renon))
    let state = try #require(try office.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.outcome).map(\.answer) == [.text("open")])
    let lives = state.siblings(at: .life).map(\.answer)
    #expect(!lives.contains(.life(.alive)), "\(lives)")
    // Whoever has heard of it takes nothing under that key, as of any device that is turned away.
    let late = try laptop(23, [made])
    #expect(try stick.read(late.store).refusals.map(\.ground) == [.revoked])
  }

  /// Perhaps nobody has it but one that is turned away.
  @Test(arguments: [false, true])
  func `What was sealed by a former key is the device's, whoever brings it`(isRevoked: Bool) throws
  {
    let a = try laptop(21, [wayan])
    let b = try laptop(22, [made])
    let record = try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try stick.write(a.store)
    try stick.read(b.store)
    if isRevoked { try office.revoke(a.device) }
    try replaceKey(of: a, keepsStore: false)
    try office.revoke(b.device)
    #expect(throws: Problem.revokedDevice) { try b.sync(office) }
    let aside = try office.store.quarantined()
    #expect(aside.map(\.device) == (isRevoked ? [a.device] : []))
    #expect(aside.map(\.ground) == (isRevoked ? [.revoked] : []))
    // A person decides of it as of anything that is turned away.
    for run in try office.store.quarantinedRuns() {
      #expect(try office.store.take(run, by: made, because: nil) == 1)
    }
    let state = try #require(try office.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.name).map(\.answer) == [.text("batik")])
    #expect(try office.store.verify().isClean)
  }

  @Test func `A newer seal of a device replaces its older one, and not the other way`() throws {
    let a = try laptop(21, [wayan])
    let b = try laptop(22, [made])
    try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try stick.write(a.store)
    let old = stick.bytes
    try stick.read(b.store)
    let stream = StreamID(village: At.renon, replica: try a.store.standing().replica)
    let row = try #require(try a.store.read { try Streams.row($0, stream) })
    let end = Dot(replica: stream.replica, village: stream.village, counter: row.count)
    let again = try replaceKey(of: a, keepsStore: true)
    try stick.write(again.store)
    try stick.read(b.store)
    stick.bytes = old
    try stick.read(b.store)
    let seal = try #require(try b.store.read { try Seals.seal($0, at: end) })
    let key = Array(again.key.publicKey.rawRepresentation)
    #expect(seal.vouches(for: end, row.head, survey: 7, key: key))
  }

  // MARK: What an office believes of its own past

  @Test func `That an office lacks changes of its own is not believed without them`() throws {
    let liar = try laptop(21, [wayan])
    let (epoch, replica) = (try office.store.standing().epoch, try office.store.standing().replica)
    for count in 1...3 {
      let entry = VersionVector.Entry(replica: replica, count: UInt64(count), head: 1)
      let claim = VillageVector(village: At.renon, vector: VersionVector([entry]))
      let standing = try liar.store.syncMaterial(budget: 0)
      _ = try liar.send(
        SyncRequest(
          survey: 7, device: liar.device, epoch: epoch, digest: Digest.vectors([claim]),
          directory: standing.directory, directoryTag: standing.directoryTag, isComplete: true,
          villages: [claim], frames: [], unsent: 0, budget: SyncSession.budget), to: office)
    }
    #expect(try office.store.standing().epoch == epoch)
    #expect(try office.store.waitsSince() == nil)
  }

  /// A record that was moved, so that the office wrote a carry.
  private func move(_ laptop: TestLaptop) throws -> RecordID {
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("batik")])
    try laptop.edit(record, by: wayan, [.village: .village(At.sanur)])
    try laptop.sync(office)
    try laptop.sync(office)
    return record
  }

  @Test func `An office that fell back finds it out when it is brought its own changes`() throws {
    let a = try laptop(21, [wayan])
    let b = try laptop(22, [made])
    try b.sync(office)
    try a.sync(office)
    // NB: so that the office's replica is one that the backup knows as its own.
    let backup = try office.store.copy(to: nil)
    let record = try move(a)
    let again = try restored(backup, isSaid: false)
    let epoch = try again.store.standing().epoch
    #expect(try a.sync(again).isAllSent)
    #expect(try again.store.standing().epoch != epoch)
    #expect(try again.store.vectors() == a.store.vectors())
    #expect(try again.store.peek(record, form: 1)?.village == At.sanur)
    #expect(try a.store.standing().epoch == again.store.standing().epoch)
    try b.sync(again)
    #expect(try b.store.vectors() == again.store.vectors())
  }

  @Test func `An office that knows that it fell back is not told so again`() throws {
    let a = try laptop(21, [wayan])
    let backup = try office.store.copy(to: nil)
    _ = try move(a)
    let again = try restored(backup)
    let epoch = try again.store.standing().epoch
    #expect(try a.sync(again).isAllSent)
    #expect(try again.store.standing().epoch == epoch)
    #expect(try again.store.vectors() == a.store.vectors())
    #expect(try again.store.waitsSince() == nil)
  }

  // MARK: Whom a restored office waits for

  @Test func `A restored office goes on waiting when it hears one that knows less`() throws {
    let a = try laptop(21, [wayan])
    try a.sync(office)
    try office.person("nyoman", .surveyor, [At.renon])
    let backup = try office.store.copy(to: nil)
    let b = try laptop(22, [made])
    try b.sync(office)
    let again = try restored(backup)
    try a.sync(again)
    #expect(try again.store.waitsSince() != nil)
    // What A knows now it has from this office.
    try a.sync(again)
    #expect(try again.store.waitsSince() != nil)
    #expect(throws: StoreError.self) { try again.person("putu", .surveyor, [At.renon]) }
    let returned = try #require(try b.store.directoryReturn())
    #expect(try again.store.takeBack(returned))
    #expect(try again.store.waitsSince() == nil)
    #expect(try b.sync(again).isAllSent)
  }

  @Test func `A restored office has heard one that knows as much`() throws {
    let a = try laptop(21, [wayan])
    try a.sync(office)
    let again = try restored(try office.store.copy(to: nil))
    try a.sync(again)
    #expect(try again.store.waitsSince() == nil)
  }

  // MARK: What a laptop believes of whoever answers

  @Test func `What comes in a sync without the office's seal is not taken`() throws {
    let a = try laptop(21, [wayan])
    let b = try laptop(22, [made])
    try b.sync(office)
    let standing = try b.store.standing()
    let content = ChangeContent.forged(
      by: made, on: b.device, directory: standing.directory.version,
      [PlacedAnswer(path: At.name, answer: .text("never said"))])
    var forger = Forger(At.renon)
    let foreign = forger.frame([content])
    try b.add(made, in: At.sanur, [At.name: .text("mine")])
    let own = try #require(try b.store.syncMaterial(budget: 1 << 20).frames.first)
    var chain = Chain(stream: own.stream, secret: try #require(own.secret))
    for content in own.contents { _ = chain.append(content) }
    let previous = chain.head.tag
    let more = content.bytes(village: At.sanur)
    _ = chain.append(more)
    // NB: what is put into its own streams it would hand to the office as its own.
    let longer = Frame(
      stream: own.stream, first: own.lastCounter + 1, previous: previous, last: chain.head,
      secret: nil, contents: [more])
    for frame in [foreign, longer] {
      var reply = SyncReply(epoch: standing.epoch, time: 0, status: .complete)
      reply.frames = [frame]
      #expect(try b.store.absorb(reply, isNewOffice: false).refusals.map(\.ground) == [.seal])
    }
    #expect(try b.store.vector(of: At.renon).entries.isEmpty)
    #expect(try b.store.waitingCount() == 0)
    // Under a device's seal it is taken as it would be from a stick.
    let record = try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try stick.write(a.store)
    var reply = SyncReply(epoch: standing.epoch, time: 0, status: .complete)
    reply.frames = try stick.open().frames
    #expect(try b.store.absorb(reply, isNewOffice: false).received == 1)
    #expect(try b.store.peek(record, form: 1) != nil)
  }

  // MARK: Branches on their way

  @Test func `Branches leave within the budget, and a refused one keeps no other`() throws {
    let first = try laptop(21, [wayan])
    var records: [VillageCode: RecordID] = [:]
    for village in [At.renon, At.sanur] {
      records[village] = try first.add(wayan, in: village, [At.name: .text("A")])
    }
    try first.sync(office)
    let twin = try first.twin()
    let long = Text(String(repeating: "x", count: 4000))
    for record in records.sorted(by: { $0.key < $1.key }).map(\.value) {
      try first.edit(record, by: wayan, [At.outcome: .text("satu")])
      for _ in 1...40 {
        try twin.edit(record, by: wayan, [At.name: .text(long)])
        try twin.edit(record, by: wayan, [At.name: .text("y")])
      }
    }
    try first.sync(office)
    #expect(try twin.sync(office).isAllSent)
    // Another office has nothing of the branches.
    try twin.store.write { db in try Meta.set(db, .epoch, .bits(99)) }
    let budget = 40_000
    func size(_ frames: [Frame]) -> Int {
      frames.reduce(0) { $0 + $1.contents.reduce(0) { $0 + $1.count } }
    }
    let material = try twin.store.syncMaterial(budget: budget)
    #expect(size(material.frames) <= budget && material.isCut)
    let stream = try #require(material.frames.first?.stream)
    let rest = try twin.store.syncMaterial(budget: budget, without: [stream])
    #expect(!rest.frames.isEmpty && rest.frames.allSatisfy { $0.stream != stream })
    // On a stick all of it leaves.
    try stick.write(twin.store, BundleRequest(isWhole: true))
    let aside = try twin.store.read { db in
      try db.first("SELECT count(*) FROM branch") { Int($0.integer(0)) } ?? 0
    }
    let held = try twin.store.vectors().reduce(0) {
      $0 + $1.vector.entries.reduce(0) { $0 + Int($1.count) }
    }
    let written = try stick.open().frames.reduce(0) { $0 + $1.contents.count }
    #expect(aside == 160 && written == held + aside)
  }

  @Test func `The key that was asked with is kept where the office did not look`() {
    let unsaid: Set<Problem> = [
      .tooSlow, .tooManyTries, .tooBusy, .waitsForLaptops, .internalFault,
    ]
    #expect(Set(Problem.allCases.filter { !$0.isNo }) == unsaid)
  }
}
