import Causality
import GRDB
import Model
import Wire

/// Takes snapshots in: parts are staged as they come, and stand for nothing; when the last is there, one
/// transaction merges the states and raises the vector.
///
/// A vector says what is held, so it must not say so while a part is missing. That is why nothing of a
/// snapshot is looked at before all of it is here and comes to the digest that the office signed.
extension Store {
  /// How much of snapshots under way is here.
  static func snapshotProgress(_ db: Database) throws -> [SnapshotProgress] {
    try db.all(
      """
      SELECT village, max(snapshot), max(\(StagedSnapshot.place)) FROM staged WHERE device = 0
      GROUP BY village ORDER BY village
      """
    ) { row in
      VillageCode(number: row.bits(0)).map {
        SnapshotProgress(
          village: $0, snapshot: row.bits(1),
          parts: row.integer(2) < -1 ? nil : Int(row.integer(2)) + 1)
      }
    }.compactMap { $0 }
  }

  /// Keeps parts until the rest has come.
  ///
  /// - Parameter device: who brings them, at the office.
  /// - Returns: how many were new, and the villages of which all parts are here.
  func stage(
    _ db: Database, _ pieces: [SnapshotPiece], from device: DeviceID = .standalone
  ) throws -> (new: Int, complete: [VillageCode]) {
    var new = 0
    var complete: [VillageCode] = []
    let survey = try context(db).directory.survey
    for piece in pieces {
      if let mark = piece.mark {
        guard let survey, mark.isSigned(survey: survey.id, by: survey.key) else { continue }
        if device == .standalone, try !mayJoin(db, mark) { continue }
      }
      let (next, tag) = try Self.staged(db, piece.village, from: device)
      let isOther = tag != nil && tag != piece.snapshot
      let isLast = piece.index == piece.count - 1
      // NB: whoever was killed between the last part and what is made of all has all of them.
      if isLast, !isOther, next == piece.count, !complete.contains(piece.village) {
        complete.append(piece.village)
      }
      guard piece.index == (isOther ? 0 : next) else { continue }
      if isOther { try Self.unstage(db, piece.village, from: device) }
      try StagedSnapshot(db, piece.village, from: device).put(
        piece.index, of: piece.snapshot, mark: piece.mark, piece.bytes)
      new += 1
      if isLast { complete.append(piece.village) }
    }
    return (new, complete)
  }

  /// Whether a laptop may take a snapshot that has less of some stream than its base.
  ///
  /// What comes of the two nobody has signed, so the base is to be at the office first: nobody else may
  /// have what it stands for. An office that wants nothing of it has it already, perhaps by another base
  /// alone, and then cannot acknowledge where this one ends; or it cannot take it, and both are kept here
  /// for the next one (``JoinedBases``).
  private func mayJoin(_ db: Database, _ mark: WatermarkEntry) throws -> Bool {
    let there = try Acknowledged.vector(db, of: mark.village) ?? VersionVector()
    // NB: what the base tells of a branch nobody else may tell, so it is offered first.
    if try Parted.isUntaken(db, mark.village), try Self.offer(db, of: mark.village) != nil {
      return false
    }
    guard try Self.exceedsCuts(db, of: mark.village, mark.vector),
      try Cuts.mark(db, of: mark.village) != nil,
      try Self.exceedsCuts(db, of: mark.village, there)
    else { return true }
    return try Self.offer(db, of: mark.village) == nil
  }

  /// How many parts of a snapshot are staged, and of which; a negative count if none is wanted.
  static func staged(
    _ db: Database, _ village: VillageCode, from device: DeviceID
  ) throws -> (count: Int, snapshot: UInt64?) {
    try db.first(
      """
      SELECT max(\(StagedSnapshot.place)), max(snapshot) FROM staged
      WHERE village = ? AND device = ?
      """, .bits(village.number), .integer(Int64(device.number))
    ) { row in
      guard !row.isNull(0) else { return (0, nil) }
      return (Int(row.integer(0)) + 1, row.bits(1))
    } ?? (0, nil)
  }

  static func unstage(_ db: Database, _ village: VillageCode, from device: DeviceID) throws {
    try db.run(
      "DELETE FROM staged WHERE village = ? AND device = ?", .bits(village.number),
      .integer(Int64(device.number)))
  }

