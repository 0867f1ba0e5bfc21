import Bytes
import Causality
import Model

/// The news of several streams in one body, told by what the office is known to hold.
///
/// A frame stands by itself: it may wait, be sealed and be carried about, so it states whose stream it
/// is, where it begins and to which hash it leads. What a laptop hands its office from day to day needs
/// none of that. Both sides know what was acknowledged last; so a parcel says which of those streams
/// go on, names a change that the office holds by its dot, and leaves out every hash that the office
/// can look up or compute. All of them are proven by one check over the hashes to which the streams
/// lead. If it does not fit, for whatever reason, nothing of the parcel is taken, and the laptop is
/// asked to tell all; it then sends frames.
///
/// docs/formats/PARCEL.md describes the bytes.
public struct Parcel: Hashable, Sendable {
  /// The most bytes of contents in one parcel; whoever has more to say sends frames.
  public static let limit = Frame.contentTarget
  /// The most runs.
  static let runLimit = 4096
  /// The most changes: of an honest one each has tens of bytes.
  static let changeLimit = 65_536
  private static let checkLength = 16
  /// What a body may have beyond the contents that it unpacks to.
  private static let bodySlack = 4096

  /// What proves that the contents were put together as they were written.
  let check: [UInt8]
  /// How many runs there are.
  let runs: Int
  /// The bytes of all contents.
  let length: Int
  let body: [UInt8]

  // MARK: Packing

  /// Packs frames that begin where the office ends; `nil` if they must go as frames.
  public init?(_ frames: [Frame], on ground: any ParcelGround) {
    let length = frames.reduce(0) { $0 + $1.size }
    guard let stream = frames.first?.stream, length <= Self.limit, frames.count <= Self.runLimit,
      frames.allSatisfy({ $0.seal == nil && !$0.contents.contains(where: \.isEmpty) })
    else { return nil }
    let memory = ParcelMemory(ground)
    var walk = ColumnWalk(
      ColumnSource(capacity: length / 4 + 64), stream: stream, held: memory)
    var last = RunSeen()
    do throws(ByteError) {
      for frame in frames {
        let run = try walk.run(
          ParcelRun(
            stream: frame.stream, first: frame.first, count: frame.contents.count,
            secret: frame.secret), after: &last)
        guard var chain = memory.chain(of: run) else { return nil }
        for content in frame.contents {
          memory.find(in: content, of: frame.stream)
          walk.port.reader = ByteReader(content)
          try walk.content()
          memory.note(&chain, content)
        }
        guard chain.head == frame.last else { return nil }
      }
    } catch {
      // Ignored because frames take whatever comes.
      return nil
    }
    check = Self.check(frames.map(\.last))
    runs = frames.count
    self.length = length
    body = walk.port.coder.finish()
    // NB: contents that are all alike are so short that a reader would refuse them.
    guard body.count <= length + Self.bodySlack, length <= Self.most(of: body),
      open(on: ground) == frames
    else { return nil }
  }

  /// The most bytes of contents that a reader takes from a body: as for the columns of a frame, a
  /// hostile one costs no more time than its length allows.
  private static func most(of body: [UInt8]) -> Int {
    ColumnBody.freeLength + body.count * ColumnBody.greatestGrowth
  }

  private static func check(_ heads: [ChainHash]) -> [UInt8] {
    var writer = ByteWriter(capacity: heads.count * 32 + 16)
    writer.raw(Array("kulkul parcel".utf8))
    for head in heads { writer.raw(head.bytes) }
    return Array(Digest.sha256(writer.bytes).bytes.prefix(checkLength))
  }

  // MARK: Opening

  /// The frames that were packed; `nil` if what is held here is not what they were told by.
  public func open(on ground: any ParcelGround) -> [Frame]? {
    do throws(ByteError) {
      let frames = try unpack(on: ground)
      return Self.check(frames.map(\.last)) == check ? frames : nil
    } catch {
      // Ignored because bytes that say nothing here may say something elsewhere.
      return nil
    }
  }

  /// What the body says here, whether or not the check fits.
  package func unpack(on ground: any ParcelGround) throws(ByteError) -> [Frame] {
    let result: Result<[Frame], ByteError> = body.withUnsafeBytes { bytes in
      do throws(ByteError) {
        return .success(try unpack(bytes, ParcelMemory(ground)))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private func unpack(
    _ bytes: UnsafeRawBufferPointer, _ memory: ParcelMemory
  ) throws(ByteError) -> [Frame] {
    var walk = ColumnWalk(
      ColumnSink(BinaryDecoder(bytes), room: length), stream: Prelude.stream, held: memory)
    var last = RunSeen()
    var frames: [Frame] = []
    var ends: [StreamID: UInt64] = [:]
    var changes = 0
    for _ in 0..<runs {
      let run = try walk.run(nil, after: &last)
      // NB: each run is a transaction of whoever takes it, so nobody may tell of the same changes again.
      if let end = ends[run.stream], run.first != end { throw .unexpected(run.first, at: 0) }
      ends[run.stream] = run.first + UInt64(run.count)
      changes += run.count
      guard changes <= Self.changeLimit else {
        throw .overLimit(changes, limit: Self.changeLimit, at: 0)
      }
      guard var chain = memory.chain(of: run) else { throw .unexpected(run.first, at: 0) }
      let start = chain.head
      var contents: [[UInt8]] = []
      for _ in 0..<run.count {
        try walk.content()
        // NB: each takes some of the room, so the room bounds their number too.
        guard !walk.port.content.isEmpty else { throw .unexpected(0, at: 0) }
        walk.port.room -= walk.port.content.count
        memory.note(&chain, walk.port.content)
        contents.append(walk.port.content)
        walk.port.content = []
      }
      frames.append(
        Frame(
          stream: run.stream, first: run.first, previous: start.tag, last: chain.head,
          secret: run.secret, contents: contents))
    }
    guard walk.port.room == 0 else { throw .truncated(at: length - walk.port.room) }
    guard walk.port.coder.isAtEnd else { throw .trailing(at: walk.port.coder.position) }
    return frames
  }
}

extension Parcel {
  package func encode(to writer: inout ByteWriter) {
    writer.raw(check)
    writer.count(runs)
    writer.count(length)
    writer.blob(body)
  }

  package init(from reader: inout ByteReader) throws(ByteError) {
    check = try reader.raw(Self.checkLength)
    let start = reader.position
    runs = try reader.count(limit: Self.runLimit)
    length = try reader.count(limit: Self.limit)
    body = try reader.blob(limit: Self.limit + Self.bodySlack)
    guard runs > 0, length >= runs, length <= Self.most(of: body) else {
      throw .unexpected(UInt64(length), at: start)
    }
  }
}
