import API
import Bytes
import Causality
import Crypto
import Forms
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import Model
import NIOCore
import Office
import Store
import Synchronization
import Testing
import Wire

/// What the framework hands on with each request, without a network below it.
struct TestContext: RequestContext {
  struct Source: RequestContextSource {
    let logger: Logger
  }

  var coreContext: CoreRequestContextStorage

  init(source: Source) {
    coreContext = CoreRequestContextStorage(source: source)
  }
}

/// What came back for a request.
struct Reply {
  let status: Int
  let type: String?
  let body: [UInt8]

  /// The problem that it states, if it states one as it should.
  var problem: Problem? {
    guard type == MediaType.problem, let problem = Problem(body), problem.status == status else {
      return nil
    }
    return problem
  }
}

/// An office in memory, asked over HTTP without a network.
struct TestOffice {
  let store: Store
  let log = LogBook()
  private let responder: RouterResponder<TestContext>

  /// Where a body is too large in these tests.
  static let bodyLimit = 1 << 20

  init() throws {
    var surroundings = Surroundings.system
    surroundings.wall = { 1_790_000_000_000 }
    store = try Store.create(at: nil, role: .office, surroundings: surroundings)
    let wayan = Person(
      id: try #require(PersonID("wayan")), name: "Wayan", role: .surveyor, scope: .all)
    try store.extendDirectory(
      Preset.denpasar.founding(id: 7, name: "IKM Denpasar") + [.person(wayan)])
    responder = buildRouter(
      store: store, logger: log.logger, bodyLimit: Self.bodyLimit, context: TestContext.self
    ).buildResponder()
  }

  func send(
    _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8] = [], proof: String? = nil,
    length: String? = nil
  ) async throws -> Reply {
    var headers: HTTPFields = [.contentType: MediaType.message]
    headers[.authorization] = proof
    headers[.contentLength] = length
    let request = Request(
      head: HTTPRequest(
        method: method, scheme: "http", authority: "office", path: path, headerFields: headers),
      body: RequestBody(buffer: ByteBuffer(bytes: body)))
    let response = try await responder.respond(
      to: request, context: TestContext(source: .init(logger: log.logger)))
    let collector = BodyCollector()
    try await response.body.write(collector)
    return Reply(
      status: response.status.code, type: response.headers[.contentType],
      body: collector.bytes.withLock { $0 })
  }

  /// A one-time code for a device of Wayan's.
  func invite(expires: Int64 = .max) throws -> String {
    let code = InviteCode.make(random: store.surroundings.random())
    _ = try store.invite(
      nil, name: "Laptop", people: [try #require(PersonID("wayan"))], code: Array(code.utf8),
      expires: expires)
    return code
  }

  /// Joins with a code of its own.
  func join(_ laptop: inout TestLaptop) async throws {
    let reply = try await send(.post, "/v1/join", laptop.enrolment(code: try invite()))
    try #require(reply.status == 200)
    try laptop.join(EnrolReply(reply.body))
  }
}
