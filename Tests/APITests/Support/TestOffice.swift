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

@testable import API

/// What the framework hands on with each request, without a network below it.
struct TestContext: RemoteAddressRequestContext {
  struct Source: RequestContextSource {
    let logger: Logger
    var peer: SocketAddress?
  }

  var coreContext: CoreRequestContextStorage
  let remoteAddress: SocketAddress?

  init(source: Source) {
    coreContext = CoreRequestContextStorage(source: source)
    remoteAddress = source.peer
  }
}

/// What came back for a request.
struct Reply {
  let status: Int
  let type: String?
  let body: [UInt8]
  let retryAfter: String?

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

  /// Smaller limits than the product's.
  static var limits: Limits {
    var limits = Limits()
    limits.body = bodyLimit
    limits.roomPatience = .milliseconds(50)
    return limits
  }

  init(limits: Limits = Self.limits) throws {
    var surroundings = Surroundings.system
    surroundings.wall = { 1_790_000_000_000 }
    store = try Store.create(at: nil, role: .office, surroundings: surroundings)
    let wayan = Person(
      id: try #require(PersonID("wayan")), name: "Wayan", role: .surveyor, scope: .all)
    try store.extendDirectory(
      Preset.denpasar.founding(
        id: 7, name: "IKM Denpasar", key: try store.officeKey()) + [.person(wayan)])
    responder = buildRouter(
      store: store, logger: log.logger, limits: limits, context: TestContext.self
    ).buildResponder()
  }

  func send(
    _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8] = [], proof: String? = nil,
    length: String? = nil, from peer: String? = nil, forwarded: String? = nil,
    passage: Passage? = nil
  ) async throws -> Reply {
    try await send(
      method, path, RequestBody(buffer: ByteBuffer(bytes: body)), proof: proof, length: length,
      from: peer, forwarded: forwarded, passage: passage)
  }

  func send(
    _ method: HTTPRequest.Method, _ path: String, _ body: RequestBody, proof: String? = nil,
    length: String? = nil, from peer: String? = nil, forwarded: String? = nil,
    passage: Passage? = nil
  ) async throws -> Reply {
    var headers: HTTPFields = [.contentType: MediaType.message]
    headers[.authorization] = proof
    headers[.contentLength] = length
    headers[try #require(HTTPField.Name(Passage.header))] = passage?.text
    if let forwarded { headers[try #require(HTTPField.Name("X-Forwarded-For"))] = forwarded }
    let request = Request(
      head: HTTPRequest(
        method: method, scheme: "http", authority: "office", path: path, headerFields: headers),
      body: body)
    let address = try peer.map { try SocketAddress(ipAddress: $0, port: 50_000) }
    let response = try await responder.respond(
      to: request, context: TestContext(source: .init(logger: log.logger, peer: address)))
    let collector = BodyCollector()
    try await response.body.write(collector)
    return Reply(
      status: response.status.code, type: response.headers[.contentType],
      body: collector.bytes.withLock { $0 }, retryAfter: response.headers[.retryAfter])
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
