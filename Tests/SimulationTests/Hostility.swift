import Causality
import Crypto
import GRDB
import Model
import Office
import Sync
import TestSupport
import Wire
import Worlds

@testable import Store

/// Devices that are turned away, and frames that nobody honest sends.
extension SimulatedWorld {
  // MARK: Turned away

  /// The office revokes a laptop.
  ///
  /// What it pushes from then on is kept aside; its people go on.
  func revoke(_ laptop: SimulatedLaptop) throws {
    // NB: a copy of a laptop's disk has its key, and the return of one is another test's. What others took from
    // a laptop before it was turned away the office reverts; that is tested for itself, since the oracle goes
    // by what people said.
    let sharing = laptops.count { $0.key.rawRepresentation == laptop.key.rawRepresentation }
    guard laptop.hasJoined, !laptop.isRevoked, sharing == 1, try maySpeak(),
      try !onSticks.contains(where: { try laptop.store.wrote(as: $0) }),
      laptops.contains(where: { $0 !== laptop && $0.hasJoined && !$0.isRevoked })
    else { return }
    let number = try laptop.store.standing().device
    guard let device = try directory(of: office.store).device(number) else { return }
    try office.store.extendDirectory([
      .device(
        Device(
          id: device.id, name: device.name, key: device.key, people: device.people,
          isRevoked: true))
    ])
    laptop.isRevoked = true
    laptop.image = nil
    tally["revoked laptops", default: 0] += 1
    if !sticks.isEmpty { tally["revoked laptops beside sticks", default: 0] += 1 }
    note(laptop.column, "is revoked")
  }

  /// The laptop joins again with a new code, under a new key.
  func comeBack(_ laptop: SimulatedLaptop) throws {
    guard try maySpeak() else { return }
    let device = try laptop.store.standing().device
    let code = InviteCode.make(random: random.next())
    _ = try office.store.invite(
      device, name: laptop.name, people: laptop.people, code: Array(code.utf8),
      expires: office.store.surroundings.wall() + InviteCode.lifetime)
    let key = try Curve25519.Signing.PrivateKey(rawRepresentation: random.bytes(32))
    let (replica, streams) = try laptop.store.ownStreams()
    let request = EnrolRequest(
      code: code, key: Array(key.publicKey.rawRepresentation), preset: "tiny",
      survey: try laptop.store.standing().survey?.id ?? 0, device: device, replica: replica,
      streams: streams)
    let reply = try enrol(request)
    try laptop.store.join(
      reply, address: "memory", key: Array(key.rawRepresentation), person: laptop.people.first)
    laptop.key = key
    laptop.isRevoked = false
    laptop.cameBack = true
    laptop.told = [:]
    laptop.flight = nil
    laptop.image = nil
    note(laptop.column, "comes back")
  }

  /// The laptop is never let in again, and a supervisor takes what it brought since it was turned away.
  ///
  /// What two stores wrote under one dot is issued again then. Of what an office had before it was put back it
  /// does not hear that it is wanted again: then it has to come back itself.
  ///
  /// - Returns: whether it is gone.
  func stayAway(_ laptop: SimulatedLaptop) throws -> Bool {
    guard let supervisor = Self.supervisor else { return false }
    // What it has is put aside, for it is turned away.
    try syncWhole(laptop)
    let device = try laptop.store.standing().device
    var taken = 0
    var isGoingOn = true
    while isGoingOn {
      isGoingOn = false
      for run in try office.store.quarantinedRuns()
      where run.device == device && run.decision == nil {
        do {
          taken += try office.store.take(run, by: supervisor, because: "jujur")
          isGoingOn = true
        } catch is TakingObstacle {
          // Ignored because another run may come before it; what is left is looked at below.
        }
      }
    }
    let missing = try laptop.store.ends().filter { try !office.store.hasTaken($0) }
    try hold(
      .taken, missing.isEmpty || tally["restored offices"] != nil,
      "what \(laptop.name) brought of \(missing.first?.dot.replica.description ?? "") is not taken")
    guard missing.isEmpty else { return false }
    laptops.removeAll { $0 === laptop }
    tally["laptops that stay away", default: 0] += 1
    tally["changes taken from quarantine", default: 0] += taken
    note(laptop.column, "stays away, and \(taken) of its changes are taken")
    return true
  }

