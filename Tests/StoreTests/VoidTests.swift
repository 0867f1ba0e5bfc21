import Bytes
import Causality
import Model
import Reading
import Rules
import Sync
import TestSupport
import Testing
import Wire
import Worlds

@testable import Store

/// What an office goes on without, because the laptops that had it are gone.
extension `Dropped history` {
  /// Two laptops whose work the office had and lost, and a stick that the second one wrote after that.
  struct Loss {
    let a: TestLaptop
    let b: TestLaptop
    /// Somebody who was there before and knows nothing.
    let c: TestLaptop
    let record: RecordID
    let office: TestOffice
    let stick = Stick()
  }

  func loss() throws -> Loss {
    let (a, b) = (try laptop(1, for: [wayan]), try laptop(2, for: [made]))
    let c = try laptop(3, for: [wayan])
    for laptop in [a, b, c] { try laptop.sync(office) }
    try backUp("early.db")
    let record = try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try a.edit(record, by: wayan, [At.wave: .text("w")])
    try a.sync(office)
    try b.sync(office)
    try b.edit(record, by: made, [At.name: .text("batik tulis")])
    let loss = Loss(a: a, b: b, c: c, record: record, office: try putBack("early.db"))
    #expect(try loss.stick.write(b.store).changes == 1)
    return loss
  }

  func declareAll(_ office: TestOffice) throws -> Int {
    var issued = 0
    // NB: what comes to light when something is declared is declared as well.
    for _ in 0..<20 {
      // What waits in quarantine alone a person would have to decide about.
      for missing in try office.store.missing() where !missing.isDoubtful {
        issued += try office.store.declareVoid(missing, by: made, because: "laptop hilang").issued
      }
      if try office.store.waitingCount() == 0 { break }
    }
    return issued
  }

  @Test func `What waits for work that nobody has is issued again without it`() throws {
    let loss = try loss()
    let read = try loss.stick.read(loss.office.store)
    #expect(read.received == 0 && read.waiting == 1 && read.refusals.isEmpty)
    let missing = try #require(try loss.office.store.missing().first)
    #expect(missing.waiting == 1 && missing.bearers == [loss.b.device])
    #expect(try loss.office.store.missing().count == 1)
    guard case .changes(_, let counters, let device, let isAside) = missing.wanted else {
      Issue.record("no changes are missing")
      return
    }
    #expect(counters == 1...1 && device == nil && !isAside)

    let outcome = try loss.office.store.declareVoid(missing, by: made, because: "laptop hilang")
    #expect(outcome.issued == 1 && outcome.waiting == 0 && outcome.refusals.isEmpty)
    #expect(try loss.office.store.missing().isEmpty)
    let declared = try loss.office.store.missing(all: true)
    #expect(declared.map(\.name) == [missing.name] && declared.map(\.state) == [.void])
    #expect(declared.first?.declaration?.reason == "laptop hilang")
    #expect(try loss.office.store.verify().problems == [])

    // Somebody else goes on with the record.
    let c = loss.c
    try c.sync(loss.office)
    let reading = try c.reading(loss.record)
    #expect(lifeReading(of: reading.state, row: nil).liveness == .alive)
    #expect(reading.state.siblings(at: At.name).map(\.answer) == [.text("batik tulis")])
    try c.edit(loss.record, by: wayan, [At.wave: .text("dua")])
    #expect(try c.sync(loss.office).isAllSent)
    #expect(try loss.office.store.quarantined().isEmpty)
    try expectAgreement([loss.office.store, c.store])
  }

  /// Laptops could not take what the office would issue again as it is: it names what nobody has.
  @Test func `What a revoked device wrote does not come with names of the void`() throws {
    let (a, b) = (try laptop(1, for: [wayan]), try laptop(2, for: [made]))
    let c = try laptop(3, for: [wayan])
    let record = try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    for laptop in [a, b, c] { try laptop.sync(office) }
    try backUp("early.db")
    try a.edit(record, by: wayan, [At.name: .text("tenun")])
    try a.sync(office)
    try b.sync(office)
    try b.edit(record, by: made, [At.name: .text("batik tulis")])
    let stick = Stick()
    try stick.write(b.store)
    let office = try putBack("early.db")
    try c.sync(office)
    #expect(try stick.read(c.store).waiting == 1)
    let relayed = Stick()
    try relayed.write(c.store)
    #expect(try relayed.read(office.store).waiting == 1)
    try office.revoke(b.device)
    let missing = try #require(try office.store.missing(all: true).first)
    let outcome = try office.store.declareVoid(missing, upTo: 2, by: made, because: "hilang")
    #expect(outcome.issued == 0 && outcome.refusals.map(\.ground) == [.revoked])
    #expect(try office.store.quarantinedRuns().map(\.ground) == [.revoked])
    let putu = try office.person("putu", .surveyor, TinySurvey.villages)
    let newcomer = try TestLaptop(seed: 9, office: office, for: [putu])
    try newcomer.sync(office)
    #expect(try newcomer.store.waitingCount() == 0)
    #expect(try newcomer.store.vectors() == office.store.vectors())
    #expect(try office.store.verify().problems == [])
  }

