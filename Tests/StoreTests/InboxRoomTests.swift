import Bytes
import Causality
import Model
import Sync
import Testing
import Wire
import Worlds

@testable import Store

@Suite struct `Room for what waits` {
  let office: TestOffice
  let one: TestLaptop
  let two: TestLaptop
  let wayan: PersonID
  let made: PersonID
  let stick = Stick()

  init() throws {
    office = try TestOffice()
    wayan = try office.person("wayan", .surveyor, [At.renon])
    made = try office.person("made", .supervisor, [At.renon])
    one = try TestLaptop(seed: 1, office: office, for: [wayan])
    two = try TestLaptop(seed: 2, office: office, for: [made])
    for laptop in [one, two] { try laptop.sync(office) }
  }

  /// The parts of a stream of `one`, each of one change, the later ones with what they go on from.
  private func parts(_ count: Int) throws -> (header: BundleHeader, frames: [Frame]) {
    var before: [Frame] = []
    for number in 0..<count {
      try one.add(wayan, in: At.renon, [At.name: .text(Text("u\(number)"))])
      let written = Stick()
      try written.write(one.store)
      before += try written.open().frames.suffix(1)
    }
    try stick.write(one.store)
    let (header, _) = try stick.open()
    var (result, chain): ([Frame], Chain?) = ([], nil)
    for frame in before {
      let secret = try #require(frame.secret)
      let stream = frame.stream
      var own = chain ?? Chain(stream: stream, secret: secret)
      let base = own.count == 0 ? nil : Frame.Base(hash: own.head, secret: secret)
      let content = try #require(frame.contents.last)
      let last = own.append(content)
      chain = own
      result.append(
        Frame(
          stream: stream, first: own.count, previous: base?.hash.tag ?? 0, last: last,
          secret: own.count == 1 ? secret : nil, base: base, seal: frame.seal,
          contents: [content]))
    }
    return (header, result)
  }

  private func fill(_ room: Int64, device: DeviceID, _ bytes: Int64) throws {
    try office.store.write { db in
      try db.run(
        """
        INSERT INTO inbox (village, replica, first, last, last_hash, device, room, arrived, frame)
        VALUES (?, ?, 5, 5, x'00', ?, ?, 0, zeroblob(?))
        """, .bits(At.renon.number), .bits(UInt64(bitPattern: room)),
        .integer(Int64(device.number)), .integer(room), .integer(bytes))
    }
  }

  @Test func `Nobody uses up another's room by a name at the head of a file`() throws {
    let (header, frames) = try parts(3)
    let other = BundleHeader(
      survey: header.survey, device: two.device, time: header.time, directory: header.directory,
      villages: header.villages)
    try stick.forge([frames[2]], as: other)
    #expect(try stick.read(office.store).waiting == 1)
    let run = try #require(try office.store.waitingRuns().first)
    #expect(run.device == one.device && run.bearer == two.device, "it is his who sealed it")
    // Without what it can be checked by it is nobody's.
    let bare = Frame(
      stream: frames[1].stream, first: 2, previous: frames[1].previous, last: frames[1].last,
      secret: nil, seal: frames[1].seal, contents: [[1, 2, 3]])
    try stick.forge([bare], as: other)
    #expect(try stick.read(office.store).waiting == 2)
    #expect(try office.store.waitingRuns().first?.device == nil)
    try fill(-1, device: two.device, Inbox.roomLimit)
    let more = Frame(
      stream: frames[1].stream, first: 2, previous: 9, last: frames[2].last, secret: nil,
      seal: frames[2].seal, contents: [[4], [5]])
    try stick.forge([more], as: other)
    #expect(try stick.read(office.store).refusals.map(\.ground) == [.gap])
    // Two itself has all its room.
    #expect(try office.store.read { try Inbox.hasRoom($0, for: 1 << 20, in: .of(two.device)) })
    #expect(try !office.store.read { try Inbox.hasRoom($0, for: 1, in: .nobodys) })
    // The honest frame takes the place of what said that it was it.
    try stick.forge([frames[1]], as: other)
    _ = try stick.read(office.store)
    #expect(try office.store.waitingRuns().first { $0.device == one.device }?.frames == 2)
    try stick.forge([frames[0]], as: header)
    #expect(try stick.read(office.store).received == 3)
  }