  // MARK: Forged

  /// A frame that is not what it says, made of one that is.
  ///
  /// - Parameter target: the store that is to take it; a stream that it holds is gone on with.
  private func forged(
    from honest: Frame, signer: SimulatedLaptop, target: Store
  ) throws -> Frame {
    let stream = honest.stream
    var contents = honest.contents
    var first = honest.first
    var previous = honest.previous
    var last = honest.last
    var seal = honest.seal
    var way = random.below(5)
    defer { tally["forged in way \(way)", default: 0] += 1 }
    /// Where there is nothing to forge in that way.
    func fallBack() {
      way = 0
      contents[0].append(0)
    }
    switch way {
    case 0:
      // Another content under the same hash.
      contents[0][contents[0].count / 2] ^= 1
    case 1:
      // Another hash over the same contents.
      last = Digest.sha256(contents[0])
    case 2:
      // A count near the end of all counting, of a stream that is somebody else's.
      // NB: of a stream that nobody is known to write it would wait, in the room of whoever brought it; and
      // at a laptop, which waits for what comes before.
      guard try target === office.store && target.knowsWriter(of: stream) else {
        fallBack()
        break
      }
      first = Dot.counterLimit - UInt64(contents.count)
    case 3:
      // Other answers, rightly hashed, under a seal of whoever is not the signer.
      guard first == 1, let secret = honest.secret else {
        fallBack()
        break
      }
      contents = try contents.map { try altered($0, in: stream.village) }
      var chain = Chain(stream: stream, secret: secret)
      for content in contents { last = chain.append(content) }
      seal = try falseSeal(of: chain, signer)
    default:
      // What goes on from where a stream of somebody else's ends, rightly hashed, under such a seal.
      guard var chain = try end(of: stream, at: target), let content = contents.last else {
        fallBack()
        break
      }
      first = chain.count + 1
      previous = chain.head.tag
      contents = [try altered(content, in: stream.village)]
      last = chain.append(contents[0])
      seal = try falseSeal(of: chain, signer)
    }
    return Frame(
      stream: stream, first: first, previous: first == 1 ? 0 : previous, last: last,
      secret: first == 1 ? honest.secret : nil, seal: seal, contents: contents)
  }

  /// A seal over the end of a stream, under the name of another device or the office.
  private func falseSeal(of chain: Chain, _ signer: SimulatedLaptop) throws -> Seal? {
    let devices = try directory(of: office.store).entries.compactMap { entry in
      if case .device(let device) = entry { device.id } else { nil }
    }
    let own = try signer.store.standing().device
    let dot = Dot(
      replica: chain.stream.replica, village: chain.stream.village, counter: chain.count)
    return Seal(
      dot, chain.head, survey: 7, signer: random.pick([Seal.office] + devices.filter { $0 != own }),
      key: Array(signer.key.rawRepresentation))
  }

  /// The chain of a stream up to the last change that a store holds.
  private func end(of stream: StreamID, at store: Store) throws -> Chain? {
    let count = try store.vector(of: stream.village).count(of: stream.replica)
    if count == 0 { return nil }
    return try store.read { db in
      let dot = Dot(replica: stream.replica, village: stream.village, counter: count)
      guard let row = try Streams.row(db, stream), let head = try Streams.hash(db, dot) else {
        return nil
      }
      return Chain(stream: stream, secret: row.secret, count: count, head: head)
    }
  }

  /// A change with another stamp and other texts than its author gave it.
  private func altered(_ bytes: [UInt8], in village: VillageCode) throws -> [UInt8] {
    var content = try ChangeContent(bytes, village: village)
    content.author.stamp = Stamp(number: content.author.stamp.number + 1)
    if case .answers(let answers) = content.body {
      content.body = .answers(
        answers.map { placed in
          guard case .text = placed.answer else { return placed }
          return PlacedAnswer(
            path: placed.path, replaces: placed.replaces, answer: .text("palsu"))
        })
    }
    return content.bytes(village: village)
  }

