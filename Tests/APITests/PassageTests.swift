import Bytes
import Hummingbird
import HummingbirdCore
import Model
import NIOCore
import Store
import Testing
import Wire
import Worlds

@testable import API

/// Requests and replies whose connections break off, and what is gone on with.
@Suite struct PassageTests {
  static let session = Passage.session(1, 2)

  private static func passage(_ total: Int, start: Int = 0, received: Int = 0) -> Passage {
    var passage = Passage(session: session, number: 1, total: total)
    passage.start = start
    passage.received = received
    return passage
  }

  /// A body that breaks off.
  private static func broken(_ bytes: ArraySlice<UInt8>) -> RequestBody {
    struct Cut: Error {}
    return RequestBody(
      asyncSequence: AsyncThrowingStream<ByteBuffer, any Error> { stream in
        stream.yield(ByteBuffer(bytes: bytes))
        stream.finish(throwing: Cut())
      })
  }

  private static func held(_ office: TestOffice, _ passage: Passage) async throws -> Int? {
    let reply = try await office.send(.get, "/v1/passage", passage: passage)
    return Int(String(decoding: reply.body, as: UTF8.self))
  }

  @Test func `What came before a cut is not asked for again`() async throws {
    let (office, laptop) = try await `Syncing over HTTP`.pair()
    let body = try laptop.store.firstRequest().bytes
    let proof = try laptop.proof(of: body)
    var passage = Self.passage(body.count)
    #expect(try await Self.held(office, passage) == 0)
    _ = try await office.send(
      .post, "/v1/sync", Self.broken(body[..<40]), proof: proof, passage: passage)
    #expect(try await Self.held(office, passage) == 40)
    passage.start = 40
    _ = try await office.send(
      .post, "/v1/sync", Self.broken(body[40..<50]), proof: proof, passage: passage)
    #expect(try await Self.held(office, passage) == 50)
    #expect(try office.store.records(form: 1).isEmpty)
    passage.start = 50
    let reply = try await office.send(
      .post, "/v1/sync", Array(body[50...]), proof: proof, passage: passage)
    _ = try laptop.store.absorb(SyncReply(reply.body), isNewOffice: false)
    #expect(try laptop.store.unsentCount() == 0)
    #expect(try office.store.records(form: 1).count == 1)
  }

  @Test func `A reply is gone on with, and the request is worked on once`() async throws {
    let (office, laptop) = try await `Syncing over HTTP`.pair()
    let body = try laptop.store.firstRequest().bytes
    let proof = try laptop.proof(of: body)
    let first = try await office.send(
      .post, "/v1/sync", body, proof: proof, passage: Self.passage(body.count))
    #expect(try await Self.held(office, Self.passage(body.count)) == body.count)
    for received in [0, 1, first.body.count] {
      let rest = try await office.send(
        .post, "/v1/sync", [], proof: proof,
        passage: Self.passage(body.count, start: body.count, received: received))
      #expect(rest.status == 200 && rest.body == Array(first.body[received...]))
    }
    #expect(office.log.lines.count { $0.hasPrefix("info sync") } == 1)
  }

  @Test func `Whoever goes on with what is not here begins anew`() async throws {
    let (office, laptop) = try await `Syncing over HTTP`.pair()
    let body = try laptop.store.firstRequest().bytes
    let proof = try laptop.proof(of: body)
    let wrong = [
      Self.passage(body.count, start: 10), Self.passage(body.count, start: body.count),
      Self.passage(body.count, received: 1),
    ]
    for passage in wrong {
      let reply = try await office.send(
        .post, "/v1/sync", Array(body[passage.start...]), proof: proof, passage: passage)
      #expect(reply.status == 409)
    }
    #expect(try office.store.records(form: 1).isEmpty)
    let reply = try await office.send(
      .post, "/v1/sync", body, proof: proof, passage: Self.passage(body.count))
    #expect(reply.status == 200)
    // More of the reply than there is.
    let more = try await office.send(
      .post, "/v1/sync", [], proof: proof,
      passage: Self.passage(body.count, start: body.count, received: reply.body.count + 1))
    #expect(more.status == 409)
  }

