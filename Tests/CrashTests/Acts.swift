import Causality
import Crypto
import Foundation
import Model
import Office
import Reading
import Sync
import TestSupport
import Wire
import Worlds

@testable import Store

/// What is done in a crash world, by the product's own code.
extension CrashWorld {
  /// What there is before the disk may fail: some work, and a survey that the laptops belong to, or
  /// soon will.
  func begin() throws {
    for site in [subject] + others where random.yes() { try save(at: site) }
    guard let office else { return }
    for laptop in laptops {
      laptop.key = try Curve25519.Signing.PrivateKey(rawRepresentation: random.bytes(32))
      laptop.code = InviteCode.make(random: random.next())
      _ = try office.store.invite(
        nil, name: laptop.name, people: [laptop.person], code: Array(laptop.code.utf8),
        expires: office.store.surroundings.wall() + InviteCode.lifetime)
    }
    if random.yes() { try backUp() }
    // NB: who joins where there is a backup already begins with its snapshot.
    for laptop in laptops where victim == .office || random.yes() { try sync(laptop) }
  }

  /// Who works on a disk that does not fail.
  var others: [Site] {
    (laptops + [office].compactMap { $0 }).filter { $0 !== subject }
  }

  func act(_ step: Step) throws {
    for site in laptops + [office].compactMap({ $0 }) {
      site.clock.pass(Int64(random.below(10_000)))
    }
    switch step {
    case .save: try save(at: subject)
    case .saveElsewhere: try save(at: random.pick(others))
    case .look: try look()
    case .restart: try restart()
    case .sync: try sync(random.pick(laptops))
    case .backUp: try backUp()
    case .drop: try drop(at: random.pick(laptops))
    }
  }

  /// Saves several records at once, new ones and old ones, all under one number, which is the reason.
  func save(at site: Site) throws {
    let number = batches.count
    let count = 2 + (random.chance(15) ? random.below(30) : random.below(4))
    let known = random.some(
      of: try site.store.records(form: 1).filter { !$0.isInTransit }.map(\.record).sorted())
    var edits: [Edit] = []
    for index in 0..<count {
      var edit: Edit
      if index < known.count {
        let shown = try site.store.show([(known[index], 1)], to: site.person)[0]
        edit = Edit(
          form: 1, village: shown.village, record: shown.record, person: site.person,
          view: shown.state, wishes: wishes())
        // What is moved is carried along: at the office, or where a laptop is its own, in the same save.
        if let village = random.pick(TinySurvey.villages + Array(repeating: nil, count: 15)),
          village != shown.village
        {
          edit.wishes = [Wish(.village, .village(village))]
        }
      } else {
        edit = Edit(
          form: 1, village: random.pick(TinySurvey.villages), record: nil, person: site.person,
          wishes: wishes())
      }
      edit.reason = "\(number).\(index)"
      edits.append(edit)
    }
    batches[number] = (count, site.name)
    let changes = try site.store.save(edits).compactMap(\.change)
    guard changes.count == count else { throw fail("a save of \(count) brought \(changes.count)") }
    site.saved += changes
  }

  private func wishes() -> [Wish] {
    var wishes = [
      Wish(Path(field: TinySurvey.Field.name), .text("t\(random.next())")),
      Wish(Path(field: TinySurvey.Field.visits), .whole(Int64(1 + random.below(5)))),
    ]
    if random.chance(30) {
      let long = String(repeating: "panjang ", count: random.below(200))
      wishes.append(Wish(Path(field: TinySurvey.Field.outcome), .text("\(long)\(random.next())")))
    }
    return wishes
  }

  /// Looks at everything; what a disk does not give is not there instead of something else.
  private func look() throws {
    let hadFired = Disk.hasFired
    let seen = try seen()
    let report = try subject.store.verify()
    guard report.isClean else { throw fail("verify finds what is not so: \(report.problems)") }
    guard !hadFired, Disk.hasFired else { return }
    Disk.arm(nil)
    guard try self.seen() == seen else { throw fail("something else was shown than there is") }
  }

