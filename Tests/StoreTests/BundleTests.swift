import Causality
import Model
import Reading
import Sync
import TestSupport
import Testing
import Wire
import Worlds

@testable import Store

/// Changes that go from laptop to laptop, on a stick.
@Suite struct `Bundles`: OfTwoLaptops {
  let laptops: TwoLaptops

  init() throws { laptops = try TwoLaptops(try TwoSurveyors(madeIn: [At.renon])) }

  @Test func `Work comes to the office by the sync of another laptop`() throws {
    let record = try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    let written = try stick.write(a.store)
    #expect(written.changes == 1 && written.unvouched == 0 && written.villages == [At.renon])
    let read = try stick.read(b.store)
    #expect(read.received == 1 && read.refusals.isEmpty && read.waiting == 0)
    #expect(read.damage == nil && read.leftOut == 0)
    _ = try b.show(record, to: made)
    try b.edit(record, by: made, [At.outcome: .text("open")])
    let summary = try b.sync(office)
    #expect(summary.isAllSent && summary.refusals.isEmpty)
    #expect(try office.store.vector(of: At.renon) == b.store.vector(of: At.renon))
    #expect(try office.store.quarantined().isEmpty)
    #expect(try office.store.verify().isClean)
    try a.sync(office)
    #expect(try a.store.vector(of: At.renon) == b.store.vector(of: At.renon))
  }

  @Test func `The same bundle read twice brings nothing`() throws {
    try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try stick.write(a.store)
    #expect(try stick.look(b.store).villages.map(\.new) == [1])
    try stick.read(b.store)
    let again = try stick.read(b.store)
    #expect(again.received == 0 && again.refusals.isEmpty && again.damage == nil)
    let look = try stick.look(b.store)
    #expect(look.villages.map(\.new) == [0] && look.villages.map(\.changes) == [1])
    #expect(look.villages.first?.people.map(\.person) == [wayan])
    #expect(look.header.device == a.device)
  }

  @Test func `Nothing is acknowledged by a bundle, and what was is not written again`() throws {
    try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try stick.write(a.store)
    let before = try b.store.acknowledged()
    try stick.read(b.store)
    #expect(try b.store.acknowledged() == before)
    #expect(try b.store.unsentCount() == 1)
    try a.sync(office)
    #expect(try stick.write(a.store).changes == 0)
    #expect(try stick.write(a.store, BundleRequest(isWhole: true)).changes == 1)
    let elsewhere = BundleRequest(villages: [At.sanur], isWhole: true)
    #expect(try stick.write(a.store, elsewhere).changes == 0)
  }

  @Test func `What is of other villages stays on the stick, and the stick brings it on`() throws {
    try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try a.add(wayan, in: At.sanur, [At.name: .text("tenun")])
    try stick.write(a.store)
    let read = try stick.read(b.store)
    #expect(read.received == 1 && read.leftOut == 1)
    #expect(try b.store.vector(of: At.sanur).isEmpty)
    let brought = try stick.read(office.store)
    #expect(brought.received == 2 && brought.refusals.isEmpty)
    #expect(brought.villages.map(\.village) == [At.renon, At.sanur])
    #expect(try b.sync(office).isAllSent)
  }

  @Test func `A laptop hands on what another wrote, under the seal that it came with`() throws {
    let record = try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try stick.write(a.store)
    try stick.read(b.store)
    _ = try b.show(record, to: made)
    try b.edit(record, by: made, [At.outcome: .text("open")])
    let putu = try office.person("putu", .surveyor, [At.renon])
    let c = try TestLaptop(seed: 23, office: office, for: [putu])
    let written = try stick.write(b.store)
    #expect(written.changes == 2 && written.unvouched == 0)
    let read = try stick.read(c.store)
    #expect(read.received == 2 && read.refusals.isEmpty)
    #expect(try c.store.vector(of: At.renon) == b.store.vector(of: At.renon))
    #expect(try c.sync(office).isAllSent)
  }

