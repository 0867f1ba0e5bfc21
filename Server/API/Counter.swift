import HTTPTypes
import Hummingbird
import Logging
import Office
import Store
import Wire

/// What the office answers over HTTP: bytes go to the desks and come back from them.
struct Counter: Sendable {
  private let enrolment: EnrolmentDesk
  private let sync: SyncDesk
  private let intake: Intake
  private let limits: Limits
  private let passages: Passages
  private let backRoom = BackRoom()
  private let logger: Logger
  private let clock = ContinuousClock()

  init(store: Store, limits: Limits, logger: Logger) {
    enrolment = EnrolmentDesk(store: store)
    sync = SyncDesk(store: store)
    self.limits = limits
    intake = Intake(limits: limits)
    passages = Passages(room: limits.passageRoom, age: limits.passageAge)
    self.logger = logger
  }

  /// Adds the office's addresses to a router.
  func addRoutes(to router: Router<some RemoteAddressRequestContext>) {
    router.get("/v1/health") { _, _ in "kulkul \(Release.version)" }
    router.post("/v1/join") { request, context in
      let peer = Peer(
        context.remoteAddress,
        forwarded: HTTPField.Name.forwardedFor.flatMap { request.headers[$0] })
      return try await intake.taking(request, limit: limits.joinBody) {
        try await join($0, from: peer.name)
      }
    }
    router.post("/v1/sync") { request, _ in
      guard let proof = request.headers[.authorization].flatMap({ Proof(header: $0) }) else {
        throw Problem.unknownDevice
      }
      if let label = passage(of: request) {
        return try await take(label, request, proof: proof)
      }
      return try await intake.taking(request, limit: limits.body) {
        Response(message: try await sync($0, proof: proof))
      }
    }
    router.get("/v1/passage") { request, _ in
      guard let label = passage(of: request) else { throw Problem.malformed }
      return Response(message: Array(String(try await passages.settled(label)).utf8))
    }
    // NB: no proof of who asks, because the office may have forgotten who that is; what comes is
    // signed by the office.
    router.post("/v1/directory") { request, _ in
      try await intake.taking(request, limit: limits.directoryBody) { try await takeBack($0) }
    }
  }

  private func join(_ body: [UInt8], from peer: String) async throws -> Response {
    let start = clock.now
    let (reply, device) = try await backRoom.run {
      let reply = try enrolment.answer(body, from: peer)
      return (reply, try EnrolReply(reply).device)
    }
    logger.info(
      "join",
      metadata: [
        "device": "\(device)", "bytes": "\(body.count)/\(reply.count)",
        "ms": "\(milliseconds(since: start))",
      ])
    return Response(message: reply)
  }

  private func passage(of request: Request) -> Passage? {
    HTTPField.Name.passage.flatMap { request.headers[$0] }.flatMap { Passage($0) }
  }

  /// Takes what is missing of a passage, and hands out what its laptop lacks of the reply.
  private func take(_ label: Passage, _ request: Request, proof: Proof) async throws -> Response {
    guard label.total < limits.body else { throw Problem.tooLarge }
    // NB: the proof is of the whole request, so all that can be known of a part is who could have sent it.
    guard try await backRoom.run({ try sync.knows(proof.device) }) else {
      throw Problem.unknownDevice
    }
    do {
      let bearer = try passages.begin(label)
      defer { passages.end(label, by: bearer) }
      let whole = try await intake.taking(
        request, limit: limits.body, into: { passages.take($0, of: label, by: bearer) }
      ) { _ in try passages.open(label) }
      if let whole {
        do {
          passages.close(label, reply: try await sync(whole, proof: proof))
        } catch {
          passages.drop(label)
          throw error
        }
      }
      let reply = try await passages.reply(label)
      guard label.received <= reply.count else { throw Passages.Missing() }
      return Response(message: Array(reply.dropFirst(label.received)))
    } catch is Passages.Missing {
      return Response(status: .conflict)
    }
  }

  private func sync(_ body: [UInt8], proof: Proof) async throws -> [UInt8] {
    let start = clock.now
    let round = try await backRoom.run { try sync.round(body, proof: proof) }
    logger.info(
      "sync",
      metadata: [
        "device": "\(round.device)", "sent": "\(round.brought)", "received": "\(round.given)",
        "refused": "\(round.refused)", "bytes": "\(body.count)/\(round.reply.count)",
        "ms": "\(milliseconds(since: start))",
      ])
    return round.reply
  }

  private func takeBack(_ body: [UInt8]) async throws -> Response {
    let start = clock.now
    try await backRoom.run { try sync.takeBack(body) }
    logger.notice(
      "directory handed back",
      metadata: ["bytes": "\(body.count)", "ms": "\(milliseconds(since: start))"])
    return Response(message: [])
  }

  private func milliseconds(since start: ContinuousClock.Instant) -> Int64 {
    let (seconds, attoseconds) = (clock.now - start).components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }
}

extension HTTPField.Name {
  /// Whom a proxy forwards; `nil` is only for names that are none.
  fileprivate static let forwardedFor = HTTPField.Name("X-Forwarded-For")
  /// How far a request and its reply have come.
  fileprivate static let passage = HTTPField.Name(Passage.header)
}
