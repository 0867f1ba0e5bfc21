import Bytes
import Causality

/// What stands before the changes of one run of a parcel.
struct ParcelRun {
  let stream: StreamID
  let first: UInt64
  let count: Int
  let secret: StreamSecret?
}

/// How far the runs of a parcel have come.
struct RunSeen {
  /// The place of the last run's village among those that were acknowledged.
  var village = 0
  /// The replica of the last run.
  var replica: UInt64?
}

extension ColumnWalk {
  /// Codes what stands before a run, and begins it: what is known of its village is what the office
  /// acknowledged of it.
  mutating func run(_ told: ParcelRun?, after last: inout RunSeen) throws(ByteError) -> ParcelRun {
    let village = try runVillage(told?.stream.village, after: &last)
    let known = held?.acknowledged(of: village)?.entries ?? []
    let replica = try runReplica(told?.stream.replica.number, among: known, after: &last)
    let first = port.number(told?.first ?? 0, chances(.first))
    let count = port.number(UInt64(told?.count ?? 0), chances(.changes))
    guard first > 0, first <= Dot.counterLimit, count > 0, count <= UInt64(Frame.changeLimit),
      count - 1 <= Dot.counterLimit - first
    else { throw .unexpected(first, at: 0) }
    var secret: StreamSecret?
    if first == 1 {
      var writer = ByteWriter(capacity: StreamSecret.length)
      var bytes = ByteReader(told?.secret?.bytes ?? [UInt8](repeating: 0, count: 16))
      for _ in 0..<2 { writer.fixed64(port.flat(try bytes.fixed64(), bits: 64)) }
      secret = StreamSecret(writer.bytes)
    }
    self.village = village.number
    var own = ReplicaSeen(number: replica)
    own.counter = first - 1
    replicas = [own]
    for entry in known where entry.replica.number != replica {
      replicas.append(
        ReplicaSeen(number: entry.replica.number, held: entry.count, head: entry.head))
    }
    replicaIndex = [:]
    if !Port.isDecoding {
      for (index, replica) in replicas.enumerated() { replicaIndex[replica.number] = index }
    }
    return ParcelRun(
      stream: StreamID(village: village, replica: ReplicaID(replica)), first: first,
      count: Int(count), secret: secret)
  }

  /// A village: how far on it is among those that were acknowledged, or its number.
  private mutating func runVillage(
    _ told: VillageCode?, after last: inout RunSeen
  ) throws(ByteError) -> VillageCode {
    let place = told.flatMap { held?.place(of: $0) }.flatMap { $0 < last.village ? nil : $0 }
    let step = port.number(
      place.map { UInt64($0 - last.village + 1) } ?? 0, chances(.runVillage))
    if step > 0 {
      let most = UInt64((held?.villageCount ?? 0) - last.village)
      guard step <= most, let held else { throw .unexpected(step, at: 0) }
      last.village += Int(step) - 1
      return held.village(at: last.village)
    }
    let number = port.number(told?.number ?? 0, chances(.village))
    guard let village = VillageCode(number: number) else { throw .malformedNumber(at: 0) }
    return village
  }

  /// A replica: that of the last run, one of those that wrote in the village, or a new one.
  private mutating func runReplica(
    _ told: UInt64?, among known: [VersionVector.Entry], after last: inout RunSeen
  ) throws(ByteError) -> UInt64 {
    if let same = last.replica, flag(told == same, .sameReplica) { return same }
    let index = known.firstIndex { $0.replica.number == told }
    let place = port.number(UInt64(index.map { $0 + 1 } ?? 0), chances(.runReplica))
    let replica: UInt64
    if place == 0 {
      replica = port.flat(told ?? 0, bits: 64)
    } else {
      guard place <= UInt64(known.count) else { throw .unexpected(place, at: 0) }
      replica = known[Int(place) - 1].replica.number
    }
    last.replica = replica
    return replica
  }
}
