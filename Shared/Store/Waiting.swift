import Bytes
import Causality
import GRDB
import Model
import Wire

/// What waits of one stream, in one room, that one device brought: what a person decides about at once.
public struct WaitingRun: Hashable, Sendable {
  /// Letters by which people name it; they stay the same as long as any of it waits.
  public let name: String
  /// The stream.
  public let stream: StreamID
  /// Whose it is known to be; `nil` if nothing shows that, 0 if the office sealed it.
  public let device: DeviceID?
  /// Who brought it, as far as that was said.
  public let bearer: DeviceID
  /// The counters of the first change and of the last.
  public let counters: ClosedRange<UInt64>
  /// How many frames.
  public let frames: Int
  /// How many changes are in them.
  public let changes: Int
  /// How many bytes they have.
  public let size: Int
  /// When the first of them came, in milliseconds since 1970.
  public let arrived: Int64
}

extension Store {
  /// What waits in the inbox, in order of village, stream, room and bearer.
  public func waitingRuns() throws -> [WaitingRun] {
    try read { db in
      try db.all(
        """
        SELECT village, replica, room, device, min(first), max(last), count(*),
          sum(last - first + 1), sum(length(frame)), min(arrived)
        FROM inbox GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        """
      ) { row -> WaitingRun? in
        guard let village = VillageCode(number: row.bits(0)) else { return nil }
        var named = ByteWriter()
        for column in Int32(0)..<4 { named.fixed64(row.bits(column)) }
        return WaitingRun(
          name: Letters.text(of: UInt128(Digest.sha256(named.bytes).tag), bits: 64, count: 5),
          stream: StreamID(village: village, replica: ReplicaID(row.bits(1))),
          device: Inbox.Room(number: row.integer(2)).device,
          bearer: DeviceID(UInt32(truncatingIfNeeded: row.bits(3))),
          counters: row.bits(4)...row.bits(5), frames: Int(row.integer(6)),
          changes: Int(row.integer(7)), size: Int(row.integer(8)), arrived: row.integer(9))
      }.compactMap { $0 }
    }
  }

  /// Puts away what waits.
  ///
  /// It lies in quarantine as dropped, and waits no more, also when it is brought again. When what it
  /// waits for has come it is taken from whoever brings it, as if it came new.
  ///
  /// - Returns: how many changes.
  public func drop(
    _ run: WaitingRun, by person: PersonID, because reason: String
  ) throws -> Int {
    try write { db in
      let now = surroundings.wall()
      let decision = QuarantineDecision(
        kind: .dropped, decided: now, person: person, reason: reason)
      let owner = run.device ?? .standalone
      let room = run.device.map { Inbox.Room.of($0) } ?? .nobodys
      let keys = try db.all(
        """
        SELECT first, last_hash FROM inbox
        WHERE village = ? AND replica = ? AND room = ? AND device = ? ORDER BY first, last_hash
        """, .bits(run.stream.village.number), .bits(run.stream.replica.number),
        .integer(room.number), .integer(Int64(run.bearer.number))
      ) { Inbox.Key(stream: run.stream, first: $0.bits(0), lastHash: $0.bytes(1)) }
      var dropped = 0
      for key in keys {
        guard let (frame, _, _) = try Inbox.frame(db, key) else { continue }
        try Quarantine.keep(
          frame, of: owner, ground: .gap, isBounded: false, now: now, db)
        try Quarantine.note(
          decision, of: frame.contents, of: frame.stream, from: frame.first, of: owner, db)
        try Inbox.remove(db, key)
        dropped += frame.contents.count
      }
      return dropped
    }
  }
}