  @Test func `Parts put together badly are not what was signed`() async throws {
    let (office, laptop) = try await `Syncing over HTTP`.pair()
    let body = try laptop.store.firstRequest().bytes
    let proof = try laptop.proof(of: body)
    _ = try await office.send(
      .post, "/v1/sync", Self.broken(body[..<40]), proof: proof, passage: Self.passage(body.count))
    let reply = try await office.send(
      .post, "/v1/sync", [UInt8](repeating: 0, count: body.count - 40), proof: proof,
      passage: Self.passage(body.count, start: 40))
    #expect(reply.problem == .unknownDevice)
    #expect(try await Self.held(office, Self.passage(body.count)) == 0)
  }

  @Test func `A connection that was cut unnoticed brings nothing more`() throws {
    let passages = Passages(room: 1000, age: .seconds(60))
    let old = try passages.begin(Self.passage(100))
    #expect(passages.take([1, 2, 3, 4], of: Self.passage(100), by: old))
    let new = try passages.begin(Self.passage(100, start: 2))
    #expect(!passages.take([9], of: Self.passage(100), by: old))
    #expect(passages.take([5], of: Self.passage(100), by: new))
    #expect(passages.held(Self.passage(100)) == 3)
  }

  @Test func `The oldest goes when there is no room, and what is old goes by itself`() throws {
    let passages = Passages(room: 10, age: .seconds(60))
    for number in 1...3 {
      let passage = Passage(session: Passage.session(0, UInt64(number)), number: 1, total: 100)
      _ = passages.take([1, 2, 3, 4], of: passage, by: try passages.begin(passage))
    }
    let held = (1...3).map {
      passages.held(Passage(session: Passage.session(0, UInt64($0)), number: 1, total: 100))
    }
    #expect(held == [0, 4, 4])
    // One that needs more than there is keeps nothing, and ends.
    let large = Self.passage(100)
    let bearer = try passages.begin(large)
    #expect(!passages.take([UInt8](repeating: 0, count: 11), of: large, by: bearer))
    #expect(passages.held(large) == 0)
    let forgetful = Passages(room: 100, age: .zero)
    _ = forgetful.take([1], of: Self.passage(5), by: try forgetful.begin(Self.passage(5)))
    _ = try forgetful.begin(Passage(session: Passage.session(3, 4), number: 1, total: 1))
    #expect(forgetful.held(Self.passage(5)) == 0)
  }

  @Test func `What many bring at once has no more room than what one brings`() throws {
    let passages = Passages(room: 10, age: .seconds(60))
    let brought = try (1...20).map { number in
      let passage = Passage(session: Passage.session(0, UInt64(number)), number: 1, total: 100)
      return (passage, try passages.begin(passage))
    }
    for (passage, bearer) in brought {
      #expect(passages.take([1, 2, 3, 4], of: passage, by: bearer))
    }
    #expect(brought.map { passages.held($0.0) }.filter { $0 > 0 } == [4, 4])
  }

  @Test func `No more is taken than was announced`() throws {
    let passages = Passages(room: 1000, age: .seconds(60))
    let passage = Self.passage(5)
    let bearer = try passages.begin(passage)
    #expect(passages.take([1, 2, 3, 4], of: passage, by: bearer))
    #expect(!passages.take([5, 6], of: passage, by: bearer))
    #expect(passages.held(passage) == 4)
    #expect(passages.take([5], of: passage, by: bearer))
    // While it is worked on, and afterwards, what comes again is here already.
    _ = try passages.open(passage)
    #expect(passages.take([4, 5], of: passage, by: bearer))
    #expect(passages.held(passage) == 5)
    passages.close(passage, reply: [7])
    #expect(passages.take([4, 5], of: passage, by: bearer))
    #expect(passages.held(passage) == 5)
  }

  @Test func `Nothing is kept of a device that the office does not know`() async throws {
    let (office, laptop) = try await `Syncing over HTTP`.pair()
    let body = try laptop.store.firstRequest().bytes
    let stranger = Proof(device: DeviceID(99), signature: [UInt8](repeating: 0, count: 64))
    let passage = Self.passage(body.count)
    let reply = try await office.send(
      .post, "/v1/sync", Self.broken(body[..<40]), proof: stranger.header, passage: passage)
    #expect(reply.problem == .unknownDevice)
    #expect(try await Self.held(office, passage) == 0)
  }

  @Test(arguments: [
    "", "a/1/0/5/0", "\(session)/1/0/5", "\(session)/1/6/5/0", "\(session)/-1/0/5/0",
    "\(session.uppercased())A/1/0/5/0", "\(session)/1/0/5/x",
    "\(session)/1/0/99999999999999999999/0",
  ])
  func `What is no passage is none`(text: String) {
    #expect(Passage(text) == nil)
  }
}
