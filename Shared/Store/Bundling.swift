import Causality
import Forms
import GRDB
import Model
import Wire

/// Why a store has nothing to do with a bundle.
public enum BundleRefusal: Error, Hashable, Sendable {
  /// It belongs to no office, so there is nobody by whose word a bundle could be believed.
  case standalone
  /// The bundle is of another survey.
  case otherSurvey
}

/// What is to go into a bundle.
public struct BundleRequest: Sendable {
  /// Of these villages only; of all that are held when `nil`.
  public var villages: Set<VillageCode>?
  /// Everything that is held, and not only what the office is not known to have.
  public var isWhole: Bool

  /// Makes a request.
  public init(villages: Set<VillageCode>? = nil, isWhole: Bool = false) {
    self.villages = villages
    self.isWhole = isWhole
  }
}

/// What went into a bundle.
public struct BundleWritten: Sendable {
  /// The villages of which something is in it, ascending.
  public var villages: [VillageCode] = []
  /// How many changes.
  public var changes: UInt64 = 0
  /// How many changes were asked for and stayed here, because nobody has vouched for them yet whom
  /// others would believe.
  public var unvouched: UInt64 = 0
  /// How many bytes the file has.
  public var size = 0
}

/// What a bundle brought.
public struct BundleRead: Sendable {
  /// How many entries of the directory were new.
  public var directory = 0
  /// Changes that were new here, those that had waited for them included.
  public var received = 0
  /// Changes of villages that nobody of this laptop works in: they are for others.
  public var leftOut: UInt64 = 0
  /// How many changes were taken in and reverted; at the office alone.
  public var reverted = 0
  /// Frames that wait here for what they name.
  public var waiting = 0
  /// What was not taken, and why.
  public var refusals: [Refusal] = []
  /// What became of each village that is held here, ascending.
  public var villages: [Village] = []
  /// What is wrong with the file; what came before it was taken.
  public var damage: BundleError?

  /// What a bundle brought of one village.
  public struct Village: Sendable {
    /// The village.
    public let village: VillageCode
    /// Changes that are in the file.
    public var changes: UInt64 = 0
    /// Changes that were new here.
    public var received = 0
    /// Streams that stopped at a change that was not taken.
    public var refused = 0
  }
}

/// What is in a bundle, without any of its answers.
public struct BundleContents: Sendable {
  /// What it says at its beginning.
  public let header: BundleHeader
  /// Its villages, ascending.
  public var villages: [Village] = []
  /// What is wrong with the file.
  public var damage: BundleError?

  /// What is in a bundle of one village.
  public struct Village: Sendable {
    /// The village; `nil` for all that are none of the survey's.
    public let village: VillageCode?
    /// Whether it is held here.
    public let isHeld: Bool
    /// Changes in the file.
    public var changes: UInt64 = 0
    /// Changes that are not held here.
    public var new: UInt64 = 0
    /// Changes by who wrote them, in order of their words; `nil` for whoever is nobody of the survey.
    public var people: [(person: PersonID?, changes: UInt64)] = []
  }
}

extension Store {
  // MARK: Writing

  /// Writes a bundle of what is held here, as of one moment.
  ///
  /// What this store wrote goes under its own seal; what others wrote goes under the seal that it came
  /// with, and as far as that reaches. Branches that were put aside come last, and then what waits here
  /// for what it names: that, too, is somebody's work, and perhaps nobody else has it.
  ///
  /// - Parameters:
  ///   - sink: takes the bytes of the file.
  ///   - progress: is told how many changes are written.
  public func writeBundle(
    _ request: BundleRequest, to sink: @escaping ([UInt8]) throws -> Void,
    progress: (UInt64) -> Void = { _ in }
  ) throws -> BundleWritten {
    try read { db in
      let standing = try self.standing(db)
      guard standing.role != .standalone, let survey = standing.survey,
        let directory = try directoryReturn(db)
      else { throw BundleRefusal.standalone }
      let seals = try Sealer(db, context: try context(db), isForAnyone: true)
      let held = try Streams.vectors(db).filter {
        request.villages?.contains($0.village) ?? true
      }
      let header = BundleHeader(
        survey: survey.id, device: standing.device,
        time: surroundings.statedTime(),
        directory: directory, villages: held)
      var writer = try BundleWriter(header, to: sink)
      var written = BundleWritten()
      func add(_ frames: [Frame]) throws {
        for frame in frames {
          try writer.add(frame)
          written.changes += UInt64(frame.contents.count)
        }
        progress(written.changes)
      }
      for pair in held {
        let before = written.changes
        var peer =
          request.isWhole
          ? VersionVector(try Self.dropped(db, pair, upTo: nil)) : try Self.kept(db, pair)
        let missing = Self.missing(at: peer, of: pair.vector)
        var isCut = true
        while isCut {
          let some = try Self.frames(
            db, missingAt: [VillageVector(village: pair.village, vector: peer)],
            budget: Self.bundleBudget, seals: seals)
          try add(some.frames)
          for frame in some.frames {
            peer.raise(
              frame.end)
          }
          isCut = some.isCut
        }
        written.unvouched += missing - (written.changes - before)
        if written.changes > before { written.villages.append(pair.village) }
      }
      var branches = OutgoingBranches(isCut: true, seen: 0)
      var villages = Set(written.villages)
      while branches.isCut {
        branches = try Branches.frames(
          db, epoch: request.isWhole ? nil : standing.epoch, budget: Self.bundleBudget,
          after: branches.seen, of: request.villages, seals: seals, ownOnly: true)
        try add(branches.frames)
        villages.formUnion(branches.frames.map(\.stream.village))
      }
      for village in try Inbox.villages(db) where request.villages?.contains(village) ?? true {
        let there = try request.isWhole ? nil : Acknowledged.vector(db, of: village)
        let waiting = try Inbox.sealed(db, of: village, missingAt: there ?? VersionVector())
        try add(waiting.frames)
        // NB: what leaves with the rest of its frame does not stay here after all.
        written.unvouched -= min(written.unvouched, waiting.held)
        if !waiting.frames.isEmpty { villages.insert(village) }
      }
      written.villages = villages.sorted()
      try writer.finish()
      written.size = writer.size
      return written
    }
  }

