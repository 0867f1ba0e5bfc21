import Bytes
import Causality
import Model
import TestSupport
import Testing

@testable import Wire

/// Messages trust nobody: what they promise is bounded before memory is taken for it.
struct MessageTests {
  static let village = VillageCode(number: 5_171_011_003) ?? fallback
  private static var fallback: VillageCode { preconditionFailure("BUG: no such village") }
  static let stream = StreamID(village: village, replica: ReplicaID(7))

  static func frame(_ contents: [[UInt8]], first: UInt64 = 2) -> Frame {
    Frame(
      stream: stream, first: first, previous: 1, last: ChainHash(1, 2, 3, 4), secret: nil,
      contents: contents)
  }

  /// Where a request says whether it tells all: after magic, survey, device, epoch, digest and directory.
  static let completeness = 3 + 8 + 1 + 8 + 32 + 1 + 8

  static func request(_ frames: [Frame]) -> SyncRequest {
    SyncRequest(
      survey: 1, device: DeviceID(2), epoch: 3, digest: .start, directory: 4, isComplete: true,
      villages: [
        VillageVector(
          village: village, vector: VersionVector([.init(replica: ReplicaID(7), count: 9, head: 1)])
        )
      ], frames: frames, unsent: 5, budget: 6)
  }

  static func reply() -> SyncReply {
    SyncReply(
      epoch: 1, time: 1_795_312_800_000, status: .more,
      acknowledged: request([]).villages, frames: [frame([[1], [2, 3]])], directoryStart: 3,
      directory: [[9, 1], [9, 2]],
      refusals: [Refusal(stream: stream, counter: 12, ground: .naming)])
  }

  @Test func `Requests and replies come back from their bytes, and no cut does`() throws {
    let request = Self.request([Self.frame([[1], [], [2, 3]])])
    #expect(try SyncRequest(request.bytes) == request)
    for cut in request.bytes.indices {
      #expect(throws: WireError.self) { try SyncRequest(Array(request.bytes[..<cut])) }
    }

    let reply = Self.reply()
    #expect(try SyncReply(reply.bytes) == reply)
    for cut in reply.bytes.indices {
      #expect(throws: WireError.self) { try SyncReply(Array(reply.bytes[..<cut])) }
    }
  }

  /// A frame of 4,096 changes of one byte is a hundred bytes, and half a megabyte in memory.
  @Test func `Very many very short changes are more than a message holds`() throws {
    let full = Self.frame([[UInt8]](repeating: [0], count: Frame.changeLimit))
    let few = Self.request([Frame](repeating: full, count: 10))
    #expect(try SyncRequest(few.bytes).frames.count == 10)

    let many = Self.request([Frame](repeating: full, count: 300))
    #expect(many.bytes.count < 64 << 10)
    #expect(throws: WireError.self) { try SyncRequest(many.bytes) }
  }

  @Test(arguments: [-1, (1 << 48) + 1, .min, .max] as [Int64])
  func `A time that no change could cite is refused`(time: Int64) {
    var reply = Self.reply()
    reply.time = time
    #expect(throws: WireError.self) { try SyncReply(reply.bytes) }

    let enrolled = EnrolReply(device: DeviceID(1), epoch: 1, time: time, directory: [])
    #expect(throws: WireError.self) { try EnrolReply(enrolled.bytes) }
  }

  @Test(arguments: [0, Dot.counterLimit + 1, .max] as [UInt64])
  func `A counter that no change has is refused`(counter: UInt64) {
    var reply = Self.reply()
    reply.refusals = [Refusal(stream: Self.stream, counter: counter, ground: .gap)]
    #expect(throws: WireError.self) { try SyncReply(reply.bytes) }
  }

  @Test func `News of no entries are no bytes`() throws {
    var reply = Self.reply()
    reply.directory = []
    reply.frames = []
    let bytes = reply.bytes
    #expect(try SyncReply(bytes) == reply)
    // Entries, length and blob of the news, then the count of frames, are all zero.
    #expect(bytes.suffix(4) == [0, 0, 0, 0])
    for wrong in [[0, 1, 0, 0], [0, 0, 1, 7, 0]] as [[UInt8]] {
      #expect(throws: WireError.self) { try SyncReply(bytes.dropLast(4) + wrong) }
    }
  }

  @Test func `Random bytes are read or refused, and never worse`() {
    var random = SplitMix64(seed: 11)
    let whole = [Self.request([Self.frame([[1], [2, 3]])]).bytes, Self.reply().bytes]
    for round in 0..<4000 {
      var bytes = whole[round % 2]
      for _ in 0...random.below(3) { bytes[3 + random.below(bytes.count - 3)] = random.bytes(1)[0] }
      if round % 2 == 0 {
        _ = try? SyncRequest(bytes)
      } else {
        _ = try? SyncReply(bytes)
      }
    }
  }
}