  /// Makes the staged snapshot of a village what its history begins with.
  ///
  /// - Parameters:
  ///   - device: who brought it, at the office.
  ///   - admission: the office's check of what then need not wait any more.
  /// - Returns: how many changes it stands for that were not held before.
  func install(
    _ village: VillageCode, from device: DeviceID = .standalone,
    admission: (any Admission)? = nil
  ) throws -> Int {
    do {
      return try merge(village, from: device, admission: admission)
    } catch StoreError.tooLarge, StoreError.tooManyPlaces {
      // What is here with what came could not be read back, or leave in a carry.
      try write { db in try refuseSnapshot(db, of: village, from: device) }
      return 0
    }
  }

  /// Asks for the changes of a village from now on.
  private func refuseSnapshot(
    _ db: Database, of village: VillageCode, from device: DeviceID
  ) throws {
    let tag = try Self.staged(db, village, from: device).snapshot
    try Self.unstage(db, village, from: device)
    try StagedSnapshot(db, village, from: device).put(-1, of: tag ?? 0, mark: nil, [])
  }

  private func merge(
    _ village: VillageCode, from device: DeviceID, admission: (any Admission)?
  ) throws -> Int {
    var news = Inbox.News()
    let new = try write { db in
      let staged = StagedSnapshot(db, village, from: device)
      var door = try Door(self, db)
      let context = door.context
      let isOffice = door.isOffice
      guard let ends = try staged.ends(context: context, isOffice: isOffice) else {
        if try isOffice || !staged.askAgain() {
          try refuseSnapshot(db, of: village, from: device)
        }
        return 0
      }
      let copies = try staged.copies(of: ends.parted, context: context)
      var new = 0
      if ends.isFurther {
        guard let found = try begin(staged, ends, into: &door) else {
          try refuseSnapshot(db, of: village, from: device)
          return 0
        }
        new = found
        // NB: what the carries then say that was held counts what was just begun with.
        try Streams.raiseGeneration(db, village)
      }
      if !ends.parted.isEmpty {
        // NB: only the office can have signed its own stream; so it was put back, and nobody said so.
        let isLost = try ends.parted.contains { try Incarnations.shouldBeWhole(db, $0.replica) }
        if isLost { try beginAgain(db) }
        news.add(try carry(copies, of: ends.parted, in: village, db))
        // NB: what goes on from there has its place now, whoever brought it.
        for end in ends.parted {
          news.add(branch: StreamID(village: village, replica: end.replica).dot(end.count))
        }
      }
      try Self.unstage(db, village, from: device)
      news.add(village)
      news.add(door.touched)
      news.add(try carryOn(after: &door))
      return new
    }
    var outcome = IngestOutcome()
    try wake(after: &news, admission: admission, device: device, into: &outcome)
    return new + outcome.applied
  }

  /// Makes what is staged the beginning of a village's history.
  ///
  /// - Returns: how many changes it stands for that were not held before; `nil` if it cannot be joined to
  ///   the base that is here.
  private func begin(
    _ staged: StagedSnapshot, _ ends: StagedSnapshot.Ends, into door: inout Door
  ) throws -> Int? {
    let (village, db, context, isOffice) = (staged.village, door.db, door.context, door.isOffice)
    let joined = try staged.join(ends.joined, isWhole: !ends.hasParted) { vector, digest in
      guard isOffice, let survey = context.directory.survey, let key = try Meta.bytes(db, .key)
      else { return nil }
      return WatermarkEntry(
        village: village, vector: vector, digest: digest, survey: survey.id, key: key)
    }
    guard let joined else { return nil }
    let newest = try Self.merge(staged, into: &door)
    var new = 0
    for stream in ends.joined { new += try raise(stream, in: village, after: newest, door: door) }
    try Self.setBase(db, village, joined, from: staged.device)
    // NB: at the office whoever brought it brings it again, and is told.
    if !isOffice { try door.removeAccounted(in: village) }
    return new
  }

