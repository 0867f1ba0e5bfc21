import Bytes
import Causality
import Forms
import Model
import Store
import Wire

/// Where laptops hand in and take away: the office's side of a sync, bytes in and bytes out.
///
/// It knows nothing of HTTP. One request is one round: who asks is checked, what was brought is
/// taken in frame by frame, and the reply says what the office now holds and brings what the
/// laptop lacks of *its* villages, never of another.
public struct SyncDesk: Sendable {
  private let store: Store

  /// Makes a desk over the office's store.
  public init(store: Store) {
    self.store = store
  }

  /// What a device signs: the digest of the whole request.
  public static func signed(_ request: [UInt8]) -> [UInt8] {
    Proof.signed(request)
  }

  /// One request, and what came of it, for whoever keeps a log.
  public struct Round: Sendable {
    /// Who asked.
    public let device: DeviceID
    /// How many changes the laptop brought.
    public let brought: Int
    /// How many it was given.
    public let given: Int
    /// How many of its streams stopped at a change that was not taken.
    public let refused: Int
    /// The reply.
    public let reply: [UInt8]
  }

  /// Whether there is such a device, for whoever cannot check its proof yet.
  public func knows(_ device: DeviceID) throws -> Bool {
    try store.standing().directory.device(device) != nil
  }

  /// Answers a request.
  ///
  /// - Parameters:
  ///   - bytes: the request.
  ///   - signature: the device's Ed25519 signature over ``signed(_:)``.
  ///   - device: who signed.
  /// - Throws: ``Problem`` if the request is turned away.
  public func answer(_ bytes: [UInt8], signature: [UInt8], of device: DeviceID) throws -> [UInt8] {
    try round(bytes, proof: Proof(device: device, signature: signature)).reply
  }

  /// Answers a request that came with its proof, which must be of the device that the request names.
  ///
  /// The proof is checked over the bytes as they came, before anything in them is unpacked.
  ///
  /// - Throws: ``Problem`` if the request is turned away.
  public func round(_ bytes: [UInt8], proof: Proof) throws -> Round {
    let standing = try store.standing()
    guard let device = standing.directory.device(proof.device),
      proof.isGood(for: bytes, by: device.key)
    else { throw Problem.unknownDevice }
    let request = try Self.read(bytes)
    guard request.device == proof.device else { throw Problem.unknownDevice }
    return try round(request, of: device, standing: standing)
  }

  private static func read(_ bytes: [UInt8]) throws -> SyncRequest {
    do {
      return try SyncRequest(bytes)
    } catch .newer {
      throw Problem.newerVersion
    } catch {
      throw Problem.malformed
    }
  }

  private func round(
    _ request: SyncRequest, of device: Device, standing: Standing
  ) throws -> Round {
    guard let survey = standing.survey, survey.id == request.survey else {
      throw Problem.otherSurvey
    }
    let opened = try store.open(request.parcel, of: device.id)
    let frames = request.frames + (opened ?? [])
    if device.isRevoked {
      try store.takeAside(frames, of: device.id)
      if opened == nil {
        // NB: what does not open cannot be kept aside; it is told of the same as anybody, and brings frames.
        return Round(
          device: device.id, brought: 0, given: 0, refused: 0,
          reply: SyncReply(
            epoch: standing.epoch, time: store.surroundings.statedTime(), status: .tellAll
          ).bytes)
      }
      throw Problem.revokedDevice
    }
    let reply = try serve(request, opened, standing: standing)
    return Round(
      device: device.id, brought: frames.reduce(0) { $0 + $1.contents.count },
      given: reply.frames.reduce(0) { $0 + $1.contents.count }, refused: reply.refusals.count,
      reply: reply.bytes)
  }

  /// Takes back the part of the directory that this office lost; signed by the office, it needs no
  /// other proof.
  ///
  /// - Throws: ``Problem`` if it is not this office's directory, or not one that goes on from it.
  public func takeBack(_ bytes: [UInt8]) throws {
    do {
      guard try DirectoryReturn.survey(of: bytes) == store.standing().survey?.id,
        try store.takeBack(try DirectoryReturn(bytes))
      else { throw Problem.otherDirectory }
    } catch is WireError {
      throw Problem.malformed
    }
  }

