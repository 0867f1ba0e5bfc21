import Causality
import Model
import Wire

/// What a laptop's store has to say at the start of a round.
public struct SyncMaterial: Sendable {
  /// The survey.
  public var survey: UInt64
  /// The device.
  public var device: DeviceID
  /// The epoch of the office that is known; zero if none.
  public var epoch: UInt64
  /// The directory's version.
  public var directory: UInt64
  /// The tag of the directory's hash.
  public var directoryTag: UInt64
  /// What is held of each village, ascending.
  public var held: [VillageVector]
  /// What the office said it holds, ascending.
  public var acknowledged: [VillageVector]
  /// Changes that the office is thought to lack.
  public var frames: [Frame]
  /// What waits here, and may be nowhere else: others' word, which is handed in beside that.
  public var waiting: [Frame]
  /// Whether there was room for that, be it nothing.
  public var isHandedIn: Bool
  /// The same changes told by what the office acknowledged, if they can be.
  public var parcel: Parcel?
  /// Whether the budget ended before the changes did.
  public var isCut: Bool
  /// How many changes of this laptop the office has not acknowledged.
  public var unsent: UInt64
  /// The office's watermark that is known here; zero if none.
  public var watermark: UInt64
  /// How much of snapshots under way is here.
  public var snapshots: [SnapshotProgress]
  /// Parts of bases that the office is thought to lack.
  public var offered: [SnapshotPiece]

  /// Makes material.
  public init(
    survey: UInt64, device: DeviceID, epoch: UInt64, directory: UInt64,
    directoryTag: UInt64 = 0, held: [VillageVector], acknowledged: [VillageVector],
    frames: [Frame], waiting: [Frame] = [], isHandedIn: Bool = false, parcel: Parcel? = nil,
    isCut: Bool, unsent: UInt64,
    watermark: UInt64 = 0,
    snapshots: [SnapshotProgress] = [], offered: [SnapshotPiece] = []
  ) {
    self.survey = survey
    self.device = device
    self.epoch = epoch
    self.directory = directory
    self.directoryTag = directoryTag
    self.held = held
    self.acknowledged = acknowledged
    self.frames = frames
    self.waiting = waiting
    self.isHandedIn = isHandedIn
    self.parcel = parcel
    self.isCut = isCut
    self.unsent = unsent
    self.watermark = watermark
    self.snapshots = snapshots
    self.offered = offered
  }
}

/// What the store made of a reply.
public struct Absorbed: Sendable {
  /// Changes that were new.
  public var received: Int
  /// Changes of this laptop that the office still has not acknowledged.
  public var unsent: UInt64
  /// Frames that wait for what they name.
  public var waiting: Int
  /// What could not be taken in here, and why: a fork, or hashes that do not lead where they should.
  public var refusals: [Refusal]
  /// Parts of snapshots that were new, here or at the office.
  public var staged: Int
  /// Villages that are nobody's here any more, and that the office has in a checked backup.
  public var released: [VillageCode]
  /// Whether there are bases that the office lacks and has not turned down.
  public var isOffering: Bool
  /// Whether the office has less than it had acknowledged.
  public var hasFallenBack: Bool

  /// Makes an outcome.
  public init(
    received: Int, unsent: UInt64, waiting: Int, refusals: [Refusal] = [], staged: Int = 0,
    released: [VillageCode] = [], isOffering: Bool = false, hasFallenBack: Bool = false
  ) {
    self.received = received
    self.unsent = unsent
    self.waiting = waiting
    self.refusals = refusals
    self.staged = staged
    self.released = released
    self.isOffering = isOffering
    self.hasFallenBack = hasFallenBack
  }
}

/// What a sync came to.
public struct SyncSummary: Hashable, Sendable {
  /// Changes that were brought in this session and that the office acknowledged: to an office that was put
  /// back, also what it still had and others wrote, for nobody knows before what it lacks.
  public var sent: UInt64 = 0
  /// Changes that were new here.
  public var received = 0
  /// Round trips.
  public var rounds = 0
  /// Changes that the office still lacks.
  public var unsent: UInt64 = 0
  /// What the office, or this laptop, did not take, and why.
  public var refusals: [Refusal] = []
  /// Frames that wait here for what they name.
  public var waiting = 0
  /// Villages that are no longer held here, because nobody of this laptop works there any more.
  public var released: [VillageCode] = []