  @Test(arguments: [[0], [1], [0, 1], [1, 0]])
  func `What was given up and is found after all comes in, and nothing is asked twice`(
    order: [Int]
  ) throws {
    let loss = try loss()
    try loss.stick.read(loss.office.store)
    #expect(try declareAll(loss.office) == 1)
    let found = order.map { [loss.a, loss.b][$0] }
    for laptop in found + found {
      try laptop.sync(loss.office)
      #expect(try laptop.store.unsentCount() == 0)
    }
    try expectAgreement([loss.office.store] + found.map(\.store))
    #expect(try loss.office.store.missing().isEmpty)
    #expect(try loss.office.store.missing(all: true).map(\.state) == [.found])
    let names = try loss.office.store.peek(loss.record, form: 1)?.state.siblings(at: At.name)
    // Only who has the second laptop's own stream knows that it had seen the first one's answer.
    #expect(names?.map(\.answer).contains(.text("batik tulis")) == true)
    #expect(names?.count == (order == [0] ? 2 : 1))
  }

  @Test func `The end of a stream whose beginning nobody has is taken by what it goes on from`()
    throws
  {
    let (a, c) = (try laptop(1, for: [wayan]), try laptop(2, for: [made]))
    for laptop in [a, c] { try laptop.sync(office) }
    try backUp("early.db")
    let record = try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try a.sync(office)
    try a.edit(record, by: wayan, [At.wave: .text("satu")])
    try a.add(wayan, in: At.renon, [At.name: .text("tenun")])
    let stick = Stick()
    #expect(try stick.write(a.store).changes == 2)
    let frame = try #require(try stick.open().frames.first)
    #expect(frame.first == 2 && frame.base?.hash.tag == frame.previous)

    let restored = try putBack("early.db")
    // Another laptop cannot take it in either, and hands it on as it came.
    #expect(try stick.read(c.store).waiting == 1)
    let second = Stick()
    #expect(try second.write(c.store).changes == 2)
    #expect(try second.open().frames == [frame])

    #expect(try second.read(restored.store).waiting == 1)
    #expect(try declareAll(restored) == 2)
    #expect(try second.read(restored.store).waiting == 0, "it is not asked about again")
    try c.sync(restored)
    #expect(try c.store.waitingCount() == 0)
    #expect(try c.reading(record).state.siblings(at: At.wave).map(\.answer) == [.text("satu")])
    try expectAgreement([restored.store, c.store])

    // What goes on from it is taken as well, and then the laptop is found.
    try a.edit(record, by: wayan, [At.wave: .text("dua")])
    for laptop in [a, c, a, c] {
      try laptop.sync(restored)
      #expect(try laptop.store.unsentCount() == 0)
    }
    try expectAgreement([restored.store, a.store, c.store])
    #expect(try a.reading(record).state.siblings(at: At.wave).map(\.answer) == [.text("dua")])
  }

  @Test func `What waits is not taken for known because its end is`() throws {
    let (a, b) = (try laptop(1, for: [wayan]), try laptop(2, for: [made]))
    let c = try laptop(3, for: [wayan])
    for laptop in [a, b, c] { try laptop.sync(office) }
    try backUp("early.db")
    let record = try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try a.sync(office)
    try b.sync(office)
    for text in ["1", "2"] { try b.edit(record, by: made, [At.wave: .text(Text(text))]) }
    let early = Stick()
    try early.write(b.store)
    // The first stick has what the office took before it was put back; the second begins behind it.
    try b.sync(office)
    try b.edit(record, by: made, [At.outcome: .text("buka")])
    let whole = Stick()
    try whole.write(b.store, BundleRequest(isWhole: true))
    let late = Stick()
    #expect(try late.write(b.store).changes == 1)
    let restored = try putBack("early.db")
    let frames = try whole.open().frames.filter { $0.contents.count == 3 }
    try whole.forge(frames, as: try whole.open().header)
    #expect(try whole.read(c.store).waiting == 1)
    try late.read(restored.store)
    #expect(try declareAll(restored) == 1)
    try c.sync(restored)
    #expect(try c.store.waitingCount() == 1, "two of its changes are nowhere else")
    let carried = Stick()
    try carried.write(c.store)
    try carried.read(restored.store)
    _ = try declareAll(restored)
    let state = try #require(try restored.store.peek(record, form: 1)).state
    #expect(state.siblings(at: At.wave).map(\.answer) == [.text("2")])
    #expect(try restored.store.waitingCount() == 0)
  }

