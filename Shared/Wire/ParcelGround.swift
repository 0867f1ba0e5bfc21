import Bytes
import Causality
import Model

/// What a laptop and its office both hold, by which a parcel tells its changes.
///
/// They agree on it as long as every reply arrived. Where they do not, a parcel does not open.
public protocol ParcelGround: AnyObject {
  /// What the office acknowledged to the laptop of each village, ascending.
  var acknowledged: [VillageVector] { get }
  /// The hash of a change, if the office acknowledged it.
  func hash(of dot: Dot) -> ChainHash?
  /// The secret of a stream.
  func secret(of stream: StreamID) -> StreamSecret?
}

/// What the changes of a parcel may name by a dot: what the ground holds, and what came before them
/// in the parcel.
final class ParcelMemory {
  private let ground: any ParcelGround
  private let places: [VillageCode: Int]
  private var own: [Dot: ChainHash] = [:]
  /// The secrets of the streams that began in the parcel.
  private var secrets: [StreamID: StreamSecret] = [:]
  /// The changes that the next content mentions, by their tags.
  private var mentioned: [UInt64: SeenName] = [:]

  init(_ ground: any ParcelGround) {
    self.ground = ground
    // NB: nobody but an office that is damaged acknowledges a village twice; the last one counts.
    places = Dictionary(
      ground.acknowledged.enumerated().map { ($0.element.village, $0.offset) },
      uniquingKeysWith: { $1 })
  }

  // MARK: Villages

  func place(of village: VillageCode) -> Int? { places[village] }

  var villageCount: Int { ground.acknowledged.count }

  func village(at place: Int) -> VillageCode { ground.acknowledged[place].village }

  func acknowledged(of village: VillageCode) -> VersionVector? {
    places[village].map { ground.acknowledged[$0].vector }
  }

  // MARK: Changes

  private func hash(at name: SeenName) -> ChainHash? {
    guard let village = VillageCode(number: name.village) else { return nil }
    let dot = Dot(replica: ReplicaID(name.replica), village: village, counter: name.counter)
    return own[dot] ?? ground.hash(of: dot)
  }

  /// The tag of a change that is held.
  func tag(at name: SeenName) -> UInt64? { hash(at: name)?.tag }

  /// Whether a change is held under that very name.
  func holds(_ name: SeenName) -> Bool { tag(at: name) == name.tag }

  /// The end of the identity of the record that a change would make.
  func record(madeBy name: SeenName) -> UInt16? {
    hash(at: name).map { UInt16(truncatingIfNeeded: $0.second >> 48) }
  }

  /// Notes what a content mentions, for whoever packs it.
  func find(in content: [UInt8], of stream: StreamID) {
    mentioned = [:]
    // Ignored if it does not read, because then it is told as it is, and mentions nothing.
    guard let change = try? ChangeContent(content, village: stream.village) else { return }
    for name in change.prerequisites {
      mentioned[name.tag] = SeenName(
        replica: name.dot.replica.number, village: name.dot.village.number,
        counter: name.dot.counter, tag: name.tag)
    }
  }

  /// The change that made a record, if the next content mentions it and it is held.
  func maker(of record: SeenRecord) -> SeenName? {
    guard let name = mentioned[record.high], holds(name), self.record(madeBy: name) == record.low
    else { return nil }
    return name
  }

  // MARK: Chains

  /// The chain that a run goes on with; `nil` if what is before it is not held.
  func chain(of run: ParcelRun) -> Chain? {
    if let secret = run.secret {
      secrets[run.stream] = secret
      return Chain(stream: run.stream, secret: secret)
    }
    let before = run.stream.dot(run.first - 1)
    guard let head = own[before] ?? ground.hash(of: before),
      let secret = secrets[run.stream] ?? ground.secret(of: run.stream)
    else { return nil }
    return Chain(stream: run.stream, secret: secret, count: run.first - 1, head: head)
  }

  /// Goes on with a chain; later changes may name this one.
  func note(_ chain: inout Chain, _ content: [UInt8]) {
    let hash = chain.append(content)
    let stream = chain.stream
    own[stream.dot(chain.count)] = hash
  }
}
