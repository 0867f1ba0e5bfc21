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
  /// Another change is held at the same dot: the store that wrote them was copied.
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
    let frame = try read { db in try self.frame(of: run, db) }
    let authority = Authority(device: run.device)
    let outcome = try ingest(frame, admission: authority, device: run.device)
    return try write { db in
      let held = try Streams.row(db, run.stream)?.count ?? 0
      guard held >= run.first else { throw Self.obstacle(outcome, authority) }
      let decision = QuarantineDecision(
        kind: .taken, decided: surroundings.wall(), person: person, reason: reason)
      try Quarantine.note(decision, of: run, upTo: held, db)
      return Int(clamping: min(held, run.last) - run.first + 1)
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
    let (known, secret) = try read { db in
      let known = try Streams.row(db, run.stream)
      return (known, known?.secret ?? run.secret)
    }
    var chain: Chain?
    if let secret, run.first == (known?.count ?? 0) + 1 {
      chain = Chain(
        stream: run.stream, secret: secret, count: run.first - 1, head: known?.head ?? .start)
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

  /// The frame that a run comes to, its chain computed from what is held.
  private func frame(of run: QuarantinedRun, _ db: Database) throws -> Frame {
    let known = try Streams.row(db, run.stream)
    let held = known?.count ?? 0
    if run.first <= held {
      let there = try db.first(
        "SELECT content FROM journal WHERE village = ? AND replica = ? AND counter = ?",
        .bits(run.stream.village.number), .bits(run.stream.replica.number), .bits(run.first)
      ) { $0.bytes(0) }
      throw there == run.contents.first ? TakingObstacle.held : .fork
    }
    if run.ground == .fork || run.ground == .chain { throw TakingObstacle.fork }
    if run.ground == .malformed { throw TakingObstacle.malformed }
    let owner = try Self.owner(db, of: run.stream.replica)
    let isOwn = try owner == run.device || (owner == nil && !Self.isKnown(db, run.stream.replica))
    let adoptions = try context(db).directory.adoptions(of: run.stream, with: run.device)
    guard isOwn || !adoptions.isEmpty else { throw TakingObstacle.foreignStream }
    guard run.first == held + 1, let secret = known?.secret ?? run.secret else {
      throw TakingObstacle.gap(held: held)
    }
    let head = known?.head ?? .start
    var chain = Chain(stream: run.stream, secret: secret, count: held, head: head)
    for content in run.contents { _ = chain.append(content) }
    return Frame(
      stream: run.stream, first: run.first, previous: held == 0 ? 0 : head.tag, last: chain.head,
      secret: held == 0 ? secret : nil, contents: run.contents)
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
private final class Authority: Admission {
  /// What was in the way.
  private(set) var obstacle: TakingObstacle?
  private let device: DeviceID

  init(device: DeviceID) {
    self.device = device
  }

  func of(_ device: DeviceID) -> any Admission { OfficeAdmission(device: device) }

  func mayWait(_ stream: StreamID, door: Door) throws -> Bool {
    obstacle = .elsewhere
    return false
  }

  func ground(
    against change: Change, after stream: StreamRow, door: Door
  ) throws -> Refusal.Ground? {
    let ordinary = OfficeAdmission(device: device)
    if try ordinary.ground(against: change, after: stream, door: door) == nil { return nil }
    let content = change.content
    guard content.author.act != .office, content.author.person != .office, content.origin == nil,
      case .answers = content.body
    else { return refusal(.role, .officesOwn) }
    guard content.author.device == device else { return refusal(.foreignDevice, .foreignDevice) }
    guard try ordinary.isAboutWhatIsHere(change, door: door) else {
      return refusal(.naming, .elsewhere)
    }
    try Store.bind(door.db, change.dot.replica, to: device)
    return nil
  }

  private func refusal(_ ground: Refusal.Ground, _ obstacle: TakingObstacle) -> Refusal.Ground {
    self.obstacle = obstacle
    return ground
  }
}