  @Test func `What others sealed leaves from seal to seal, however it was applied here`() throws {
    let first = try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try stick.write(a.store)
    try stick.read(b.store)
    _ = try b.show(first, to: made)
    try b.edit(first, by: made, [At.outcome: .text("open")])
    let fromB = Stick()
    try fromB.write(b.store)
    let fromA = Stick()
    try fromB.read(a.store)
    // One frame of A's needs what B wrote in between; C applies A1, B1, A2 from A1 and A2 in one.
    _ = try a.show(first, to: wayan)
    try a.edit(first, by: wayan, [At.outcome: .text("closed")])
    try fromA.write(a.store, BundleRequest(isWhole: true))
    let (header, sealed) = try fromA.open()
    let stream = StreamID(village: At.renon, replica: try a.store.standing().replica)
    let own = try #require(try a.store.read { try Streams.row($0, stream) })
    let contents = sealed.filter { $0.stream == own.id }.flatMap(\.contents)
    let both = Frame(
      stream: own.id, first: 1, previous: 0, last: own.head, secret: own.secret,
      seal: sealed.last { $0.stream == own.id }?.seal, contents: contents)
    try fromA.forge([both] + sealed.filter { $0.stream != own.id }, as: header)
    let putu = try office.person("putu", .surveyor, [At.renon])
    let c = try TestLaptop(seed: 23, office: office, for: [putu])
    let read = try fromA.read(c.store)
    #expect(read.received == 3 && read.waiting == 0)
    try stick.write(c.store)
    let (_, relayed) = try stick.open()
    #expect(relayed.allSatisfy { $0.seal != nil } && relayed.count == 2)
    #expect(try c.sync(office).isAllSent)
    #expect(try office.store.verify().isClean)
  }

  @Test func `What came too early waits for what the office brings`() throws {
    try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try a.sync(office)
    let second = try a.add(wayan, in: At.renon, [At.name: .text("tenun")])
    try stick.write(a.store)
    let read = try stick.read(b.store)
    #expect(read.received == 0 && read.waiting == 1 && read.refusals.isEmpty)
    try b.sync(office)
    #expect(try b.store.waitingCount() == 0)
    #expect(try b.reading(second).state.siblings(at: At.name).count == 1)

  }

  @Test func `A change that names another device is refused, also after it waited`() throws {
    try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try stick.write(a.store)
    let (header, frames) = try stick.open()
    let forged = try #require(try forgedFrame(after: frames[0], by: made, on: b.device))
    try stick.forge([forged], as: header)
    let putu = try office.person("putu", .surveyor, [At.renon])
    let c = try TestLaptop(seed: 23, office: office, for: [putu])
    #expect(try stick.read(c.store).waiting == 1)
    try a.sync(office)
    for laptop in [b, c] {
      try laptop.sync(office)
      #expect(try laptop.store.waitingCount() == 0)
      if laptop === b {
        #expect(try stick.read(b.store).refusals.map(\.ground) == [.foreignDevice])
      }
      #expect(try laptop.store.vector(of: At.renon) == a.store.vector(of: At.renon))
    }
  }

  /// A frame that goes on from another in a device's name, under the seal of laptop A.
  private func forgedFrame(
    after frame: Frame, by person: PersonID, on device: DeviceID
  ) throws -> Frame? {
    let row = try #require(try a.store.read { try Streams.row($0, frame.stream) })
    var chain = Chain(
      stream: frame.stream, secret: row.secret, count: frame.lastCounter, head: frame.last)
    let content = ChangeContent.forged(
      by: person, on: device, directory: try a.store.standing().directory.version, [])
    let bytes = content.bytes(village: frame.stream.village)
    let hash = chain.append(bytes)
    return Frame(
      stream: frame.stream, first: chain.count, previous: frame.last.tag, last: hash,
      secret: nil, seal: a.seal(frame.stream.dot(chain.count), hash), contents: [bytes])
  }

  @Test func `Nobody writes in another's name, or goes on with another's stream`() throws {
    try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try stick.write(a.store)
    let (header, frames) = try stick.open()
    try stick.read(b.store)
    // B's key under A's stream.
    let row = try #require(try a.store.read { try Streams.row($0, frames[0].stream) })
    var chain = Chain(stream: row.id, secret: row.secret, count: 1, head: row.head)
    let bytes = ChangeContent.forged(
      by: made, on: b.device, directory: try b.store.standing().directory.version, []
    ).bytes(village: At.renon)
    let hash = chain.append(bytes)
    let captured = Frame(
      stream: row.id, first: 2, previous: row.head.tag, last: hash, secret: nil,
      seal: b.seal(row.id.dot(2), hash), contents: [bytes])
    let putu = try office.person("putu", .surveyor, [At.renon])
    let c = try TestLaptop(seed: 23, office: office, for: [putu])
    try stick.forge(frames + [captured], as: header)
    let read = try stick.read(c.store)
    #expect(read.received == 1 && read.refusals.map(\.ground) == [.foreignDevice])
    #expect(try stick.read(office.store).refusals.map(\.ground) == [.foreignDevice])

    // Without a seal, or under one of nobody's.
    let bare = Frame(
      stream: frames[0].stream, first: 1, previous: 0, last: frames[0].last,
      secret: frames[0].secret, contents: frames[0].contents)
    let d = try TestLaptop(seed: 24, office: office, for: [putu])
    try stick.forge([bare], as: header)
    #expect(try stick.read(d.store).refusals.map(\.ground) == [.seal])
    #expect(try stick.read(office.store).refusals.map(\.ground) == [.seal])
  }

