import Bytes
import HTTPTypes
import Model
import Store
import Sync
import Testing
import Wire
import Worlds

@Suite struct `Syncing over HTTP` {
  /// An office with a laptop that has joined and recorded something.
  static func pair() async throws -> (TestOffice, TestLaptop) {
    let office = try TestOffice()
    var laptop = try TestLaptop()
    try await office.join(&laptop)
    try laptop.add("Batik Sari")
    return (office, laptop)
  }

  @Test func `What was recorded is at the office`() async throws {
    let (office, laptop) = try await Self.pair()
    let body = try laptop.store.firstRequest().bytes
    let reply = try await office.send(.post, "/v1/sync", body, proof: laptop.proof(of: body))
    #expect(reply.status == 200 && reply.type == MediaType.message)
    _ = try laptop.store.absorb(SyncReply(reply.body), isNewOffice: false)
    #expect(try laptop.store.unsentCount() == 0)
    #expect(try office.store.records(form: 1).count == 1)
  }

  @Test func `A sync is one line in the log, without any answer`() async throws {
    let (office, laptop) = try await Self.pair()
    let body = try laptop.store.firstRequest().bytes
    _ = try await office.send(.post, "/v1/sync", body, proof: laptop.proof(of: body))
    let lines = office.log.lines.filter { $0.hasPrefix("info sync") }
    #expect(lines.count == 1)
    #expect(lines[0].contains("device=1") && lines[0].contains("sent=1"))
    #expect(!office.log.lines.joined().contains("Batik"))
  }

  @Test func `Nobody syncs without proving who it is`() async throws {
    let (office, laptop) = try await Self.pair()
    let body = try laptop.store.firstRequest().bytes
    var other = try TestLaptop()
    try await office.join(&other)
    let proofs: [String?] = [
      nil, "", "Kulkul", "Bearer abc", "Kulkul 1 zz", "Kulkul 99999999999 00",
      // The right key over other bytes, another's key, and a proof of another device.
      try laptop.proof(of: body + [0]), try other.proof(of: body, device: laptop.device),
      try other.proof(of: body),
    ]
    for proof in proofs {
      let reply = try await office.send(.post, "/v1/sync", body, proof: proof)
      #expect(reply.problem == .unknownDevice, "\(proof ?? "none")")
    }
    #expect(try office.store.records(form: 1).isEmpty)
  }

  @Test func `A device that was turned away hands nothing in, and nothing is lost`() async throws {
    let (office, laptop) = try await Self.pair()
    let device = try #require(try office.store.standing().directory.device(laptop.device))
    try office.store.extendDirectory([
      .device(
        Device(
          id: device.id, name: device.name, key: device.key, people: device.people,
          isRevoked: true))
    ])
    let body = try laptop.store.firstRequest().bytes
    let reply = try await office.send(.post, "/v1/sync", body, proof: laptop.proof(of: body))
    #expect(reply.problem == .revokedDevice)
    #expect(try office.store.records(form: 1).isEmpty)
    #expect(try office.store.quarantined().map(\.ground) == [.revoked])
  }

  @Test func `The laptop of another survey is told so`() async throws {
    let (office, laptop) = try await Self.pair()
    var request = try laptop.store.firstRequest()
    request.survey += 1
    let body = request.bytes
    let reply = try await office.send(.post, "/v1/sync", body, proof: laptop.proof(of: body))
    #expect(reply.problem == .otherSurvey)
  }

  @Test func `A request that is cut anywhere is malformed`() async throws {
    let (office, laptop) = try await Self.pair()
    let body = try laptop.store.firstRequest().bytes
    for length in stride(from: 0, to: body.count, by: 7) {
      let part = Array(body[..<length])
      let reply = try await office.send(.post, "/v1/sync", part, proof: laptop.proof(of: part))
      #expect(reply.problem == .malformed)
    }
  }
}
