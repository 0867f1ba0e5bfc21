import HTTPTypes
import Model
import Office
import Store
import Testing
import Wire

@testable import API

@Suite struct `The directory, handed back over HTTP` {
  @Test func `What the office signed is taken from anybody, and nothing else is`() async throws {
    let office = try TestOffice()
    var laptop = try TestLaptop()
    try await office.join(&laptop)
    let returned = try #require(try laptop.store.directoryReturn())
    let taken = try await office.send(.post, "/v1/directory", returned.bytes)
    #expect(taken.status == 200 && taken.type == MediaType.message && taken.body.isEmpty)

    var forged = returned
    forged.entries.append(DirectoryEntry.unknown([200]).bytes)
    let refused = try await office.send(.post, "/v1/directory", forged.bytes)
    #expect(refused.problem == .otherDirectory)
    let version = try office.store.standing().directory.version
    #expect(version == UInt64(returned.entries.count))
    #expect(try await office.send(.post, "/v1/directory", [1, 2, 3]).problem == .malformed)
  }

  @Test func `One of another survey is refused before any of it is unpacked`() async throws {
    let office = try TestOffice()
    var returned = DirectoryReturn(survey: 8, entries: [[200]], signature: [])
    var bytes = returned.bytes
    // What is packed begins with a number that says by whom; this would not unpack.
    bytes[15] ^= 0xff
    #expect(try await office.send(.post, "/v1/directory", bytes).problem == .otherDirectory)
    returned.survey = 7
    bytes.replaceSubrange(..<12, with: returned.bytes[..<12])
    #expect(try await office.send(.post, "/v1/directory", bytes).problem == .malformed)
  }

  @Test func `It has a limit of its own`() async throws {
    var limits = TestOffice.limits
    limits.directoryBody = 1001
    let office = try TestOffice(limits: limits)
    let longest = [UInt8](repeating: 0, count: 1000)
    #expect(try await office.send(.post, "/v1/directory", longest).problem == .malformed)
    #expect(try await office.send(.post, "/v1/directory", longest + [0]).problem == .tooLarge)
  }

  @Test func `A restored office lets nobody join before it has heard a laptop`() async throws {
    let office = try TestOffice()
    var laptop = try TestLaptop()
    try await office.join(&laptop)
    let code = try office.invite()
    try office.store.beginAgain()
    let other = try TestLaptop()
    let early = try await office.send(.post, "/v1/join", other.enrolment(code: code))
    #expect(early.problem == .waitsForLaptops && early.status == 503)
    let returned = try #require(try laptop.store.directoryReturn())
    _ = try await office.send(.post, "/v1/directory", returned.bytes)
    let reply = try await office.send(.post, "/v1/join", other.enrolment(code: code))
    #expect(reply.status == 200)
  }
}
