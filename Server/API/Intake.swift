import HTTPTypes
import Hummingbird
import NIOCore
import Wire

/// Takes the bodies of requests in, so that memory is bounded whatever is sent, and by how many.
///
/// A body reserves its declared length, or the longest there may be, before any of it is read; what
/// does not fit into the room there is waits on the network.
struct Intake: Sendable {
  /// The most bytes of one body: the longest message, and one byte that shows that it was longer.
  static let limit = (64 << 20) + 1
  /// The most bytes of bodies at once.
  static let roomSize = 256 << 20

  private let limit: Int
  private let room = Allowance(Intake.roomSize)

  init(limit: Int) {
    self.limit = limit
  }

  /// Collects a body, and holds its room until it was worked on.
  ///
  /// - Throws: ``Problem`` if it is too large, or ``Cut`` if it ended before its end.
  func taking<Value>(
    _ request: Request, _ work: ([UInt8]) async throws -> Value
  ) async throws -> Value {
    let declared = request.headers[.contentLength].flatMap { Int($0) }
    if let declared, declared >= limit || declared < 0 { throw Problem.tooLarge }
    return try await room.holding(declared ?? limit) {
      try await work(try await collect(request.body, declared: declared))
    }
  }

  private func collect(_ body: RequestBody, declared: Int?) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(declared ?? 0)
    do {
      for try await part in body {
        guard bytes.count + part.readableBytes < limit else { throw Problem.tooLarge }
        bytes.append(contentsOf: part.readableBytesView)
      }
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Cut()
    }
    return bytes
  }

  /// A connection that ended before the request did, as those of villages do.
  struct Cut: Error {}
}