  /// The most bytes of contents that are gathered at once.
  private static let bundleBudget = 1 << 20

  private static func missing(at peer: VersionVector, of mine: VersionVector) -> UInt64 {
    mine.entries.reduce(0) { $0 + $1.count - min($1.count, peer.count(of: $1.replica)) }
  }

  // MARK: Reading

  /// Takes a bundle in: the directory, if it goes on from what is known here, and then each frame in a
  /// transaction of its own.
  ///
  /// Who wrote the file is nobody's office: nothing is acknowledged by it. A laptop takes what is of
  /// its villages; the rest stays on the stick, for others.
  ///
  /// - Parameters:
  ///   - source: gives at most so many of the file's next bytes, and none at its end.
  ///   - progress: is told how many bytes are done.
  /// - Throws: ``BundleError`` if not even its beginning can be read, ``BundleRefusal``, or what the
  ///   source throws.
  public func readBundle(
    _ source: @escaping (Int) throws -> [UInt8], progress: (Int) -> Void = { _ in }
  ) throws -> BundleRead {
    var reader = try BundleReader(source)
    var result = BundleRead()
    result.directory = try takeNews(of: reader.header)
    let standing = try self.standing()
    let scope = Set(standing.scope)
    var villages: [VillageCode: BundleRead.Village] = [:]
    do {
      while let frame = try reader.next() {
        progress(reader.position)
        let (village, count) = (frame.stream.village, UInt64(frame.contents.count))
        guard scope.contains(village) else {
          result.leftOut += count
          continue
        }
        let outcome = try take(frame, from: reader.header.device, standing: standing)
        result.received += outcome.applied
        result.reverted += outcome.reverted
        result.refusals += outcome.refusals
        villages[village, default: .init(village: village)].changes += count
        villages[village]?.received += outcome.applied
        villages[village]?.refused += outcome.refusals.count
      }
    } catch let damage as BundleError {
      result.damage = damage
    }
    result.villages = villages.values.sorted { $0.village < $1.village }
    result.waiting = try waitingCount()
    return result
  }

  /// Takes one frame of a bundle in.
  private func take(
    _ frame: Frame, from bearer: DeviceID, standing: Standing
  ) throws -> IngestOutcome {
    guard let signer = frame.seal?.signer else { return Self.refused(frame, .seal) }
    do {
      let outcome: IngestOutcome
      if standing.role == .office {
        // NB: who works alone writes no bundle, and what nobody brought has no limit.
        if bearer == .standalone { return Self.refused(frame, .seal) }
        if signer == bearer, standing.directory.device(signer)?.isRevoked == true {
          // NB: who wrote the file is only said in it; what a supervisor may take in the device's name
          // must be the device's, and a seal is for what leads to the hash that it covers.
          let (voucher, isWhole) = try word(of: frame)
          guard voucher?.device == signer else { return Self.refused(frame, .seal) }
          guard isWhole else {
            return Self.refused(frame, frame.first > 1 && frame.base == nil ? .gap : .chain)
          }
          // As if it had brought it itself: nobody else need hold it.
          try quarantine(frame, of: signer, ground: .revoked)
          return Self.refused(frame, .revoked)
        }
        outcome = try ingest(frame, from: bearer, isProven: false)
      } else {
        outcome = try ingest(
          frame, admission: RelayAdmission(device: signer == Seal.office ? nil : signer),
          device: signer, isProven: false)
      }
      return try isAstray(frame, outcome) ? Self.refused(frame, .fork) : outcome
    } catch StoreError.tooLarge, StoreError.tooManyPlaces {
      return Self.refused(frame, .malformed)
    }
  }