  @Test func `The directory comes along if it goes on from ours, and never goes back`() throws {
    let old = Stick()
    try old.write(a.store)
    let putu = try office.person("putu", .surveyor, [At.renon])
    let c = try TestLaptop(seed: 23, office: office, for: [putu])
    try c.add(putu, in: At.renon, [At.name: .text("batik")])
    try stick.write(c.store)
    let version = try b.store.standing().directory.version
    let read = try stick.read(b.store)
    #expect(read.directory == 2 && read.received == 1)
    #expect(try b.store.standing().directory.version == version + 2)
    #expect(try old.read(b.store).directory == 0)
    #expect(try b.store.standing().directory.version == version + 2)
    var (header, frames) = try stick.open()
    header.directory.entries.append(
      DirectoryEntry.person(Person(id: putu, name: "x", role: .admin, scope: .all)).bytes)
    try stick.forge(frames, as: header)
    #expect(try stick.read(b.store).directory == 0)
    #expect(try b.store.standing().directory.version == version + 2)
  }

  @Test func `What a device wrote that is turned away is refused, as far as is known`() throws {
    try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try stick.write(a.store)
    try office.revoke(a.device)
    let read = try stick.read(office.store)
    #expect(read.received == 0 && read.refusals.map(\.ground) == [.revoked])
    #expect(try office.store.quarantined().map(\.ground) == [.revoked])
    try b.sync(office)
    #expect(try stick.read(b.store).refusals.map(\.ground) == [.revoked])
    #expect(try b.store.vector(of: At.renon).isEmpty)
  }

  @Test func `What others sealed is taken from a carrier that is turned away, and its own is not`()
    throws
  {
    let record = try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try stick.write(a.store)
    try stick.read(b.store)
    try b.edit(record, by: made, [At.outcome: .text("open")])
    try office.revoke(b.device)
    #expect(throws: Problem.revokedDevice) { try b.sync(office) }
    let state = try #require(try office.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.name).count == 1 && state.siblings(at: At.outcome).isEmpty)
    let aside = try office.store.quarantined()
    #expect(aside.map(\.device) == [b.device] && aside.map(\.ground) == [.revoked])
    // Nothing but what it wrote itself takes up its room, however often it comes.
    #expect(throws: Problem.revokedDevice) { try b.sync(office) }
    #expect(try kept() == [b.device])
    let run = try #require(try office.store.quarantinedRuns().first)
    #expect(try office.store.take(run, by: made, because: nil) == 1)
    // Its author, who comes after all, hears of all of it.
    #expect(try a.sync(office).isAllSent)
    #expect(try a.store.vector(of: At.renon) == b.store.vector(of: At.renon))
    #expect(try office.store.verify().isClean)
  }

  @Test func `What the office sealed is taken from a carrier that is turned away`() throws {
    let before = try office.store.copy(to: nil)
    let record = try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try a.sync(office)
    try b.sync(office)
    try stick.write(b.store, BundleRequest(isWhole: true))
    let (_, frames) = try stick.open()
    // An office that lost its disk, and turns the only one away that has what was lost.
    let restored = TestOffice(over: before, clock: office.clock)
    try restored.revoke(b.device)
    #expect(throws: Problem.revokedDevice) { try b.push(frames, to: restored) }
    #expect(try restored.store.peek(record, form: 1) != nil)
    #expect(try restored.store.quarantined().isEmpty)
    #expect(try restored.store.verify().isClean)
  }

  @Test func `What another wrote that is turned away as well is kept as that one's`() throws {
    try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try stick.write(a.store)
    try stick.read(b.store)
    for laptop in [a, b] { try office.revoke(laptop.device) }
    #expect(throws: Problem.revokedDevice) { try b.sync(office) }
    #expect(try office.store.vector(of: At.renon).isEmpty)
    #expect(try kept() == [a.device])
    let run = try #require(try office.store.quarantinedRuns().first)
    #expect(try office.store.take(run, by: made, because: nil) == 1)
  }