  /// Makes an empty summary.
  public init() {}

  /// Whether everything of this laptop is at the office, and nothing was turned away.
  public var isAllSent: Bool { unsent == 0 && refusals.isEmpty }
}

/// The laptop's side of a sync, as a machine without I/O: each event returns the one thing to do
/// next.
///
/// HTTP, bundle files and the simulator drive the same machine. It keeps nothing between sessions:
/// what is held and what was acknowledged is in the store, so a session that is cut at any point is
/// simply begun again, and whatever had arrived stays.
///
/// ```
/// start ──▶ gather ──gathered──▶ send ──received──▶ absorb ──absorbed──▶ gather … or finished
/// ```
public struct SyncSession: Sendable {
  /// What the driver must do next.
  public enum Step: Sendable {
    /// Collect the material of the next round from the store, with at most so many bytes of frames.
    /// Streams of which the office has refused something in this session wait for the next one, so that
    /// they do not keep the others. What waits is handed in once, and again to an office that asks for
    /// everything: it may go on waiting there.
    case gather(budget: Int, without: Set<StreamID>, handsIn: Bool)
    /// Carry a request to the office and bring back its reply.
    case send(SyncRequest)
    /// Take a reply into the store. With `isNewOffice` the office's database is not the one that was
    /// known: forget what it acknowledged first.
    case absorb(SyncReply, isNewOffice: Bool)
    /// Hand the directory back to the office, which lost part of it.
    case handBack
    /// Nothing: the session is over.
    case finished(SyncSummary)
  }

  /// The most bytes of contents in one message.
  public static let budget = 4 << 20
  /// The most round trips of a session without any progress.
  static let patience = 3

  private var summary = SyncSummary()
  private var epoch: UInt64 = 0
  private var tellsAll = false
  private var isCut = false
  private var unsentLast: UInt64?
  private var sending: UInt64 = 0
  private var unsentBefore: UInt64 = 0
  private var idleRounds = 0
  private var status = SyncStatus.complete
  private var didSend = false
  private var refused: Set<StreamID> = []
  private var handsIn = true
  private var handedIn: [Frame] = []
  private var hasBranches = false
  private var didParcel = false
  private var hasUnopened = false
  private var hasHandedBack = false
  private var startsOver = false
  private var hasMetAnother = false

  /// Makes a session.
  public init() {}

  /// Begins.
  public mutating func start() -> Step {
    .gather(budget: Self.budget, without: refused, handsIn: handsIn)
  }

  /// Goes on with the material of a round.
  public mutating func gathered(_ material: SyncMaterial) -> Step {
    epoch = material.epoch
    isCut = material.isCut
    // NB: whoever asks for the whole directory cannot say which changes cite more than the office has.
    let frames = startsOver ? [] : material.frames + material.waiting
    handedIn = startsOver ? [] : material.waiting.filter { $0.seal?.signer != material.device }
    if !startsOver && material.isHandedIn { handsIn = false }
    didSend = !startsOver && !material.frames.isEmpty
    unsentBefore = material.unsent
    let isComplete = tellsAll || material.epoch == 0
    var listed = material.held
    // NB: what did not open once may not open again, and a session has few rounds without progress.
    let parcel = isComplete || hasUnopened || startsOver ? nil : material.parcel
    didParcel = parcel != nil
    if !isComplete {
      var known = Dictionary(
        uniqueKeysWithValues: material.acknowledged.map { ($0.village, $0.vector) })
      // NB: what a parcel brings need not be listed beside it.
      if parcel != nil {
        for frame in material.frames {
          known[frame.stream.village, default: VersionVector()].set(frame.end)
        }
      }
      listed.removeAll { known[$0.village] == $0.vector }
    }
    sending = startsOver ? 0 : material.frames.reduce(0) { $0 + UInt64($1.contents.count) }
    return .send(
      SyncRequest(
        survey: material.survey, device: material.device, epoch: material.epoch,
        digest: Digest.vectors(material.held), directory: startsOver ? 0 : material.directory,
        directoryTag: startsOver ? 0 : material.directoryTag,
        isComplete: isComplete, villages: listed,
        frames: parcel == nil ? frames : [], parcel: parcel,
        unsent: material.unsent - min(sending, material.unsent), budget: Self.budget,
        watermark: material.watermark, snapshots: material.snapshots,
        offered: material.offered))
  }

