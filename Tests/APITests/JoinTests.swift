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

    let other = try TestLaptop().enrolment(code: try EnrolRequest(request).code)
    #expect(try await office.send(.post, "/v1/join", other).problem == .badCode)
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
    #expect(reply.retryAfter == "60")
  }

  @Test func `Whoever guesses keeps nobody else out`() async throws {
    let office = try TestOffice()
    let laptop = try TestLaptop()
    let wrong = try laptop.enrolment(code: "AAAAAAAA")
    // Under one prefix of version 6 there are as many addresses as one likes.
    for number in 1...20 {
      _ = try await office.send(.post, "/v1/join", wrong, from: "203.0.113.9")
      _ = try await office.send(.post, "/v1/join", wrong, from: "2001:db8::\(number)")
    }
    for peer in ["203.0.113.9", "::ffff:203.0.113.9", "2001:db8::ffff"] {
      let reply = try await office.send(.post, "/v1/join", wrong, from: peer)
      #expect(reply.problem == .tooManyTries, "\(peer)")
    }
    for peer in ["203.0.113.10", "2001:db8:0:1::1"] {
      let request = try laptop.enrolment(code: try office.invite())
      #expect(try await office.send(.post, "/v1/join", request, from: peer).status == 200)
    }
  }

  @Test func `Behind a proxy of this machine it counts whom it forwards`() async throws {
    let office = try TestOffice()
    let laptop = try TestLaptop()
    let wrong = try laptop.enrolment(code: "AAAAAAAA")
    func send(_ forwarded: String, from peer: String) async throws -> Problem? {
      try await office.send(.post, "/v1/join", wrong, from: peer, forwarded: forwarded).problem
    }
    for number in 0..<20 {
      #expect(try await send("198.51.100.\(number), 203.0.113.9", from: "127.0.0.1") == .badCode)
    }
    #expect(try await send("203.0.113.9", from: "::1") == .tooManyTries)
    #expect(try await send("203.0.113.8", from: "127.0.0.1") == .badCode)
    // From elsewhere anybody can write what he likes.
    for number in 0..<20 {
      #expect(try await send("198.51.100.\(number)", from: "192.0.2.1") == .badCode)
    }
    #expect(try await send("198.51.100.99", from: "192.0.2.1") == .tooManyTries)
  }

  @Test func `From everywhere together no more is guessed than could find a code`() async throws {
    let office = try TestOffice()
    let laptop = try TestLaptop()
    let wrong = try laptop.enrolment(code: "AAAAAAAA")
    var heard = 0
    for number in 0..<500 {
      let peer = "10.0.\(number / 250).\(number % 250)"
      let reply = try await office.send(.post, "/v1/join", wrong, from: peer)
      if reply.problem == .badCode { heard += 1 }
    }
    #expect(heard == 400)
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
