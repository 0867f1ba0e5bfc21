import HTTPTypes
import Hummingbird
import Model
import Testing
import Wire

@Suite struct `What else is asked of an office` {
  @Test func `Health says the version`() async throws {
    let reply = try await TestOffice().send(.get, "/v1/health")
    #expect(reply.status == 200)
    #expect(String(decoding: reply.body, as: UTF8.self).hasPrefix("kulkul 0."))
  }

  @Test(arguments: ["/", "/v1", "/v1/joins", "/v2/sync", "/../etc/passwd", "/v1/join/x"])
  func `Paths that are not ours are not found, and nothing more is said`(
    _ path: String
  ) async throws {
    for method in [HTTPRequest.Method.get, .post] {
      let reply = try await TestOffice().send(method, path)
      #expect(reply.status == 404 && reply.body.isEmpty && reply.type == nil)
    }
  }

  @Test func `Only POST joins and syncs`() async throws {
    for path in ["/v1/join", "/v1/sync"] {
      #expect(try await TestOffice().send(.get, path).status == 404)
    }
  }

  @Test func `A body is taken up to the limit and no further`() async throws {
    let office = try TestOffice()
    let proof = Proof(device: DeviceID(1), signature: [UInt8](repeating: 0, count: 64)).header
    for (path, limit, taken) in [
      ("/v1/join", 256 << 10, Problem.malformed),
      ("/v1/sync", TestOffice.bodyLimit - 1, .unknownDevice),
    ] {
      let longest = [UInt8](repeating: 0, count: limit)
      #expect(try await office.send(.post, path, longest, proof: proof).problem == taken)
      let longer = try await office.send(.post, path, longest + [0], proof: proof)
      #expect(longer.problem == .tooLarge)
    }
  }

  @Test func `A body that only says that it is too long is not waited for`() async throws {
    let office = try TestOffice()
    for length in [TestOffice.bodyLimit, Int.max] {
      let reply = try await office.send(.post, "/v1/join", [1], length: String(length))
      #expect(reply.problem == .tooLarge)
    }
  }
}
