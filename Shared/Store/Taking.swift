import Causality
import GRDB
import Model
import Wire

/// Why changes in quarantine cannot be taken, whoever wants it.
///
/// A supervisor's authority stands for rights that were missing: a person, a role, a village, a
/// device that was turned away, an answer that was not one's own to replace. It cannot make up for
/// what is wrong with the changes themselves.
public enum TakingObstacle: Error, Hashable, Sendable {
  /// They are held already.
  case held
  /// Changes before these are not held: how many of the stream are.
  case gap(held: UInt64)
  /// What they go on from is known, and is not held: it was put away, or another of the same place is.
  case behind
  /// Another change is held at the same dot, and nothing is known of what these go on from.
  case fork
  /// They cannot be read.
  case malformed
  /// They go on with a stream of another device, or of the office.
  case foreignStream
  /// They say that they were written on another device than the one that brought them.
  case foreignDevice
  /// They say that the office wrote them, or do what only the office may.
  case officesOwn
  /// They are about a record, or an answer, that is not in the village here.
  case elsewhere
}

extension Store {
  /// Takes changes out of quarantine through the ordinary door, on the word of a supervisor.
  ///
  /// - Returns: how many changes were taken; the rest of the run stays in quarantine if one of them
  ///   cannot be.
  /// - Throws: ``TakingObstacle`` if not even the first of them can be taken.
  public func take(
    _ run: QuarantinedRun, by person: PersonID, because reason: String?
  ) throws -> Int {
    let (frame, hashes) = try read { db in try self.frame(of: run, db) }
    let authority = Authority(device: run.device)
    let outcome = try ingest(frame, admission: authority, device: run.device)
    return try write { db in
      let taken = try Self.countHeld(db, frame, hashes)
      guard taken > 0 else { throw Self.obstacle(outcome, authority) }
      let decision = QuarantineDecision(
        kind: .taken, decided: surroundings.wall(), person: person, reason: reason)
      try Quarantine.note(decision, of: run, upTo: run.first + UInt64(taken) - 1, db)
      return taken
    }
  }

  /// Why a run cannot be taken, as far as that is known without trying; `nil` if it can be tried.
  public func obstacle(to run: QuarantinedRun) throws -> TakingObstacle? {
    do {
      _ = try read { db in try frame(of: run, db) }
      return nil
    } catch let obstacle as TakingObstacle {
      return obstacle
    }
  }

  /// The changes of a run as far as they can be read, each with its hash where the chain before it
  /// is known.
  public func changes(
    of run: QuarantinedRun
  ) throws -> [(content: ChangeContent?, hash: ChainHash?)] {
    let known = try read { db in try Streams.row(db, run.stream) }
    let isNext = run.first == (known?.count ?? 0) + 1
    let start = run.previous ?? (run.first == 1 ? .start : isNext ? known?.head : nil)
    var chain: Chain?
    if let start, let secret = run.secret ?? known?.secret {
      chain = Chain(stream: run.stream, secret: secret, count: run.first - 1, head: start)
    }
    return run.contents.map { bytes in
      let content: ChangeContent?
      do {
        content = try ChangeContent(bytes, village: run.stream.village)
      } catch {
        // Ignored because what cannot be read is shown as that.
        content = nil
      }
      return (content, chain?.append(bytes))
    }
  }

  /// How many changes of a frame are held, from its first on: in their stream, or issued again.
  private static func countHeld(
    _ db: Database, _ frame: Frame, _ hashes: [ChainHash]
  ) throws -> Int {
    for (index, hash) in hashes.enumerated() {
      let dot = frame.dot(at: index)
      if try Streams.hash(db, dot) == hash || Branches.holds(db, dot, hash) { continue }
      return index
    }
    return hashes.count
  }

