import Causality
import Model
import Wire

/// What a message says, in few words, for the story of a world that failed.
///
/// Replicas and hashes are told by their first four digits, villages by their last four.
enum Messages {
  /// A request.
  static func text(_ request: SyncRequest) -> String {
    var words = [
      "request", "device \(request.device.number)", "epoch \(short(request.epoch))",
      "directory \(request.directory)", request.isComplete ? "lists all" : "lists",
    ]
    words += request.villages.map(text)
    words += request.frames.map(text)
    if request.parcel != nil { words.append("a parcel") }
    words += ["unsent \(request.unsent)", "watermark \(short(request.watermark))"]
    words += request.snapshots.map { "has \(text($0))" }
    words += request.offered.map { "offers \(text($0))" }
    return words.joined(separator: ", ")
  }

  /// A reply.
  static func text(_ reply: SyncReply) -> String {
    var words = ["reply", "epoch \(short(reply.epoch))", "\(reply.status)"]
    words += reply.acknowledged.map { "acknowledges \(text($0))" }
    words += reply.frames.map(text)
    if !reply.directory.isEmpty {
      words.append("directory \(reply.directoryStart)+\(reply.directory.count)")
    }
    words += reply.refusals.map {
      "refuses \(short($0.stream.replica.number))@\($0.stream.village.tail)"
        + " from \($0.counter) on: \($0.ground)"
    }
    words += reply.branches.map {
      "has branch \(short($0.last.replica.number))@\($0.last.village.tail)"
        + " \($0.fork)...\($0.last.counter):\(short($0.tag))"
    }
    if let watermark = reply.watermark {
      words.append("watermark \(short(watermark.id))")
      words += watermark.villages.map {
        "\($0.village.tail) \(text($0.vector)) \($0.digest.map { short($0.tag) } ?? "-")"
      }
    }
    words += reply.snapshots.map(text)
    words += reply.wanted.map { "wants \(text($0))" }
    return words.joined(separator: ", ")
  }

  private static func text(_ pair: VillageVector) -> String {
    "\(pair.village.tail) \(text(pair.vector))"
  }

  private static func text(_ vector: VersionVector) -> String {
    let entries = vector.entries.map {
      "\(short($0.replica.number)):\($0.count):\(short($0.head))"
    }
    return "[\(entries.joined(separator: " "))]"
  }

  private static func text(_ frame: Frame) -> String {
    "frame \(short(frame.stream.replica.number))@\(frame.stream.village.tail)"
      + " \(frame.first)...\(frame.lastCounter):\(short(frame.last.tag))"
      + (frame.seal == nil ? "" : " sealed") + (frame.base == nil ? "" : " with its base")
  }

  private static func text(_ progress: SnapshotProgress) -> String {
    "\(progress.parts.map(String.init) ?? "no") parts of \(progress.village.tail)"
      + ":\(short(progress.snapshot))"
  }

  private static func text(_ piece: SnapshotPiece) -> String {
    "part \(piece.index + 1) of \(piece.count) of \(piece.village.tail):\(short(piece.snapshot))"
      + (piece.mark.map { " " + text($0.vector) } ?? "")
  }

  private static func short(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String((String(repeating: "0", count: 16 - digits.count) + digits).prefix(4))
  }
}

extension VillageCode {
  /// The last four digits.
  fileprivate var tail: String { String(description.suffix(4)) }
}
