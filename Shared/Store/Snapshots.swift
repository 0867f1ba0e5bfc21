import Causality
import GRDB
import Model
import Wire

/// Makes snapshots.
///
/// The office makes them of a backup that it has just checked: the states that are stored there are
/// those at the backup's vectors. A laptop makes one of its own history up to a watermark, to see that
/// it comes to the same bytes before it drops that history.
enum Snapshots {
  /// Makes the snapshot of a village as a store holds it.
  ///
  /// - Parameter emit: takes each packed part, in order.
  /// - Returns: its digest; `nil` if a record is too large for any part, or the village is empty.
  static func make(
    _ db: Database, _ village: VillageCode, context: StoreContext,
    emit: (_ part: Int, _ bytes: [UInt8]) throws -> Void
  ) throws -> ChainHash? {
    let streams = try streams(db, Streams.vector(db, village), in: village)
    if streams.isEmpty { return nil }
    var copies: [(record: RecordID, form: UInt32)] = []
    for form in context.forms.keys.sorted() {
      let some = try db.all(
        "SELECT _id FROM \(context.table(form).name) WHERE _village = ?", .bits(village.number)
      ) { RecordID(letters: $0.text(0)) }
      copies += some.compactMap { record in record.map { ($0, form) } }
    }
    copies.sort { $0.record < $1.record }
    var writer = SnapshotWriter(village: village, streams: streams)
    var part = 0
    func add(_ bytes: [UInt8]?) throws {
      guard let bytes else { return }
      try emit(part, bytes)
      part += 1
    }
    for (record, form) in copies {
      guard let copy = try context.table(form).copy(db, record, in: village) else { continue }
      let bytes = copy.state.bytes
      guard bytes.count <= sizeLimit else { return nil }
      try add(writer.add(Snapshot.Copy(record: record, form: form, state: bytes)))
    }
    let (last, digest) = writer.finish()
    try add(last)
    return digest
  }

  /// Makes the snapshot of a village at a vector that the store has gone beyond, from its base and its
  /// journal.
  ///
  /// - Returns: the parts and the digest; `nil` if the journal does not go that far in every stream, or
  ///   there is in it what this program does not understand.
  static func make(
    _ db: Database, _ village: VillageCode, at vector: VersionVector
  ) throws -> (parts: [[UInt8]], digest: ChainHash)? {
    guard let states = try states(db, village, at: vector) else { return nil }
    var writer = SnapshotWriter(
      village: village, streams: try streams(db, vector, in: village))
    var parts: [[UInt8]] = []
    for (record, copy) in states.sorted(by: { $0.key < $1.key }) {
      let bytes = copy.state.bytes
      guard bytes.count <= sizeLimit else { return nil }
      if let part = writer.add(Snapshot.Copy(record: record, form: copy.form, state: bytes)) {
        parts.append(part)
      }
    }
    let (last, digest) = writer.finish()
    if let last { parts.append(last) }
    return (parts, digest)
  }

  /// A part holds at least one record, and something besides.
  static let sizeLimit = Snapshot.partLimit - Snapshot.partTarget - (1 << 20)

  private struct Made {
    let form: UInt32
    var state: RecordState
  }

  private static func states(
    _ db: Database, _ village: VillageCode, at vector: VersionVector
  ) throws -> [RecordID: Made]? {
    var states: [RecordID: Made] = [:]
    try Cuts.forEach(db, village) { copy, state in
      states[copy.record] = Made(form: copy.form, state: state)
    }
    var again: Set<RecordID> = []
    func take(_ change: Change) -> Bool {
      var made =
        states[change.record] ?? Made(form: change.content.form, state: RecordState())
      switch change.content.body {
      case .answers(let answers):
        made.state.apply(change.origin, by: change.content.author, answers)
      case .carry(let cargo, let villageOnly):
        made.state.merge(cargo, villageOnly: villageOnly)
      case .unknown: return false
      }
      if change.content.origin != nil { again.insert(change.record) }
      states[change.record] = made
      return true
    }
    guard try forEach(db, village, at: vector, take) else { return nil }
    // NB: what was put aside may be issued again behind what replaces it. To take a change twice is to take it
    // once, and the second time everything that it replaces is there.
    if !again.isEmpty {
      let wanted = again
      _ = try forEach(db, village, at: vector) { wanted.contains($0.record) ? take($0) : true }
    }
    return states
  }

  /// Reads a village's changes up to a vector, in the order in which they came.
  ///
  /// - Returns: whether all were read; the first that is turned down ends it.
  private static func forEach(
    _ db: Database, _ village: VillageCode, at vector: VersionVector,
    _ body: (Change) -> Bool
  ) throws -> Bool {
    let statement = try RawStatement(
      db,
      """
      SELECT replica, counter, hash, content FROM journal WHERE village = ? ORDER BY seq
      """)
    statement.bind(.bits(village.number), at: 1)
    defer { statement.reset() }
    while try statement.step() {
      let dot = Dot(
        replica: ReplicaID(statement.bits(0)), village: village, counter: statement.bits(1))
      guard dot.counter <= vector.count(of: dot.replica) else { continue }
      let change = try Journal.change(
        dot: dot, hash: statement.bytes(2), content: statement.bytes(3))
      guard body(change) else { return false }
    }
    return true
  }

  /// Parts of a snapshot from one on, while a budget lasts; one at least.
  static func pieces(
    of mark: WatermarkEntry, from next: Int, budget: inout Int,
    _ part: (Int) throws -> [UInt8]?, count: () throws -> Int
  ) throws -> [SnapshotPiece] {
    let count = try count()
    var pieces: [SnapshotPiece] = []
    // NB: the last part is sent again where all are there, for nothing was made of them.
    for index in max(0, min(next, count - 1))..<max(count, 0) where budget > 0 {
      guard let bytes = try part(index),
        let piece = SnapshotPiece(mark, index: index, count: count, bytes: bytes)
      else { break }
      budget -= bytes.count
      pieces.append(piece)
    }
    return pieces
  }

  /// What a snapshot says of the streams of a vector; all of them are held that far.
  static func streams(
    _ db: Database, _ vector: VersionVector, in village: VillageCode
  ) throws -> [Snapshot.Stream] {
    try vector.entries.map { entry in
      let id = StreamID(village: village, replica: entry.replica)
      let end = Dot(replica: entry.replica, village: village, counter: entry.count)
      guard let row = try Streams.row(db, id), let head = try Streams.hash(db, end),
        let device = try Journal.writer(db, end)
      else { throw StoreError.inconsistent(detail: "no \(end)") }
      return Snapshot.Stream(
        replica: entry.replica, count: entry.count, head: head, secret: row.secret, device: device)
    }
  }
}