  /// Counts what a base stands for.
  ///
  /// - Returns: how many changes that is which were not held.
  private func raise(
    _ stream: Snapshot.Stream, in village: VillageCode, after newest: Newest, door: Door
  ) throws -> Int {
    let id = StreamID(village: village, replica: stream.replica)
    let stamp = newest.stamp
    var row =
      try Streams.row(door.db, id)
      ?? StreamRow(
        id: id, count: 0, head: .start, secret: stream.secret, stamp: stamp, context: -1,
        directory: 0)
    guard row.count < stream.count else { return 0 }
    let new = stream.count - row.count
    row.count = stream.count
    row.head = stream.head
    row.stamp = max(row.stamp, stamp)
    row.directory = max(row.directory, newest.ends[stream.replica] ?? 0)
    try Streams.write(door.db, row)
    if door.isOffice {
      // NB: what the office issued again, whose author's device it bears, is said to be the office's.
      if stream.device != .standalone {
        try Self.bind(door.db, stream.replica, to: stream.device)
      }
      // NB: only the office can have signed it; so it was put back, and nobody said so.
      if try Incarnations.shouldBeWhole(door.db, stream.replica) { try beginAgain(door.db) }
    } else if stream.replica == door.replica {
      try Incarnations.mint(door.db, surroundings: surroundings)
    }
    return Int(clamping: new)
  }

  /// What the states of a snapshot tell of the streams that it stands for.
  private struct Newest {
    /// The newest stamp among their answers.
    var stamp = Stamp(number: 0)
    /// The replicas whose last change the states tell of by its own name, and the version of the directory
    /// that it cites: what comes after cites none that is older.
    ///
    /// NB: what another change of the replica cites says nothing. It may be of a branch, and a copy hears
    /// of another version than the laptop that goes on with the stream.
    var ends: [ReplicaID: UInt64] = [:]
  }

  /// Merges the staged states.
  private static func merge(_ staged: StagedSnapshot, into door: inout Door) throws -> Newest {
    var newest = Newest()
    var ends: [ReplicaID: Name] = [:]
    try staged.forEachPart { part in
      for stream in part.streams {
        let id = StreamID(village: staged.village, replica: stream.replica)
        ends[stream.replica] = Name(dot: id.dot(stream.count), tag: stream.head.tag)
      }
      for copy in part.copies {
        let state = try RecordTable.state(copy.state, of: copy.record)
        for origin in state.origins {
          if let author = origin.author { newest.stamp = max(newest.stamp, author.stamp) }
          let replica = origin.name.dot.replica
          guard ends[replica] == origin.name else { continue }
          newest.ends[replica] = max(newest.ends[replica] ?? 0, origin.author?.directory ?? 0)
        }
        try door.merge(copy, in: staged.village)
      }
    }
    return newest
  }

  /// Makes a snapshot the base of a village.
  ///
  /// A laptop drops what it stands for from the journal; the office drops nothing.
  ///
  /// - Parameter device: under which its parts are staged.
  static func setBase(
    _ db: Database, _ village: VillageCode, _ streams: [Snapshot.Stream], from device: DeviceID
  ) throws {
    try db.run("DELETE FROM base WHERE village = ?", .bits(village.number))
    try db.run("DELETE FROM cut WHERE village = ?", .bits(village.number))
    let isOffice = try Meta.text(db, .role) == StoreRole.office.rawValue
    try db.run(
      """
      INSERT INTO base (village, part, mark, bytes) SELECT village, part, mark, bytes FROM staged
      WHERE village = ? AND device = ? AND part >= 0
      """, .bits(village.number), .integer(Int64(device.number)))
    if try Cuts.mark(db, of: village) != nil { try JoinedBases.drop(db, village) }
    for stream in streams {
      try db.run(
        "INSERT INTO cut (village, replica, count, head, device) VALUES (?, ?, ?, ?, ?)",
        .bits(village.number), .bits(stream.replica.number), .bits(stream.count),
        .blob(stream.head.bytes), .integer(Int64(stream.device.number)))
    }
    if isOffice { return }
    for stream in streams {
      let id = StreamID(village: village, replica: stream.replica)
      try Cuts.drop(db, id, upTo: stream.count)
      try Branches.drop(db, id, upTo: stream.count, head: stream.head)
    }
  }
}
