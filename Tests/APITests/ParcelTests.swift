import Bytes
import Hummingbird
import HummingbirdCore
import NIOCore
import Store
import Testing
import Wire

@testable import API

/// Requests and replies whose connections break off, and what is gone on with.
@Suite struct ParcelTests {
  static let session = Parcel.session(1, 2)

  private static func parcel(_ total: Int, start: Int = 0, received: Int = 0) -> Parcel {
    var parcel = Parcel(session: session, number: 1, total: total)
    parcel.start = start
    parcel.received = received
    return parcel
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

  private static func held(_ office: TestOffice, _ parcel: Parcel) async throws -> Int? {
    let reply = try await office.send(.get, "/v1/parcel", parcel: parcel)
    return Int(String(decoding: reply.body, as: UTF8.self))
  }

  @Test func `What came before a cut is not asked for again`() async throws {
    let (office, laptop) = try await `Syncing over HTTP`.pair()
    let body = try laptop.request().bytes
    let proof = try laptop.proof(of: body)
    var parcel = Self.parcel(body.count)
    #expect(try await Self.held(office, parcel) == 0)
    _ = try await office.send(
      .post, "/v1/sync", Self.broken(body[..<40]), proof: proof, parcel: parcel)
    #expect(try await Self.held(office, parcel) == 40)
    parcel.start = 40
    _ = try await office.send(
      .post, "/v1/sync", Self.broken(body[40..<50]), proof: proof, parcel: parcel)
    #expect(try await Self.held(office, parcel) == 50)
    #expect(try office.store.records(form: 1).isEmpty)
    parcel.start = 50
    let reply = try await office.send(
      .post, "/v1/sync", Array(body[50...]), proof: proof, parcel: parcel)
    _ = try laptop.store.absorb(SyncReply(reply.body), isNewOffice: false)
    #expect(try laptop.store.unsentCount() == 0)
    #expect(try office.store.records(form: 1).count == 1)
  }

  @Test func `A reply is gone on with, and the request is worked on once`() async throws {
    let (office, laptop) = try await `Syncing over HTTP`.pair()
    let body = try laptop.request().bytes
    let proof = try laptop.proof(of: body)
    let first = try await office.send(
      .post, "/v1/sync", body, proof: proof, parcel: Self.parcel(body.count))
    #expect(try await Self.held(office, Self.parcel(body.count)) == body.count)
    for received in [0, 1, first.body.count] {
      let rest = try await office.send(
        .post, "/v1/sync", [], proof: proof,
        parcel: Self.parcel(body.count, start: body.count, received: received))
      #expect(rest.status == 200 && rest.body == Array(first.body[received...]))
    }
    #expect(office.log.lines.count { $0.hasPrefix("info sync") } == 1)
  }

  @Test func `Whoever goes on with what is not here begins anew`() async throws {
    let (office, laptop) = try await `Syncing over HTTP`.pair()
    let body = try laptop.request().bytes
    let proof = try laptop.proof(of: body)
    let wrong = [
      Self.parcel(body.count, start: 10), Self.parcel(body.count, start: body.count),
      Self.parcel(body.count, received: 1),
    ]
    for parcel in wrong {
      let reply = try await office.send(
        .post, "/v1/sync", Array(body[parcel.start...]), proof: proof, parcel: parcel)
      #expect(reply.status == 409)
    }
    #expect(try office.store.records(form: 1).isEmpty)
    let reply = try await office.send(
      .post, "/v1/sync", body, proof: proof, parcel: Self.parcel(body.count))
    #expect(reply.status == 200)
    // More of the reply than there is.
    let more = try await office.send(
      .post, "/v1/sync", [], proof: proof,
      parcel: Self.parcel(body.count, start: body.count, received: reply.body.count + 1))
    #expect(more.status == 409)
  }

  @Test func `Parts put together badly are not what was signed`() async throws {
    let (office, laptop) = try await `Syncing over HTTP`.pair()
    let body = try laptop.request().bytes
    let proof = try laptop.proof(of: body)
    _ = try await office.send(
      .post, "/v1/sync", Self.broken(body[..<40]), proof: proof, parcel: Self.parcel(body.count))
    let reply = try await office.send(
      .post, "/v1/sync", [UInt8](repeating: 0, count: body.count - 40), proof: proof,
      parcel: Self.parcel(body.count, start: 40))
    #expect(reply.problem == .unknownDevice)
    #expect(try await Self.held(office, Self.parcel(body.count)) == 0)
  }

  @Test func `A connection that was cut unnoticed brings nothing more`() throws {
    let parcels = Parcels(room: 1000, age: .seconds(60))
    let old = try parcels.begin(Self.parcel(100))
    #expect(parcels.take([1, 2, 3, 4], of: Self.parcel(100), by: old))
    let new = try parcels.begin(Self.parcel(100, start: 2))
    #expect(!parcels.take([9], of: Self.parcel(100), by: old))
    #expect(parcels.take([5], of: Self.parcel(100), by: new))
    #expect(parcels.held(Self.parcel(100)) == 3)
  }

  @Test func `The oldest goes when there is no room, and what is old goes by itself`() throws {
    let parcels = Parcels(room: 10, age: .seconds(60))
    for number in 1...3 {
      let parcel = Parcel(session: Parcel.session(0, UInt64(number)), number: 1, total: 100)
      _ = parcels.take([1, 2, 3, 4], of: parcel, by: try parcels.begin(parcel))
    }
    // Room is made when the next one begins.
    _ = try parcels.begin(Self.parcel(5))
    let held = (1...3).map {
      parcels.held(Parcel(session: Parcel.session(0, UInt64($0)), number: 1, total: 100))
    }
    #expect(held == [0, 4, 4])
    let forgetful = Parcels(room: 100, age: .zero)
    _ = forgetful.take([1], of: Self.parcel(5), by: try forgetful.begin(Self.parcel(5)))
    _ = try forgetful.begin(Parcel(session: Parcel.session(3, 4), number: 1, total: 1))
    #expect(forgetful.held(Self.parcel(5)) == 0)
  }

  @Test(arguments: [
    "", "a/1/0/5/0", "\(session)/1/0/5", "\(session)/1/6/5/0", "\(session)/-1/0/5/0",
    "\(session.uppercased())A/1/0/5/0", "\(session)/1/0/5/x",
    "\(session)/1/0/99999999999999999999/0",
  ])
  func `What is no parcel is none`(text: String) {
    #expect(Parcel(text) == nil)
  }
}
