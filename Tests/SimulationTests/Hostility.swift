import Causality
import Crypto
import Model
import Office
import Store
import Sync
import TestSupport
import Wire
import Worlds

/// Devices that are turned away, and frames that nobody honest sends.
extension SimulatedWorld {
  // MARK: Turned away

  /// The office revokes a laptop.
  ///
  /// What it pushes from then on is kept aside; its people go on.
  func revoke(_ laptop: SimulatedLaptop) throws {
    // NB: a copy of a laptop's disk has its key, and the return of one is another test's.
    let sharing = laptops.count { $0.key.rawRepresentation == laptop.key.rawRepresentation }
    guard laptop.hasJoined, !laptop.isRevoked, sharing == 1, try maySpeak(),
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
    let reply = try EnrolReply(try office.enrolment.answer(request.bytes))
    try laptop.store.join(
      reply, address: "memory", key: Array(key.rawRepresentation), person: laptop.people.first)
    laptop.key = key
    laptop.isRevoked = false
    laptop.cameBack = true
    laptop.flight = nil
    laptop.image = nil
    note(laptop.column, "comes back")
  }

  // MARK: Forged

  /// A frame that is not what it says, made of one that is.
  private func forged(from honest: Frame, signer: SimulatedLaptop) throws -> Frame {
    let stream = honest.stream
    var contents = honest.contents
    var first = honest.first
    var last = honest.last
    var seal = honest.seal
    switch random.below(4) {
    case 0:
      // Another content under the same hash.
      contents[0][contents[0].count / 2] ^= 1
    case 1:
      // Another hash over the same contents.
      last = Digest.sha256(contents[0])
    case 2:
      // A count near the end of all counting, of a stream that is somebody else's.
      first = Dot.counterLimit - UInt64(contents.count)
    default:
      // Other answers, rightly hashed, under a seal of whoever is not the signer.
      guard first == 1, let secret = honest.secret else {
        contents[0].append(0)
        break
      }
      contents = try contents.map { try altered($0, in: stream.village) }
      var chain = Chain(stream: stream, secret: secret)
      for content in contents { last = chain.append(content) }
      let dot = Dot(replica: stream.replica, village: stream.village, counter: chain.count)
      let devices = try directory(of: office.store).entries.compactMap { entry in
        if case .device(let device) = entry { device.id } else { nil }
      }
      let own = try signer.store.standing().device
      let names = [Seal.office] + devices.filter { $0 != own }
      seal = Seal(
        dot, last, survey: 7, signer: random.pick(names), key: Array(signer.key.rawRepresentation))
    }
    return Frame(
      stream: stream, first: first, previous: first == 1 ? 0 : honest.previous, last: last,
      secret: first == 1 ? honest.secret : nil, seal: seal, contents: contents)
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

  /// Frames of streams that a laptop did not write.
  private func honestFrames(for laptop: SimulatedLaptop, from store: Store) throws -> [Frame] {
    let delivery = try store.delivery(
      DeliveryRequest(
        device: try laptop.store.standing().device, held: [:], asked: [], isComplete: true,
        directory: 0, budget: 1 << 20))
    return try delivery.frames.filter { try !laptop.store.wrote(as: $0.stream.replica) }
  }

  /// A laptop that is let in pushes what was forged; the office must be none the wiser.
  func attackOffice(from laptop: SimulatedLaptop) throws {
    guard laptop.hasJoined, !laptop.isRevoked, try maySpeak() else { return }
    let frames = try honestFrames(for: laptop, from: office.store)
    guard !frames.isEmpty else { return }
    let standing = try laptop.store.standing()
    let honest = random.pick(frames)
    let frame = try forged(from: honest, signer: laptop)
    let before = try office.store.vectors()
    let waiting = try office.store.waitingCount()
    var request = SyncRequest(
      survey: standing.survey?.id ?? 0, device: standing.device, epoch: standing.epoch,
      digest: Digest.vectors([]), directory: 0, isComplete: false, villages: [], frames: [frame],
      unsent: 0, budget: 0)
    if random.chance(20) { request.frames.append(honest) }
    do {
      _ = try office.receive(request, from: laptop)
    } catch Problem.unknownDevice {
      // Ignored because an office that lost its directory turns everybody away.
      return
    }
    guard try office.store.vectors() == before, try office.store.waitingCount() == waiting else {
      throw fail("the office took what \(laptop.name) forged")
    }
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
    guard try self.directory(of: office.store).version == directory.version else {
      throw fail("the office took a forged directory back")
    }
  }

  private static func somebody() throws -> PersonID {
    guard let somebody = PersonID("semua") else { throw SimulationFailure(description: "a word") }
    return somebody
  }

  /// Somebody between a laptop and the office puts forged frames and a forged directory into a reply.
  func attack(_ laptop: SimulatedLaptop) throws {
    guard laptop.hasJoined, !laptop.isRevoked else { return }
    // NB: what comes early waits, whatever it is, until it can be compared with what comes before it.
    let frames = try honestFrames(for: laptop, from: office.store).filter { $0.first == 1 }
    guard !frames.isEmpty else { return }
    let frame = try forged(from: random.pick(frames), signer: laptop)
    guard frame.first == 1 else { return }
    let before = try laptop.store.vectors()
    let waiting = try laptop.store.waitingCount()
    _ = try laptop.store.ingest(frame)
    guard try laptop.store.vectors() == before, try laptop.store.waitingCount() == waiting else {
      throw fail("\(laptop.name) took what was forged")
    }
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
    guard try self.directory(of: laptop.store).version == directory.version else {
      throw fail("\(laptop.name) believed a forged directory")
    }
    tally["attacks", default: 0] += 1
    note(laptop.column, "is told what is forged")
  }
}
