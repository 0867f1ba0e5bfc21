import Carrier
import Glibc
import Wire

/// Hands messages over a line that breaks off, and brings the office's back, without sending anything
/// again that has arrived.
///
/// Each message and its reply are a ``Passage``. When the connection breaks off, the porter asks at once
/// how much of the message the office has, brings the rest, and says how much of the reply is here
/// already. It goes on for as long as bytes arrive on either side; where none does, it waits a little
/// longer each time and gives up in the end. An office that answers no question about passages is left
/// as it always was: with the error of the first try.
final class Porter {
  /// How long it waits, in milliseconds, before each try that follows one without any progress.
  static let pauses = [0, 500, 2000, 5000, 10_000]

  private let carrier: Carrier
  private let session: String
  private let pause: (Int) -> Void
  private var number = 0
  /// Whether anything has come of anything: before, an office that is not there is not waited for.
  private var hasArrived = false
  /// How many bytes of replies to the message under way have come.
  private var brought = 0

  init(
    carrier: Carrier, session: String,
    pause: @escaping (Int) -> Void = { usleep(UInt32($0) * 1000) }
  ) {
    self.carrier = carrier
    self.session = session
    self.pause = pause
  }

  /// Hands a message over and brings the reply back.
  ///
  /// - Parameters:
  ///   - request: the message, complete.
  ///   - question: where to ask how much of it has arrived.
  func carry(
    _ request: HTTPRequest, question: String,
    progress: ((CarrierProgress) -> CarrierProgress.Decision)? = nil
  ) throws -> HTTPReply {
    var passage = next(request)
    var received: [UInt8] = []
    brought = 0
    var failures = 0
    while true {
      switch send(request, passage, progress) {
      case .success(let reply) where reply.status == 409:
        // The office forgot the passage, as it does when it is started anew.
        (passage, received) = (next(request), [])
        failures += 1
        if failures == Self.pauses.count { return reply }
      case .success(var reply):
        hasArrived = true
        if !received.isEmpty && reply.status == 200 {
          try add(reply.body, to: &received)
          reply.body = received
        }
        return reply
      case .failure(let error):
        guard hasArrived ? error.isBroken : error.isCut else { throw error }
        if let broken = carrier.broken, broken.status == 200,
          broken.contentType == MediaType.message
        {
          try add(broken.body, to: &received)
          (hasArrived, failures) = (true, 0)
        }
        guard let held = held(passage, question, failures: &failures) else { throw error }
        if held > passage.start { (hasArrived, failures) = (true, 0) }
        // To a request of which it lacks anything there is no reply: it forgot the one that was.
        if held < passage.total { received = [] }
        passage.start = held
        passage.received = received.count
        guard failures < Self.pauses.count else { throw error }
        pause(Self.pauses[failures])
        failures += 1
      }
    }
  }

  /// NB: each part of a reply is within the carrier's limit; all that came of one must be too, also of
  /// what was forgotten on the way: else whoever answers can go on for ever.
  private func add(_ part: [UInt8], to received: inout [UInt8]) throws(CarrierError) {
    brought += part.count
    let limit = CarrierLimits.standard.maximumReplyBytes
    guard brought <= limit else { throw .tooLarge(limit: limit) }
    received += part
  }

  private func next(_ request: HTTPRequest) -> Passage {
    number += 1
    return Passage(session: session, number: number, total: request.body.count)
  }

  private func send(
    _ request: HTTPRequest, _ passage: Passage,
    _ progress: ((CarrierProgress) -> CarrierProgress.Decision)?
  ) -> Result<HTTPReply, CarrierError> {
    var part = request
    part.headers.append((name: Passage.header, value: passage.text))
    part.body = Array(request.body.dropFirst(passage.start))
    return attempt(part) { carried in
      guard let progress else { return .goOn }
      return progress(
        CarrierProgress(
          sent: passage.start + carried.sent, toSend: passage.total,
          received: passage.received + carried.received,
          toReceive: carried.toReceive.map { passage.received + $0 }))
    }
  }

  private func attempt(
    _ request: HTTPRequest, _ progress: ((CarrierProgress) -> CarrierProgress.Decision)? = nil
  ) -> Result<HTTPReply, CarrierError> {
    do throws(CarrierError) {
      return .success(try carrier.send(request, progress: progress))
    } catch {
      return .failure(error)
    }
  }

  /// How much of a message the office has; `nil` if there is no answer to be had.
  private func held(_ passage: Passage, _ address: String, failures: inout Int) -> Int? {
    let question = HTTPRequest(
      .get, address, headers: [(name: Passage.header, value: passage.text)])
    while true {
      switch attempt(question) {
      case .success(let reply):
        guard reply.status == 200, reply.contentType == MediaType.message,
          let count = Int(String(decoding: reply.body, as: UTF8.self)),
          (0...passage.total).contains(count)
        else { return nil }
        return count
      case .failure(let error):
        guard error.isBroken && hasArrived && failures < Self.pauses.count else { return nil }
        pause(Self.pauses[failures])
        failures += 1
      }
    }
  }
}
