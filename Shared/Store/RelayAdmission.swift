import Causality
import GRDB
import Model
import Wire

/// A laptop's check of what comes by another road than its office: whether it is authentic.
///
/// What the office sealed it took in, and that is enough. What a device sealed must be that device's
/// own: every change names it as its author's, and nothing in the stream was written on another. So
/// whoever hands a bundle on can leave things out, and can change or invent nothing.
///
/// Whether its author may do what it does is not asked here: that is the office's to say, by a
/// directory that this laptop may not have heard of yet. A change that the office then refuses it
/// holds all the same, and reverts (see ``Reverting``).
struct RelayAdmission: Admission {
  /// Who sealed it; `nil` if nobody did.
  let device: DeviceID?
  /// Whether it is asked of a branch, of which nothing need be in the stream.
  var isOfBranch = false

  func of(_ device: DeviceID) -> any Admission { RelayAdmission(device: device) }

  func ofBranch() -> any Admission { RelayAdmission(device: device, isOfBranch: true) }

  func mayWait(_ stream: StreamID, door: Door) throws -> Bool {
    guard let device, let known = door.context.directory.device(device), !known.isRevoked else {
      return false
    }
    // NB: in what this store wrote nobody else has anything to say.
    if try !Incarnations.isOwn(door.db, stream.replica) { return true }
    return Int64(device.number) == (try Meta.integer(door.db, .device))
  }

  func ground(
    against change: Change, after stream: StreamRow, door: Door
  ) throws -> Refusal.Ground? {
    guard let device else { return .seal }
    let directory = door.context.directory
    guard let known = directory.device(device) else { return .foreignDevice }
    if known.isRevoked { return .revoked }
    let adoptions = directory.adoptions(of: change.dot.stream, with: device)
    if adoptions.contains(where: { change.dot.counter <= $0.count }) {
      // What was written before a laptop joined is checked for nothing else at the office either.
      return try OfficeAdmission(device: device).ground(
        against: change, after: stream, door: door)
    }
    return try groundInOwnStream(change, of: device, door: door)
  }

  /// Why a change is not one that a device can have written in a stream of its own; `nil` if it is.
  func groundInOwnStream(
    _ change: Change, of device: DeviceID, door: Door
  ) throws -> Refusal.Ground? {
    let (content, author) = (change.content, change.content.author)
    guard author.device == device, author.act != .office, author.person != .office,
      content.origin == nil, case .answers = content.body
    else { return .foreignDevice }
    guard author.directory > 0, author.directory <= door.context.directory.version else {
      return .directory
    }
    guard try isOfBranch || isAlone(device, in: change.dot, door: door) else {
      return .foreignDevice
    }
    guard try OfficeAdmission(device: device).isAboutWhatIsHere(change, door: door) else {
      return .naming
    }
    return nil
  }

  /// Whether what is held of a replica was all written on the device, as far as its last changes say.
  private func isAlone(_ device: DeviceID, in dot: Dot, door: Door) throws -> Bool {
    if dot.counter > 1 {
      let before = Dot(replica: dot.replica, village: dot.village, counter: dot.counter - 1)
      return try Journal.writer(door.db, before) == device
    }
    let elsewhere = try door.db.all(
      "SELECT village, count FROM stream WHERE replica = ?", .bits(dot.replica.number)
    ) { (VillageCode(number: $0.bits(0)), $0.bits(1)) }
    for (village, count) in elsewhere {
      guard let village, village != dot.village else { continue }
      let last = Dot(replica: dot.replica, village: village, counter: count)
      guard try Journal.writer(door.db, last) == device else { return false }
    }
    return true
  }
}
