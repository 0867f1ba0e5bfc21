import Bytes
import Causality
import GRDB
import Model
import Wire

/// The backup watermark: how far the office's history is in a backup that was opened and checked.
///
/// An office can be lost. Until a change is in a checked backup, the laptops that hold it are the only
/// other place where it is, so nobody drops anything above the watermark. Below it a laptop may keep
/// states alone. With each backup the office notes what is in it and makes the snapshots of it; laptops
/// are told at their next sync, under the office's signature.
enum Watermarks {
  /// The watermark that is known, if there is one.
  static func id(_ db: Database) throws -> UInt64? {
    try Meta.integer(db, .watermark).map { UInt64(bitPattern: $0) }
  }

  static func entry(_ db: Database, of village: VillageCode) throws -> WatermarkEntry? {
    try db.first(
      "SELECT vector, digest, signature FROM watermark WHERE village = ?", .bits(village.number)
    ) { row in
      WatermarkEntry(
        village: village, vector: try Acknowledged.vector(row.bytes(0)),
        digest: row.isNull(1) ? nil : ChainHash(row.bytes(1)),
        signature: row.isNull(2) ? [] : row.bytes(2))
    }
  }

  static func write(_ db: Database, _ entry: WatermarkEntry) throws {
    var writer = ByteWriter()
    entry.vector.encode(to: &writer)
    try db.run(
      "INSERT INTO watermark (village, vector, digest, signature) VALUES (?, ?, ?, ?)",
      .bits(entry.village.number), .blob(writer.bytes),
      entry.digest.map { .blob($0.bytes) } ?? .null,
      entry.signature.isEmpty ? .null : .blob(entry.signature))
  }

  /// The most by which numbers of one office's backups lie apart: some hundred steps.
  static let widest: UInt64 = 1 << 48

  /// The number of the next backup: more than that of the last by a random step, so that it rises, and
  /// that an office which was put back takes no number again.
  static func next(_ db: Database, surroundings: Surroundings) throws -> UInt64 {
    var random = InjectedRandom(surroundings: surroundings)
    let (next, isOver) = (try id(db) ?? 0).addingReportingOverflow(1 + random.next() >> 24)
    return isOver ? 1 : next
  }

  static func forget(_ db: Database) throws {
    try Meta.remove(db, .watermark)
    try Meta.remove(db, .watermarkAt)
    try Meta.remove(db, .watermarkMost)
    try db.run("DELETE FROM watermark")
    // NB: what laptops offer an office is of no watermark.
    try db.run("DELETE FROM staged WHERE device = 0")
  }
}

// MARK: At the office

/// What an office notes of a backup while the backup is open.
struct BackupMark {
  let id: UInt64
  let entries: [WatermarkEntry]
}

extension Store {
  /// Makes the snapshots of a checked backup and keeps them here, to be handed out once
  /// ``setWatermark(_:)`` says that the backup has its name.
  func prepareWatermark(of backup: Store, without unknown: Set<VillageCode>) throws -> BackupMark {
    let id = try read { db in try Watermarks.next(db, surroundings: surroundings) }
    var entries: [WatermarkEntry] = []
    for pair in try backup.vectors() {
      var parts: [(Int, [UInt8])] = []
      var digest: ChainHash?
      if !unknown.contains(pair.village) {
        digest = try backup.read { db in
          try Snapshots.make(db, pair.village, context: try backup.context(db)) {
            parts.append(($0, $1))
          }
        }
      }
      if digest != nil {
        try write { db in
          for (part, bytes) in parts {
            try db.run(
              "INSERT INTO snapshot (watermark, village, part, bytes) VALUES (?, ?, ?, ?)",
              .bits(id), .bits(pair.village.number), .integer(Int64(part)), .blob(bytes))
          }
        }
      }
      entries.append(
        WatermarkEntry(
          village: pair.village, vector: pair.vector, digest: digest, signature: []))
    }
    return BackupMark(id: id, entries: entries)
  }

