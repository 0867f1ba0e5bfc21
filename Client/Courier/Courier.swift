import Bytes
import Carrier
import Causality
import Crypto
import Forms
import Model
import Store
import Sync
import Wire

/// How far a sync has come, for whoever watches.
public struct CourierProgress: Sendable {
  /// The round trip, from 1.
  public let round: Int
  /// Bytes of this round's request that are out.
  public let sent: Int
  /// Bytes of this round's request.
  public let toSend: Int
  /// Bytes of this round's reply that are in.
  public let received: Int
}

/// Carries between a laptop's store and its office: joins a survey, and syncs.
///
/// It keeps nothing of its own. What is held and what the office acknowledged is in the store, so a
/// sync that is cut at any point is begun again by the next one, and whatever had arrived stays.
public struct Courier {
  private let store: Store
  private let carrier: Carrier

  /// Makes a courier for a store.
  public init(store: Store, carrier: Carrier = Carrier()) {
    self.store = store
    self.carrier = carrier
  }

  /// Joins a survey with a one-time code, and hands on to the office what was written so far; a
  /// laptop that was turned away is let in again, as the device that it was.
  ///
  /// The laptop makes its own key; the office learns the public half. Whom it serves is the
  /// office's to say: of several people the wanted one starts to work here, if it is one of them.
  ///
  /// - Parameters:
  ///   - address: the office's address, with its scheme.
  ///   - code: the code, in capital letters without separators.
  ///   - wanted: who will work here.
  /// - Throws: ``Problem``, `CarrierError`, `WireError`, ``CourierError`` or `StoreError`.
  public func join(address: String, code: String, wanted: PersonID?) throws {
    let office = Office(address, carrier: carrier)
    let secret = try store.joiningKey(
      for: code, orKeep: Array(Curve25519.Signing.PrivateKey().rawRepresentation))
    let key = try Self.key(secret)
    for _ in 0..<Self.joiningTries {
      let standing = try store.standing()
      let (replica, streams) = try store.ownStreams()
      let isBack = standing.role == .laptop
      let request = EnrolRequest(
        code: code, key: Array(key.publicKey.rawRepresentation),
        preset: standing.survey?.preset ?? "", survey: isBack ? standing.survey?.id ?? 0 : 0,
        device: standing.device, replica: replica, streams: isBack ? [] : streams,
        birthmark: isBack ? nil : try store.birthmark())
      let reply = try ask(office, request, standing)
      let people = try Self.people(servedBy: reply)
      let person = people.first { $0 == wanted ?? standing.person }
      let hasJoined = try store.join(
        reply, address: office.address, key: secret,
        person: person ?? (people.count == 1 ? people[0] : nil), told: streams)
      if hasJoined { return }
    }
    throw StoreError.busy(path: store.path ?? "")
  }

  /// How often the office is asked before whoever keeps on saving meanwhile is asked to wait.
  private static let joiningTries = 5

  /// Asks to be let in.
  ///
  /// Where the office says no to what was asked, nobody was let in by the key that was shown, and it is
  /// forgotten. Where it did not look, somebody may have been by an earlier question.
  private func ask(
    _ office: Office, _ request: EnrolRequest, _ standing: Standing
  ) throws -> EnrolReply {
    do {
      return try EnrolReply(try office.answer(to: request.bytes, at: "/v1/join"))
    } catch let problem as Problem {
      if problem.isNo { try store.abandonJoining() }
      if problem == .badCode, let address = standing.address {
        throw CourierError.joinedAlready(address: address)
      }
      throw problem
    }
  }

  private static func key(_ secret: [UInt8]) throws -> Curve25519.Signing.PrivateKey {
    do {
      return try Curve25519.Signing.PrivateKey(rawRepresentation: secret)
    } catch {
      throw CourierError.badKey
    }
  }

  /// Exchanges with the office what either side lacks.
  ///
  /// - Throws: ``Problem``, `CarrierError`, `WireError`, ``CourierError`` or `StoreError`; the
  ///   work stays in the store.
  public func sync(progress: ((CourierProgress) -> Void)? = nil) throws -> SyncSummary {
    let standing = try store.standing()
    guard let address = standing.address, let secret = try store.signingKey() else {
      throw CourierError.notJoined
    }
    let office = Office(address, carrier: carrier)
    let key = try Self.key(secret)
    let random = store.surroundings.random
    let porter = Porter(carrier: carrier, session: Passage.session(random(), random()))
    var session = SyncSession()
    var step = session.start()
    var round = 0
    while true {
      switch step {
      case .gather(let budget, let refused, let handsIn):
        step = session.gathered(
          try store.syncMaterial(budget: budget, without: refused, handsIn: handsIn))
      case .send(let request):
        round += 1
        do {
          let reply = try exchange(
            request, with: office, by: porter, key: key, round: round, progress: progress)
          step = session.received(reply)
        } catch Problem.unknownDevice {
          // An office that was restored may have forgotten us with the rest of its directory.
          step = session.turnedAway()
          guard case .handBack = step else { throw Problem.unknownDevice }
        }
      case .handBack:
        guard let returned = try store.directoryReturn() else { throw Problem.unknownDevice }
        do {
          _ = try office.answer(to: returned.bytes, at: "/v1/directory")
          step = session.handedBack(isTaken: true)
        } catch Problem.otherDirectory {
          step = session.handedBack(isTaken: false)
        }
      case .absorb(let reply, let isNewOffice):
        step = session.absorbed(try store.absorb(reply, isNewOffice: isNewOffice))
      case .finished(let summary): return summary
      }
    }
  }

  private func exchange(
    _ request: SyncRequest, with office: Office, by porter: Porter,
    key: Curve25519.Signing.PrivateKey, round: Int, progress: ((CourierProgress) -> Void)?
  ) throws -> SyncReply {
    let bytes = request.bytes
    let proof = Proof(
      device: request.device, signature: Array(try key.signature(for: Proof.signed(bytes))))
    do {
      return try SyncReply(
        try office.answer(to: bytes, at: "/v1/sync", proof: proof, by: porter) { carried in
          progress?(
            CourierProgress(
              round: round, sent: carried.sent, toSend: carried.toSend, received: carried.received
            ))
          return .goOn
        })
    } catch let problem as Problem {
      if problem == .revokedDevice || problem == .unknownDevice { try store.noteTurnedAway() }
      throw problem
    }
  }

  /// Whom the device that was just enrolled serves.
  private static func people(servedBy reply: EnrolReply) throws -> [PersonID] {
    do {
      let directory = Directory(try reply.directory.map { try DirectoryEntry($0) })
      return directory.device(reply.device)?.people ?? []
    } catch let error as ByteError {
      throw WireError.malformed(error)
    }
  }
}
