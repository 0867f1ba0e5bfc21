import Causality
import Model
import TestSupport
import Testing

@testable import Wire

/// Files of frames: whole, cut, damaged, foreign, and lying about their lengths.
@Suite struct `Bundle files` {
  private let village: VillageCode
  private let bundle: [UInt8]
  private let frames: [Frame]
  private let header: BundleHeader

  init() throws {
    village = try #require(VillageCode("51.71.01.1001"))
    var random = SplitMix64(seed: 4)
    let secret = StreamSecret(random: &random)
    let stream = StreamID(village: village, replica: ReplicaID(9))
    var chain = Chain(stream: stream, secret: secret)
    var frames: [Frame] = []
    for number in 0..<3 {
      let contents = (0...number).map { [UInt8](repeating: UInt8($0), count: 40) }
      let (first, previous) = (chain.count + 1, chain.head)
      for content in contents { _ = chain.append(content) }
      frames.append(
        Frame(
          stream: stream, first: first, previous: first == 1 ? 0 : previous.tag, last: chain.head,
          secret: first == 1 ? secret : nil, contents: contents))
    }
    self.frames = frames
    header = BundleHeader(
      survey: 7, device: DeviceID(3), time: 1_790_000_000_000,
      directory: DirectoryReturn(
        survey: 7, entries: [[1, 2, 3]], signature: [UInt8](repeating: 5, count: 64)),
      villages: [
        VillageVector(
          village: village,
          vector: VersionVector([.init(replica: ReplicaID(9), count: 6, head: chain.head.tag)]))
      ])
    bundle = try Self.write(header, frames)
  }

  private static func write(_ header: BundleHeader, _ frames: [Frame]) throws -> [UInt8] {
    let file = Box()
    var writer = try BundleWriter(header) { file.bytes += $0 }
    for frame in frames { try writer.add(frame) }
    try writer.finish()
    #expect(writer.size == file.bytes.count)
    return file.bytes
  }

  private final class Box {
    var bytes: [UInt8] = []
  }

  /// Gives bytes in pieces of odd sizes, and counts what it was asked for.
  private final class Source {
    private var rest: ArraySlice<UInt8>
    private(set) var given = 0

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    func next(_ most: Int) -> [UInt8] {
      let some = rest.prefix(min(most, 37))
      rest = rest.dropFirst(some.count)
      given += some.count
      return Array(some)
    }
  }

  /// Reads a file to its end, or to where it fails.
  private func read(_ bytes: [UInt8]) -> (frames: [Frame], error: BundleError?) {
    let source = Source(bytes)
    var frames: [Frame] = []
    do {
      var reader = try BundleReader(source.next)
      while let frame = try reader.next() { frames.append(frame) }
      return (frames, nil)
    } catch let error as BundleError {
      return (frames, error)
    } catch {
      Issue.record("\(error)")
      return (frames, nil)
    }
  }

  @Test func `What was written is read again`() throws {
    let source = Source(bundle)
    var reader = try BundleReader(source.next)
    #expect(reader.header == header)
    var read: [Frame] = []
    while let frame = try reader.next() { read.append(frame) }
    #expect(read == frames)
    #expect(try reader.next() == nil)
  }

  @Test func `A file that ends anywhere before its end says so, and its whole frames are there`() {
    for length in 0..<bundle.count {
      let (read, error) = read(Array(bundle.prefix(length)))
      #expect(error == (length < 2 ? .foreign : .cut), "\(length)")
      #expect(read == Array(frames.prefix(read.count)))
    }
    let (all, error) = read(Array(bundle.dropLast()))
    #expect(all == frames && error == .cut)
  }

  @Test func `Any flipped byte is found out`() {
    for position in bundle.indices {
      var bytes = bundle
      bytes[position] ^= 0x41
      let (_, error) = read(bytes)
      #expect(error != nil, "\(position)")
    }
  }

  @Test func `What goes on behind the end is damage`() {
    #expect(read(bundle + [0]).error == .damaged)
  }

  @Test func `Another file is foreign, and a newer one says its version`() {
    #expect(read(Array("PK zip".utf8)).error == .foreign)
    var bytes = bundle
    bytes[2] = 9
    #expect(read(bytes).error == .newer(version: 9))
  }

  @Test func `A length that lies takes no memory`() {
    let head: [UInt8] = [0x4b, 0x42, 1]
    #expect(read(head + [0xff, 0xff, 0xff, 0xff]).error == .damaged)
    #expect(read(head + [0x03, 0xff, 0xff, 0xff, 1, 2]).error == .cut)
  }
}
