import Causality
import Forms
import GRDB
import Model
import Wire

/// What the office gives to a device in one reply, all of it as of one moment.
public struct Delivery: Sendable {
  /// What the office holds of the villages where that is news.
  public var acknowledged: [VillageVector] = []
  /// Changes that the laptop lacks.
  public var frames: [Frame] = []
  /// Whether the budget ended before the changes did.
  public var isCut = false
  /// The version of the directory that the entries follow.
  public var directoryStart: UInt64 = 0
  /// Entries of the directory after it.
  public var directory: [[UInt8]] = []
  /// The office's signature over the end of the directory, where there are entries.
  public var directorySignature: [UInt8] = []
  /// The watermark, if the device knows another, or may have other villages now.
  public var watermark: Watermark?
  /// Parts of snapshots.
  public var snapshots: [SnapshotPiece] = []
  /// What the device brought of villages that are not its own, and that is here.
  public var branches: [BranchTaken] = []
}

/// What a device says of itself when it asks for a delivery.
public struct DeliveryRequest: Sendable {
  /// The device.
  public var device: DeviceID
  /// What it holds of each village.
  public var held: [VillageCode: VersionVector]
  /// The villages of which it wants to hear whether there is news or not.
  public var asked: Set<VillageCode>
  /// Whether it wants to hear of every village.
  public var isComplete: Bool
  /// The directory's version there.
  public var directory: UInt64
  /// The tag of its hash.
  public var directoryTag: UInt64
  /// The most bytes of contents that it will take.
  public var budget: Int
  /// The watermark that it knows; zero if none.
  public var watermark: UInt64
  /// How much of snapshots it has.
  public var snapshots: [SnapshotProgress]
  /// What it brought.
  public var brought: [Frame]

  /// Makes a request.
  public init(
    device: DeviceID, held: [VillageCode: VersionVector], asked: Set<VillageCode>,
    isComplete: Bool, directory: UInt64, directoryTag: UInt64 = 0, budget: Int,
    watermark: UInt64 = 0, snapshots: [SnapshotProgress] = [], brought: [Frame] = []
  ) {
    self.device = device
    self.held = held
    self.asked = asked
    self.isComplete = isComplete
    self.directory = directory
    self.directoryTag = directoryTag
    self.budget = budget
    self.watermark = watermark
    self.snapshots = snapshots
    self.brought = brought
  }
}