  private func seen() throws -> [String] {
    var filter = RecordFilter()
    filter.columns = ["nama", "kunjungan", "hasil"]
    let rows = try subject.store.records(form: 1, filter)
    let histories = try rows.prefix(3).map { try subject.store.history(of: $0.record).count }
    return rows.map { "\($0)" } + histories.map { "\($0)" }
  }

  // MARK: The file as a whole

  /// Ends the process that has the store open, and begins another.
  func restart() throws {
    // Ignored because a store may fail to be closed on such a disk; what was saved is there.
    try? subject.store.close()
    try subject.open()
  }

  /// Copies and checks the office's store, or that of a laptop that works alone.
  func backUp() throws {
    let site = office ?? subject
    if site.path == nil {
      let copy = try site.store.copy(to: nil)
      return try site.store.setWatermark(try site.store.prepareWatermark(of: copy, without: []))
    }
    let target = "\(folder)/backup \(backups.count)"
    let saved = site.saved
    backups.append((target, saved))
    _ = try site.store.backUp(to: target)
  }

  /// Drops the history that the office has in a backup, and gives the room back.
  private func drop(at laptop: Site) throws {
    var dropped = 0
    for village in TinySurvey.villages {
      switch try laptop.store.truncate(village) {
      case .dropped(let changes): dropped += changes
      case .nothing: break
      case .differs: throw fail("\(village) is not what the office signed")
      }
    }
    if dropped > 0 { try laptop.store.giveBackRoom() }
  }

  // MARK: Between a laptop and the office

  /// Syncs as the courier does.
  @discardableResult
  func sync(_ laptop: Site) throws -> SyncSummary {
    guard let office else { return SyncSummary() }
    try join(laptop)
    let desk = SyncDesk(store: office.store)
    var session = SyncSession()
    var step = session.start()
    for _ in 0..<60 {
      switch step {
      case .gather(let budget, let refused, let handsIn):
        var material = try laptop.store.syncMaterial(
          budget: budget, without: refused, handsIn: handsIn)
        // NB: parcels and frames take different roads.
        if seed % 3 == 0 { material.parcel = nil }
        step = session.gathered(material)
      case .send(let request):
        let bytes = request.bytes
        let signature = Array(try laptop.key.signature(for: SyncDesk.signed(bytes)))
        let reply = try SyncReply(
          desk.answer(bytes, signature: signature, of: request.device))
        note(reply)
        step = session.received(reply)
      case .absorb(let reply, let isNewOffice):
        step = session.absorbed(try laptop.store.absorb(reply, isNewOffice: isNewOffice))
      case .handBack:
        guard let returned = try laptop.store.directoryReturn() else {
          throw fail("\(laptop.name) has no directory to hand back")
        }
        try desk.takeBack(returned.bytes)
        step = session.handedBack(isTaken: true)
      case .finished(let summary):
        guard summary.refusals.isEmpty else { throw fail("refused: \(summary.refusals)") }
        return summary
      }
    }
    throw fail("the sync of \(laptop.name) does not end")
  }

  /// What the office says that it has it must have for ever.
  private func note(_ reply: SyncReply) {
    for pair in reply.acknowledged {
      for entry in pair.vector.entries {
        let known = told[pair.village]?[entry.replica] ?? 0
        told[pair.village, default: [:]][entry.replica] = max(known, entry.count)
      }
    }
  }

  /// Joins with the key that was kept before it was asked with, as often as it takes.
  private func join(_ laptop: Site) throws {
    guard let office else { return }
    let enrolment = EnrolmentDesk(store: office.store)
    for _ in 0..<3 where try laptop.store.standing().role == .standalone {
      let key = try laptop.store.joiningKey(
        for: laptop.code, orKeep: Array(laptop.key.rawRepresentation))
      let (replica, streams) = try laptop.store.ownStreams()
      let request = EnrolRequest(
        code: laptop.code, key: Array(laptop.key.publicKey.rawRepresentation), preset: "tiny",
        replica: replica, streams: streams, birthmark: try laptop.store.birthmark())
      let reply = try EnrolReply(enrolment.answer(request.bytes))
      try laptop.store.join(
        reply, address: "memory", key: key, person: laptop.person, told: streams)
    }
  }
}
