import Causality
import GRDB
import Model
import Wire

/// What a parcel is told by, as a store holds it: the office what it acknowledged to a device, a
/// laptop what was acknowledged to it.
private final class HeldGround: ParcelGround {
  let acknowledged: [VillageVector]
  private let db: Database
  private let bounds: [VillageCode: VersionVector]
  /// What was asked for: the changes of a parcel name the same ones again and again.
  private var hashes: [Dot: ChainHash?] = [:]
  /// The first thing that went wrong; who asks by ``hash(of:)`` cannot be told.
  private(set) var failure: (any Error)?

  init(_ db: Database, _ acknowledged: [VillageVector]) {
    self.db = db
    // NB: one side may remember a village of which nothing was ever held, and the other not.
    self.acknowledged = acknowledged.filter { !$0.vector.isEmpty }
    bounds = Dictionary(
      acknowledged.map { ($0.village, $0.vector) }, uniquingKeysWith: { $1 })
  }

  func hash(of dot: Dot) -> ChainHash? {
    // NB: of what a device was not told of, an opened parcel must not tell either.
    if dot.counter > bounds[dot.village]?.count(of: dot.replica) ?? 0 { return nil }
    if let known = hashes[dot] { return known }
    let hash = look { try Streams.hash(db, dot) }
    hashes[dot] = .some(hash)
    return hash
  }

  func secret(of stream: StreamID) -> StreamSecret? {
    look { try Streams.row(db, stream)?.secret }
  }

  private func look<Value>(_ body: () throws -> Value?) -> Value? {
    do {
      return try body()
    } catch {
      // Kept, and thrown when the parcel is done.
      failure = failure ?? error
      return nil
    }
  }
}

extension Store {
  /// Changes as a parcel; `nil` if they must go as frames.
  static func parcel(
    _ db: Database, of frames: [Frame], acknowledged: [VillageVector]
  ) throws -> Parcel? {
    let ground = HeldGround(db, acknowledged)
    let parcel = Parcel(frames, on: ground)
    if let failure = ground.failure { throw failure }
    return parcel
  }

  /// What a device brings in a parcel, which is nothing if it brings none; `nil` if the parcel was told
  /// by something else than the office holds.
  public func open(_ parcel: Parcel?, of device: DeviceID) throws -> [Frame]? {
    guard let parcel else { return [] }
    return try read { db in
      let ground = HeldGround(db, try Self.acknowledged(db, to: device))
      let frames = parcel.open(on: ground)
      if let failure = ground.failure { throw failure }
      return frames
    }
  }
}