  /// Makes what a backup holds the watermark.
  func setWatermark(_ mark: BackupMark) throws {
    try write { db in
      try Watermarks.forget(db)
      for entry in mark.entries { try Watermarks.write(db, entry) }
      try Meta.set(db, .watermark, .bits(mark.id))
      try Meta.set(db, .watermarkAt, .integer(surroundings.wall()))
      try db.run("DELETE FROM snapshot WHERE watermark <> ?", .bits(mark.id))
    }
  }

  /// When the newest checked backup was made, in milliseconds since 1970, and how many changes came
  /// after it; `nil` if there is none.
  public func backupStanding() throws -> (at: Int64, since: UInt64)? {
    try read { db in
      guard let at = try Meta.integer(db, .watermarkAt) else { return nil }
      var since: UInt64 = 0
      for held in try Streams.vectors(db) {
        let mark = try Watermarks.entry(db, of: held.village)?.vector
        for entry in held.vector.entries {
          since += entry.count - min(entry.count, mark?.count(of: entry.replica) ?? 0)
        }
      }
      return (at, since)
    }
  }

  /// The watermark as a device is told of it: of its villages all, of any other its own streams alone.
  ///
  /// An office that has none says so, for the device may know one of before the office was put back.
  static func watermark(
    _ db: Database, context: StoreContext, scope: Set<VillageCode>,
    held: [VillageCode: VersionVector]
  ) throws -> Watermark? {
    guard let survey = context.directory.survey, let key = try Meta.bytes(db, .key) else {
      return nil
    }
    guard let id = try Watermarks.id(db) else { return Watermark(id: 0, villages: []) }
    var entries: [WatermarkEntry] = []
    for village in scope.union(held.keys).sorted() {
      guard let mark = try Watermarks.entry(db, of: village) else { continue }
      var (vector, digest) = (mark.vector, mark.digest)
      if !scope.contains(village) {
        let theirs = held[village] ?? VersionVector()
        vector = VersionVector(vector.entries.filter { theirs[$0.replica] != nil })
        digest = nil
      }
      let signed = WatermarkEntry(
        village: village, vector: vector, digest: digest, survey: survey.id, key: key)
      if let signed { entries.append(signed) }
    }
    return Watermark(id: id, villages: entries)
  }

  /// The parts of a village's snapshot that a device still lacks; `nil` if it is to have the changes
  /// themselves.
  ///
  /// The backup's snapshot is for whoever holds nothing of others there, and of its own at least as much
  /// as the snapshot stands for. Anybody else has a history that the changes go on from, unless the
  /// office has none of them: what it was given a base for it can hand on only as that.
  static func pieces(
    _ db: Database, of village: VillageCode, after theirs: VersionVector, device: DeviceID,
    survey: UInt64, progress: SnapshotProgress?, budget: inout Int
  ) throws -> [SnapshotPiece]? {
    func next(_ mark: WatermarkEntry) -> Int? {
      guard let progress, progress.snapshot == mark.digest?.tag else { return 0 }
      return progress.parts
    }
    // NB: the base is what is offered last; whoever turned it down has turned down the other too.
    if let progress, progress.parts == nil,
      progress.snapshot == (try Cuts.mark(db, of: village))?.digest?.tag
    {
      return nil
    }
    if let mark = try backedUp(
      db, of: village, after: theirs, device: device, survey: survey),
      let next = next(mark)
    {
      let id = try Watermarks.id(db) ?? 0
      let pieces = try Snapshots.pieces(of: mark, from: next, budget: &budget) { part in
        try db.first(
          "SELECT bytes FROM snapshot WHERE watermark = ? AND village = ? AND part = ?", .bits(id),
          .bits(village.number), .integer(Int64(part))
        ) { $0.bytes(0) }
      } count: {
        try db.first(
          "SELECT count(*) FROM snapshot WHERE watermark = ? AND village = ?", .bits(id),
          .bits(village.number)
        ) { Int($0.integer(0)) } ?? 0
      }
      if !pieces.isEmpty { return pieces }
    }
    if try exceedsCuts(db, of: village, theirs), let mark = try Cuts.mark(db, of: village),
      let next = next(mark)
    {
      let pieces = try Cuts.pieces(db, of: mark, from: next, budget: &budget)
      if !pieces.isEmpty { return pieces }
    }
    return nil
  }

