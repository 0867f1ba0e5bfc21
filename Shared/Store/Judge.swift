import Causality
import GRDB
import Model
import Wire

/// What is asked of a change before it is let in: whether it can be read, whether all that it names is
/// here, and whether its author, or whoever vouches for it, had the right to it.
///
/// It only looks. What is done with its judgement is said in one place, ``Ingest``, and the same
/// questions are asked of the stream that is held and of a branch of it.
struct Judge {
  /// The check of whoever brings it; `nil` if it came with the office's replies, or from nobody.
  let admission: (any Admission)?
  /// Whoever brings it.
  let device: DeviceID
  /// Whose word there is for it.
  let voucher: Voucher
  /// Whether it waited in the inbox.
  let isRetried: Bool
  /// Whether it is of a branch, so that it does not matter whose the stream is.
  var isOfBranch = false

  /// The device that sealed what came, if one did.
  var writer: DeviceID? { voucher.device }

  /// The device that sealed what another brings, or whoever has a key of its that was turned away.
  var relayed: DeviceID? {
    writer.flatMap { $0 == device && !voucher.isTurnedAway ? nil : $0 }
  }

  /// What is to become of one change.
  enum Judgement {
    /// It can be taken; what it names of the void says nothing here.
    case ready(Change, without: Set<Name>)
    case early(Inbox.Need)
    case refused(Refusal.Ground)
    /// It is its author's own and was handed on by others, and its author had no right to it.
    case disputed(Change, Refusal.Ground)
  }

  /// Judges a change of a frame, the next of a stream.
  func judge(
    _ frame: Frame, at index: Int, hash: ChainHash, stream: StreamRow, door: Door
  ) throws -> Judgement {
    let dot = frame.dot(at: index)
    let content: ChangeContent
    do {
      content = try ChangeContent(frame.contents[index], village: dot.village)
    } catch {
      return .refused(.malformed)
    }
    guard door.context.forms[content.form] != nil else { return .refused(.malformed) }
    // A record that is only just made has no answers that anything could name; such a change would
    // wait for ever.
    guard content.record != nil || content.prerequisites.isEmpty else {
      return .refused(.malformed)
    }
    let change = Change(dot: dot, hash: hash, content: content)
    let (need, void) = try missing(of: change, door: door)
    if let need { return .early(need) }
    guard let ground = try ground(against: change, after: stream, ignoring: void, door: door)
    else {
      return .ready(change, without: void)
    }
    // NB: nobody could go on from what names the void, so it is not held as it is.
    let isDisputed = try void.isEmpty && isHeldByOthers(change, door: door)
    return isDisputed ? .disputed(change, ground) : .refused(ground)
  }

  /// Whether a change that the office refuses is held by others, who could not know that: one that
  /// its own device sealed, that another brings, and that is what it says it is.
  private func isHeldByOthers(_ change: Change, door: Door) throws -> Bool {
    guard door.isOffice, let relayed else { return false }
    let isAdopted = !door.context.directory.adoptions(of: change.dot.stream).isEmpty
    let owner = try Store.owner(door.db, of: change.dot.replica)
    guard !isAdopted, isOfBranch || owner == nil || owner == relayed else { return false }
    return try RelayAdmission(device: relayed, isOfBranch: isOfBranch).groundInOwnStream(
      change, of: relayed, door: door) == nil
  }

  /// Why a change is not taken: what the office sealed it took before, and takes again.
  private func ground(
    against change: Change, after stream: StreamRow, ignoring void: Set<Name>, door: Door
  ) throws -> Refusal.Ground? {
    guard voucher == .office else {
      // Whoever answers a laptop may not be its office: what comes is the office's word, or it is asked of
      // it what is asked of everyone's.
      guard let admission = admission ?? door.stranger else { return nil }
      if voucher.isTurnedAway { return .revoked }
      // Whoever was turned away hands nothing in through others either; those had no way to know.
      // What waited may be of somebody who was turned away since.
      let answerable = relayed ?? (isRetried ? writer ?? device : nil)
      if door.isOffice, let answerable,
        door.context.directory.device(answerable)?.isRevoked == true
      {
        return .revoked
      }
      var judge = writer.map { admission.of($0) } ?? admission
      if isOfBranch { judge = judge.ofBranch() }
      return try judge.ignoring(void).ground(against: change, after: stream, door: door)
    }
    if admission == nil { return nil }
    let author = change.content.author
    // NB: what was issued again has its first author, and stands in a stream of the office.
    if author.act != .office, author.device != .standalone, change.content.origin == nil {
      try Store.bind(door.db, change.dot.replica, to: author.device, isCertain: true)
    }
    return nil
  }

  /// What is missing of that which the change names or cites, and which of it is void: all else must be
  /// held in its village, or accounted for there by another road.
  ///
  /// An answer that is held from the village it was given in is not enough: until a carry brings it
  /// here, a change that replaces it would replace nothing, and the carry would bring it back.
  func missing(
    of change: Change, door: Door
  ) throws -> (need: Inbox.Need?, void: Set<Name>) {
    let names = change.content.prerequisites
    if names.isEmpty { return (nil, []) }
    let state = try door.copy(of: change)?.state
    var need: Inbox.Need?
    var void = Set<Name>()
    for name in names where state?.accounts(for: name) != true {
      let isHere = name.dot.village == change.dot.village
      let held = isHere ? try Streams.hash(door.db, name.dot) : nil
      if held?.tag == name.tag { continue }
      // NB: what lies before a cut comes by no stream any more.
      let isCut = try isHere && name.dot.counter <= Cuts.count(door.db, name.dot.stream)
      guard isHere, held == nil, !isCut else {
        if try isVoid(change.record, in: change.dot.village, door: door) {
          void.insert(name)
          continue
        }
        return (Inbox.Need(record: change.record), [])
      }
      if try isVoid(name.dot, door: door) {
        void.insert(name)
        continue
      }
      // Of the first stream that is behind, all that is wanted of it.
      if need == nil || need?.awaited == name.dot.replica {
        need = Inbox.Need(
          awaited: name.dot.replica, count: max(need?.count ?? 0, name.dot.counter),
          record: change.record)
      }
    }
    return (need, void)
  }

  private func isVoid(_ dot: Dot, door: Door) throws -> Bool {
    try door.isOffice && admission != nil && Voids.cover(door.db, dot)
  }

  private func isVoid(
    _ record: RecordID, in village: VillageCode, door: Door
  ) throws -> Bool {
    try door.isOffice && admission != nil
      && Voids.coverCarries(door.db, into: record, in: village)
  }

  /// Whether a frame may wait for what it needs, before its changes can be judged.
  func mayWait(_ frame: Frame, door: Door) throws -> Bool {
    guard let admission = admission ?? door.stranger, voucher != .office else { return true }
    return try (writer.map { admission.of($0) } ?? admission).mayWait(frame.stream, door: door)
  }
}
