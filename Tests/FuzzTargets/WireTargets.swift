import Bytes
import Causality
import Model
import Wire
import Worlds

extension FuzzTarget {
  /// What comes over the wire or from a stick.
  static let wire: [FuzzTarget] = [
    FuzzTarget("frame", seeds: Samples.frames) { bytes in
      guard let frame = try? Frame(bytes) else { return }
      try promise(try Frame(frame.bytes) == frame, "a frame reads back")
      guard let secret = frame.secret else { return }
      var chain = Chain(stream: frame.stream, secret: secret)
      for content in frame.contents { _ = chain.append(content) }
      try promise(chain.count == frame.lastCounter, "a chain counts what it hashes")
    },
    FuzzTarget("columns", seeds: Samples.columns) { bytes in
      // A count, and the body that a right header would stand before.
      guard let count = bytes.first, count > 0 else { return }
      guard let frame = unpacked(Array(bytes.dropFirst()), columnFrame(of: Int(count))) else {
        return
      }
      try promise(frame.contents.count == count, "a frame has as many contents as it says")
      try promise(try Frame(frame.bytes) == frame, "a frame told by columns reads back")
      guard let secret = frame.secret else { return }
      let whole = Samples.chained(frame.contents, of: frame.stream, secret: secret)
      try promise(try Frame(whole.bytes) == whole, "a frame reads back, whatever is in it")
      try tellAgain([whole], on: FuzzGround([]))
    },
    FuzzTarget("parcel", seeds: Samples.parcelBodies) { bytes in
      // How many runs, and the body: no input can guess what the check is over.
      guard let runs = bytes.first, runs > 0 else { return }
      let ground = Samples.parcelGround()
      guard
        let (body, parcel, frames) = unpacked(
          Array(bytes.dropFirst()),
          { body, length in
            let parcel = try parcel(runs: Int(runs), length: length, body)
            return (body, parcel, try parcel.unpack(on: ground))
          })
      else { return }
      try promise(frames.count == runs, "a parcel has as many runs as it says")
      try promise(parcel.open(on: ground) == nil, "a check that does not fit opens nothing")
      for frame in frames {
        try promise(try Frame(frame.bytes) == frame, "what a parcel brings goes as a frame too")
      }
      guard let again = try tellAgain(frames, on: ground) else { return }
      var writer = ByteWriter()
      again.encode(to: &writer)
      let right = try Self.parcel(
        check: Array(writer.bytes.prefix(16)), runs: frames.count,
        length: Samples.length(of: frames), body)
      try promise(right.open(on: ground) == frames, "with its check it opens")
    },
    FuzzTarget("sync-request", seeds: Samples.requests) { bytes in
      guard let request = try? SyncRequest(bytes) else { return }
      try promise(try SyncRequest(request.bytes) == request, "a request reads back")
      if request.frames.isEmpty {
        try promise(request.bytes == bytes, "a request without frames is canonical")
      }
      _ = Digest.vectors(request.villages)
    },
    FuzzTarget("sync-reply", seeds: Samples.replies) { bytes in
      guard let reply = try? SyncReply(bytes) else { return }
      try promise(try SyncReply(reply.bytes) == reply, "a reply reads back")
      if reply.frames.isEmpty && reply.directory.isEmpty {
        try promise(reply.bytes == bytes, "a reply without frames and news is canonical")
      }
    },
    FuzzTarget("snapshot", seeds: Samples.snapshots) { bytes in
      // As it came, and as if it had been packed: an input cannot guess its way through zstd.
      var first = SnapshotReader(village: Samples.village)
      _ = try? first.next(bytes)
      var reader = SnapshotReader(village: Samples.village)
      guard let part = try? reader.next(Snapshot.packed(bytes)) else { return }
      guard bytes.count < Snapshot.partTarget else { return }
      var writer = SnapshotWriter(village: part.village, streams: part.streams)
      for copy in part.copies { _ = writer.add(copy) }
      try promise(writer.finish().digest == reader.digest, "a snapshot is canonical")
    },
    FuzzTarget("enrol-request", seeds: Samples.enrolRequests) { bytes in
      guard let request = try? EnrolRequest(bytes) else { return }
      try promise(request.bytes == bytes, "a request to join is canonical")
    },
    FuzzTarget("enrol-reply", seeds: Samples.enrolReplies) { bytes in
      guard let reply = try? EnrolReply(bytes) else { return }
      try promise(reply.bytes == bytes, "an answer to a request to join is canonical")
    },
    FuzzTarget("problem", limit: 256, seeds: Samples.problems) { bytes in
      if let problem = Problem(bytes) {
        try promise(problem.bytes == bytes, "a problem is canonical")
      }
      if let passage = Passage(decoded(bytes)) {
        try promise(Passage(passage.text) == passage, "a passage reads back")
        try promise(passage.start <= passage.total, "a passage begins inside of itself")
      }
      if let proof = Proof(header: decoded(bytes)) {
        try promise(Proof(header: proof.header) == proof, "a proof reads back")
      }
    },
    FuzzTarget("directory-return", seeds: Samples.returns) { bytes in
      guard let returned = try? DirectoryReturn(bytes) else { return }
      try promise(try DirectoryReturn(returned.bytes) == returned, "a directory reads back")
      var hash = ChainHash.start
      for (index, entry) in returned.entries.enumerated() {
        hash = DirectoryChain.hash(of: entry, version: UInt64(index) + 1, after: hash)
      }
      _ = DirectoryChain.isSigned(hash, by: Samples.key, returned.signature)
    },
    FuzzTarget("bundle", limit: 8192, seeds: Samples.bundles) { bytes in
      try readBundle(bytes)
      // As if its end had come, with a checksum that is right: an input cannot guess one.
      let ended = bytes + [0, 0, 0, 0]
      let (header, frames) = try readBundle(ended + Digest.sha256(ended).bytes)
      guard let header else { return }
      let file = Box()
      var writer = try BundleWriter(header) { file.bytes += $0 }
      for frame in frames { try writer.add(frame) }
      try writer.finish()
      let again = try readBundle(file.bytes)
      try promise(again.header == header && again.frames == frames, "a bundle reads back")
    },
  ]