  /// The frame that a run comes to, its chain computed from what is held, or from what came with it
  /// where nobody has what is before it.
  private func frame(
    of run: QuarantinedRun, _ db: Database
  ) throws -> (frame: Frame, hashes: [ChainHash]) {
    let known = try Streams.row(db, run.stream)
    let held = known?.count ?? 0
    if let there = try obstacle(db, run, held: held) { throw there }
    let before = run.stream.dot(run.first - 1)
    let start: ChainHash
    let secret: StreamSecret
    if run.first == held + 1, let own = known?.secret ?? run.secret,
      case let head = known?.head ?? .start, run.previous ?? head == head
    {
      (start, secret) = (head, own)
    } else if let own = run.secret ?? known?.secret,
      let previous = run.first == 1 ? .start : run.previous,
      try run.first == 1 || Voids.cover(db, before) || Streams.hash(db, before) == previous
        || Branches.holds(db, before, previous)
    {
      // It is of a branch: what it goes on from is held, and another change has its place, or none can.
      (start, secret) = (previous, own)
    } else {
      if run.first > held + 1 { throw TakingObstacle.gap(held: held) }
      // NB: what a base stands for has no hash here, and nothing before it can be taken any more.
      let isBehind = try run.previous != nil && run.first > Cuts.count(db, run.stream)
      throw isBehind ? TakingObstacle.behind : .fork
    }
    var chain = Chain(stream: run.stream, secret: secret, count: run.first - 1, head: start)
    let hashes = run.contents.map { chain.append($0) }
    let isBeginning = run.first == 1
    let frame = Frame(
      stream: run.stream, first: run.first, previous: isBeginning ? 0 : start.tag,
      last: chain.head, secret: isBeginning ? secret : nil,
      base: isBeginning ? nil : Frame.Base(hash: start, secret: secret), contents: run.contents)
    return (frame, hashes)
  }

  /// What is in the way of a run, whatever is before it.
  func obstacle(
    _ db: Database, _ run: QuarantinedRun, held: UInt64
  ) throws -> TakingObstacle? {
    let dot: [SQLValue] = [
      .bits(run.stream.village.number), .bits(run.stream.replica.number), .bits(run.first),
    ]
    let there =
      try db.all(
        "SELECT content FROM branch WHERE village = ? AND replica = ? AND counter = ?", dot
      ) { $0.bytes(0) }
      + db.all(
        "SELECT content FROM journal WHERE village = ? AND replica = ? AND counter = ?", dot
      ) { $0.bytes(0) }
    if let first = run.contents.first, there.contains(first) { return .held }
    if run.ground == .fork || run.ground == .chain { return .fork }
    if run.ground == .malformed { return .malformed }
    let owner = try Self.owner(db, of: run.stream.replica)
    let isOwn = try owner == run.device || (owner == nil && !Self.isKnown(db, run.stream.replica))
    let adoptions = try context(db).directory.adoptions(of: run.stream, with: run.device)
    return isOwn || !adoptions.isEmpty ? nil : .foreignStream
  }

  private static func obstacle(
    _ outcome: IngestOutcome, _ authority: Authority
  ) -> TakingObstacle {
    if let obstacle = authority.obstacle { return obstacle }
    // NB: between the two transactions another process may have gone on with the stream.
    return outcome.refusals.first?.ground == .malformed ? .malformed : .fork
  }
}

/// The office's check of changes that a supervisor lets in: rights are not asked for any more, only
/// whether the changes are what they say they are.
private struct Authority: Admission {
  /// What was in the way, for whoever asked.
  private final class Finding {
    var obstacle: TakingObstacle?
  }

  private let finding = Finding()
  private let device: DeviceID
  /// Names that say nothing, because what they name is void.
  private var ignored: Set<Name> = []
  private var isOfBranch = false

  init(device: DeviceID) {
    self.device = device
  }

  /// What was in the way.
  var obstacle: TakingObstacle? { finding.obstacle }

  func of(_ device: DeviceID) -> any Admission { OfficeAdmission(device: device) }

  func ignoring(_ void: Set<Name>) -> any Admission {
    var authority = self
    authority.ignored = void
    return authority
  }

  func ofBranch() -> any Admission {
    var authority = self
    authority.isOfBranch = true
    return authority
  }

  func mayWait(_ stream: StreamID, door: Door) throws -> Bool {
    finding.obstacle = .elsewhere
    return false
  }

  func ground(
    against change: Change, after stream: StreamRow, door: Door
  ) throws -> Refusal.Ground? {
    let ordinary = OfficeAdmission(device: device, ignored: ignored, isOfBranch: isOfBranch)
    if try ordinary.ground(against: change, after: stream, door: door) == nil { return nil }
    let content = change.content
    guard content.author.act != .office, content.author.person != .office, content.origin == nil,
      case .answers = content.body
    else { return refusal(.role, .officesOwn) }
    guard content.author.device == device else { return refusal(.foreignDevice, .foreignDevice) }
    guard try ordinary.isAboutWhatIsHere(change, door: door) else {
      return refusal(.naming, .elsewhere)
    }
    if !isOfBranch { try Store.bind(door.db, change.dot.replica, to: device) }
    return nil
  }

  private func refusal(_ ground: Refusal.Ground, _ obstacle: TakingObstacle) -> Refusal.Ground {
    finding.obstacle = obstacle
    return ground
  }
}
