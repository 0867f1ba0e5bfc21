import HTTPTypes
import Model
import Office
import Store
import Testing
import Wire

@Suite struct `Joining over HTTP` {
  @Test func `A code lets a laptop in once`() async throws {
    let office = try TestOffice()
    var laptop = try TestLaptop()
    let request = try laptop.enrolment(code: try office.invite())

    let reply = try await office.send(.post, "/v1/join", request)
    #expect(reply.status == 200 && reply.type == MediaType.message)
    try laptop.join(EnrolReply(reply.body))
    #expect(laptop.device.number == 1)
    #expect(try laptop.store.standing().survey?.name == "IKM Denpasar")

    #expect(try await office.send(.post, "/v1/join", request).problem == .badCode)
  }

  @Test func `A wrong code and an old one are no codes`() async throws {
    let office = try TestOffice()
    let laptop = try TestLaptop()
    let old = try office.invite(expires: 0)
    for code in ["K7M3Q9X2", old, ""] {
      let reply = try await office.send(.post, "/v1/join", laptop.enrolment(code: code))
      #expect(reply.problem == .badCode)
    }
  }

  @Test func `Guessing is slowed down`() async throws {
    let office = try TestOffice()
    let laptop = try TestLaptop()
    let code = try office.invite()
    for _ in 0..<20 {
      _ = try await office.send(.post, "/v1/join", laptop.enrolment(code: "AAAAAAAA"))
    }
    let reply = try await office.send(.post, "/v1/join", laptop.enrolment(code: code))
    #expect(reply.problem == .tooManyTries)
  }

  @Test(arguments: [[], [1, 2, 3], Array("GET / HTTP/1.1".utf8), [0x4b, 0x45, 1, 0xff, 0xff]])
  func `What is no request is called malformed`(_ body: [UInt8]) async throws {
    let reply = try await TestOffice().send(.post, "/v1/join", body)
    #expect(reply.problem == .malformed)
  }

  @Test func `A request of a newer version is called so`() async throws {
    let reply = try await TestOffice().send(.post, "/v1/join", [0x4b, 0x45, 9, 0])
    #expect(reply.problem == .newerVersion)
  }
}