  /// Goes on with the office's reply.
  public mutating func received(_ reply: SyncReply) -> Step {
    summary.rounds += 1
    if reply.status == .tellDirectory { return handBack() }
    // NB: all of it came, unless the office asks to be told all first; an office that is put back in the
    // middle of a session must hear how much that is.
    if reply.status != .tellAll { startsOver = false }
    // NB: what is refused of others' word is not this laptop's, and keeps nothing of its own back.
    let refusals = reply.refusals.filter { refusal in
      !handedIn.contains {
        $0.stream == refusal.stream && ($0.first...$0.lastCounter).contains(refusal.counter)
      }
    }
    refused.formUnion(refusals.map(\.stream))
    for refusal in refusals where !summary.refusals.contains(refusal) {
      summary.refusals.append(refusal)
    }
    status = reply.status
    hasUnopened = hasUnopened || didParcel && reply.status == .tellAll
    hasBranches = !reply.branches.isEmpty
    let isNewOffice = epoch != 0 && reply.epoch != epoch
    // NB: what was acknowledged under another epoch says nothing, so all vectors are told again.
    tellsAll = reply.status == .tellAll || isNewOffice
    handsIn = handsIn || tellsAll
    if isNewOffice && !hasMetAnother {
      // NB: an office that finds out only now that it was put back is to be told all within this session.
      hasMetAnother = true
      idleRounds = 0
    }
    return .absorb(reply, isNewOffice: isNewOffice)
  }

  /// Goes on when the office does not know the device: it may have lost its enrolment with the rest
  /// of the directory.
  public mutating func turnedAway() -> Step { handBack() }

  /// Goes on when the office has taken the directory back, or said that it has another one by now:
  /// then it is asked for all of it.
  public mutating func handedBack(isTaken: Bool) -> Step {
    startsOver = !isTaken
    return .gather(budget: Self.budget, without: refused, handsIn: handsIn)
  }

  private mutating func handBack() -> Step {
    if hasHandedBack { return .finished(summary) }
    hasHandedBack = true
    // NB: nothing of the request was taken.
    handsIn = true
    return .handBack
  }

  /// Goes on with what the store made of the reply.
  public mutating func absorbed(_ outcome: Absorbed) -> Step {
    let before = unsentLast ?? unsentBefore
    let isLess = outcome.unsent < before
    // NB: more than before is unsent when the office turns out to have lost what it acknowledged. What
    // is brought back then was sent too.
    let isOther = outcome.unsent != before
    unsentLast = outcome.unsent
    let acknowledged = unsentBefore > outcome.unsent ? unsentBefore - outcome.unsent : 0
    summary.sent += min(acknowledged, sending)
    summary.received += outcome.received
    summary.unsent = outcome.unsent
    summary.waiting = outcome.waiting
    summary.refusals += outcome.refusals
    summary.released += outcome.released
    let progress = outcome.received > 0 || outcome.staged > 0 || isLess
    idleRounds = progress ? 0 : idleRounds + 1
    let isMore =
      status != .complete || tellsAll || isCut || hasBranches || outcome.isOffering
      // NB: as much may have been acknowledged in one village as turned out to be lost in another.
      || outcome.hasFallenBack
      // NB: what waits here has had no turn yet.
      || (handsIn && outcome.waiting > 0)
      || (outcome.unsent > 0 && summary.refusals.isEmpty && (!didSend || isOther))
    if isMore && idleRounds < Self.patience {
      return .gather(budget: Self.budget, without: refused, handsIn: handsIn)
    }
    return .finished(summary)
  }
}