  /// A stick brought it that, and the next sync hands it in.
  @Test func `What a device hands in for another takes none of its room`() throws {
    let (header, frames) = try parts(3)
    try stick.forge([frames[2]], as: header)
    #expect(try stick.read(two.store).waiting == 1)
    try two.sync(office)
    let run = try #require(try office.store.waitingRuns().first)
    #expect(run.device == one.device && run.bearer == two.device)
    try stick.forge([frames[0], frames[1]], as: header)
    #expect(try stick.read(office.store).received == 3)
  }

  @Test func `Where more waits of one stream than fits each of it has its turn`() throws {
    let (header, frames) = try parts(4)
    try stick.forge(Array(frames.dropFirst()), as: header)
    #expect(try stick.read(two.store).waiting == 3)
    var first = Set<UInt64>()
    for _ in 0..<40 {
      let waiting = try two.store.syncMaterial(budget: 1).waiting
      #expect(waiting.count == 1)
      first.formUnion(waiting.map(\.first))
    }
    #expect(first == [2, 3, 4])
    #expect(try two.store.syncMaterial(budget: 1, handsIn: false).waiting.isEmpty)
  }

  @Test func `What waits has no turn in a round that what is here fills`() throws {
    let (header, frames) = try parts(2)
    try stick.forge([frames[1]], as: header)
    #expect(try stick.read(two.store).waiting == 1)
    try two.add(made, in: At.renon, [At.name: .text("sendiri")])
    let full = try two.store.syncMaterial(budget: 1)
    #expect(!full.frames.isEmpty && full.waiting.isEmpty && !full.isHandedIn)
    let wide = try two.store.syncMaterial(budget: 1 << 20)
    #expect(!wide.frames.isEmpty && wide.waiting.count == 1 && wide.isHandedIn)
    #expect(try !two.store.syncMaterial(budget: 1 << 20, handsIn: false).isHandedIn)
  }

  @Test func `Whoever has next to nothing here is let in, whatever else waits`() throws {
    for number in 0..<8 { try fill(Int64(100 + number), device: two.device, Inbox.roomLimit) }
    func hasRoom(for bytes: Int, in room: Inbox.Room) throws -> Bool {
      try office.store.read { try Inbox.hasRoom($0, for: bytes, in: room) }
    }
    #expect(try hasRoom(for: 1 << 20, in: .of(one.device)))
    #expect(try !hasRoom(for: 8 << 20, in: .of(one.device)))
    #expect(try !hasRoom(for: 1, in: .nobodys))
  }

  @Test func `Of frames that end alike the longest waits`() throws {
    let (header, frames) = try parts(4)
    let base = try #require(frames[1].base)
    let long = Frame(
      stream: frames[1].stream, first: 2, previous: base.hash.tag, last: frames[3].last,
      secret: nil, base: base, seal: frames[3].seal, contents: frames[1...3].flatMap(\.contents))
    try stick.forge([frames[3], long, frames[3]], as: header)
    #expect(try stick.read(office.store).waiting == 1)
    #expect(try office.store.waitingRuns().map(\.changes) == [3])
    try stick.forge([frames[0]], as: header)
    #expect(try stick.read(office.store).received == 4)
    #expect(try office.store.waitingCount() == 0)
  }

  @Test func `What is dropped waits no more, is kept, and comes in with what it waits for`() throws
  {
    let (header, frames) = try parts(2)
    try stick.forge([frames[1]], as: header)
    #expect(try stick.read(office.store).waiting == 1)
    let run = try #require(try office.store.waitingRuns().first)
    #expect(run.counters == 2...2 && run.frames == 1 && run.changes == 1)
    #expect(try office.store.drop(run, by: made, because: "bukan kita") == 1)
    #expect(try office.store.waitingRuns().isEmpty && office.store.quarantined().isEmpty)
    let aside = try #require(try office.store.quarantinedRuns(all: true).first)
    #expect(aside.decision?.person == made && aside.decision?.reason == "bukan kita")
    #expect(aside.ground == .gap && aside.device == one.device)
    #expect(try stick.read(office.store).refusals.map(\.ground) == [.gap])
    #expect(try office.store.waitingCount() == 0, "nor when it is brought again")
    #expect(try one.sync(office).isAllSent)
    #expect(try office.store.vector(of: At.renon) == one.store.vector(of: At.renon))
  }

