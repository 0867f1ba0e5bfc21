import Causality
import GRDB
import Model
import Wire

/// A snapshot all of whose parts have come, before anything of it counts.
///
/// Three things are asked of it: that it is what the office signed, that this program can read all of
/// it, and that it goes on from what is held. A stream of which more is held than it stands for has the
/// hash of its last change. Of one of which less is held the hashes between are nowhere; but a state
/// lists the origins that it accounts for, so the last change that is held here must be among them: then
/// it, and with it all before it, is a beginning of what the snapshot stands for. If it is not, the two
/// have parted, and to count the one as the other would lose what is only here.
struct StagedSnapshot {
  let village: VillageCode
  private let db: Database
  private let device: DeviceID

  init(_ db: Database, _ village: VillageCode, from device: DeviceID) {
    self.db = db
    self.village = village
    self.device = device
  }

  /// Reads it part by part.
  ///
  /// - Returns: the digest of all.
  @discardableResult
  func forEachPart(_ body: (Snapshot.Part) throws -> Void) throws -> ChainHash {
    var reader = SnapshotReader(village: village)
    // NB: parts are read one by one, for the statement must not stay open while tables change.
    var part = 0
    while let bytes = try db.first(
      "SELECT bytes FROM staged WHERE village = ? AND device = ? AND part = ?",
      .bits(village.number), .integer(Int64(device.number)), .integer(Int64(part)),
      as: { $0.bytes(0) })
    {
      try body(try reader.next(bytes))
      part += 1
    }
    return reader.digest
  }

  /// The streams that it stands for, if it may become what the village's history begins with.
  mutating func streams(context: StoreContext) throws -> [Snapshot.Stream]? {
    do {
      return try read(context: context)
    } catch is WireError {
      return nil
    } catch StoreError.inconsistent {
      return nil
    }
  }

  private func read(context: StoreContext) throws -> [Snapshot.Stream]? {
    let bytes = try db.first(
      "SELECT mark FROM staged WHERE village = ? AND device = ? AND part = 0",
      .bits(village.number), .integer(Int64(device.number))
    ) { $0.isNull(0) ? [] : $0.bytes(0) }
    let mark = try WatermarkEntry(bytes ?? [])
    var streams: [Snapshot.Stream] = []
    var wanted: [Name] = []
    let digest = try forEachPart { part in
      if part.index == 0 {
        streams = part.streams
        wanted = try lastNames(before: streams)
      }
      for copy in part.copies {
        guard context.forms[copy.form] != nil else { throw WireError.damaged }
        let state = try RecordTable.state(copy.state, of: copy.record)
        wanted.removeAll { state.accounts(for: $0) }
      }
    }
    let vector = VersionVector(streams.map(\.entry))
    guard digest == mark.digest, vector == mark.vector, wanted.isEmpty else { return nil }
    // NB: a reply that comes late may bring an older snapshot than the base that is here by now.
    guard try !Store.exceedsCuts(db, of: village, vector) else { return nil }
    for stream in streams {
      let id = StreamID(village: village, replica: stream.replica)
      guard let row = try Streams.row(db, id), row.count >= stream.count else { continue }
      let end = Dot(replica: stream.replica, village: village, counter: stream.count)
      guard try Streams.hash(db, end) == stream.head else { return nil }
    }
    return streams
  }

  /// Of each stream of which less is held than the snapshot stands for, the name of the last change that
  /// is held and of which a state tells.
  private func lastNames(before streams: [Snapshot.Stream]) throws -> [Name] {
    var names: [Name] = []
    for stream in streams {
      let id = StreamID(village: village, replica: stream.replica)
      guard let row = try Streams.row(db, id), row.count < stream.count else { continue }
      if let name = try lastName(of: id) { names.append(name) }
    }
    return names
  }

  /// NB: a carry, and what was issued again, is in no state under its own name. Only the office writes
  /// such, under a new replica at every start, so its streams do not part.
  private func lastName(of stream: StreamID) throws -> Name? {
    let statement = try RawStatement(
      db,
      """
      SELECT counter, hash, content FROM journal WHERE village = ? AND replica = ?
      ORDER BY counter DESC
      """)
    statement.bind(.bits(stream.village.number), at: 1)
    statement.bind(.bits(stream.replica.number), at: 2)
    defer { statement.reset() }
    while try statement.step() {
      let dot = Dot(
        replica: stream.replica, village: stream.village, counter: statement.bits(0))
      let change = try Journal.change(
        dot: dot, hash: statement.bytes(1), content: statement.bytes(2))
      if change.origin == change.name, case .answers = change.content.body { return change.name }
    }
    return nil
  }
}
