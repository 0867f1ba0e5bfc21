import Bytes
import Causality
import Model
import Wire

/// What is missing at the office, and what waits for it.
public struct MissingRun: Hashable, Sendable {
  /// Letters by which people name it; they stay the same as long as it is missing.
  public let name: String
  /// The village.
  public let village: VillageCode
  /// What is wanted.
  public let wanted: Wanted
  /// What waits for it, in order of how far it reaches and of arrival; not what waits for that in turn.
  public let waiters: [Waiter]
  /// Since when, in milliseconds since 1970.
  public let since: Int64
  /// What was decided; `nil` while nothing is.
  public let declaration: VoidDeclaration?
  /// What became of it.
  public let state: State

  /// What is wanted.
  public enum Wanted: Hashable, Sendable {
    /// Changes of one replica, from a counter to another; the device that wrote it, if that is known,
    /// and whether some of them lie in quarantine.
    ///
    /// It ends where the farthest thing goes on from, or names, for which somebody stands who was not
    /// turned away; if there is none, with what is nearest.
    case changes(ReplicaID, ClosedRange<UInt64>, device: DeviceID?, isAside: Bool)
    /// A carry into a record.
    case carry(RecordID)
  }

  /// What became of what is missing.
  public enum State: Hashable, Sendable {
    /// It is waited for.
    case missing
    /// It was declared void, and nothing of it was found.
    case void
    /// Some of it was found since it was declared void; the rest is waited for again.
    case partlyFound
    /// All of it was found since.
    case found
  }

  /// One device's work that waits.
  public struct Waiter: Hashable, Sendable {
    /// Whose it is known to be; `nil` if nothing shows that.
    public let device: DeviceID?
    /// Who brought it, as far as that was said.
    public let bearer: DeviceID
    /// Whether it lies in quarantine.
    public let isAside: Bool
    /// The last counter that it needs; zero if it is a carry.
    public let reach: UInt64
    /// How many changes.
    public internal(set) var changes: Int
    /// When the first of it came, in milliseconds since 1970.
    public internal(set) var since: Int64
  }

  /// How many changes wait for it.
  public var waiting: Int { waiters.reduce(0) { $0 + $1.changes } }

  /// The devices that brought what waits, ascending.
  public var bearers: [DeviceID] { Set(waiters.map(\.bearer)).sorted() }

  /// The last counter that anything needs, whoever stands for it.
  public var farthest: UInt64 { max(place.count, waiters.map(\.reach).max() ?? 0) }

  /// Whether nobody stands for anything that waits, so that a person must say how far it goes.
  public let isDoubtful: Bool

  /// Where it stands among what is missing, or what was declared.
  struct Place: Hashable {
    let village: VillageCode
    let replica: UInt64
    let record: String
    var first: UInt64
    var count: UInt64

    var name: String {
      var named = ByteWriter()
      named.fixed64(village.number)
      named.fixed64(replica)
      named.raw(Array(record.utf8))
      return Letters.text(of: UInt128(Digest.sha256(named.bytes).tag), bits: 64, count: 5)
    }
  }

  var place: Place {
    switch wanted {
    case .changes(let replica, let counters, _, _):
      Place(
        village: village, replica: replica.number, record: "", first: counters.lowerBound,
        count: counters.upperBound)
    case .carry(let record):
      Place(village: village, replica: 0, record: record.description, first: 0, count: 0)
    }
  }
}