  @Test func `What does not fit its hashes holds up nothing`() throws {
    let (header, frames) = try parts(2)
    let broken = Frame(
      stream: frames[0].stream, first: 1, previous: 0, last: frames[0].last,
      secret: frames[0].secret, seal: frames[0].seal, contents: [[1, 2, 3]])
    try stick.forge([broken], as: header)
    #expect(try stick.read(office.store).refusals.map(\.ground) == [.chain])
    #expect(try office.store.quarantined().isEmpty, "nobody said that")
    // What a laptop brings itself is kept, and is not in the way of what comes behind it.
    let bare = Frame(
      stream: frames[0].stream, first: 1, previous: 0, last: frames[0].last,
      secret: frames[0].secret, contents: [[1, 2, 3]])
    #expect(try one.push([bare], to: office).refusals.map(\.ground) == [.chain])
    #expect(try office.store.quarantined().map(\.ground) == [.chain])
    #expect(try one.push([frames[1].bare], to: office).refusals.isEmpty)
    #expect(try office.store.waitingCount() == 1)
    #expect(try one.sync(office).isAllSent)
    #expect(try office.store.waitingCount() == 0)
    #expect(try office.store.vector(of: At.renon) == one.store.vector(of: At.renon))
  }

  @Test func `Of a frame that came in by half its beginning is handed on with the rest`() throws {
    let record = try one.add(wayan, in: At.renon, [At.name: .text("A")])
    try one.sync(office)
    let three = try TestLaptop(seed: 3, office: office, for: [wayan, made])
    for laptop in [two, three] { try laptop.sync(office) }
    // Two writes twice, the second time on top of what three knows nothing of.
    try two.edit(record, by: made, [At.wave: .text("satu")])
    try one.edit(record, by: wayan, [At.outcome: .text("buka")])
    let first = Stick()
    try first.write(one.store)
    try first.read(two.store)
    try two.edit(record, by: made, [At.outcome: .text("tutup")])
    let whole = Stick()
    try whole.write(two.store)
    let replica = try two.store.standing().replica
    let (header, frames) = try whole.open()
    let own = frames.filter { $0.stream.replica == replica }
    try #require(own.count == 2)
    // As it leaves from whoever was handed both at once.
    let joined = Frame(
      stream: own[0].stream, first: 1, previous: 0, last: own[1].last, secret: own[0].secret,
      seal: own[1].seal, contents: own.flatMap(\.contents))
    try whole.forge([joined], as: header)
    #expect(try whole.read(three.store).received == 1)
    #expect(try three.store.waitingCount() == 1)

    let handed = Stick()
    let written = try handed.write(three.store)
    #expect(written.changes == 2 && written.unvouched == 0)
    #expect(try handed.open().frames == whole.open().frames)
    #expect(try handed.read(office.store).received == 1)
    #expect(try one.sync(office).isAllSent)
    #expect(try office.store.waitingCount() == 0)
    #expect(try office.store.vector(of: At.renon).count(of: replica) == 2)
  }

  @Test func `What waits of another branch than the office has is handed on`() throws {
    let (_, frames) = try parts(2)
    let waits = frames[1]
    let replica = waits.stream.replica
    try two.store.write { db in
      try Inbox.add(
        db, waits, Inbox.Need(awaited: replica, count: 1), device: one.device,
        room: .of(one.device), now: 0)
    }
    func sealed(_ count: UInt64, _ head: UInt64) throws -> Int {
      let there = VersionVector([.init(replica: replica, count: count, head: head)])
      return try two.store.read {
        try Inbox.sealed($0, of: At.renon, missingAt: there).frames.count
      }
    }
    #expect(try sealed(1, 5) == 1)
    #expect(try sealed(2, waits.last.tag) == 0)
    #expect(try sealed(2, 5) == 1, "another branch")
    #expect(try sealed(3, 5) == 1, "perhaps another")
  }
}
