import Causality
import Forms
import GRDB
import Model
import Wire

/// How the office lets a laptop in.
///
/// What the laptop wrote while it was its own office it states in its request, and the directory says
/// that it is taken over. A laptop may have been copied then; each of the copies joins as a device of
/// its own, and what they wrote as one replica is adopted once for each of them.
extension Store {
  /// Enrols a device with a one-time code: in one transaction the code is used up, the directory
  /// tells of the device and of its key, and its replica is bound to it.
  ///
  /// A laptop that comes back keeps its device, and its streams stay its own; only its key is new,
  /// so a copy of what it was before can do nothing. Whoever asks again with the code that was used
  /// up and the very key that was let in by it, did not hear the answer and gets it again.
  public func enrol(_ request: EnrolRequest) throws -> Result<DeviceID, EnrolFailure> {
    try write { db in
      try Self.requireHeard(db)
      let now = surroundings.wall()
      let directory = try context(db).directory
      var entries: [DirectoryEntry] = []
      let device: DeviceID
      switch try Self.invitation(db, Array(request.code.utf8), now: now) {
      case .open(let invited, let name, let people):
        device = invited
        entries.append(
          .device(Device(id: device, name: name, key: request.key, people: people)))
      case .used(let joined):
        guard let known = directory.device(joined), known.key == request.key, !known.isRevoked
        else { return .failure(.badCode) }
        device = joined
      case .unknown, .expired: return .failure(.badCode)
      }
      let isBack = request.device != .standalone
      if isBack && request.device != device { return .failure(.otherDevice) }
      guard try mayWrite(db, as: request.replica, device, request) else {
        return .failure(.foreignReplica)
      }
      if !isBack {
        let adoptions = try adoptions(db, of: request, by: device)
        // NB: everyone holds the directory; whoever is in must not make it grow by asking again.
        let said = directory.adoptionExtent(of: device)
        let more = adoptions.reduce(0) { $0 + $1.streams }
        guard
          adoptions.isEmpty
            || said.times < Self.askingLimit && said.streams + more <= Self.streamLimit
        else { return .failure(.badCode) }
        for (replica, adoption, _) in adoptions
        where try mayWrite(db, as: replica, device, request) {
          entries.append(adoption)
          try Self.bind(db, replica, to: device)
        }
      }
      try db.run(
        "UPDATE invite SET used = coalesce(used, ?) WHERE code_digest = ?", .integer(now),
        .blob(Digest.sha256(Array(request.code.utf8)).bytes))
      try db.run(
        "DELETE FROM device_village WHERE device = ?", .integer(Int64(device.number)))
      try db.run(
        "UPDATE device SET heard = ? WHERE number = ?", .integer(now),
        .integer(Int64(device.number)))
      try extendDirectory(db, with: entries)
      return .success(device)
    }
  }

  /// Whether a device that asks to join may have written as a replica: nobody else has, or only a
  /// laptop whose store is a copy of this one's, or the other way round.
  ///
  /// NB: the birthmark is what tells a copy from whoever was handed the stream, or has only heard its
  /// name.
  private func mayWrite(
    _ db: Database, as replica: ReplicaID, _ device: DeviceID, _ request: EnrolRequest
  ) throws -> Bool {
    guard let owner = try Self.owner(db, of: replica) else {
      return try !Self.isKnown(db, replica)
    }
    if owner == device { return true }
    guard request.device == .standalone, let birthmark = request.birthmark?.digest else {
      return false
    }
    return try context(db).directory.adoptions(of: replica).contains { $0.birthmark == birthmark }
  }

  /// The directory's word that what a laptop wrote before it joined is taken over, for each replica
  /// that it wrote as; nothing for those of which it says so already.
  private func adoptions(
    _ db: Database, of request: EnrolRequest, by device: DeviceID
  ) throws -> [(replica: ReplicaID, entry: DirectoryEntry, streams: Int)] {
    let context = try context(db)
    let pairs = request.streams.filter { context.villages[$0.village] != nil }
    let replicas = Set(pairs.flatMap { $0.vector.entries.map(\.replica) }).sorted()
    // NB: however many: what is left out here, no sync can ever hand in.
    return replicas.compactMap { replica in
      let streams = pairs.compactMap { pair in pair.vector[replica].map { (pair.village, $0) } }
        .filter { $0.1.count <= Self.adoptionLimit }
      let isNews = streams.contains { village, entry in
        let known = context.directory.adoptions(
          of: StreamID(village: village, replica: replica)
        ).last { $0.device == device }
        return known?.count != entry.count || known?.head != entry.head
      }
      guard isNews else { return nil }
      let adoption = DirectoryEntry.adopted(
        device, replica, streams.map(\.1), villages: streams.map(\.0),
        birthmark: request.birthmark?.digest ?? .start)
      return (replica, adoption, streams.count)
    }
  }

  /// The most changes of one village that a laptop may bring from before it joined.
  static let adoptionLimit: UInt64 = 10_000_000
  /// How often at most the streams of one replica of a device are taken over.
  static let askingLimit = 256
  /// How many streams of one device are taken over at most, each as often as that is said: what the
  /// longest request states, and what a laptop adds to it that asks again and again.
  static let streamLimit = 32_768

  /// Why a laptop could not be enrolled.
  public enum EnrolFailure: Error, Sendable {
    /// The code is unknown, used or expired.
    case badCode
    /// The replica writes for another device.
    case foreignReplica
    /// The code is for another device than the one that comes back.
    case otherDevice
  }
}
