import Bytes
import Causality
import Crypto
import Model
import Office
import Sync
import TestSupport
import Testing
import Wire
import Worlds

@testable import Store

/// Laptops that wrote as many replicas before they joined: their store was copied, moved or put back.
@Suite struct `Joining as many replicas`: OfTwoSurveyors {
  let surveyors: TwoSurveyors

  init() throws { surveyors = try TwoSurveyors() }

  @Test func `A laptop that was copied before it joined hands in all that it wrote`()
    throws
  {
    let laptop = try TestLaptop(seed: 31)
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("before the copy")])
    try laptop.store.mint()  // what checkForTwin does when the file was copied or moved
    let second = try laptop.add(wayan, in: At.renon, [At.name: .text("after the copy")])
    try laptop.edit(record, by: wayan, [At.outcome: .text("open")])
    try laptop.join(office, for: [wayan])
    let summary = try laptop.sync(office)
    #expect(summary.isAllSent)
    #expect(try office.store.peek(record, form: 1) != nil)
    #expect(try office.store.peek(second, form: 1) != nil)
  }

  @Test func `Asking again and again makes the directory no longer`() throws {
    let code = "K7M3Q9X2"
    _ = try office.store.invite(
      nil, name: "laptop", people: [wayan], code: Array(code.utf8),
      expires: office.clock.surroundings.wall() + InviteCode.lifetime)
    let key = Curve25519.Signing.PrivateKey()
    let before = try office.store.standing().directory.version
    for count in 1...1000 {
      let entry = VersionVector.Entry(replica: ReplicaID(5), count: UInt64(count), head: 1)
      _ = try? office.enrolment.answer(
        EnrolRequest(
          code: code, key: Array(key.publicKey.rawRepresentation), preset: "tiny",
          replica: ReplicaID(5),
          streams: [VillageVector(village: At.renon, vector: VersionVector([entry]))]
        ).bytes)
    }
    let grown = try office.store.standing().directory.version - before
    #expect(grown < 300)
  }

  @Test(arguments: [70, 300])
  func `A laptop hands in what it wrote as however many replicas before it joined`(
    count: Int
  ) throws {
    let laptop = try TestLaptop(seed: 31)
    for number in 0..<count {
      try laptop.add(wayan, in: At.renon, [At.name: .text(Text("usaha \(number)"))])
      try laptop.store.mint()  // what checkForTwin does when the disk has another number
    }
    try laptop.join(office, for: [wayan])
    #expect(try laptop.sync(office).isAllSent)
    #expect(try laptop.store.unsentCount() == 0)
    #expect(try office.store.quarantined().isEmpty)
    #expect(try office.store.vectors() == laptop.store.vectors())
    #expect(try office.store.verify().isClean)
  }

  /// What a laptop asks with, under a code of its own.
  private func asking(_ laptop: TestLaptop) throws -> ([VillageVector]) throws -> EnrolReply {
    let code = InviteCode.make(random: laptop.clock.surroundings.random())
    _ = try office.store.invite(
      nil, name: "laptop", people: [wayan], code: Array(code.utf8),
      expires: office.clock.surroundings.wall() + InviteCode.lifetime)
    return { streams in
      let request = EnrolRequest(
        code: code, key: Array(laptop.key.publicKey.rawRepresentation), preset: "tiny",
        replica: try laptop.store.standing().replica, streams: streams,
        birthmark: try laptop.store.birthmark())
      return try EnrolReply(try self.office.enrolment.answer(request.bytes))
    }
  }

  private func join(
    _ laptop: TestLaptop, _ reply: EnrolReply, told: [VillageVector]
  ) throws -> Bool {
    try laptop.store.join(
      reply, address: "memory", key: Array(laptop.key.rawRepresentation), person: wayan, told: told)
  }

  @Test func `A laptop of many replicas whose answer was lost asks again`() throws {
    let laptop = try TestLaptop(seed: 31)
    for _ in 0..<300 {
      try laptop.add(wayan, in: At.renon, [At.name: .text("usaha")])
      try laptop.store.mint()
    }
    let ask = try asking(laptop)
    _ = try ask(try laptop.store.ownStreams().streams)
    try laptop.add(wayan, in: At.renon, [At.name: .text("meanwhile")])
    let streams = try laptop.store.ownStreams().streams
    #expect(try join(laptop, try ask(streams), told: streams))
  }

  @Test func `Where an office takes over a part of what it is told, the laptop does not join`()
    throws
  {
    let laptop = try TestLaptop(seed: 31)
    for village in [At.renon, At.sanur] {
      try laptop.add(wayan, in: village, [At.name: .text("usaha")])
      try laptop.store.mint()
    }
    let ask = try asking(laptop)
    let streams = try laptop.store.ownStreams().streams
    // As an office does that takes over so many replicas and no more.
    let part = try ask(Array(streams.dropLast()))
    do {
      _ = try join(laptop, part, told: streams)
      Issue.record("a part was enough")
    } catch StoreError.notTakenOver(let missing, let all) {
      #expect((missing, all) == (1, 2))
    }
    #expect(try laptop.store.standing().role == .standalone)
    #expect(try laptop.store.ownStreams().streams == streams)
    #expect(try join(laptop, try ask(streams), told: streams))
  }

  @Test func `Who is in and states ever more replicas makes the directory so long and no longer`()
    throws
  {
    let laptop = try TestLaptop(seed: 31)
    let ask = try asking(laptop)
    func streams(_ round: UInt64) -> [VillageVector] {
      let entries = (1...10_000 as ClosedRange<UInt64>).map { number in
        VersionVector.Entry(replica: ReplicaID(round << 32 | number), count: 1, head: 1)
      }
      return [VillageVector(village: At.renon, vector: VersionVector(entries))]
    }
    for round in 1...3 as ClosedRange<UInt64> { _ = try ask(streams(round)) }
    let before = try office.store.standing().directory.version
    #expect(throws: Problem.badCode) { _ = try ask(streams(4)) }
    #expect(try office.store.standing().directory.version == before)
    // What it said already it may say again.
    _ = try ask(streams(1))
    #expect(try office.store.standing().directory.version == before)
  }
}
