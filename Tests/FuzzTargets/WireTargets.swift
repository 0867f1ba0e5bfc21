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

  /// Gives the bytes from their beginning, never more than was asked for.
  static func source(of bytes: [UInt8]) -> (Int) -> [UInt8] {
    var rest = bytes[...]
    return { most in
      let some = Array(rest.prefix(most))
      rest = rest.dropFirst(some.count)
      return some
    }
  }

  final class Box {
    var bytes: [UInt8] = []
  }
}