  /// The streams that a laptop did not write, each from the first change on that a store still has.
  private func honestFrames(for laptop: SimulatedLaptop, from store: Store) throws -> [Frame] {
    let streams = try store.vectors().flatMap { pair in
      pair.vector.entries.map { StreamID(village: pair.village, replica: $0.replica) }
    }
    return try streams.compactMap { stream in
      // NB: what a copy of the laptop writes is of the same device, to the office.
      let own = laptops.filter { $0.key.rawRepresentation == laptop.key.rawRepresentation }
      let isOwn = try own.contains { try $0.store.wrote(as: stream.replica) }
      return try isOwn ? nil : store.frame(of: stream)
    }
  }

  /// A laptop that is let in pushes what was forged; the office must be none the wiser.
  func attackOffice(from laptop: SimulatedLaptop) throws {
    guard laptop.hasJoined, !laptop.isRevoked, try maySpeak() else { return }
    // NB: also of streams that the office has never heard of, which others have not brought yet.
    let source = random.pick([office.store] + laptops.filter(\.hasJoined).map(\.store))
    let frames = try honestFrames(for: laptop, from: source)
    guard !frames.isEmpty else { return }
    let standing = try laptop.store.standing()
    let honest = random.pick(frames)
    let frame = try forged(from: honest, signer: laptop, target: office.store)
    let before = try office.store.vectors()
    let waiting = try office.store.waitingCount()
    var request = SyncRequest(
      survey: standing.survey?.id ?? 0, device: standing.device, epoch: standing.epoch,
      digest: Digest.vectors([]), directory: 0, isComplete: false, villages: [], frames: [frame],
      unsent: 0, budget: 0)
    if source === office.store, random.chance(20) { request.frames.append(honest) }
    do {
      _ = try office.receive(request, from: laptop)
    } catch Problem.unknownDevice {
      // Ignored because an office that lost its directory turns everybody away.
      return
    }
    // NB: what comes early of a stream that nobody is known to write waits until its turn comes, and is
    // refused then.
    let mayWait = try !office.store.knowsWriter(of: frame.stream)
    try hold(
      .forged,
      try office.store.vectors() == before
        && (mayWait || office.store.waitingCount() == waiting),
      "the office took what \(laptop.name) forged of \(frame.stream) from \(frame.first) on, "
        + "sealed by \(frame.seal?.signer.description ?? "nobody")")
    try handBackForged()
    tally["attacks", default: 0] += 1
    note(laptop.column, "pushes what is forged")
  }

  /// Anybody hands a directory back that goes on from the office's and is not signed by it.
  private func handBackForged() throws {
    let directory = try directory(of: office.store)
    let everybody = DirectoryEntry.person(
      Person(id: try Self.somebody(), name: "Semua", role: .admin, scope: .all))
    let forged = DirectoryReturn(
      survey: directory.survey?.id ?? 0, entries: (directory.entries + [everybody]).map(\.bytes),
      signature: try office.store.directorySignature())
    do {
      try office.desk.takeBack(forged.bytes)
    } catch Problem.otherDirectory {
      // Ignored because that is the answer that was wanted; the next check says so too.
    }
    try hold(
      .forged, try self.directory(of: office.store).version == directory.version,
      "the office took a forged directory back")
  }

  private static func somebody() throws -> PersonID {
    guard let somebody = PersonID("semua") else { throw SimulationFailure(description: "a word") }
    return somebody
  }

