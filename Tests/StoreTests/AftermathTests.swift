import Bytes
import Causality
import Crypto
import Model
import Office
import Sync
import TestSupport
import Testing
import Wire
import Worlds

@testable import Store

/// What an attack, a copy or a restore once left behind.
@Suite struct `After copies, restores and forgeries`: OfTwoSurveyors {
  let surveyors: TwoSurveyors
  private let ketut: PersonID

  init() throws {
    surveyors = try TwoSurveyors()
    ketut = try surveyors.office.person("ketut", .supervisor, nil)
  }

  @Test func `A sync goes on when as much turns out to be lost as it brought`() throws {
    let laptop = try laptop(1, [wayan, made])
    try laptop.sync(office)
    // Put back by other means, under the epoch that it had.
    let backup = TestOffice(over: try office.store.copy(to: nil), clock: office.clock)
    for name in ["A", "B"] { try laptop.add(wayan, in: At.renon, [At.name: .text(Text(name))]) }
    #expect(try laptop.sync(office).isAllSent)
    for village in [At.renon, At.renon, At.sanur, At.sanur] {
      try laptop.add(wayan, in: village, [At.name: .text("C")])
    }
    #expect(try laptop.store.unsentCount() == 4)
    let summary = try laptop.sync(backup)
    #expect(summary.isAllSent && summary.unsent == 0)
    #expect(try backup.store.waitingCount() == 0)
    #expect(try backup.store.vectors() == laptop.store.vectors())
  }

  @Test func `A seal that nobody checked puts nothing aside in a device's name`() throws {
    let a = try laptop(21, [wayan])
    let b = try laptop(22, [made])
    try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try a.sync(office)
    try office.revoke(a.device)
    try b.sync(office)
    try b.add(made, in: At.renon, [At.name: .text("x")])
    try stick.write(b.store)
    var header = try stick.open().header
    header.device = a.device
    var forger = Forger(At.renon, replica: ReplicaID(0x1234))
    let content = ChangeContent.forged(
      by: wayan, on: a.device, directory: 6,
      [PlacedAnswer(path: At.name, answer: .text("never written by A"))])
    let plain = forger.frame([content])
    let seal = try #require(Seal(signer: a.device, signature: Array(repeating: 7, count: 64)))
    let frame = Frame(
      stream: plain.stream, first: 1, previous: 0, last: plain.last, secret: plain.secret,
      seal: seal, contents: plain.contents)
    try stick.forge([frame], as: header)
    try stick.read(office.store)
    let runs = try office.store.quarantinedRuns()
    #expect(runs.isEmpty, "a forged seal is kept under the device's name")
  }

  @Test func `What another brought first can still be taken as its own device brings it`() throws {
    let a = try laptop(21, [wayan])
    let m = try laptop(22, [made])
    try a.add(wayan, in: At.renon, [At.name: .text("first")])
    try a.sync(office)
    try a.add(wayan, in: At.renon, [At.name: .text("second")])
    let frames = try a.store.syncMaterial(budget: 1 << 20).frames.map(\.bare)
    try office.revoke(a.device)
    #expect(try m.push(frames, to: office).refusals.map(\.ground) == [.revoked])
    #expect(throws: Problem.revokedDevice) { try a.sync(office) }
    let runs = try office.store.quarantinedRuns()
    let run = try #require(runs.first { $0.device == a.device })
    #expect(try office.store.obstacle(to: run) == nil)
    #expect(Set(runs.map(\.name)).count == 2)
    #expect(try office.store.take(run, by: ketut, because: "hers") == 1)
    #expect(try office.store.quarantined().isEmpty)
  }

  @Test func `What was dropped of another bearer is asked about as its author's`() throws {
    let a = try laptop(21, [wayan])
    let m = try laptop(22, [made])
    try a.add(wayan, in: At.renon, [At.name: .text("first")])
    try a.sync(office)
    try a.add(wayan, in: At.renon, [At.name: .text("second")])
    let frames = try a.store.syncMaterial(budget: 1 << 20).frames.map(\.bare)
    _ = try m.push(frames, to: office)
    for run in try office.store.quarantinedRuns() {
      try office.store.drop(run, by: ketut, because: "M has no business with it")
    }
    try office.revoke(a.device)
    #expect(throws: Problem.revokedDevice) { try a.sync(office) }
    #expect(try office.store.quarantinedRuns().count == 1, "A's own work is asked about")
  }

