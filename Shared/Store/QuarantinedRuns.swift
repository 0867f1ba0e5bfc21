import Bytes
import Causality
import GRDB
import Model
import Wire

extension Store {
  /// Keeps the changes of a frame aside, untaken.
  @discardableResult
  public func quarantine(
    _ frame: Frame, of device: DeviceID, ground: Refusal.Ground, after end: Frame.Base? = nil
  ) throws -> Frame.Base? {
    try write { db in
      // NB: what it goes on from is known now, and may be another change in the same place later.
      let known = try Streams.row(db, frame.stream)
      var base = end?.hash.tag == frame.previous ? end : nil
      if case .found(let road) = try Road.find(frame, known: known, db: db) {
        base = road.base(at: 0)
      }
      return try Quarantine.keep(
        frame, base: base, of: device, ground: ground, now: surroundings.wall(), db)
    }
  }

  /// What was not taken and waits for a decision, in order of arrival.
  public func quarantined() throws -> [QuarantinedChange] {
    try read { db in
      try db.all(
        """
        SELECT q.village, q.replica, q.counter, q.device, q.ground, q.arrived
        \(Quarantine.rows) WHERE q.decision IS NULL AND NOT \(Quarantine.isHeld)
        ORDER BY q.arrived, q.village, q.replica, q.counter
        """
      ) { row -> QuarantinedChange? in
        guard let village = VillageCode(number: row.bits(0)),
          let ground = Refusal.Ground(rawValue: UInt8(truncatingIfNeeded: row.bits(4)))
        else { return nil }
        return QuarantinedChange(
          dot: Dot(replica: ReplicaID(row.bits(1)), village: village, counter: row.bits(2)),
          device: DeviceID(UInt32(truncatingIfNeeded: row.bits(3))), ground: ground,
          arrived: row.integer(5))
      }.compactMap { $0 }
    }
  }

  /// What was not taken, gathered into runs, in order of village, stream and counter.
  ///
  /// - Parameter all: also what was decided already, taken changes among it.
  public func quarantinedRuns(all: Bool = false) throws -> [QuarantinedRun] {
    let rows = try read { db in
      try db.all(
        """
        SELECT q.village, q.replica, q.counter, q.hash, q.device, q.ground, q.arrived, q.content,
          q.secret, q.decision, q.decided, q.decider, q.reason, q.previous, \(Quarantine.isHeld)
        \(Quarantine.rows)
        \(all ? "" : "WHERE q.decision IS NULL AND NOT \(Quarantine.isHeld)")
        ORDER BY q.village, q.replica, q.counter, q.previous IS NULL, q.arrived, q.hash
        """
      ) { row in Self.run(row).map { (run: $0, isHeld: row.integer(14) == 1) } }
      .compactMap { $0 }
    }
    var runs: [(run: QuarantinedRun, end: ChainHash?, isHeld: Bool)] = []
    for (row, isHeld) in rows {
      // NB: at one counter there can be several changes, of a store that was copied. What is held begins no
      // run of what is not: a run has one name, whatever else is listed.
      let before = runs.indices.filter {
        runs[$0].isHeld == isHeld && runs[$0].run.isContinued(by: row, after: runs[$0].end)
      }
      // NB: where nobody knows what it goes on from, it may go on from either. Those come last, and part nothing
      // of what is known to go together.
      if before.count == 1, let index = before.first {
        runs[index].run.contents += row.contents
        runs[index].run.arrived = max(runs[index].run.arrived, row.arrived)
        runs[index].end = row.end
      } else {
        runs.append((row, row.end, isHeld))
      }
    }
    return runs.map(\.run)
  }

  /// Puts changes away: they stay where they are, and are no longer asked about.
  public func drop(_ run: QuarantinedRun, by person: PersonID, because reason: String) throws {
    try write { db in
      let decision = QuarantineDecision(
        kind: .dropped, decided: surroundings.wall(), person: person, reason: reason)
      try Quarantine.note(decision, of: run, upTo: run.last, db)
    }
  }

  /// A run of the one change in a row.
  private static func run(_ row: RawStatement) -> QuarantinedRun? {
    guard let village = VillageCode(number: row.bits(0)),
      let ground = Refusal.Ground(rawValue: UInt8(truncatingIfNeeded: row.bits(5)))
    else { return nil }
    let replica = ReplicaID(row.bits(1))
    var decision: QuarantineDecision?
    if let kind = QuarantineDecision.Kind(rawValue: UInt8(truncatingIfNeeded: row.bits(9))),
      let person = PersonID(row.text(11))
    {
      decision = QuarantineDecision(
        kind: kind, decided: row.integer(10), person: person,
        reason: row.isNull(12) ? nil : row.text(12))
    }
    var named = ByteWriter()
    for number in [village.number, replica.number, row.bits(2)] { named.fixed64(number) }
    named.raw(row.bytes(3))
    let device = DeviceID(UInt32(truncatingIfNeeded: row.bits(4)))
    // NB: several devices can bring one change; what another than its writer brought has another name.
    if let content = try? ChangeContent(row.bytes(7), village: village),
      content.author.device != device
    {
      named.fixed64(UInt64(device.number))
    }
    return QuarantinedRun(
      name: Letters.text(of: UInt128(Digest.sha256(named.bytes).tag), bits: 64, count: 5),
      stream: StreamID(village: village, replica: replica), first: row.bits(2),
      contents: [row.bytes(7)], device: device,
      ground: ground, arrived: row.integer(6), decision: decision,
      secret: row.isNull(8) ? nil : StreamSecret(row.bytes(8)),
      previous: row.isNull(13) ? nil : ChainHash(row.bytes(13)))
  }
}

extension QuarantinedRun {
  /// - Parameter end: the hash of its last change, where that is known.
  fileprivate func isContinued(by next: QuarantinedRun, after end: ChainHash?) -> Bool {
    guard
      next.stream == stream && next.first == last + 1 && next.device == device
        && next.ground == ground && next.decision == decision
    else { return false }
    guard let previous = next.previous else { return true }
    return previous == end
  }

  /// The hash of the only change, where what it goes on from is known.
  fileprivate var end: ChainHash? {
    guard let secret, let previous else { return nil }
    var chain = Chain(stream: stream, secret: secret, count: first - 1, head: previous)
    return contents.first.map { chain.append($0) }
  }
}