  /// Somebody between a laptop and the office puts forged frames and a forged directory into a reply.
  func attack(_ laptop: SimulatedLaptop) throws {
    guard laptop.hasJoined, !laptop.isRevoked else { return }
    let source = random.pick([office.store] + laptops.filter(\.hasJoined).map(\.store))
    let frames = try honestFrames(for: laptop, from: source)
    guard !frames.isEmpty else { return }
    let frame = try forged(from: random.pick(frames), signer: laptop, target: laptop.store)
    // NB: what comes early waits, whatever it is, until it can be compared with what comes before it.
    let held = try laptop.store.vector(of: frame.stream.village).count(of: frame.stream.replica)
    guard frame.first <= held + 1 else { return }
    let before = try laptop.store.vectors()
    let waiting = try laptop.store.waitingCount()
    _ = try laptop.store.ingest(frame)
    try hold(
      .forged,
      try laptop.store.vectors() == before && laptop.store.waitingCount() == waiting,
      "\(laptop.name) took what was forged")
    var reply = SyncReply(
      epoch: try laptop.store.standing().epoch, time: laptop.clock.surroundings.wall(),
      status: .complete)
    let directory = try directory(of: laptop.store)
    reply.directoryStart = directory.version
    reply.directory = [
      DirectoryEntry.person(
        Person(id: laptop.people[0], name: "Semua", role: .admin, scope: .all)
      ).bytes
    ]
    reply.directorySignature = random.bytes(64)
    do {
      _ = try laptop.store.absorb(reply, isNewOffice: false)
    } catch StoreError.forgedDirectory {
      // Ignored because that is the answer that was wanted; the next check says so too.
    }
    try hold(
      .forged, try self.directory(of: laptop.store).version == directory.version,
      "\(laptop.name) believed a forged directory")
    tally["attacks", default: 0] += 1
    note(laptop.column, "is told what is forged")
  }
}

extension Store {
  /// Whether an office knows which device writes a stream, or the stream is held.
  fileprivate func knowsWriter(of stream: StreamID) throws -> Bool {
    try read { db in
      try Self.owner(db, of: stream.replica) != nil || Streams.row(db, stream) != nil
    }
  }

  /// A stream from the first change on that is held.
  fileprivate func frame(of stream: StreamID) throws -> Frame? {
    try read { db in
      let rows = try db.all(
        "SELECT counter, content FROM journal WHERE village = ? AND replica = ? ORDER BY counter",
        .bits(stream.village.number), .bits(stream.replica.number)
      ) { ($0.bits(0), $0.bytes(1)) }
      guard let first = rows.first?.0, let count = rows.last?.0,
        let row = try Streams.row(db, stream)
      else { return nil }
      func hash(_ counter: UInt64) throws -> ChainHash? {
        try Streams.hash(
          db, Dot(replica: stream.replica, village: stream.village, counter: counter))
      }
      guard let last = try hash(count), let previous = first == 1 ? .start : try hash(first - 1)
      else { return nil }
      let dot = Dot(replica: stream.replica, village: stream.village, counter: count)
      return Frame(
        stream: stream, first: first, previous: first == 1 ? 0 : previous.tag, last: last,
        secret: first == 1 ? row.secret : nil,
        seal: try Sealer(db, context: try context(db)).seal(db, dot, last),
        contents: rows.map(\.1))
    }
  }
}

extension Store {
  /// The last changes of its streams, and what was put aside.
  fileprivate func ends() throws -> [Name] {
    let aside = try read { db in
      try db.all("SELECT village, replica, counter, hash FROM branch") { row in
        VillageCode(number: row.bits(0)).map { village in
          Name(
            dot: Dot(replica: ReplicaID(row.bits(1)), village: village, counter: row.bits(2)),
            tag: ChainHash(row.bytes(3))?.tag ?? 0)
        }
      }
    }
    return try aside.compactMap { $0 }
      + vectors().flatMap { pair in
        pair.vector.entries.map { entry in
          Name(
            dot: Dot(replica: entry.replica, village: pair.village, counter: entry.count),
            tag: entry.head)
        }
      }
  }

  /// Whether an office has a change in its stream, or has issued it again.
  fileprivate func hasTaken(_ name: Name) throws -> Bool {
    try read { db in
      try Streams.hash(db, name.dot)?.tag == name.tag
        || Branches.change(db, name.dot, tag: name.tag) != nil
    }
  }
}