  @Test func `A carrier that is turned away brings nothing in another's name`() throws {
    try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try a.add(wayan, in: At.renon, [At.name: .text("tenun")])
    try stick.write(a.store)
    let (_, frames) = try stick.open()
    let honest = try #require(frames.first)
    let directory = try a.store.standing().directory.version
    let content = ChangeContent.forged(by: wayan, on: a.device, directory: directory, [])
      .bytes(village: At.renon)
    func frame(
      first: UInt64 = 1, last: ChainHash? = nil, seal: Seal?, _ contents: [[UInt8]]
    ) -> Frame {
      Frame(
        stream: honest.stream, first: first, previous: first == 1 ? 0 : 1,
        last: last ?? honest.last, secret: first == 1 ? honest.secret : nil, seal: seal,
        contents: contents)
    }
    var chain = Chain(stream: honest.stream, secret: try #require(honest.secret))
    let hash = chain.append(content)
    let bySelf = try #require(b.seal(honest.stream.dot(1), hash))
    let forged = [
      // Under a seal of A's that is for something else, from the beginning and behind a gap.
      frame(seal: honest.seal, [content, content]),
      frame(first: 2, seal: honest.seal, [content]),
      // Under its own, in A's name, and under its own as A's and the office's.
      frame(last: hash, seal: bySelf, [content]),
      frame(last: hash, seal: Seal(signer: a.device, signature: bySelf.signature), [content]),
      frame(last: hash, seal: Seal(signer: Seal.office, signature: bySelf.signature), [content]),
      frame(last: hash, seal: nil, [content]),
    ]
    try office.revoke(b.device)
    for frame in forged {
      #expect(throws: Problem.revokedDevice) { try b.push([frame], to: office) }
    }
    #expect(try office.store.vector(of: At.renon).isEmpty)
    #expect(try office.store.waitingCount() == 0)
    #expect(try kept() == [b.device, b.device])
    for run in try office.store.quarantinedRuns() {
      #expect(throws: TakingObstacle.self) {
        try office.store.take(run, by: made, because: nil)
      }
    }
    #expect(try a.sync(office).isAllSent)
    #expect(try office.store.vector(of: At.renon) == a.store.vector(of: At.renon))
  }

  /// Whose room each change takes up that is kept aside at the office.
  private func kept() throws -> [DeviceID] {
    try office.store.read { db in
      try db.all("SELECT device FROM quarantine ORDER BY device") {
        DeviceID(UInt32(truncatingIfNeeded: $0.bits(0)))
      }
    }
  }

  @Test func `Two laptops exchange nothing beyond a fork, and the office ends it`() throws {
    try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    let folder = try TemporaryFolder()
    let copy = try a.store.copy(to: folder.file)
    let left = try a.add(wayan, in: At.renon, [At.name: .text("left")])
    let right = try copy.save(
      Edit(
        form: 1, village: At.renon, record: nil, person: wayan,
        wishes: [Wish(At.name, .text("right"))])
    ).record
    try stick.write(a.store)
    #expect(try stick.read(b.store).received == 2)
    let other = Stick()
    try other.write(copy)
    let read = try other.read(b.store)
    #expect(read.received == 0 && read.refusals.map(\.ground) == [.fork])
    #expect(try b.store.peek(right, form: 1) == nil)
    #expect(try b.sync(office).isAllSent)
    #expect(try other.read(office.store).refusals.isEmpty)
    try b.sync(office)
    for record in [left, right] {
      #expect(try b.reading(record).state.siblings(at: At.name).count == 1)
    }
    #expect(try b.store.vector(of: At.renon) == office.store.vector(of: At.renon))
    #expect(try office.store.verify().isClean)
  }

  @Test func `A bundle of another survey, and one for nobody's laptop, are refused`() throws {
    try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try stick.write(a.store)
    let alone = try TestLaptop(seed: 30)
    #expect(throws: BundleRefusal.standalone) { try stick.read(alone.store) }
    #expect(throws: BundleRefusal.standalone) { try stick.look(alone.store) }
    #expect(throws: BundleRefusal.standalone) { try stick.write(alone.store) }
    try stick.write(a.store)
    var (header, frames) = try stick.open()
    header.survey = 8
    header.directory.survey = 8
    try stick.forge(frames, as: header)
    #expect(throws: BundleRefusal.otherSurvey) { try stick.read(b.store) }
    #expect(throws: BundleRefusal.otherSurvey) { try stick.look(b.store) }
  }

  @Test func `One byte flipped anywhere brings nothing that its author did not write`() throws {
    let record = try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try a.edit(record, by: wayan, [At.outcome: .text("open")])
    try stick.write(a.store)
    let whole = stick.bytes
    let standing = try a.store.vector(of: At.renon)
    let honest = try a.store.read { db in
      try db.all("SELECT content FROM journal ORDER BY seq") { $0.bytes(0) }
    }
    let template = try b.store.copy(to: nil)
    for position in whole.indices {
      stick.bytes = whole
      stick.bytes[position] ^= UInt8(1 << (position % 8))
      let laptop = try template.copy(to: nil)
      do {
        let read = try stick.read(laptop)
        #expect(read.damage != nil, "\(position)")
      } catch is BundleError {
        // Its beginning cannot be read.
      } catch is BundleRefusal {
        // It says that it is of another survey.
      }
      let held = try laptop.vector(of: At.renon)
      #expect([.equal, .before].contains(held.relation(to: standing)), "\(position)")
      let contents = try laptop.read { db in
        try db.all("SELECT content FROM journal ORDER BY seq") { $0.bytes(0) }
      }
      #expect(contents == Array(honest.prefix(contents.count)), "\(position)")
    }
  }
}