  @Test func `What is issued again without the void is brought no more by who lost its village`()
    throws
  {
    let nyoman = try office.person("nyoman", .surveyor, [At.renon, At.sanur])
    let carrier = try laptop(4, for: [nyoman])
    try carrier.sync(office)
    let loss = try loss()
    #expect(try loss.stick.read(carrier.store).waiting == 1)
    try carrier.sync(loss.office)
    try loss.office.person("nyoman", .surveyor, [At.sanur])
    for _ in 0..<2 { try carrier.sync(loss.office) }
    #expect(try carrier.store.waitingCount() == 1)
    #expect(try loss.office.store.waitingCount() == 1)
    #expect(try declareAll(loss.office) == 1)
    for _ in 0..<3 { try carrier.sync(loss.office) }
    #expect(try carrier.store.waitingCount() == 0)
    #expect(try carrier.store.syncMaterial(budget: SyncSession.budget).frames.isEmpty)
    // Whoever has the stream itself hands it in as ever.
    for laptop in [loss.a, loss.b, loss.a] { try laptop.sync(loss.office) }
    try expectAgreement([loss.office.store, loss.a.store, loss.b.store])
  }

  @Test func `A base that was made up leads nowhere`() throws {
    let a = try laptop(1, for: [wayan])
    try a.sync(office)
    try backUp("early.db")
    let record = try a.add(wayan, in: At.renon, [At.name: .text("batik")])
    try a.sync(office)
    try a.edit(record, by: wayan, [At.wave: .text("satu")])
    let stick = Stick()
    try stick.write(a.store)
    let (header, frames) = try stick.open()
    let honest = try #require(frames.first)
    let base = try #require(honest.base)
    let otherSecret = try #require(StreamSecret(Array(repeating: 7, count: 16)))
    let restored = try putBack("early.db")
    for made in [
      Frame.Base(hash: ChainHash(1, 2, 3, 4), secret: base.secret),
      Frame.Base(hash: base.hash, secret: otherSecret),
    ] {
      let forged = Frame(
        stream: honest.stream, first: 2, previous: made.hash.tag, last: honest.last, secret: nil,
        base: made, seal: honest.seal, contents: honest.contents)
      try stick.forge([forged], as: header)
      let read = try stick.read(restored.store)
      #expect(read.refusals.map(\.ground) == [.chain] && read.received == 0 && read.waiting == 0)
    }
  }

  @Test(arguments: 0..<40)
  func `Whatever was given up, and whoever is found, all agree in the end`(seed: Int) throws {
    var random = SplitMix64(seed: seed)
    let laptops = [
      try laptop(1, for: [wayan]), try laptop(2, for: [made]), try laptop(3, for: [wayan, made]),
    ]
    let people = [wayan, made, wayan]
    for laptop in laptops { try laptop.sync(office) }
    var records: [RecordID] = []
    var sticks: [Stick] = []
    func act(in current: TestOffice) throws {
      let index = Int.random(in: 0..<3, using: &random)
      let (laptop, person) = (laptops[index], people[index])
      let shown = try records.filter { try laptop.store.peek($0, form: 1) != nil }
        .map { try laptop.show($0, to: person) }
      switch Int.random(in: 0..<10, using: &random) {
      case 0...2 where records.count < 4:
        records.append(
          try laptop.add(person, in: At.renon, [At.name: .text(Text("n\(records.count)"))]))
      case 0...6:
        guard let one = shown.randomElement(using: &random) else { return }
        let kind = Int.random(in: 0..<6, using: &random)
        let answers: [Path: Answer] =
          switch kind {
          case 0: [.village: .village(one.village == At.renon ? At.sanur : At.renon)]
          case 1: [.life: .life(Life(isAlive: false, seen: []))]
          case 2: [At.wave: .text(Text("w\(random.next() % 100)"))]
          default: [At.name: .text(Text("x\(random.next() % 100)"))]
          }
        do {
          try laptop.edit(one, by: person, answers)
        } catch is EditRefusal {
          // Ignored because what the rules do not let this person replace here is not the point.
        }
      case 7:
        let stick = Stick()
        if try stick.write(laptop.store).changes > 0 { sticks.append(stick) }
      default: try laptop.sync(current)
      }
    }
    for step in 0..<30 {
      if step == 6 { try backUp("early.db") }
      try act(in: office)
    }
    let restored = try putBack("early.db")
    for laptop in laptops {
      let stick = Stick()
      if try stick.write(laptop.store).changes > 0 { sticks.append(stick) }
    }
    sticks.shuffle(using: &random)
    for stick in sticks.prefix(3) {
      try stick.read(restored.store)
      if Bool.random(using: &random) { _ = try declareAll(restored) }
    }
    _ = try declareAll(restored)
    #expect(try restored.store.waitingCount() == 0)
    #expect(try restored.store.verify().problems == [])
    for laptop in laptops.shuffled(using: &random) {
      try laptop.sync(restored)
      for stick in sticks where Bool.random(using: &random) { try stick.read(restored.store) }
      _ = try declareAll(restored)
    }
    for _ in 0..<4 { for laptop in laptops { try laptop.sync(restored) } }
    for laptop in laptops {
      #expect(try laptop.store.unsentCount() == 0)
      #expect(try laptop.store.waitingCount() == 0)
    }
    try expectAgreement([restored.store] + laptops.map(\.store))
  }
}
