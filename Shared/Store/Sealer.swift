import Causality
import GRDB
import Model
import Wire

/// How the frames that leave a store are sealed, and where they must end for it.
///
/// The office seals whatever it hands out: it took that in, and whoever brings it back after the
/// office lost it needs no other word. A laptop hands on what others wrote under the seal that it
/// came with, so such a frame ends where a seal is. What the laptop wrote itself goes to the office
/// with the signature of the request alone, unless the office may hold nothing that it goes on from, and
/// to anybody else under the device's seal.
struct Sealer {
  private enum Kind {
    /// There is no office, so nobody to vouch for anything.
    case none
    /// The signer's seal on every frame.
    case everything(survey: UInt64, signer: DeviceID, key: [UInt8])
    /// The seals that streams of others came with.
    case others
    /// As `others`, and the device's on its own.
    case own(survey: UInt64, device: DeviceID, key: [UInt8])
  }

  private let kind: Kind
  /// Whether a frame that goes on from others says what by, since whoever reads it may never get them.
  let givesBases: Bool

  /// How this store seals what it sends.
  ///
  /// - Parameter isForAnyone: whether whoever is to take it may hold nothing that it goes on from.
  init(_ db: Database, context: StoreContext, isForAnyone: Bool = false) throws {
    let role = try Meta.text(db, .role).flatMap(StoreRole.init(rawValue:)) ?? .standalone
    givesBases = isForAnyone
    guard let survey = context.directory.survey, !survey.key.isEmpty else {
      kind = .none
      return
    }
    let key = try Meta.bytes(db, .key) ?? []
    switch role {
    case .office: kind = .everything(survey: survey.id, signer: Seal.office, key: key)
    case .laptop where isForAnyone:
      let device = DeviceID(UInt32(truncatingIfNeeded: try Meta.integer(db, .device) ?? 0))
      kind = .own(survey: survey.id, device: device, key: key)
    case .laptop: kind = .others
    case .standalone: kind = .none
    }
  }

  /// The counters at which frames of a stream must end, ascending; what comes after the last of them
  /// stays here.
  func ends(
    _ db: Database, _ stream: StreamID, after: UInt64, count: UInt64
  ) throws -> [UInt64] {
    switch kind {
    case .none, .everything: return [count]
    case .others, .own:
      if try Incarnations.isOwn(db, stream.replica) { return [count] }
      return try Seals.counters(db, stream, after: after)
    }
  }

  /// Whether the changes of a stream leave from seal to seal, as they came.
  func keepsWhole(_ db: Database, _ stream: StreamID) throws -> Bool {
    switch kind {
    case .none, .everything: false
    case .others, .own: try !Incarnations.isOwn(db, stream.replica)
    }
  }

  /// The seal of a frame that ends at a dot.
  func seal(_ db: Database, _ dot: Dot, _ hash: ChainHash) throws -> Seal? {
    switch kind {
    case .none: return nil
    case .everything(let survey, let signer, let key):
      return Seal(dot, hash, survey: survey, signer: signer, key: key)
    case .others: return try Seals.seal(db, at: dot)
    case .own(let survey, let device, let key):
      if try !Incarnations.isOwn(db, dot.replica) { return try Seals.seal(db, at: dot) }
      return Seal(dot, hash, survey: survey, signer: device, key: key)
    }
  }
}
