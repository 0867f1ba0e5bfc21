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
  private let backRoom = BackRoom()
  private let logger: Logger
  private let clock = ContinuousClock()

  init(store: Store, intake: Intake, logger: Logger) {
    enrolment = EnrolmentDesk(store: store)
    sync = SyncDesk(store: store)
    self.intake = intake
    self.logger = logger
  }

  /// Adds the office's three addresses to a router.
  func addRoutes(to router: Router<some RequestContext>) {
    router.get("/v1/health") { _, _ in "kulkul \(Release.version)" }
    router.post("/v1/join") { request, _ in
      try await intake.taking(request) { try await join($0) }
    }
    router.post("/v1/sync") { request, _ in
      guard let proof = request.headers[.authorization].flatMap({ Proof(header: $0) }) else {
        throw Problem.unknownDevice
      }
      return try await intake.taking(request) { try await sync($0, proof: proof) }
    }
  }

  private func join(_ body: [UInt8]) async throws -> Response {
    let start = clock.now
    let (reply, device) = try await backRoom.run {
      let reply = try enrolment.answer(body)
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

  private func sync(_ body: [UInt8], proof: Proof) async throws -> Response {
    let start = clock.now
    let round = try await backRoom.run { try sync.round(body, proof: proof) }
    logger.info(
      "sync",
      metadata: [
        "device": "\(round.device)", "sent": "\(round.brought)", "received": "\(round.given)",
        "refused": "\(round.refused)", "bytes": "\(body.count)/\(round.reply.count)",
        "ms": "\(milliseconds(since: start))",
      ])
    return Response(message: round.reply)
  }

  private func milliseconds(since start: ContinuousClock.Instant) -> Int64 {
    let (seconds, attoseconds) = (clock.now - start).components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }
}
