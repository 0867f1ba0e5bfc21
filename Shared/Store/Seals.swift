import Causality
import GRDB
import Model
import Wire

/// Keeps the seals of streams, so that what others wrote can be handed on under their word.
enum Seals {
  /// Keeps a seal; the office's replaces a device's, and one under a device's present key what the
  /// device said under another.
  static func keep(
    _ db: Database, _ seal: Seal, at dot: Dot, isPresent: Bool
  ) throws {
    try db.run(
      """
      INSERT INTO seal (village, replica, counter, signer, signature) VALUES (?1, ?2, ?3, ?4, ?5)
      ON CONFLICT DO UPDATE SET signer = excluded.signer, signature = excluded.signature
      WHERE excluded.signer = 0
        OR (?6 AND signer = excluded.signer AND signature <> excluded.signature)
      """, .bits(dot.village.number), .bits(dot.replica.number), .bits(dot.counter),
      .integer(Int64(seal.signer.number)), .blob(seal.signature),
      .integer(isPresent ? 1 : 0))
  }

  /// The seal of a stream at a counter.
  static func seal(_ db: Database, at dot: Dot) throws -> Seal? {
    try db.first(
      "SELECT signer, signature FROM seal WHERE village = ? AND replica = ? AND counter = ?",
      .bits(dot.village.number), .bits(dot.replica.number), .bits(dot.counter)
    ) { row in
      Seal(
        signer: DeviceID(UInt32(truncatingIfNeeded: row.bits(0))), signature: row.bytes(1))
    } ?? nil
  }

  /// The counters of a stream, up to one, at which it is sealed.
  static func counters(_ db: Database, _ stream: StreamID, after: UInt64) throws -> [UInt64] {
    try db.all(
      "SELECT counter FROM seal WHERE village = ? AND replica = ? AND counter > ? ORDER BY counter",
      .bits(stream.village.number), .bits(stream.replica.number), .bits(after)
    ) { $0.bits(0) }
  }

  /// Forgets the seals of a branch that is no longer the stream.
  static func forget(_ db: Database, _ stream: StreamID, from counter: UInt64) throws {
    try db.run(
      "DELETE FROM seal WHERE village = ? AND replica = ? AND counter >= ?",
      .bits(stream.village.number), .bits(stream.replica.number), .bits(counter))
  }
}

/// Who vouches for the changes of a frame.
enum Voucher: Equatable {
  /// Whoever brought it, and nobody else.
  case bearer
  /// The device that wrote it.
  case device(DeviceID)
  /// The device that wrote it, under a key that it had before: it was lost, or copied, and another
  /// joined in its place. If it was turned away while it had that key, whoever has the key is.
  case former(DeviceID, isRevoked: Bool)
  /// The office, which has taken it in before.
  case office

  /// The device whose word it is, under whatever key.
  var device: DeviceID? {
    switch self {
    case .device(let device), .former(let device, _): device
    case .bearer, .office: nil
    }
  }

  /// Whether it is the word of a key whose device was turned away.
  var isTurnedAway: Bool { if case .former(_, isRevoked: true) = self { true } else { false } }
}

extension Door {
  /// Whose word a frame comes with; `nil` if its seal is of nobody we know.
  func voucher(of frame: Frame) -> Voucher? {
    guard let seal = frame.seal else { return .bearer }
    guard let survey = context.directory.survey else { return nil }
    let dot = frame.lastDot
    func isSealed(by key: [UInt8]) -> Bool {
      seal.vouches(for: dot, frame.last, survey: survey.id, key: key)
    }
    if seal.signer == Seal.office { return isSealed(by: survey.key) ? .office : nil }
    let directory = context.directory
    if isSealed(by: directory.device(seal.signer)?.key ?? []) { return .device(seal.signer) }
    // NB: what others were handed under a key that was replaced since has no other seal.
    for former in directory.formerKeys(of: seal.signer) where isSealed(by: former.key) {
      return .former(seal.signer, isRevoked: former.isRevoked)
    }
    return nil
  }
}