extension Store {
  /// What a device lacks of its villages, and what the office holds of them.
  ///
  /// It is read in one transaction: whatever else is taken in meanwhile, what is acknowledged, what
  /// is sent and the directory that it is read by are of one moment. A village that the survey does
  /// not have is neither acknowledged nor remembered, whatever a laptop says that it holds of it.
  public func delivery(_ request: DeliveryRequest) throws -> Delivery {
    try read { db in
      let context = try context(db)
      let scope = Set(
        context.directory.villages(
          of: request.device, among: context.villages.villages.map(\.code)))
      var delivery = Delivery()
      // NB: a laptop whose directory is another one from some version on gets all of it.
      let isOurs =
        try DirectoryHead.hash(db, at: request.directory)?.tag == request.directoryTag
      delivery.directoryStart = isOurs ? request.directory : 0
      delivery.directory = context.directory.entries.dropFirst(
        Int(clamping: delivery.directoryStart)
      ).map(\.bytes)
      if !delivery.directory.isEmpty {
        delivery.directorySignature = try DirectoryHead(db).signature ?? []
      }
      let mark = try Watermarks.id(db) ?? 0
      if mark != request.watermark || mark != 0 && !delivery.directory.isEmpty {
        delivery.watermark = try Self.watermark(
          db, context: context, scope: scope, held: request.held)
      }
      delivery.branches = try Self.settled(db, request, outside: scope)
      let brought = Set(request.brought.map(\.stream))
      let ends = Set(request.brought.map { Name(dot: $0.lastDot, tag: $0.last.tag) })
      var missing: [VillageVector] = []
      var budget = request.budget
      for village in scope.union(request.held.keys).sorted()
      where context.villages[village] != nil {
        let theirs = request.held[village] ?? VersionVector()
        var mine = try Streams.vector(db, village)
        if scope.contains(village) {
          let progress = request.snapshots.first { $0.village == village }
          if !mine.entries.contains(where: { $0.count > theirs.count(of: $0.replica) }) {
            // Nothing is missing there.
          } else if let offer = try Self.pieces(
            db, of: village, after: theirs, device: request.device,
            survey: context.directory.survey?.id ?? 0, progress: progress, budget: &budget)
          {
            // NB: the changes after it come when it is whole: they name what it stands for. Until then
            // no more is remembered of the laptop than what it holds.
            mine = VersionVector(try Self.entries(db, of: mine, upTo: theirs, in: village))
            delivery.snapshots += offer
            delivery.isCut = true
          } else {
            missing.append(VillageVector(village: village, vector: theirs))
          }
        } else {
          // Of a village that is not the device's it learns what became of what it holds or brings. What
          // it holds is told of by its very end: the device will let it go by this word, and may have
          // saved something since that stands beside what is longer here.
          let alone = mine.entries.filter { entry in
            theirs[entry.replica] == nil
              && brought.contains(StreamID(village: village, replica: entry.replica))
          }
          mine = VersionVector(
            try Self.entries(db, of: mine, upTo: theirs, in: village) + alone)
        }
        // NB: of a stream that the laptop has another branch of nothing is acknowledged; so it offers
        // all of it, and learns where the branches part.
        mine = try Self.agreed(db, mine, with: theirs, in: village)
        if mine != theirs || request.isComplete || request.asked.contains(village) {
          delivery.acknowledged.append(VillageVector(village: village, vector: mine))
        }
        // NB: of what it brought it is told by then; but that may end behind what it holds, or before.
        delivery.branches += try theirs.entries.compactMap { entry in
          let end = StreamID(village: village, replica: entry.replica).dot(entry.count)
          guard mine.count(of: entry.replica) < entry.count,
            !ends.contains(Name(dot: end, tag: entry.head))
          else { return nil }
          return try Branches.taken(db, upTo: entry, of: village, context: context)
        }
      }
      if budget > 0 {
        let outgoing = try Self.frames(
          db, missingAt: missing, budget: budget, seals: try Sealer(db, context: context))
        delivery.frames = outgoing.frames
        delivery.isCut = delivery.isCut || outgoing.isCut
      }
      return delivery
    }
  }
}

extension Store {
  /// What a device brought that only waits there, of villages that are not its own, and that is held here
  /// or was issued again.
  ///
  /// It is sent nothing of such a village, so it hears in no other way that it need not bring that any
  /// more: what is acknowledged tells of a stream's end, and not of what is before it or beside it.
  private static func settled(
    _ db: Database, _ request: DeliveryRequest, outside scope: Set<VillageCode>
  ) throws -> [BranchTaken] {
    let waiting = request.brought.filter { frame in
      let (village, replica) = (frame.stream.village, frame.stream.replica)
      return !scope.contains(village)
        && request.held[village]?.count(of: replica) ?? 0 < frame.lastCounter
    }
    let streams = Dictionary(grouping: waiting, by: \.stream)
    return try streams.keys.sorted().flatMap { stream -> [BranchTaken] in
      let frames = streams[stream] ?? []
      // NB: what lies aside there counts as taken with all that is before it.
      guard try frames.allSatisfy({ try Branches.holdAll(db, of: $0) }) else { return [] }
      return frames.map {
        BranchTaken(fork: $0.lastCounter + 1, last: $0.lastDot, tag: $0.last.tag)
      }
    }
  }

  /// What is held of the streams that a peer holds, and not of another branch, no further than the peer
  /// has them.
  private static func entries(
    _ db: Database, of mine: VersionVector, upTo theirs: VersionVector, in village: VillageCode
  ) throws -> [VersionVector.Entry] {
    try mine.entries.compactMap { entry in
      guard let there = theirs[entry.replica] else { return nil }
      if there.count >= entry.count { return entry }
      let end = Dot(replica: entry.replica, village: village, counter: there.count)
      return try Streams.hash(db, end)?.tag == there.head ? there : nil
    }
  }

  /// What is held of a village, without the streams of which a peer holds another branch.
  private static func agreed(
    _ db: Database, _ mine: VersionVector, with theirs: VersionVector, in village: VillageCode
  ) throws -> VersionVector {
    VersionVector(
      try mine.entries.filter { entry in
        guard let other = theirs[entry.replica], other.count <= entry.count else { return true }
        if other.count == entry.count { return other.head == entry.head }
        let dot = Dot(replica: entry.replica, village: village, counter: other.count)
        return try Streams.hash(db, dot)?.tag == other.head
      })
  }
}
