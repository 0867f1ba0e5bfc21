import Causality

/// The directory's word that a stream from before a laptop joined is taken over.
public struct Adoption: Hashable, Sendable {
  /// The device that handed it in, or will.
  public let device: DeviceID
  /// Up to which counter.
  public let count: UInt64
  /// The tag of the hash there.
  public let head: UInt64
  /// The digest of the birthmark that the laptop was made with, and that every copy of it has;
  /// ``ChainHash/start`` if it has none.
  public let birthmark: ChainHash

  /// Makes an adoption.
  public init(device: DeviceID, count: UInt64, head: UInt64, birthmark: ChainHash) {
    self.device = device
    self.count = count
    self.head = head
    self.birthmark = birthmark
  }
}

extension Directory {
  /// The words by which a stream that began before its laptop joined was taken over, the first said
  /// first: several, if the laptop asked again, or if it was copied and its copies joined too.
  public func adoptions(of stream: StreamID) -> [Adoption] {
    adoptionsByStream[stream] ?? []
  }

  /// Of these, those of a device and of its kin, the copies of its store; none if the device has none
  /// there.
  ///
  /// What was written before a laptop joined and what its copies wrote are the work of one office of
  /// its own, whichever of them hands it in.
  public func adoptions(of stream: StreamID, with device: DeviceID) -> [Adoption] {
    let all = adoptions(of: stream)
    let own = all.filter { $0.device == device }
    if own.count == all.count { return all }
    let birthmarks = Set(own.map(\.birthmark)).subtracting([.start])
    return all.filter { $0.device == device || birthmarks.contains($0.birthmark) }
  }

  /// The words by which a replica's streams were taken over, the first said first.
  public func adoptions(of replica: ReplicaID) -> [Adoption] {
    adoptionsByReplica[replica] ?? []
  }

  /// The replicas of which a device's streams were taken over, ascending.
  public func adoptedReplicas(by device: DeviceID) -> [ReplicaID] {
    adoptionsByReplica.filter { $0.value.contains { $0.device == device } }.keys.sorted()
  }

  /// How much is said of the streams of a device that were taken over: how often at most of one
  /// replica, and of how many streams in all, each counted as often as it is said.
  public func adoptionExtent(of device: DeviceID) -> (times: Int, streams: Int) {
    var times: [ReplicaID: Int] = [:]
    var streams = 0
    for case .adopted(device, let replica, let counts, _, _) in entries {
      times[replica, default: 0] += 1
      streams += counts.count
    }
    return (times.values.max() ?? 0, streams)
  }
}