  /// - Parameter opened: what the parcel brings; `nil` if it does not open here.
  private func serve(
    _ request: SyncRequest, _ opened: [Frame]?, standing: Standing
  ) throws -> SyncReply {
    var epoch = standing.epoch
    let frames = request.frames + (opened ?? [])
    switch try store.memory(directory: request.directory, tag: request.directoryTag) {
    case .lacksDirectory:
      return SyncReply(epoch: epoch, time: store.surroundings.statedTime(), status: .tellDirectory)
    case .otherDirectory: break
    case .exceedsLaptop: try store.noteTold(request.device)
    case .whole: try store.noteHeard(request.device)
    }
    let held = try vectorsHeld(by: request, bringing: opened ?? [], epoch: epoch)
    var reply = SyncReply(epoch: epoch, time: store.surroundings.statedTime(), status: .complete)
    let refill = try store.take(request.offered, from: request.device)
    reply.wanted = refill.wanted
    reply.branches = refill.branches
    let outcome = try store.ingest(frames, from: request.device)
    reply.refusals += outcome.refusals
    reply.branches += outcome.branches
    if !frames.isEmpty || !request.offered.isEmpty {
      // NB: what was brought may have told the office that it was put back.
      epoch = try store.standing().epoch
      reply.epoch = epoch
    }
    let pushed = try vectorsAfter(frames)
    if request.epoch != 0 && request.epoch != epoch {
      // NB: the laptop still thinks of another database; it forgets what that one acknowledged.
      reply.status = .tellAll
      return reply
    }
    let isKnown = Digest.vectors(held.map { VillageVector(village: $0.key, vector: $0.value) })
    if !request.isComplete && (opened == nil || isKnown != request.digest) {
      reply.status = .tellAll
      reply.acknowledged = pushed
      return reply
    }
    let delivery = try store.delivery(
      DeliveryRequest(
        device: request.device, held: held,
        asked: Set(
          request.villages.map(\.village) + frames.map(\.stream.village)
            + request.offered.map(\.village)),
        isComplete: request.isComplete, directory: request.directory,
        directoryTag: request.directoryTag, budget: min(request.budget, Self.budgetLimit),
        watermark: request.watermark, snapshots: request.snapshots,
        brought: frames))
    let told = Set(reply.branches)
    reply.branches += delivery.branches.filter { !told.contains($0) }
    reply.acknowledged = delivery.acknowledged
    reply.frames = delivery.frames
    reply.directoryStart = delivery.directoryStart
    reply.directory = delivery.directory
    reply.directorySignature = delivery.directorySignature
    reply.watermark = delivery.watermark
    reply.snapshots = delivery.snapshots
    if delivery.isCut { reply.status = .more }
    if reply.acknowledged.isEmpty && !request.isComplete {
      try store.hear(request.device, unsent: request.unsent)
    } else {
      try store.acknowledge(
        reply.acknowledged, to: request.device, unsent: request.unsent,
        isComplete: request.isComplete)
    }
    return reply
  }

  /// The most bytes of contents in one reply, whatever a laptop asks for: as much as the office
  /// wants to hold for one laptop at a time.
  static let budgetLimit = 8 << 20

  /// What is now held of the streams that a request brought changes of.
  private func vectorsAfter(_ frames: [Frame]) throws -> [VillageVector] {
    let streams = Dictionary(grouping: frames.map(\.stream), by: \.village)
    return try streams.keys.sorted().map { village in
      let replicas = Set((streams[village] ?? []).map(\.replica))
      let held = try store.vector(of: village).entries.filter { replicas.contains($0.replica) }
      return VillageVector(village: village, vector: VersionVector(held))
    }
  }

  /// What the laptop holds: what it listed, and of the rest what was last acknowledged to it and what
  /// it brings in a parcel.
  private func vectorsHeld(
    by request: SyncRequest, bringing parcel: [Frame], epoch: UInt64
  ) throws -> [VillageCode: VersionVector] {
    var held: [VillageCode: VersionVector] = [:]
    if !request.isComplete && request.epoch == epoch {
      for pair in try store.acknowledged(to: request.device) { held[pair.village] = pair.vector }
    }
    for frame in parcel {
      held[frame.stream.village, default: VersionVector()].set(frame.end)
    }
    for pair in request.villages { held[pair.village] = pair.vector }
    return held
  }
}
