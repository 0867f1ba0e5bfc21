import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Synchronization
import Testing
import Wire

@testable import API

@Suite struct `What goes wrong in an office` {
  private struct Secret: Error {}

  private func reply(
    _ error: any Error & Sendable, _ book: LogBook
  ) async throws -> (response: Response, body: [UInt8]) {
    let router = Router(context: TestContext.self)
    router.add(middleware: ProblemResponse(logger: book.logger))
    router.get("/") { _, _ -> Response in throw error }
    let response = try await router.buildResponder().respond(
      to: Request(
        head: HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/"),
        body: RequestBody(buffer: ByteBuffer())),
      context: TestContext(source: .init(logger: book.logger)))
    let collector = BodyCollector()
    try await response.body.write(collector)
    return (response, collector.bytes.withLock { $0 })
  }

  @Test(arguments: Problem.allCases)
  func `Every problem arrives as itself`(_ problem: Problem) async throws {
    let (response, body) = try await reply(problem, LogBook())
    #expect(response.status.code == problem.status)
    #expect(response.headers[.contentType] == MediaType.problem)
    #expect(Problem(body) == problem)
  }

  @Test func `A fault is logged at the office and not told outside`() async throws {
    let book = LogBook()
    let (response, body) = try await reply(Secret(), book)
    #expect(response.status.code == 500)
    #expect(Problem(body) == .internalFault)
    #expect(book.lines.count == 1 && book.lines[0].hasPrefix("error failed"))
    #expect(book.lines[0].contains("Secret"))
  }

  @Test func `A connection that is lost is no fault`() async throws {
    let book = LogBook()
    _ = try await reply(Intake.Cut(), book)
    #expect(book.lines.map { $0.hasPrefix("notice connection lost") } == [true])
  }
}