  /// The signed word for the backup's snapshot of a village, if a device is to begin with it.
  private static func backedUp(
    _ db: Database, of village: VillageCode, after theirs: VersionVector, device: DeviceID,
    survey: UInt64
  ) throws -> WatermarkEntry? {
    guard let mark = try Watermarks.entry(db, of: village), mark.digest != nil,
      let key = try Meta.bytes(db, .key)
    else { return nil }
    for entry in theirs.entries {
      guard try owner(db, of: entry.replica) == device,
        entry.count >= mark.vector.count(of: entry.replica)
      else { return nil }
    }
    guard mark.vector.entries.contains(where: { $0.count > theirs.count(of: $0.replica) }) else {
      return nil
    }
    return WatermarkEntry(
      village: village, vector: mark.vector, digest: mark.digest, survey: survey, key: key)
  }

  /// Whether the base of a village stands for more of any stream than a vector has.
  static func exceedsCuts(
    _ db: Database, of village: VillageCode, _ vector: VersionVector
  ) throws -> Bool {
    try db.all("SELECT replica, count FROM cut WHERE village = ?", .bits(village.number)) {
      (ReplicaID($0.bits(0)), $0.bits(1))
    }.contains { vector.count(of: $0.0) < $0.1 }
  }
}

// MARK: At a laptop

extension Store {
  /// Keeps the watermark that the office told, as far as the office's signature stands under it.
  func keepWatermark(_ db: Database, _ watermark: Watermark) throws {
    guard let survey = try context(db).directory.survey, !survey.key.isEmpty else { return }
    let entries = watermark.villages.filter { $0.isSigned(survey: survey.id, by: survey.key) }
    guard entries.count == watermark.villages.count else { return }
    if watermark.id == 0 {
      // NB: it was put back, and what it said of branches and bases may be gone as well.
      if try Watermarks.id(db) != nil { try Self.forgetWord(db) }
      return try Watermarks.forget(db)
    }
    // NB: a word that comes late tells of no later backup, nor does that which is told again after it.
    // Numbers of another kind, as they were at random once, are counted anew.
    let most =
      try Meta.integer(db, .watermarkMost).map { UInt64(bitPattern: $0) }
      ?? Watermarks.id(db) ?? 0
    if watermark.id > most || most - watermark.id > Watermarks.widest {
      try Meta.set(db, .watermarkMost, .bits(watermark.id))
      try Accounted.noteWatermark(db)
    }
    try db.run("DELETE FROM watermark")
    for entry in entries { try Watermarks.write(db, entry) }
    try Meta.set(db, .watermark, .bits(watermark.id))
    try Meta.set(db, .watermarkAt, .integer(surroundings.wall()))
  }

  /// Whether the watermark covers everything that is held of a village, as it is here.
  static func isCovered(_ db: Database, _ village: VillageCode) throws -> Bool {
    guard let mark = try Watermarks.entry(db, of: village)?.vector else { return false }
    // NB: of a stream that has parted the office acknowledges nothing, whatever its backup has of it.
    var told = try Acknowledged.vector(db, of: village) ?? VersionVector()
    for entry in try Accounted.entries(db, of: village, isBackedUp: true) { told.raise(entry) }
    // NB: that a stream is longer at the office says nothing of what was saved here since it was asked: a
    // store that was put back saves beside its own past. The office's word must be of the very end.
    return try Streams.vector(db, village).entries.allSatisfy { entry in
      guard let there = mark[entry.replica], told[entry.replica] == entry else { return false }
      return there.count > entry.count || there == entry
    }
  }
}