  /// What a body says when it is given the length of what comes of it: an input cannot guess that, nor
  /// where its last change ends.
  private static func unpacked<Value>(
    _ body: [UInt8], _ read: ([UInt8], Int) throws -> Value
  ) -> Value? {
    var body = body
    var length = min(Frame.contentTarget, 4096 + 256 * body.count)
    for _ in 0..<3 {
      do {
        return try read(body, length)
      } catch WireError.malformed(.truncated(let at)), ByteError.truncated(let at) {
        length = at
      } catch WireError.malformed(.trailing(let at)), ByteError.trailing(let at) {
        body = Array(body.prefix(at))
      } catch {
        return nil
      }
    }
    return nil
  }

  /// Reads a frame of so many contents, told by columns, under a header that says all the rest.
  private static func columnFrame(of count: Int) -> ([UInt8], Int) throws -> Frame {
    { body, length in
      var writer = ByteWriter()
      writer.raw([0x4b, 0x46, 2, 1 | 8])
      writer.fixed64(1)
      writer.varint(Samples.village.number)
      writer.varint(1)
      writer.count(count)
      writer.raw([UInt8](repeating: 1, count: StreamSecret.length))
      writer.raw([UInt8](repeating: 2, count: 32))
      writer.count(length)
      writer.raw(body)
      return try Frame(writer.bytes)
    }
  }

  private static func parcel(
    check: [UInt8] = [UInt8](repeating: 0, count: 16), runs: Int, length: Int, _ body: [UInt8]
  ) throws -> Parcel {
    var writer = ByteWriter()
    writer.raw(check)
    writer.count(runs)
    writer.count(length)
    writer.blob(body)
    var reader = ByteReader(writer.bytes)
    return try Parcel(from: &reader)
  }

  /// Changes that were told by columns can be told by them again, and come out as they were.
  @discardableResult
  private static func tellAgain(_ frames: [Frame], on ground: FuzzGround) throws -> Parcel? {
    // NB: what is longer may be so much alike that a reader would refuse it; and a body that no writer
    // makes may come to what is no change, such as one of a known kind with bytes of an unknown one.
    guard Samples.length(of: frames) <= 4096, frames.allSatisfy(isOfChanges) else { return nil }
    let parcel = Parcel(frames, on: ground)
    try promise(parcel?.open(on: ground) == frames, "what was told by columns can be told so again")
    return parcel
  }

  private static func isOfChanges(_ frame: Frame) -> Bool {
    frame.contents.allSatisfy { (try? ChangeContent($0, village: frame.stream.village)) != nil }
  }

  @discardableResult
  private static func readBundle(
    _ bytes: [UInt8]
  ) throws -> (header: BundleHeader?, frames: [Frame]) {
    var frames: [Frame] = []
    do {
      var reader = try BundleReader(source(of: bytes))
      while let frame = try reader.next() { frames.append(frame) }
      return (reader.header, frames)
    } catch is BundleError {
      return (nil, frames)
    }
  }

  final class Box {
    var bytes: [UInt8] = []
  }
}