  private static func refused(_ frame: Frame, _ ground: Refusal.Ground) -> IngestOutcome {
    var outcome = IngestOutcome()
    outcome.refusals = [Refusal(stream: frame.stream, counter: frame.first, ground: ground)]
    return outcome
  }

  /// Whether a frame went nowhere: it goes on from a change whose dot another change has here.
  private func isAstray(_ frame: Frame, _ outcome: IngestOutcome) throws -> Bool {
    guard outcome.applied == 0, outcome.refusals.isEmpty, outcome.branches.isEmpty else {
      return false
    }
    return try read { db in
      guard let known = try Streams.row(db, frame.stream), known.count + 1 >= frame.first else {
        return false
      }
      let last = frame.lastDot
      if try Cuts.count(db, frame.stream) > frame.lastCounter { return false }
      if try Streams.hash(db, last) == frame.last { return false }
      return try !Inbox.holds(db, frame)
    }
  }

  /// Takes in what a bundle says of the directory, if it goes on from what is held here under the
  /// office's own signature; what is older, or another office's, is passed over.
  ///
  /// - Returns: how many entries were new.
  private func takeNews(of header: BundleHeader) throws -> Int {
    let standing = try self.standing()
    guard standing.role != .standalone, let survey = standing.survey, !survey.key.isEmpty else {
      throw BundleRefusal.standalone
    }
    guard survey.id == header.survey else { throw BundleRefusal.otherSurvey }
    guard let hashes = header.directory.hashes(signedBy: survey.key),
      let entries = try? Self.entries(header.directory.entries)
    else {
      // Ignored because what comes with it is under seals of its own.
      return 0
    }
    return try write { db in
      let head = try DirectoryHead(db)
      guard head.isOne(of: hashes) else { return 0 }
      let news = entries.dropFirst(Int(clamping: head.version))
      if news.isEmpty { return 0 }
      try extendDirectory(db, with: Array(news), signature: header.directory.signature)
      // NB: a restored office now knows as much as whoever wrote this; who is to say that is all.
      return news.count
    }
  }

  // MARK: Looking

  /// What is in a bundle, and what of it is new here.
  ///
  /// - Throws: as ``readBundle(_:progress:)``.
  public func lookIntoBundle(
    _ source: @escaping (Int) throws -> [UInt8], progress: (Int) -> Void = { _ in }
  ) throws -> BundleContents {
    var reader = try BundleReader(source)
    let standing = try self.standing()
    guard let survey = standing.survey, standing.role != .standalone else {
      throw BundleRefusal.standalone
    }
    guard survey.id == reader.header.survey else { throw BundleRefusal.otherSurvey }
    let scope = Set(standing.scope)
    var contents = BundleContents(header: reader.header)
    var villages: [VillageCode?: BundleContents.Village] = [:]
    var people: [VillageCode?: [PersonID?: UInt64]] = [:]
    do {
      while let frame = try reader.next() {
        progress(reader.position)
        let stated = frame.stream.village
        let village = standing.villages[stated] == nil ? nil : stated
        var entry =
          villages[village]
          ?? .init(village: village, isHeld: village.map { scope.contains($0) } ?? false)
        entry.changes += UInt64(frame.contents.count)
        entry.new += try newCount(frame)
        villages[village] = entry
        for content in frame.contents {
          // Ignored if it cannot be read, because whoever reads the bundle in is told.
          let author = try? ChangeContent(content, village: stated).author.person
          let person = author.flatMap { standing.directory.person($0) == nil ? nil : $0 }
          let known = author == .office ? .office : person
          people[village, default: [:]][known, default: 0] += 1
        }
      }
    } catch let damage as BundleError {
      contents.damage = damage
    }
    contents.villages = villages.values.sorted { left, right in
      (left.village?.number ?? .max) < (right.village?.number ?? .max)
    }.map { entry in
      var entry = entry
      entry.people = (people[entry.village] ?? [:]).sorted { left, right in
        (left.key?.description ?? "~") < (right.key?.description ?? "~")
      }.map { ($0.key, $0.value) }
      return entry
    }
    return contents
  }

  /// How many changes of a frame are not held here.
  private func newCount(_ frame: Frame) throws -> UInt64 {
    try read { db in
      var new: UInt64 = 0
      let held = try Streams.row(db, frame.stream)?.count ?? 0
      if held < frame.lastCounter { new = frame.lastCounter - max(held, frame.first - 1) }
      return new
    }
  }
}