  @Test func `Nobody's seal is kept but the writer's and the office's`() throws {
    let backup: Store
    let a = try laptop(21, [wayan])
    let b = try laptop(22, [made])
    let m = try laptop(23, [made])
    backup = try office.store.copy(to: nil)
    try a.add(wayan, in: At.renon, [At.name: .text("one")])
    try a.add(wayan, in: At.renon, [At.name: .text("two")])
    try a.sync(office)
    try b.sync(office)
    try m.sync(office)
    let stream = StreamID(village: At.renon, replica: try a.store.standing().replica)
    let row = try #require(try m.store.read { try Streams.row($0, stream) })
    let entry = try #require(
      try m.store.read {
        try $0.first(
          "SELECT content, hash FROM journal WHERE replica = ? AND counter = 1",
          .bits(stream.replica.number)
        ) { ($0.bytes(0), $0.bytes(1)) }
      })
    let hash = try #require(ChainHash(entry.1))
    let frame = Frame(
      stream: stream, first: 1, previous: 0, last: hash, secret: row.secret,
      seal: m.seal(stream.dot(1), hash), contents: [entry.0])
    try m.add(made, in: At.renon, [At.name: .text("x")])
    try stick.write(m.store)
    try stick.forge([frame], as: try stick.open().header)
    try stick.read(b.store)
    let again = try office.putBack(to: backup)
    #expect(try b.sync(again).isAllSent)
    #expect(try again.store.vector(of: At.renon).count(of: stream.replica) == 2)
  }

  @Test func `What cannot be issued again keeps nobody else from handing in`() throws {
    let m = try laptop(22, [made])
    let h = try laptop(21, [wayan])
    let version = try office.store.standing().directory.version
    var native = Forger(At.renon, replica: ReplicaID(0x71))
    let creation = ChangeContent.forged(
      by: made, on: m.device, directory: version, [PlacedAnswer(path: At.name, answer: .text("m"))])
    #expect(try m.push([native.frame([creation])], to: office).refusals.isEmpty)
    let life = native.last
    let record = native.record
    var other = Forger(At.renon, replica: ReplicaID(0x72), seed: 11)
    let otherFrame = other.frame([creation])
    let awaited = other.last
    func content(_ last: Int) -> ChangeContent {
      let full = Text(String(repeating: "x", count: 64 * 1024))
      var answers: [PlacedAnswer] = (0..<63).map {
        PlacedAnswer(path: Path(field: FieldID(UInt32(1000 + $0))), answer: .text(full))
      }
      answers.append(
        PlacedAnswer(
          path: Path(field: FieldID(2000)),
          answer: .text(Text(String(repeating: "x", count: last)))))
      return .forged(
        by: made, on: m.device, directory: version, record: record,
        cites: [life, awaited].sorted(),
        answers)
    }
    var last = 60_000
    let size = content(last).bytes(village: At.renon).count
    last += (4 << 20) - size
    let big = content(last)
    var branch = Forger(At.renon, replica: ReplicaID(0x71), seed: 13)
    _ = try m.push([branch.frame([big])], to: office)
    _ = try m.push([otherFrame], to: office)
    try h.add(wayan, in: At.renon, [At.name: .text("honest")])
    let summary = try h.sync(office)
    #expect(summary.refusals.isEmpty)
  }

  @Test func `A code that was used after the backup opens nothing any more`()
    throws
  {
    let code = "K7M3Q9X2"
    let device = try office.store.invite(
      nil, name: "laptop", people: [wayan], code: Array(code.utf8),
      expires: office.clock.surroundings.wall() + InviteCode.lifetime)
    let backup = try office.store.copy(to: nil)
    let honest = Curve25519.Signing.PrivateKey()
    func ask(_ key: Curve25519.Signing.PrivateKey, _ office: TestOffice, _ replica: UInt64) throws {
      _ = try office.enrolment.answer(
        EnrolRequest(
          code: code, key: Array(key.publicKey.rawRepresentation), preset: "tiny",
          replica: ReplicaID(replica), streams: []
        ).bytes)
    }
    try ask(honest, office, 5)
    let returned = try #require(try office.store.directoryReturn())
    let again = try office.putBack(to: backup)
    #expect(try again.store.takeBack(returned))
    let thief = Curve25519.Signing.PrivateKey()
    #expect(throws: Problem.badCode) { try ask(thief, again, 6) }
    let key = try again.store.standing().directory.device(device)?.key
    #expect(key == Array(honest.publicKey.rawRepresentation))
  }

  @Test func `A directory that another process replaced is read from its beginning`() throws {
    let folder = try TemporaryFolder()
    let a = try TestLaptop(seed: 41, at: folder.file)
    let second = try Store.open(at: folder.file, surroundings: a.clock.surroundings)
    let before = try second.standing()
    #expect(before.directory.version == 3)
    try a.join(office, for: [wayan])
    let mine = try a.store.standing().directory
    let theirs = try second.standing().directory
    #expect(mine.entries == theirs.entries, "the second process mixes two directories")
  }

  /// A battery that died, a year that was mistyped: what cannot be said is said as the nearest that can.
  @Test(arguments: [-80, 80, 20_000] as [Int64])
  func `An office whose clock is wrong by decades goes on`(years: Int64) throws {
    let office = try TestOffice()
    let wayan = try office.person("wayan", .surveyor, nil)
    office.clock.jump(years * 365 * 24 * 3600 * 1000)
    let laptop = try TestLaptop(seed: 1, office: office, for: [wayan])
    _ = try laptop.add(wayan, in: At.renon, [At.name: .text("satu")])
    #expect(try laptop.sync(office).isAllSent)
    _ = try laptop.add(wayan, in: At.renon, [At.name: .text("dua")])
    #expect(try laptop.sync(office).isAllSent)
    #expect(try office.store.vectors() == laptop.store.vectors())
  }

  @Test func `A branch's wrong clock does not move the office's`() throws {
    let m = try laptop(22, [made])
    let version = try office.store.standing().directory.version
    func content(_ name: String, _ stamp: Stamp) -> ChangeContent {
      ChangeContent(
        form: 1, record: nil,
        author: Authorship(
          person: made, device: m.device, stamp: stamp, directory: version, act: .edit),
        body: .answers(
          [
            PlacedAnswer(path: At.name, answer: .text(Text(name))),
            PlacedAnswer(path: .life, answer: .life(.alive)),
          ].sorted { $0.path < $1.path }))
    }
    var native = Forger(At.renon)
    var branch = Forger(At.renon)
    let now = Stamp(milliseconds: office.clock.surroundings.wall())
    #expect(try m.push([native.frame([content("a", now)])], to: office).refusals.isEmpty)
    let reply = try m.push(
      [branch.frame([content("b", Stamp(milliseconds: 1 << 47))])], to: office)
    #expect(reply.branches.count == 1)
    let stamp = try office.store.write { db in
      var authoring = try Authoring(office.store, db)
      return authoring.author(.office, act: .office).stamp
    }
    #expect(stamp.milliseconds <= office.clock.surroundings.wall() + 5 * 60 * 1000)
  }

  @Test func `Who cited what an office gave up is heard in what it writes afterwards`() throws {
    let one = try laptop(1, [wayan])
    let two = try laptop(2, [made])
    for laptop in [one, two] { try laptop.sync(office) }
    let backup = try office.store.copy(to: nil)
    for word in ["nyoman", "putu"] { try office.person(word, .viewer, [At.renon]) }
    let replica = try one.store.standing().replica
    try one.sync(office)
    #expect(try one.store.standing().replica == replica, "a directory that grows is no other")
    let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
    for laptop in [one, two] { try laptop.sync(office) }
    let again = try office.putBack(to: backup)
    try again.store.noteHeard()  // --go-on
    try again.person("komang", .viewer, [At.renon])
    for laptop in [two, two, one, one] { try laptop.sync(again) }
    #expect(try again.store.peek(record, form: 1) != nil)
    try one.edit(record, by: wayan, [At.outcome: .text("kemudian")])
    #expect(try one.sync(again).isAllSent)
    #expect(try again.store.quarantined().isEmpty)
    #expect(try again.store.vectors() == one.store.vectors())
  }
}
